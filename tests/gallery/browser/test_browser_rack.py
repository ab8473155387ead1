"""The rack in a headless Chromium: weight, keyboard, arrow keys, search, walk."""

import pytest

from generate.gallery.site.render import render_site
from tests.bundles import make_jungle
from tests.gallery.chromium import serve, until

pytestmark = pytest.mark.browser

SHIFT = """new Promise((done) => { let sum = 0;
  new PerformanceObserver((list) => { for (const e of list.getEntries()) sum += e.value; })
    .observe({ type: 'layout-shift', buffered: true });
  setTimeout(() => done(sum), 400); })"""


def titles(page):
    return page.eval_on_selector_all(".rack .title a", "links => links.map((a) => a.textContent)")


def test_first_view_of_fifty_cards_is_light_and_still(browser, tmp_path_factory):
    home = tmp_path_factory.mktemp("fifty")
    settings = make_jungle(home, 50, size=240, frames=0, seconds=0)
    render_site(settings)
    for address in serve(home / "site"):
        context = browser.new_context(
            viewport={"width": 1280, "height": 800}, service_workers="block"
        )
        page = context.new_page()
        sizes = []
        page.on(
            "requestfinished",
            lambda request, sizes=sizes: sizes.append(
                request.sizes()["responseBodySize"] + request.sizes()["responseHeadersSize"]
            ),
        )
        page.goto(address + "index.html", wait_until="networkidle")
        shift = page.evaluate(SHIFT)
        context.close()
        assert len(sizes) <= 25
        assert sum(sizes) <= 150_000
        assert shift == 0


@pytest.mark.parametrize("width", [390, 1280])
def test_a_card_stands_still_while_its_script_arrives(open_page, width):
    """The letters of the back are set anew when the font is there: out of sight."""
    page = open_page("cards/beast-005.html", viewport={"width": width, "height": 800})
    page.evaluate("document.fonts.ready")
    assert page.evaluate(SHIFT) == 0
    page.click(".turn")
    until(page, "getComputedStyle(document.querySelector('.face-back')).visibility === 'visible'")
    assert page.evaluate("document.querySelector('.face-back').contains(document.activeElement)")
    page.click(".turn")
    until(
        page,
        "getComputedStyle(document.querySelector('.face-back')).visibility === 'hidden'"
        " || getComputedStyle(document.querySelector('.face-back')).display === 'none'",
    )


@pytest.mark.parametrize("path", ["index.html", "cards/beast-005.html", "drawer.html"])
def test_the_scripts_of_a_page_are_small(jungle, path):
    import gzip
    import re

    site = jungle.home / "site"
    found = re.findall(r'<script src="([^"]+)"', (site / path).read_text())
    assert len(found) >= 2
    sizes = [len(gzip.compress(((site / path).parent / name).read_bytes())) for name in found]
    assert sum(sizes) <= 20_000


def test_arrow_keys_move_within_the_rack_only(open_page):
    page = open_page()
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement === document.body")
    page.focus(".rack .title a")
    page.keyboard.press("ArrowRight")
    focused = "[...document.querySelectorAll('.rack .title a')].indexOf(document.activeElement)"
    assert page.evaluate(focused) == 1
    page.keyboard.press("ArrowDown")
    below = page.evaluate(focused)
    assert below > 2
    page.keyboard.press("ArrowUp")
    assert page.evaluate(focused) == 1
    page.keyboard.press("End")
    assert page.evaluate(focused) == 11
    page.keyboard.press("Home")
    page.keyboard.press("Enter")
    page.wait_for_url("**/cards/beast-001.html")


def test_search_sort_and_filter(open_page):
    page = open_page()
    first = titles(page)
    page.fill("[name=q]", "zzzz nothing")
    until(page, "document.querySelectorAll('.rack .slot').length === 0")
    assert page.inner_text(".found") == "No card answers to that."
    page.fill("[name=q]", "RUVE")
    until(page, "document.querySelectorAll('.rack .slot').length > 0")
    assert 0 < len(titles(page)) < len(first)
    page.fill("[name=q]", "")
    page.select_option("[name=sort]", "title")
    until(page, "document.querySelectorAll('.rack .slot').length === 12")
    assert titles(page) != first
    page.select_option("[name=sort]", "posted")
    until(page, "!location.search")
    assert titles(page) == first
    assert page.faults == []


def test_card_of_the_day_and_any_card(open_page):
    for door in ("today", "random"):
        page = open_page()
        page.click(f"[name={door}]")
        page.wait_for_url("**/cards/beast-*.html")


def test_listening_walk_goes_from_card_to_card(open_page):
    page = open_page()
    page.click("[name=walk]")
    page.wait_for_selector(".slot.speaking")
    one = page.inner_text(".walk-title")
    page.click(".walk-next")
    until(page, "one => document.querySelector('.walk-title').textContent !== one", arg=one)
    assert page.locator(".speaking").count() == 1
    page.click(".walk-stop")
    assert not page.locator("div.walk").is_visible()
