"""axe-core finds nothing to blame on any page, in any state, in any theme, light or dark."""

import itertools
from collections.abc import Callable, Iterator
from importlib.resources import files
from typing import Any

import pytest

pytestmark = pytest.mark.browser

# Numbers and names alone come back: the whole of what axe says of a page is megabytes.
AXE = """exclude => axe.run({exclude}, {resultTypes: ["violations"]}).then((result) => [
  result.passes.length,
  result.violations.flatMap((fault) => fault.nodes.slice(0, 3).map((node) =>
    [fault.id, node.html.slice(0, 160), node.failureSummary]))])"""
# Without the paper's grain: axe does not judge letters over a picture.
LOOK = """theme => { document.documentElement.dataset.theme = theme;
  document.documentElement.style.setProperty("--grain", "none"); }"""
THEMES = ("gouache", "herbarium", "midnight")
CARD = "cards/beast-001.html"
# The dictionary's hundreds of entries are all built alike: they are all looked at once only.
ALIKE = ".lemma:nth-child(n + 2)"
MAIL = CARD + "#card=eyJ0byI6IkFkYSIsIm1lc3NhZ2UiOiJIZWxsbyJ9"  # {"to":"Ada","message":"Hello"}


def stay(page: Any) -> None:
    """The page as it opens."""


def turn(page: Any) -> None:
    page.click(".turn")


def open_all(page: Any) -> None:
    page.click(".both")
    page.evaluate("document.querySelector('details').open = true")


def open_word(page: Any) -> None:
    page.click(".turn")
    page.click(".phrase button")
    page.wait_for_selector(".entry:popover-open")


def write(page: Any) -> None:
    page.click("button.send")
    page.fill("[name=message]", "Hello")


def write_back(page: Any) -> None:
    page.click(".answer")
    page.fill("[name=message]", "Hello again")
    link = page.input_value("[name=link]")
    page.goto("about:blank")
    page.goto(link)
    page.click(".answer")


def fill_drawer(page: Any) -> None:
    if page.get_attribute(".heart", "aria-pressed") == "false":
        page.click(".heart")
    page.goto(page.url.split("cards/")[0] + "drawer.html")
    page.check("[name=pick]")


def share(page: Any) -> None:
    fill_drawer(page)
    page.click(".share-some")
    link = page.input_value(".sharing [name=link]")
    page.goto("about:blank")
    page.goto(link)
    page.click(".share-some")


def walk(page: Any) -> None:
    page.click("[name=walk]")
    page.wait_for_selector(".slot.speaking")


def browse(page: Any) -> None:
    page.click("[name=browse]")
    page.click(".panel .chip")
    page.fill("[name=q]", "owll")
    page.wait_for_selector(".offers:not(.picked) .chip")


def zoom(page: Any) -> None:
    page.click(".look")
    page.wait_for_selector(".zoom[open]")


def dress(page: Any) -> None:
    page.click(".dress")
    page.wait_for_selector(".foot .group")


def compose(page: Any) -> None:
    page.click(".lemma .add >> nth=0")
    page.wait_for_selector(".sentence .word")
    page.click(".sentence .put")
    page.wait_for_selector(".choosing[open] li")


def say(page: Any) -> None:
    page.wait_for_selector(".writing[open]")
    page.keyboard.press("Escape")
    page.wait_for_selector(".hear-said:visible")


def search(page: Any) -> None:
    page.fill("[name=q]", "ruve")
    page.wait_for_function("document.querySelectorAll('.rack .slot').length < 12")


STATES: dict[str, tuple[str, Callable[[Any], None]]] = {
    "index": ("index.html", stay),
    "index searched": ("index.html", search),
    "index browsed": ("index.html", browse),
    "index walked": ("index.html", walk),
    "card front": (CARD, stay),
    "card enlarged": (CARD, zoom),
    "card back": (CARD, turn),
    "card both sides": (CARD, open_all),
    "word": (CARD, open_word),
    "writing": (CARD, write),
    "mail": (MAIL, stay),
    "mail answered": (MAIL, write_back),
    "hostile card": ("cards/beast-002.html", open_all),
    "drawer": (CARD, fill_drawer),
    "drawer shared": (CARD, share),
    "dictionary": ("dictionary.html", stay),
    "sentence": ("dictionary.html", compose),
    "sentence on a card": (CARD + "#say=moru%3Drain%20sali%3Dsing", say),
    "alphabet": ("alphabet.html", stay),
    "grammar": ("grammar.html", stay),
    "Markdown": ("about.html", stay),
    "theme": ("about.html", dress),
    "lost": ("404.html", stay),
}


@pytest.fixture(scope="module")
def page(browser: Any) -> Iterator[Any]:
    """One page for all states; axe itself is a script that the gallery's policy would bar."""
    context = browser.new_context(
        viewport={"width": 1280, "height": 800},
        service_workers="block",
        reduced_motion="reduce",
        bypass_csp=True,
    )
    context.set_default_timeout(90_000)
    source = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
    context.add_init_script(source)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("state", STATES)
def test_axe_finds_nothing(page: Any, address: str, state: str) -> None:
    path, reach = STATES[state]
    page.goto("about:blank")  # a fragment alone would not load the page anew
    page.goto(address + path)
    reach(page)
    for look, (theme, scheme) in enumerate(itertools.product(THEMES, ("light", "dark"))):
        page.emulate_media(color_scheme=scheme)
        page.evaluate(LOOK, theme)
        passed, faults = page.evaluate(AXE, [[ALIKE]] if look else [])
        assert passed > 5, "axe looked at nothing"
        assert not faults, (state, theme, scheme)
