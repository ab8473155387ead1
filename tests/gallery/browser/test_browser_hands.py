"""Made for hands, in a headless Chromium: swipe, arrow keys, zoom, a walk that goes on, phones."""

import pytest
from playwright.sync_api import TimeoutError

from generate.gallery.site.render import render_site
from tests.bundles import make_jungle
from tests.gallery.chromium import serve, until

pytestmark = pytest.mark.browser

CARD = "cards/beast-001.html"
PHONE = {"viewport": {"width": 390, "height": 664}, "has_touch": True, "is_mobile": True}
SPY = """window.played = [];
const play = HTMLMediaElement.prototype.play;
HTMLMediaElement.prototype.play = function () {
  window.played.push(this);
  return play.call(this);
};"""
SHIFT = """new Promise((done) => { let sum = 0;
  new PerformanceObserver((list) => { for (const e of list.getEntries()) sum += e.value; })
    .observe({ type: 'layout-shift', buffered: true });
  setTimeout(() => done(sum), 400); })"""


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """A site whose pictures have three sizes."""
    home = tmp_path_factory.mktemp("large")
    render_site(make_jungle(home, 3, size=1100, frames=0, seconds=0.3))
    yield from serve(home / "site")


def number(page):
    return int(page.url.split("beast-")[1][:3])


def test_arrow_keys_go_to_the_cards_beside(open_page):
    page = open_page(CARD)
    page.keyboard.press("ArrowRight")
    page.wait_for_url("**/beast-002.html")
    page.keyboard.press("ArrowLeft")
    page.wait_for_url("**/beast-001.html")
    page.keyboard.press("ArrowLeft")
    page.wait_for_url("**/beast-012.html")
    # Where arrow keys have a work of their own, they keep it.
    page.focus(".seek input")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Alt+ArrowUp")
    page.click("button.send")
    page.focus("[name=message]")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Escape")
    page.click(".look")
    page.wait_for_selector("dialog.zoom[open]")
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(300)
    assert number(page) == 12
    assert page.faults == []


def touch(page, *steps):
    """Fingers on the glass: each step is a list of points; the last is followed by none."""
    client = page.context.new_cdp_session(page)
    for at, points in enumerate(steps):
        kind = "touchStart" if not at or len(points) > len(steps[at - 1]) else "touchMove"
        fingers = [{"x": x, "y": y, "id": id_} for id_, (x, y) in enumerate(points)]
        client.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": fingers})
    client.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def mirror(route):
    """The page as it would be in a script that is written from right to left."""
    found = route.fetch()
    route.fulfill(response=found, body=found.text().replace('dir="ltr"', 'dir="rtl"'))


def swipe(page, dx, dy=0):
    box = page.locator(".postcard").bounding_box()
    x, y = box["x"] + box["width"] / 2, max(60, box["y"] + 90)
    touch(page, *[[(x + dx * part / 6, y + dy * part / 6)] for part in range(7)])


def swipe_to(page, dx, url):
    """Swipe until the page is another: a finger that a busy machine moves slowly is no swipe."""
    for _ in range(8):
        swipe(page, dx)
        try:
            return page.wait_for_url(url, wait_until="load", timeout=15_000)
        except TimeoutError:
            continue
    raise AssertionError(f"no swipe led to {url}")


@pytest.mark.parametrize("rtl", [False, True])
def test_a_swipe_goes_to_the_card_beside(open_page, rtl):
    page = open_page("cards/beast-005.html", **PHONE)
    if rtl:
        page.route("**/*.html", mirror)
        page.reload()
    swipe_to(page, -160, f"**/beast-00{4 if rtl else 6}.html")
    swipe_to(page, 160, "**/beast-005.html")
    swipe(page, -20)  # too short
    swipe(page, -70, -220)  # it scrolls
    page.wait_for_timeout(300)
    assert number(page) == 5
    assert page.evaluate("document.querySelector('.postcard').style.translate") == ""
    assert page.faults == []


def scale(page):
    picture = "document.querySelector('.zoom img')"
    return page.evaluate(f"new DOMMatrix(getComputedStyle({picture}).transform).a")


