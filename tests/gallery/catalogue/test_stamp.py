"""Stamps, postmarks, waveforms, neighbours, Markdown: small things checked against closed forms."""

import random
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as profile
from hypothesis import strategies as st

from generate.cards import Card
from generate.gallery.catalogue.neighbours import DENSE, find_neighbours, opponent, place_card, rank
from generate.gallery.catalogue.provenance import flatten, nearest_of, provenance_of
from generate.gallery.catalogue.stamp import (
    HEIGHT,
    OUTLINE,
    WIDTH,
    draw_postmark,
    draw_stamp,
    draw_wave,
    post_date,
    roman,
)
from generate.gallery.catalogue.views import freshen, time_words
from generate.gallery.pages import markdown
from generate.gallery.pages.markdown import render_markdown, render_simple
from generate.gallery.pages.reference import anchor
from generate.gallery.pages.words import ENGLISH, fill
from tests.gallery.pages.test_pages import invent_media


def test_roman_numerals_read_back():
    values = dict(zip("IVXLCDM", (1, 5, 10, 50, 100, 500, 1000), strict=True))
    for number in range(1, 4000):
        digits = [values[sign] for sign in roman(number)]
        pairs = zip(digits, [*digits[1:], 0], strict=True)
        assert sum(-a if a < b else a for a, b in pairs) == number
    assert (roman(0), roman(4000)) == ("0", "4000")


def test_dates_of_postmarks():
    assert post_date("2026-05-07") == "7 · V · 2026"
    assert post_date("2026-13-07") == "2026-13-07"
    assert post_date("some day") == "some day"
    assert ">28·VIII·2026</text>" in draw_postmark("c1", "a", "2026-08-28", "c", "d")


def test_a_stamp_closes_and_its_teeth_meet_the_corners():
    x = y = 0.0
    corners = []
    for kind, numbers in re.findall(r"([la])([-\d. e]+)", OUTLINE):
        dx, dy = [float(n) for n in numbers.split()][-2:]
        assert kind in "la"
        x, y = x + dx, y + dy
        corners.append((round(x, 4), round(y, 4)))
    for corner in ((WIDTH, 0), (WIDTH, HEIGHT), (0, HEIGHT), (0, 0)):
        assert corner in corners
    assert corners[-1] == (0, 0)


def test_stamp_and_postmark_escape_what_they_are_given():
    text = '"><script>x</script>'
    drawn = draw_stamp(text, text, 3, text, text) + draw_postmark("c1", text, text, text, text)
    assert "<script" not in drawn.lower()
    assert draw_postmark("c1", "a", "b", "c", "d") == draw_postmark("c1", "a", "b", "c", "d")


def test_wave_bars_stand_where_their_peaks_are():
    bars = re.findall(r"M(\d+) (\d+)v(\d+)", draw_wave((0.0, 0.5, 1.0, 7.0), 400, 64))
    assert [int(x) for x, _, _ in bars] == [50, 150, 250, 350]
    assert [int(height) for _, _, height in bars] == [2, 28, 56, 56]
    assert all(int(top) + int(height) / 2 == 32 for _, top, height in bars)
    assert draw_wave(()) == ""


def test_neighbours_agree_with_a_search_of_all_pairs():
    chance = random.Random(3)
    cards = [
        Card(
            slug=f"c{n}",
            folder=".",
            hour=chance.choice(("dawn", "day", "dusk", "night")),
            traits={"plan": chance.choice("abcd"), "coat": chance.choice("xyz")},
        )
        for n in range(60)
    ]
    media = invent_media(cards)
    places = [place_card(card, media[card.slug]) for card in cards]
    found = find_neighbours(places)
    points = np.array(places)
    for at, row in enumerate(found):
        distance = np.linalg.norm(points - points[at], axis=1)
        distance[at] = np.inf
        assert distance[row] == pytest.approx(np.sort(distance)[:4])
        assert at not in row


def test_neighbours_of_few_cards():
    places = [place_card(Card(slug=str(n), folder="."), None) for n in range(3)]
    assert find_neighbours(places[:1]) == [[]] and find_neighbours([]) == []
    assert find_neighbours(places) == [[1, 2], [0, 2], [0, 1]]


@given(
    st.lists(st.lists(st.integers(-3, 3), min_size=2, max_size=2), min_size=2, max_size=20),
    st.dictionaries(st.integers(0, 19), st.lists(st.integers(-3, 3), min_size=2, max_size=2)),
)
@profile(max_examples=60, deadline=None, derandomize=True)
def test_neighbours_amended_are_those_searched_anew(places, moves):
    """Few places on a small grid, so that many lie equally near."""
    before = find_neighbours(places)
    after = [moves.get(at, place) for at, place in enumerate(places)]
    expected = [
        sorted((n for n in range(len(after)) if n != at), key=lambda n: rank(after, at, n))[:4]
        for at in range(len(after))
    ]
    assert find_neighbours(after) == expected
    assert find_neighbours(after, before=(places, before)) == expected


def test_neighbours_of_very_many_cards():
    chance = random.Random(4)
    places = [[chance.randrange(10**6) for _ in range(3)] for _ in range(DENSE + 1)]
    found = find_neighbours(places)
    for at in (0, 7, DENSE):
        others = sorted((n for n in range(DENSE + 1) if n != at), key=lambda n: rank(places, at, n))
        assert found[at] == others[:4]


