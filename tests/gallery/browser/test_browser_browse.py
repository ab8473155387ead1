"""Browsing by tapping, in a headless Chromium: marks, linked words, nearest words, the way back."""

import re

import pytest

from generate.gallery.catalogue.search import MARKED
from generate.gallery.site.render import render_site
from tests.bundles import make_bundle, make_jungle
from tests.gallery.chromium import serve, until

pytestmark = pytest.mark.browser

PHONE = {"viewport": {"width": 390, "height": 664}, "has_touch": True, "is_mobile": True}
TRAITS = [
    ("red", "owl", "river", "calm"),
    ("red", "newt", "cave", "merry"),
    ("blue", "owl", "cave", "merry"),
    ("blue", "moth", "river", "calm"),
]


@pytest.fixture(scope="module")
def marked(tmp_path_factory):
    """A site of four cards that share some marks, and forty more to scroll by."""
    home = tmp_path_factory.mktemp("marked")
    settings = make_jungle(home, 44, size=64, frames=0, seconds=0)
    for number, (colour, plan, habitat, mood) in enumerate(TRAITS, 1):
        make_bundle(
            home / "content" / "postcards" / f"beast-{number:03}",
            number,
            size=64,
            frames=0,
            seconds=0,
            caption=f"A well-fed {colour} {plan} waits by a {habitat} in the rain at night.",
            hour="night" if number < 3 else "dawn",
            traits={"colour": colour, "plan": plan, "habitat": habitat, "mood": mood},
            phrase="vasi tomu" if number in (1, 3) else "pelo",
            words=[
                {"form": "vasi", "gloss": "rain-PL", "meaning": "rains"},
                {"form": "tomu", "gloss": "1SG", "meaning": "I"},
            ]
            if number in (1, 3)
            else [{"form": "pelo", "gloss": f"lone{number}", "meaning": "lone"}],
        )
    render_site(settings)
    yield from serve(home / "site")


def shown(page):
    links = page.eval_on_selector_all(".rack .title a", "all => all.map((a) => a.href)")
    return sorted(int(re.search(r"beast-(\d+)", link)[1]) for link in links)


def settle(page, *numbers):
    until(
        page,
        "wanted => [...document.querySelectorAll('.rack .title a')]"
        ".map((a) => Number(a.href.match(/beast-(\\d+)/)[1]))"
        ".sort((a, b) => a - b).join() === wanted",
        ",".join(map(str, sorted(numbers))),
    )


@pytest.mark.parametrize("options", [PHONE, {}])
def test_marks_are_tapped_and_kept_in_the_address(open_page, marked, options):
    page = open_page(marked + "index.html", **options)
    if options:
        page.click("[name=more]")
    page.click("[name=browse]")
    page.click(".panel [data-kind=colour][data-mark=red]")
    settle(page, 1, 2)
    page.click(".panel [data-kind=animal][data-mark=owl]")
    settle(page, 1)
    assert page.get_attribute(".panel [data-mark=owl]", "aria-pressed") == "true"
    page.click(".picked .chip >> nth=0")  # red, dropped
    settle(page, 1, 3)
    page.click(".panel [data-kind=hour][data-mark='0']")
    settle(page, 3)
    assert page.input_value("[name=hour]") == "0"
    page.reload()
    settle(page, 3)
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
    page.fill("[name=q]", "moth")
    until(page, "document.querySelectorAll('.rack .slot').length === 0")
    page.click(".offers:not(.picked) .chip >> nth=0")  # without what was picked
    settle(page, 4)
    page.fill("[name=q]", "nothing of the kind")
    until(page, "document.querySelectorAll('.rack .slot').length === 0")
    page.click(".offers .chip:last-child >> visible=true")
    until(page, "document.querySelectorAll('.rack .slot').length >= 24 && !location.search")
    assert page.faults == []


def test_every_word_of_a_caption_is_a_link(open_page, marked):
    page = open_page(marked + "cards/beast-002.html")
    words = page.eval_on_selector_all(".caption a", "all => all.map((a) => a.textContent)")
    caption = page.inner_text(".caption")
    assert words == re.findall(r"[\w-]+", caption) and "well-fed" in words
    page.click(".caption a >> text=newt")
    page.wait_for_url("**/index.html?q=newt*")
    settle(page, 2)
    assert page.input_value("[name=q]") == "newt"
    assert page.faults == []


