"""Stamps, postmarks, waveforms and provenance: small things checked against closed forms."""

import re

import pytest

from generate.cards import Card
from generate.gallery.catalogue.provenance import flatten_record, list_provenance, read_nearest
from generate.gallery.catalogue.stamp import (
    HEIGHT,
    OUTLINE,
    WIDTH,
    draw_postmark,
    draw_stamp,
    draw_wave,
    format_post_date,
    format_roman,
)
from generate.gallery.catalogue.views import brighten, time_words


def test_roman_numerals_read_back():
    values = dict(zip("IVXLCDM", (1, 5, 10, 50, 100, 500, 1000), strict=True))
    for number in range(1, 4000):
        digits = [values[sign] for sign in format_roman(number)]
        pairs = zip(digits, [*digits[1:], 0], strict=True)
        assert sum(-a if a < b else a for a, b in pairs) == number
    assert (format_roman(0), format_roman(4000)) == ("0", "4000")


def test_dates_of_postmarks():
    assert format_post_date("2026-05-07") == "7 · V · 2026"
    assert format_post_date("2026-13-07") == "2026-13-07"
    assert format_post_date("some day") == "some day"
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


def test_a_bright_colour_keeps_the_hue():
    assert brighten("#808080") != brighten("#804020")
    assert re.fullmatch(r"#[0-9a-f]{6}", brighten("#ff0000"))


def test_times_are_kept_only_where_they_fit_the_phrase():
    card = Card(slug="a", folder=".", phrase="one two", times=[(0, 1), (1, 2)])
    assert [(w.start, w.end) for w in time_words(card)] == [(0, 1), (1, 2)]
    card = Card(slug="a", folder=".", phrase="one two three", times=[(0, 1), (1, 2)])
    assert [w.start for w in time_words(card)] == [None] * 3
    assert list(time_words(Card(slug="a", folder="."))) == []


def test_provenance_is_flat_and_short():
    record = {"sha256": "a" * 64, "near": {"distance": 0.25}, "was": "x", "none": None, "s": [1, 2]}
    assert list(flatten_record(record)) == [
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
    assert list_provenance(card) == [
        (
            "picture",
            [("prompt", "a newt"), ("seed", "3"), ("versions torch", "2"), ("limited", "no")],
        )
    ]
    assert list_provenance(Card(slug="a", folder=".", made={"picture": "odd", "sound": {}})) == []


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
    found = read_nearest(Card(slug="a", folder=".", made=made), "media/a.webp")
    assert found
    assert (found.what, found.percent, found.copied) == ("a newt", percent, copied)


def test_no_nearest_training_picture():
    for made in ({}, {"picture": None}, {"picture": {"nearest": "x"}}):
        assert read_nearest(Card(slug="a", folder=".", made=made), None) is None
