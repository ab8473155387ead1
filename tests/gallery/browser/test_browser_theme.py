"""The switch of theme and light, in a headless Chromium: it is remembered, and seen at once."""

import json

import pytest

from tests.gallery.chromium import until

pytestmark = pytest.mark.browser

CARD = "cards/beast-001.html"
PAPER = "getComputedStyle(document.documentElement).backgroundColor"
CARD_PAPER = "getComputedStyle(document.querySelector('.front')).backgroundColor"


def rgb(page, what=PAPER):
    return [int(part) for part in page.evaluate(what)[4:-1].split(",")]


def choose(page, name):
    if page.get_attribute(".dress", "aria-expanded") == "false":
        page.click(".dress")
    page.click(f".foot .chip:text-is('{name}')")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_light_and_dark_are_switched_and_remembered(open_page, scheme, width):
    page = open_page(color_scheme=scheme, viewport={"width": width, "height": 800})
    usual = rgb(page)
    assert (usual[0] > 128) == (scheme == "light")
    choose(page, "Light")
    day = rgb(page)
    choose(page, "Dark")
    night = rgb(page)
    assert min(day) > 180 and max(night) < 60 and usual in (day, night)
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "dark"
    for path in (CARD, "dictionary.html", "index.html"):
        page.goto(page.url.split("my-jungle/")[0] + "my-jungle/" + path)
        assert rgb(page) == night
    page.emulate_media(color_scheme="light")
    assert rgb(page) == night
    choose(page, "As the device")
    assert rgb(page) == day
    page.emulate_media(color_scheme="dark")
    assert rgb(page) == night
    page.reload()
    assert rgb(page) == night
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.faults == []


def test_a_theme_is_switched_with_its_scene(open_page):
    page = open_page(CARD)
    first = rgb(page, CARD_PAPER)
    choose(page, "Midnight")
    assert page.get_attribute("html", "data-theme") == "midnight"
    assert rgb(page, CARD_PAPER) != first
    until(page, "document.querySelector('.scene').src.endsWith('assets/scene-midnight.svg')")
    until(page, "document.querySelector('.scene').complete")
    assert page.evaluate("document.querySelector('.scene').naturalWidth") > 0
    page.reload()
    assert page.get_attribute("html", "data-theme") == "midnight"
    assert page.get_attribute(".scene", "src").endswith("scene-midnight.svg")
    choose(page, "Gouache")
    assert rgb(page, CARD_PAPER) == first
    assert page.faults == []


FIRST = """addEventListener('DOMContentLoaded', () => {}, { once: true });
window.seen = [];
new MutationObserver((changes, watch) => {
  if (!document.body) return;
  window.seen.push(getComputedStyle(document.documentElement).backgroundColor);
  watch.disconnect();
}).observe(document, { childList: true, subtree: true });"""


def test_the_chosen_look_is_there_before_the_first_paint(open_page):
    page = open_page(color_scheme="light")
    choose(page, "Dark")
    night = page.evaluate(PAPER)
    page.add_init_script(FIRST)
    page.goto(page.url.replace("index.html", CARD))
    assert page.evaluate("window.seen") == [night]
    assert page.faults == []


@pytest.mark.parametrize(
    "kept",
    [
        "no JSON",
        "null",
        "7",
        json.dumps({"theme": "../../evil", "light": "<img src=x onerror=window.ran=1>"}),
        json.dumps({"theme": {"a": 1}, "light": ["dark"], "__proto__": {"theme": "midnight"}}),
    ],
)
def test_what_is_remembered_is_not_trusted(open_page, kept):
    page = open_page("about.html")
    usual = rgb(page)
    page.evaluate("kept => localStorage.setItem('look /my-jungle/', kept)", kept)
    page.goto(page.url.replace("about.html", CARD))
    assert page.get_attribute("html", "data-theme") == "gouache"
    if "dark" not in kept:
        assert rgb(page) == usual
    assert page.get_attribute(".scene", "src") == "../assets/scene-gouache.svg"
    assert page.evaluate("window.ran") is None and page.faults == []


def test_without_storage_or_scripts(open_page, jungle):
    page = open_page("about.html")
    page.add_init_script("Storage.prototype.setItem = () => { throw new Error('full'); };")
    page.goto(page.url.replace("about.html", CARD))
    choose(page, "Dark")
    assert max(rgb(page)) < 60
    assert page.faults == []
    plain = open_page(CARD, java_script_enabled=False)
    assert not plain.locator(".dress").is_visible()
    disk = open_page((jungle.home / "site" / "index.html").as_uri())
    choose(disk, "Midnight")
    assert disk.get_attribute("html", "data-theme") == "midnight"
    assert disk.faults == []
