"""``order:`` and ``series:`` in front matter: the rack's order, its shelves, a page for each."""

import re

import pytest

from generate.bundles.merged import merge_card, read_cards
from generate.errors import Refusal
from generate.freshness import decide
from generate.gallery.publishing.audit import require_fit
from generate.gallery.site.render import render_site
from generate.plan import read_bundles
from generate.recipe import digest_folder
from generate.wishes.shelf import LONGEST, rank, shelf_path
from tests.bundles import make_bundle, make_jungle


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("order: first", "order: Input should be a valid number"),
        ("order: true", "order: Input should be a valid number"),
        ("order: '2'", "order: Input should be a valid number"),
        ("order: .inf", "order: Input should be a finite number"),
        ("order: [1]", "order: Input should be a valid number"),
        ("series: [a, b]", "series: Input should be a valid string"),
        ("series: {a: 1}", "series: Input should be a valid string"),
        (f"series: {'w' * (LONGEST + 1)}", "series: a shelf's name has 80 letters at most"),
        ("serie: Night", "unknown key serie; did you mean series?"),
        ("ordr: 1", "unknown key ordr; did you mean order?"),
    ],
)
def test_what_is_no_place_or_shelf_is_named(bundle, text, said):
    (bundle / "postcard.md").write_text(f"---\n{text}\n---\n")
    with pytest.raises(Refusal) as refusal:
        merge_card(bundle)
    assert f"beast-001/postcard.md: {said}" in str(refusal.value)
    assert "(line 2)" in str(refusal.value) and "\n" not in str(refusal.value)


def test_a_card_stands_at_its_own_position_unless_another_is_named():
    orders = [None, 1, None, 2.5, None, -3, 1]
    cards = sorted(enumerate(orders, 1), key=lambda pair: rank(pair[1], pair[0]))
    assert [position for position, _ in cards] == [6, 2, 7, 1, 4, 3, 5]


def test_names_that_are_spelt_nearly_alike_are_one_shelf():
    assert (
        shelf_path("Night  Walkers!")
        == shelf_path("night walkers")
        == ("shelves/night-walkers.html")
    )
    assert shelf_path("Été") == shelf_path("E\u0301te\u0301")
    assert re.fullmatch(r"shelves/[0-9a-f]{12}\.html", shelf_path("?!"))
    assert shelf_path("?!") != shelf_path("!?")
    assert len(shelf_path("\U00020000" * 80).encode()) < 100


def write(settings, **fronts):
    """postcard.md of cards by the end of their names."""
    for folder in settings.bundles.iterdir():
        if (text := fronts.get(folder.name.rpartition("-")[2])) is not None:
            (folder / "postcard.md").write_text(f"---\n{text}\n---\nHi")


def read_page(settings, name):
    return (settings.home / "site" / name).read_text()


def list_shown(page):
    rack = page.split('<ul class="rack"')[1].split("</ul>")[0]
    return re.findall(r'class="title"[^>]*><a href="(?:\.\./)?cards/([\w-]+)\.html"', rack)


@pytest.fixture
def settings(tmp_path):
    settings = make_jungle(tmp_path / "home", 3, size=32, frames=0, seconds=0.1)
    make_bundle(settings.bundles / "own-ant", None, size=32, frames=0, seconds=0)
    return settings


def test_shelves_are_pages_in_the_order_of_the_rack(settings):
    assert render_site(settings).cards == 4
    plain = digest_folder(settings.home / "site")
    usual = {name: read_page(settings, name) for name in ("index.html", "cards/beast-002.html")}
    assert "shelves" not in usual["index.html"] and "shelf" not in usual["cards/beast-002.html"]
    hostile = "<b>Night</b> & co"
    write(
        settings,
        **{"003": "order: 0\nseries: Rain", "001": f"series: '{hostile}'", "ant": "series: rain"},
    )
    render_site(settings)
    order = ["beast-003", "beast-001", "beast-002", "own-ant"]
    assert [card.slug for card in read_cards(settings)] == order
    assert list_shown(read_page(settings, "index.html")) == order
    assert list_shown(read_page(settings, "shelves/rain.html")) == ["beast-003", "own-ant"]
    assert "2 cards on this shelf." in read_page(settings, "shelves/rain.html")
    assert list_shown(read_page(settings, "shelves/b-night-b-co.html")) == ["beast-001"]
    assert 'href="shelves/rain.html"' in read_page(settings, "index.html")
    assert 'href="../shelves/rain.html"' in read_page(settings, "cards/own-ant.html")
    for name in ("index.html", "shelves/b-night-b-co.html", "cards/beast-001.html"):
        assert "<b>Night" not in read_page(settings, name)
        assert "&lt;b&gt;Night" in read_page(settings, name)
    require_fit(settings)
    # As a build from nothing leaves it.
    made = digest_folder(settings.home / "site")
    for path in sorted((settings.home / "work").rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    render_site(settings)
    assert digest_folder(settings.home / "site") == made
    # A shelf that nothing is on any more leaves nothing behind.
    write(settings, **{"003": "order: 0", "ant": "title: A"})
    render_site(settings)
    assert not (settings.home / "site/shelves/rain.html").exists()
    assert "shelves/rain" not in read_page(settings, "cards/own-ant.html")
    for folder in settings.bundles.iterdir():
        (folder / "postcard.md").write_text(f"Greetings from **{merge_card(folder).place}**.")
    render_site(settings)
    assert not (settings.home / "site/shelves").exists()
    assert digest_folder(settings.home / "site") == plain


def test_a_place_and_a_shelf_decide_no_picture_no_words_no_sound(settings):
    def list_keys():
        bundles = [b for b in read_bundles(settings) if b.number]
        return [
            recipe.key
            for b in bundles
            for recipe in (
                decide.decide_picture(settings, b.number),
                decide.decide_phrase(settings, b, "x"),
                decide.decide_sound(settings, b),
            )
        ]

    before = list_keys()
    write(settings, **{"001": "order: 9\nseries: Rain", "002": "voice: {}"})
    assert list_keys() == before
    write(settings, **{"001": "voice: {mass: 3}"})
    assert sum(old != new for old, new in zip(before, list_keys(), strict=True)) == 1
