"""The visitor's drawer in a headless Chromium: kept, shared, exported, imported, never trusted."""

import json
import re

import pytest

from tests.gallery.chromium import until
from tests.gallery.conftest import HOSTILE

pytestmark = pytest.mark.browser

CARD = "cards/beast-001.html"
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 800}
BREACHES = (
    "addEventListener('securitypolicyviolation', (e) => (window.broken ??= [])"
    ".push(e.effectiveDirective))"
)


def keep(page, *numbers):
    for number in numbers:
        page.goto(re.sub(r"my-jungle/.*", f"my-jungle/cards/beast-{number:03}.html", page.url))
        page.click(".heart")


def visit(page, path="drawer.html"):
    """Open the drawer's page anew, and wait until it shows what it has."""
    address = re.sub(r"my-jungle/.*", f"my-jungle/{path}", page.url)
    page.goto("about:blank")
    page.goto(address)
    return ready(page)


def ready(page):
    places = ".drawer .slot, .empty:not([hidden]), .shared:not([hidden])"
    until(page, "places => document.querySelector(places) !== null", places)
    return page


def shown(page):
    links = page.eval_on_selector_all(".drawer .title a", "all => all.map((a) => a.href)")
    return [int(re.search(r"beast-(\d+)\.html", link)[1]) for link in links]


def stored(page):
    return page.evaluate("Object.entries({ ...localStorage })")


@pytest.mark.parametrize("size", [PHONE, DESK])
def test_hearts_keep_cards_in_this_browser_alone(open_page, address, size):
    page = open_page(CARD, viewport=size)
    asked = []
    page.on("request", lambda request: asked.append((request.method, request.url)))
    assert page.get_attribute(".heart", "aria-pressed") == "false" and stored(page) == []
    keep(page, 1, 3)
    assert page.get_attribute(".heart", "aria-pressed") == "true"
    assert "this browser alone" in page.inner_text(".kept")
    page.reload()
    assert page.get_attribute(".heart", "aria-pressed") == "true"
    visit(page)
    assert shown(page) == [1, 3]
    assert "Private" in page.inner_text(".private")
    ((name, value),) = stored(page)
    assert name.endswith("/my-jungle/") and json.loads(value) == ["beast-001", "beast-003"]
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    page.click(".drawer .drop >> nth=0")
    assert shown(page) == [3]
    page.click(".clear")
    assert shown(page) == []
    page.click(".undo")
    assert shown(page) == [3] and not page.locator(".undo").is_visible()
    keep(page, 3)  # a second press lets it go
    assert page.get_attribute(".heart", "aria-pressed") == "false"
    visit(page)
    assert page.locator(".empty").is_visible() and not page.locator(".export").is_visible()
    assert asked and all(how == "GET" and url.startswith(address) for how, url in asked)
    assert page.faults == []


SHIFT = """new Promise((done) => { let sum = 0;
  new PerformanceObserver((list) => { for (const e of list.getEntries()) sum += e.value; })
    .observe({ type: 'layout-shift', buffered: true });
  setTimeout(() => done(sum), 600); })"""


@pytest.mark.parametrize("size", [PHONE, DESK])
def test_nothing_moves_while_the_drawer_is_filled(open_page, size):
    page = open_page(CARD, viewport=size)
    visit(page)
    assert page.evaluate(SHIFT) == 0
    keep(page, 1, 3, 4)
    visit(page)
    assert page.evaluate(SHIFT) == 0


def test_a_letter_is_kept_with_its_card(open_page):
    page = open_page(CARD)
    page.click("button.send")
    page.fill("[name=message]", "Come soon")
    link = page.input_value("[name=link]")
    page.goto("about:blank")
    page.goto(link)
    page.wait_for_selector(".arrived:visible")
    page.click(".heart")
    keep(page, 1)
    visit(page)
    assert shown(page) == [1, 1] and page.locator(".lettered:visible").count() == 1
    page.click(".drawer .title a >> nth=0")
    page.wait_for_selector(".arrived:visible")
    assert page.inner_text(".hand") == "Come soon"
    assert page.get_attribute(".heart", "aria-pressed") == "true"
    visit(page)
    page.click(".share-some")
    assert "beast-001" in page.input_value(".sharing [name=link]")
    assert page.input_value(".sharing [name=link]").count("beast") == 1  # no letter goes along
    assert page.faults == []


def test_a_selection_travels_in_a_link_and_is_taken_only_when_asked(open_page):
    page = open_page(CARD)
    keep(page, 1, 4, 6)
    visit(page)
    page.check("[name=pick] >> nth=0")
    page.check("[name=pick] >> nth=2")
    assert page.inner_text(".share-some") == "Share the 2 chosen"
    page.click(".share-some")
    link = page.input_value(".sharing [name=link]")
    friend = ready(open_page(link))
    assert shown(friend) == [1, 6] and stored(friend) == []
    assert friend.locator(".shared").is_visible() and not friend.locator(".broken").is_visible()
    assert not friend.locator(".drop:visible, .export:visible").count()
    friend.click(".take")
    assert shown(friend) == [1, 6] and "#" not in friend.url
    visit(friend)
    assert shown(friend) == [1, 6]
    # A letter of the link changed, a card is not there, the end is missing: it is said.
    changes = link.replace("beast-006", "beast-007"), link.replace("#cards=", "#cards=x")
    for broken in (*changes, link[:-4]):
        one = ready(open_page(broken))
        assert one.locator(".broken").is_visible(), broken
        assert stored(one) == []
    assert not ready(open_page(link + ".")).locator(".broken").is_visible()
    assert friend.faults == [] and page.faults == []