def test_the_marks_of_a_card_lead_to_its_like(open_page, marked):
    page = open_page(marked + "cards/beast-002.html")
    for mark, numbers in (("red", (1, 2)), ("newt", (2,)), ("merry", (2, 3)), ("cave", (2, 3))):
        page.goto(marked + "cards/beast-002.html")
        page.click(f".alike a:has-text('{mark}')")
        settle(page, *numbers)
    page.goto(marked + "cards/beast-003.html")
    page.click(".alike a >> nth=0")  # its hour
    page.wait_for_url("**/index.html?hour=0*")
    until(page, "document.querySelector('[name=hour]').value === '0'")
    assert page.faults == []


def test_others_who_say_a_word(open_page, marked):
    page = open_page(marked + "cards/beast-001.html")
    page.click(".turn")
    page.click(".phrase button >> nth=0")
    page.click("text=Others who say “rain”")
    settle(page, 1, 3)
    assert "Says: rain" in page.inner_text(".picked")
    for card in ("beast-002", "beast-001"):
        page.goto(f"{marked}cards/{card}.html")
        said = page.eval_on_selector_all(".entry a", "all => all.map((a) => a.textContent)")
        assert len([text for text in said if "Others" in text]) == (card == "beast-001")
    assert page.faults == []


@pytest.mark.parametrize(
    ("asked", "offered"),
    [("wel-fed", "well-fed"), ("newtt", "newt"), ("bluee mth", "blue moth"), ("moth newt", "moth")],
)
def test_a_search_that_finds_nothing_is_offered_the_nearest(open_page, marked, asked, offered):
    page = open_page(marked + "index.html")
    page.fill("[name=q]", asked)
    until(page, "document.querySelector('.found').textContent !== ''")
    assert page.inner_text(".found") == "No card answers to that."
    chips = page.eval_on_selector_all(
        ".offers:not(.picked) .chip", "all => all.map((a) => a.textContent)"
    )
    assert offered in chips[:-1]
    page.click(f".offers .chip:text-is('{offered}')")
    until(page, "document.querySelectorAll('.rack .slot').length > 0")
    assert page.input_value("[name=q]") == offered
    assert not page.locator(".offers:not(.picked)").is_visible()
    assert page.faults == []


@pytest.mark.parametrize("options", [PHONE, {}])
@pytest.mark.parametrize("how", ["up", "back"])
def test_the_way_back_keeps_search_and_place(open_page, marked, options, how):
    page = open_page(marked + "index.html?q=beast&sort=title", **options)
    until(page, "document.querySelectorAll('.rack .slot').length > 24")
    page.locator(".rack .title a").nth(26).scroll_into_view_if_needed()
    page.locator(".rack .title a").nth(26).click()
    page.wait_for_url("**/cards/*.html", wait_until="load")
    place = page.evaluate("window.recall('rack').y")
    assert place > 300
    if how == "up":
        page.click(".up")
    else:
        page.go_back()
    page.wait_for_url("**/index.html?q=beast*", wait_until="load")
    until(page, "document.querySelectorAll('.rack .slot').length > 24")
    until(page, "place => Math.abs(scrollY - place) < 60", place)
    assert page.input_value("[name=sort]") == "title"
    page.goto(marked + "index.html")  # another way here begins at the top
    page.wait_for_timeout(300)
    assert page.evaluate("scrollY") == 0
    assert page.faults == []


HOSTILE = "<img src=x onerror='window.ran = 1'>"


@pytest.mark.parametrize("name", ["q", "colour", "says", "hour", "sort", "place"])
def test_a_hostile_address_is_text(open_page, marked, name):
    from urllib.parse import quote

    page = open_page(f"{marked}index.html?{name}={quote(HOSTILE)}&{name}=__proto__")
    page.wait_for_timeout(300)
    assert page.evaluate("window.ran") is None
    assert page.locator("main [onerror]").count() == 0
    assert page.faults == []


def test_a_hostile_place_leads_nowhere(open_page, marked):
    page = open_page(marked + "cards/beast-001.html")
    for url in (
        "javascript:alert(1)",
        "https://evil.example/index.html",
        "//evil.example/",
        "../x",
    ):
        page.evaluate(
            "url => sessionStorage.setItem('rack /my-jungle/', JSON.stringify({ url, y: 9 }))", url
        )
        page.reload()
        assert page.evaluate("document.querySelector('.up').href") == marked + "index.html", url
    assert page.faults == []


def test_rows_tell_what_can_be_browsed(tmp_path):
    import json

    settings = make_jungle(tmp_path, 1, size=32, frames=0, seconds=0)
    render_site(settings)
    text = (tmp_path / "site" / "search.js").read_text()
    (row,) = json.loads(text.removeprefix("jungle(").removesuffix(");\n"))
    colour, animal, mood, place, says = row[MARKED]
    assert (colour, animal, mood, place) == ("green", "snake", "calm", "river")
    assert len(says) == 3 and not any("PL" in stem for stem in says)
