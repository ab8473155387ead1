"""Whole visits in a headless Chromium: by keyboard alone, without scripts, from disk, narrow."""

import base64
import json

import pytest

from tests.gallery.chromium import page_sizes, until

pytestmark = pytest.mark.browser

CARD = "cards/beast-001.html"
HOSTILE_CARD = "cards/beast-002.html"
PAGES = [
    "index.html",
    CARD,
    HOSTILE_CARD,
    "about.html",
    "drawer.html",
    "404.html",
    "dictionary.html",
    "alphabet.html",
    "grammar.html",
]
PLAYED = "document.querySelector('audio').currentTime > 0.05"


def titles(page):
    return page.eval_on_selector_all(".rack .title a", "links => links.map((a) => a.textContent)")


def tab_to(page, selector, most=80):
    """Press Tab until ``selector`` has the focus, and see that it can be seen there."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            break
    else:
        raise AssertionError(f"{selector} cannot be reached by Tab")
    seen = page.evaluate(
        """() => { const one = document.activeElement, box = one.getBoundingClientRect();
        const ring = (at) => at && getComputedStyle(at).outlineStyle !== 'none';
        const shown = box.bottom > 0 && box.top < innerHeight;
        return [shown, ring(one) || ring(one.closest('.card'))]; }"""
    )
    assert seen == [True, True], f"{selector} has the focus, but nobody sees it: {seen}"


def link_to(card, path=CARD):
    """The link that carries ``card`` as its message."""
    text = base64.urlsafe_b64encode(json.dumps(card).encode()).decode().rstrip("=")
    return f"{path}#card={text}"


def test_the_whole_visit_by_keyboard(open_page):
    page = open_page(reduced_motion="reduce")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    # The rack: search for a word, keep one hour only, put all back.
    tab_to(page, "[name=q]")
    page.keyboard.type("ruve")
    until(page, "document.querySelectorAll('.rack .slot').length < 12")
    some = len(titles(page))
    assert some and "cards" in page.inner_text(".found")
    tab_to(page, "[name=hour]")
    page.keyboard.press("N")  # Night
    until(page, "some => document.querySelectorAll('.rack .slot').length < some", some)
    page.keyboard.press("Home")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Control+A")
    page.keyboard.press("Delete")
    until(page, "document.querySelectorAll('.rack .slot').length === 12")
    # The listening walk, begun and ended.
    tab_to(page, "[name=walk]")
    page.keyboard.press("Enter")
    page.wait_for_selector(".slot.speaking")
    page.keyboard.press("Enter")
    page.wait_for_selector(".walk", state="hidden")
    # A card: turn it, ask for a word, hear it.
    tab_to(page, ".rack .title a")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    page.wait_for_url("**/cards/beast-001.html")
    tab_to(page, ".turn")
    page.keyboard.press("Enter")
    until(page, "document.activeElement.closest('.face-back') !== null")
    tab_to(page, ".phrase button")
    page.keyboard.press("Enter")
    assert page.locator(".entry:popover-open").count() == 1
    page.keyboard.press("Escape")
    # Send it: the message is in the link, and the focus comes back to the card.
    tab_to(page, "button.send")
    page.keyboard.press("Enter")
    until(page, "document.activeElement.name === 'to'")
    page.keyboard.type("Zoe")
    tab_to(page, "[name=message]")
    page.keyboard.type("Come soon")
    tab_to(page, ".copy")
    page.keyboard.press("Enter")
    until(page, "document.querySelector('.done').textContent !== ''")
    link = page.input_value("[name=link]")
    page.keyboard.press("Escape")
    until(page, "document.activeElement.closest('.face-back') !== null")
    assert page.inner_text(".hand") == "Come soon"
    # Hear it, and seek with the arrow keys.
    tab_to(page, ".play")
    page.keyboard.press("Enter")
    until(page, PLAYED)
    tab_to(page, ".seek input")
    page.keyboard.press("End")
    until(page, "document.querySelector('audio').currentTime > 1.4")
    tab_to(page, ".near .title a")
    # Back to the rack, and the link tells the message.
    tab_to(page, ".along a:not([rel])")
    page.keyboard.press("Enter")
    page.wait_for_url("**/index.html")
    page.goto(link)
    page.wait_for_selector(".arrived:visible")
    assert page.inner_text(".hand") == "Come soon"
    assert page.faults == []


def test_without_scripts_the_gallery_is_all_there(open_page):
    page = open_page(java_script_enabled=False)
    assert page.locator(".rack .slot").count() == 12
    assert not page.locator(".finder").is_visible()
    page.locator(".rack .print").first.wait_for(state="visible")
    page.click(".rack .title a >> nth=2")
    page.wait_for_url("**/cards/beast-003.html")
    assert not page.locator(".tools:visible").count()
    page.click(".made summary")
    assert page.locator(".made dl").is_visible()
    page.click("nav.pages a >> text=Dictionary")
    page.wait_for_url("**/dictionary.html", wait_until="load")
    assert page.locator(".lemma").count() > 100
    assert not page.locator("form:visible").count()
    page.click("nav.pages a >> text=Alphabet")
    assert page.locator(".letters li").count() > 10
    assert not page.locator("form:visible").count()


def test_from_disk_search_card_and_voice(open_page, jungle):
    page = open_page((jungle.home / "site" / "index.html").as_uri())
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.fill("[name=q]", "RUVE")
    until(page, "document.querySelectorAll('.rack .slot').length < 12")
    assert titles(page)
    page.select_option("[name=sort]", "title")
    page.click(".rack .title a >> nth=0")
    page.wait_for_url("**/cards/beast-*.html")
    page.click(".turn")
    page.click(".play")
    until(page, PLAYED)
    assert page.evaluate("document.querySelector('.desk .print').naturalWidth") > 0
    page.goto((jungle.home / "site" / "dictionary.html").as_uri())
    page.fill("[name=word]", "moon")
    until(page, "document.querySelectorAll('.lemma:not([hidden])').length < 100")
    assert page.faults == []
    assert asked and all(url.startswith(("file:", "data:")) for url in asked)


def fit(page):
    return page.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.parametrize("path", PAGES)
def test_narrow_and_enlarged_pages_do_not_scroll_sideways(open_page, path):
    page = open_page(path, viewport={"width": 320, "height": 640}, reduced_motion="reduce")
    assert fit(page)
    # 400 % zoom of a 1280 × 1024 window is a window of 320 × 256.
    page.set_viewport_size({"width": 320, "height": 256})
    assert fit(page)
    if "cards/" in path:
        page.click(".turn")
        assert fit(page)
        page.click("button.send")
        # The writing desk is higher than the window, and can be read to its end.
        page.locator("dialog button >> text=Close").scroll_into_view_if_needed()
        page.click("dialog button >> text=Close")
        page.evaluate("document.querySelector('details').open = true")
        assert fit(page)
        page.click(".play")
        until(page, PLAYED)
    if path == CARD:
        page.click(".phrase button >> nth=0")
        page.wait_for_selector(".entry:popover-open")
        page.click(".entry:popover-open [popovertargetaction=hide]")
    if path == "index.html":
        page.click("[name=more]")
        page.click("[name=walk]")
        page.wait_for_selector(".slot.speaking")
        assert fit(page)
        page.click(".walk-stop")
    assert page.faults == []


def test_forced_colours_keep_edges_and_marks(open_page):
    page = open_page(forced_colors="active")
    edge = "getComputedStyle(document.querySelector('.front')).borderTopWidth"
    assert page.evaluate(edge) == "1px"
    page.goto(page.url.replace("index.html", CARD))
    style = "([selector, name]) => getComputedStyle(document.querySelector(selector))[name]"
    assert page.evaluate(edge) == "1px"
    assert page.evaluate(style, [".front", "maskImage"]) == "none"
    assert page.evaluate(style, [".bars", "stroke"]) != page.evaluate(style, [".spent", "stroke"])
    page.click(".turn")
    page.evaluate("document.querySelector('audio').loop = true")
    page.click(".play")
    until(
        page,
        """() => { const word = document.querySelector('.spoken-line .now');
        const colour = (one) => getComputedStyle(one).color;
        return word && colour(word) !== colour(word.parentElement); }""",
    )


MOVING = """() => document.getAnimations().filter((one) => one.effect.getTiming().duration > 1
  || one.effect.getTiming().iterations > 1).length"""


def test_reduced_motion_moves_nothing(open_page):
    page = open_page(link_to({"to": "Ada", "message": "Hello"}), reduced_motion="reduce")
    assert page.locator(".arrived").is_visible()
    assert page.evaluate(MOVING) == 0
    page.click(".turn")
    assert page.evaluate(MOVING) == 0
    assert page.locator(".undeveloped, .developing").count() == 0
    page.goto(page.url.split("cards/")[0] + "index.html")
    page.hover(".slot >> nth=1")
    assert page.evaluate(MOVING) == 0
    page.click("[name=walk]")
    page.wait_for_selector(".slot.speaking")
    assert page.evaluate(MOVING) == 0
    assert page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"


@pytest.mark.parametrize(
    "path",
    [
        HOSTILE_CARD,
        link_to({"to": "W" * 40, "from": "م" * 40, "message": "W" * 280}),
        link_to({"message": "a\n" * 140}),
    ],
)
def test_whatever_is_on_it_a_card_prints_on_two_pages(open_page, path):
    page = open_page(path)
    for turn in (False, True):
        if turn:
            page.click(".turn")
        pages = page_sizes(page.pdf(prefer_css_page_size=True))
        assert pages == [(432, 288), (432, 288)]