def test_what_is_exported_can_be_imported(open_page, tmp_path):
    page = open_page(CARD)
    keep(page, 2, 5)
    visit(page)
    with page.expect_download() as waiting:
        page.click(".export")
    file = tmp_path / waiting.value.suggested_filename
    waiting.value.save_as(file)
    assert json.loads(file.read_text()) == {"drawer": 1, "cards": ["beast-002", "beast-005"]}
    other = open_page(CARD)
    keep(other, 1, 5)
    visit(other)
    other.set_input_files("[name=file]", file)
    until(other, "document.querySelectorAll('.drawer .slot').length === 3")
    assert shown(other) == [1, 5, 2]
    assert other.inner_text(".found") == "1 new card is in your drawer."
    assert page.faults == [] and other.faults == []


SCRIPT = "<script>window.ran = 1</script><img src=x onerror='window.ran = 2'>"
FILES = {
    "no JSON": SCRIPT,
    "a list": json.dumps(["beast-001"]),
    "another version": json.dumps({"drawer": 2, "cards": ["beast-001"]}),
    "a null": "null",
    "no list": json.dumps({"drawer": 1, "cards": {"length": 9, "0": "beast-001"}}),
}
TRAPS = [
    SCRIPT,
    HOSTILE,
    "javascript:window.ran=3",
    "../../evil",
    "beast-001/../../evil",
    "beast-001#" + SCRIPT,
    "beast-001#card=" + "A" * 50_000,
    "__proto__",
    "constructor",
    {"toString": "beast-001"},
    ["beast-001"],
    7,
    None,
    "https://evil.example/beast-001",
    "\u0000",
    "x" * 100_000,
]


@pytest.mark.parametrize("kind", FILES)
def test_a_file_that_is_no_drawer_changes_nothing(open_page, kind):
    page = open_page(CARD)
    keep(page, 4)
    before = stored(page)
    visit(page)
    give(page, FILES[kind])
    until(page, "document.querySelector('.found').textContent !== ''")
    assert page.inner_text(".found") == "That file is no exported drawer. Nothing was changed."
    assert stored(page) == before and shown(page) == [4]
    assert page.faults == []


def give(page, text):
    page.set_input_files(
        "[name=file]",
        {"name": "drawer.json", "mimeType": "application/json", "buffer": text.encode()},
    )


def harmless(page):
    assert page.evaluate("[window.ran, window.broken, {}.polluted]") == [None, None, None]
    assert page.locator("main script, main iframe, main [onerror], main [src^=https]").count() == 0
    links = page.eval_on_selector_all("main a", "all => all.map((a) => new URL(a.href).pathname)")
    assert all(link.startswith("/my-jungle/") for link in links)
    assert page.faults == []


def test_a_hostile_file_runs_nothing(open_page):
    page = open_page(CARD)
    page.context.add_init_script(BREACHES)
    visit(page)
    text = json.dumps({"drawer": 1, "cards": [*TRAPS, "beast-003", "beast-003"]})
    give(page, text.replace('"drawer": 1', '"drawer": 1, "__proto__": {"polluted": 1}'))
    until(page, "document.querySelector('.found').textContent !== ''")
    assert shown(page) == [3]
    assert "not in this jungle" in page.inner_text(".found")
    assert json.loads(stored(page)[0][1]) == ["beast-003"]
    harmless(page)


@pytest.mark.parametrize("trap", [*map(str, TRAPS[:9]), "%3Cscript%3E", "%", "a" * 9000])
def test_a_hostile_link_runs_nothing(open_page, address, trap):
    page = open_page("about.html")
    page.context.add_init_script(BREACHES)
    for fragment in (f"#cards=abc.{trap},beast-003", f"#cards={trap}", f"#{trap}"):
        page.goto("about:blank")
        page.goto(f"{address}drawer.html{fragment}")
        ready(page)
        assert set(shown(page)) <= {1, 3} and stored(page) == []
        harmless(page)


def test_hostile_storage_runs_nothing(open_page):
    page = open_page("about.html")
    page.context.add_init_script(BREACHES)
    name = "drawer /my-jungle/"
    for value in (SCRIPT, json.dumps(TRAPS), "{}", "7", json.dumps("beast-001")):
        page.evaluate("([name, value]) => localStorage.setItem(name, value)", [name, value])
        visit(page)
        assert set(shown(page)) <= {1}
        harmless(page)


def test_without_storage_it_is_said(open_page):
    page = open_page("about.html")
    page.context.add_init_script("Storage.prototype.setItem = () => { throw new Error('full'); };")
    keep(page, 2)
    assert page.get_attribute(".heart", "aria-pressed") == "false"
    assert "does not keep it" in page.inner_text(".kept")
    assert page.faults == []


def test_without_scripts_the_drawer_says_what_it_needs(open_page):
    page = open_page("drawer.html", java_script_enabled=False)
    assert "needs scripts" in page.inner_text("noscript, main")
    assert not page.locator("main button:visible").count()