def test_a_click_brings_the_largest_picture(open_page, large):
    page = open_page(large + CARD, viewport={"width": 420, "height": 800})
    assert page.evaluate("document.querySelector('.desk .print').currentSrc").count(".512.")
    page.click(".face-front .plate")
    until(page, "(document.querySelector('.zoom img') || {}).naturalWidth === 1024")
    assert page.get_attribute(".zoom img", "alt") == page.get_attribute(".desk .print", "alt")
    assert not page.locator(".postcard.turned").count()
    assert scale(page) == 1
    page.mouse.click(100, 400)
    assert scale(page) == 2.5
    page.mouse.wheel(0, -400)
    until(page, "new DOMMatrix(document.querySelector('.zoom img').style.transform).a > 4")
    page.mouse.move(200, 400)
    page.mouse.down()
    page.mouse.move(300, 420, steps=4)
    page.mouse.up()
    assert scale(page) > 4  # moved, not clicked
    for key in ("+", "-", "ArrowLeft", "ArrowUp", "0"):
        page.keyboard.press(key)
    assert scale(page) == 1
    page.keyboard.press("Escape")
    until(page, "document.querySelector('.zoom') === null")
    page.focus(".look")
    page.keyboard.press("Enter")
    page.wait_for_selector(".zoom[open]")
    page.click(".zoom button")
    until(page, "document.activeElement.matches('.look')")
    assert page.faults == []


def test_a_pinch_brings_the_picture_nearer(open_page, large):
    page = open_page(large + CARD, **PHONE)
    page.evaluate("fetchScript('zoom')")
    box = page.locator(".face-front .plate").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + 100
    spread = [[(x - gap, y), (x + gap, y)] for gap in (30, 50, 70, 90)]
    touch(page, [spread[0][0]], *spread)
    page.wait_for_selector(".zoom[open]")
    until(page, "new DOMMatrix(document.querySelector('.zoom img').style.transform).a > 2.5")
    near = scale(page)
    touch(page, [(195, 300)], *[[(195 - gap, 300), (195 + gap, 300)] for gap in (90, 60, 40)])
    assert 1 <= scale(page) < near
    assert number(page) == 1
    assert page.faults == []


@pytest.mark.parametrize("options", [PHONE, {}])
def test_the_walk_goes_on_on_a_card(open_page, options):
    page = open_page("about.html", **options)
    page.add_init_script(SPY)
    page.goto(page.url.replace("about.html", "index.html"))
    if options:
        page.click("[name=more]")
    page.click("[name=walk]")
    page.wait_for_selector(".slot.speaking")
    until(page, "window.played.length > 0 && window.played[0].currentTime > 0.2")
    title = page.inner_text(".walk-title")
    page.click(".rack .slot:not(.speaking) .title a >> nth=3")
    page.wait_for_url("**/cards/*.html", wait_until="load")
    page.wait_for_selector(".walk")
    assert page.inner_text(".walk-title") == title
    assert page.evaluate(SHIFT) == 0
    height = page.locator(".walk").bounding_box()["height"]
    if options:
        assert height <= 64  # one line
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
    # Chromium may want to be asked before a page that was just opened sounds.
    until(page, "window.played.length > 0")
    page.wait_for_timeout(200)
    if page.locator(".walk-on").is_visible():
        page.click(".walk-on")
    until(page, "window.played.at(-1).currentTime > 0.25 && !window.played.at(-1).paused")
    page.click(".walk-next")
    until(page, "title => document.querySelector('.walk-title').textContent !== title", title)
    # The card's own voice makes the walk wait, and it can be taken up again.
    page.click(".play")
    page.wait_for_selector(".walk-on:visible")
    page.go_back()
    page.wait_for_selector(".walk")
    page.click(".walk-stop")
    assert page.locator(".walk").count() == 0
    page.goto(page.url.replace("index.html", CARD))
    page.wait_for_timeout(300)
    assert page.locator(".walk").count() == 0
    assert page.faults == []


@pytest.mark.parametrize("size", [(390, 664), (360, 640), (320, 568)])
def test_the_first_card_stands_within_the_first_screen(open_page, size):
    width, height = size
    page = open_page(viewport={"width": width, "height": height}, has_touch=True, is_mobile=True)
    assert page.locator(".slot .card").first.bounding_box()["y"] > 0
    box = page.locator(".slot .card").first.bounding_box()
    assert box["y"] + box["height"] <= height
    assert page.evaluate(SHIFT) == 0
    assert not page.locator("[name=hour]").is_visible()
    page.click("[name=more]")
    assert page.get_attribute("[name=more]", "aria-expanded") == "true"
    assert page.locator("[name=hour]").is_visible() and page.locator("[name=walk]").is_visible()
    assert page.faults == []


def test_nothing_of_it_is_fetched_before_it_is_asked_for(open_page):
    page = open_page("about.html")
    asked = []
    page.on("request", lambda request: asked.append(request.url.split("/")[-1]))
    for path in ("index.html", CARD):
        page.goto(page.url.split("my-jungle/")[0] + "my-jungle/" + path, wait_until="networkidle")
    assert not {"find.js", "walk.js", "zoom.js", "rows.js", "search.js"} & set(asked)