def test_greys_have_no_colour():
    assert opponent("#808080") == pytest.approx((128 / 255, 0, 0))
    assert opponent("nonsense") == (0.5, 0, 0)
    assert freshen("#808080") != freshen("#804020")
    assert re.fullmatch(r"#[0-9a-f]{6}", freshen("#ff0000"))


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        "[x](data:text/html,<script>)",
        '<img src=x onerror="alert(1)">',
        "<a href='x' onclick='alert(1)' style='color:red'>y</a>",
        "<svg><script>alert(1)</script></svg>",
        "<style>*{display:none}</style>",
        "![x](http://tracker.example/p.png)",
    ],
)
def test_markdown_lets_nothing_run_or_load(text):
    html = render_markdown(text, full=True)
    assert not re.search(r"<(script|img|svg|style)|\son\w+=|javascript:|style=|data:", html), html


def test_markdown_does_what_a_writer_expects():
    html = render_markdown('# Big\n\n*Soft* & "quoted" [home](https://a.example)\n\n- one\n- two')
    assert "<h2>Big</h2>" in html and "<em>Soft</em> &amp; “quoted”" in html
    assert 'rel="noopener noreferrer nofollow"' in html and html.count("<li>") == 2
    assert "<table>" in render_markdown("a | b\n--|--\n1 | 2", full=True)


# Pieces that come near the edges of what `render_simple` takes for plain.
PIECES = ["a", "b ", "*c*", " *d*", " ", "1. ", "\n\n", ". ", "..", ": ", "“", "”", "\n", "_", "é"]
PIECES += ["    ", "'", "-", "b's", "'t", "<", "&", "ש", "# ", "²"]


@profile(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=9).map("".join), st.booleans())
def test_plain_messages_are_written_as_the_parser_would(text, full):
    simple = render_simple(text.strip())
    if simple is not None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(markdown, "render_simple", lambda text: None)
            assert render_markdown.__wrapped__(text, full) == simple


def test_what_the_writer_writes_is_plain():
    lines = (
        "I have a rule: wait. Say *noki*, which means “shore”, and don't half-sleep.\n\nP.S. Hm?"
    )
    assert render_simple(lines).count("<p>") == 2 and "<em>noki</em>" in render_simple(lines)
    assert "don’t" in render_simple(lines)
    for other in ("1. one", "*a* b", "a _b_", "a\n===", "a  \nb", "a -- b", "<b>a</b>", "a & b"):
        assert render_simple(other) is None


def test_times_are_kept_only_where_they_fit_the_phrase():
    card = Card(slug="a", folder=".", phrase="one two", times=[(0, 1), (1, 2)])
    assert [(w.start, w.end) for w in time_words(card)] == [(0, 1), (1, 2)]
    card = Card(slug="a", folder=".", phrase="one two three", times=[(0, 1), (1, 2)])
    assert [w.start for w in time_words(card)] == [None] * 3
    assert list(time_words(Card(slug="a", folder="."))) == []


def test_provenance_is_flat_and_short():
    record = {"sha256": "a" * 64, "near": {"distance": 0.25}, "was": "x", "none": None, "s": [1, 2]}
    assert list(flatten(record)) == [
        ("sha256", "a" * 12),
        ("near distance", "0.25"),
        ("s", "1, 2"),
    ]


def test_provenance_begins_with_what_a_reader_asks_for():
    picture = {
        "key": "k",
        "versions": {"torch": "2"},
        "seed": 3,
        "prompt": "a newt",
        "limited": False,
    }
    card = Card(slug="a", folder=".", made={"picture": picture | {"nearest": {"what": "x"}}})
    assert provenance_of(card) == [
        (
            "picture",
            [("prompt", "a newt"), ("seed", "3"), ("versions torch", "2"), ("limited", "no")],
        )
    ]
    assert provenance_of(Card(slug="a", folder=".", made={"picture": "odd", "sound": {}})) == []


@pytest.mark.parametrize(
    ("ratio", "percent", "copied"),
    [
        (0.8, 80, False),
        (0.33, 33, True),
        (0.334, 33, False),
        (1.4, 100, False),
        (0, 0, True),
        (None, None, False),
        ("far", None, False),
        (float("inf"), None, False),
    ],
)
def test_nearest_training_picture(ratio, percent, copied):
    made = {"picture": {"nearest": {"what": " a newt ", "distance": 0.1, "ratio": ratio}}}
    found = nearest_of(Card(slug="a", folder=".", made=made), "media/a.webp")
    assert found
    assert (found.what, found.percent, found.copied) == ("a newt", percent, copied)


def test_no_nearest_training_picture():
    for made in ({}, {"picture": None}, {"picture": {"nearest": "x"}}):
        assert nearest_of(Card(slug="a", folder=".", made=made), None) is None


def test_filling_words_leaves_other_braces_alone():
    assert fill("{n} of {all} {x}", n=3, all="{n}") == "3 of {n} {x}"
    assert all(re.fullmatch(r"[a-z_0-9]+", key) for key in ENGLISH)


def test_anchors_tell_words_apart():
    words = ["ö", "o", "o'o", "oo", "ë", "e-e", "ee"]
    assert len({anchor(word) for word in words}) == len(words)
    assert all(re.fullmatch(r"[\w-]+", anchor(word), re.ASCII) for word in words)
