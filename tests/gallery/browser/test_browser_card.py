"""A postcard in a headless Chromium: turning, voice, sending, print."""

import re

import pytest

from tests.gallery.chromium import page_sizes, until

pytestmark = pytest.mark.browser

CARD = "cards/beast-001.html"
MESSAGE = "Dear <b>you</b> 🐸🦜👩‍👩‍👧 مرحبا بالعالم \"quotes\" & 'more' " + "é" * 400


def turned(page):
    return page.eval_on_selector_all(".face", "faces => faces.map((face) => face.inert)")


# Which words are lit on the card and beside the voice, noted in the page itself: a busy machine
# would look too late.
NOTE = """() => { window.lit = [];
  const words = (place) => [...document.querySelectorAll(`${place} .now`)]
    .map((word) => word.dataset.word).join();
  new MutationObserver(() => window.lit.push([words('.phrase'), words('.spoken-line')]))
    .observe(document.querySelector('.voice'), { subtree: true, attributeFilter: ['class'] }); }"""


def test_play_button_plays_and_words_light_up(open_page):
    page = open_page(CARD)
    page.evaluate(NOTE)
    page.click(".play")
    until(page, "document.querySelector('audio').ended")
    until(page, "document.querySelectorAll('.now').length === 0")
    lit = page.evaluate("window.lit")
    assert all(card == line for card, line in lit)
    spoken = [line for _, line in lit if line]
    assert spoken and spoken == sorted(spoken) and set(spoken) <= {"0", "1", "2"}
    assert page.faults == []


def test_nothing_sounds_unasked(open_page):
    page = open_page(CARD)
    page.wait_for_timeout(300)
    assert page.evaluate("document.querySelector('audio').paused")


def test_seek_slow_and_value_text(open_page):
    page = open_page(CARD)
    page.focus(".seek input")
    page.keyboard.press("End")
    assert page.evaluate("document.querySelector('audio').currentTime") > 1
    assert re.search(r"1\.\d of 1\.\d", page.get_attribute(".seek input", "aria-valuetext"))
    page.check(".slow")
    assert page.evaluate("document.querySelector('audio').playbackRate") == pytest.approx(0.6)


@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
def test_a_turned_card_is_seen_from_its_beginning_on_a_telephone(open_page, motion):
    size = {"width": 390, "height": 560}
    top = "document.querySelector('.postcard').getBoundingClientRect().top"
    page = open_page(CARD, viewport=size, reduced_motion=motion)
    for _ in range(2):
        page.locator(".turn").scroll_into_view_if_needed()
        page.evaluate("scrollTo({ top: scrollY + 100, behavior: 'instant' })")
        assert page.evaluate(top) < 0
        page.click(".turn")
        until(page, f"Math.abs({top}) < 40")
    page.set_viewport_size({"width": 1280, "height": 1400})
    page.evaluate("scrollTo({ top: 0, behavior: 'instant' })")
    page.click(".turn")
    page.wait_for_timeout(300)
    assert page.evaluate("scrollY") == 0  # what is in sight stays where it is


def test_turning_by_keyboard_moves_focus_and_hides_the_other_side(open_page):
    page = open_page(CARD)
    assert turned(page) == [False, True]
    page.focus(".turn")
    page.keyboard.press("Enter")
    assert turned(page) == [True, False]
    assert page.evaluate("document.activeElement.closest('.face-back') !== null")
    page.keyboard.press("Space")
    assert turned(page) == [False, True]
    assert page.evaluate("document.activeElement.closest('.face-front') !== null")
    page.click(".both")
    assert turned(page) == [False, False]


@pytest.mark.parametrize("width", [390, 1280])
def test_without_scripts_both_sides_and_native_controls(open_page, width):
    page = open_page(CARD, java_script_enabled=False, viewport={"width": width, "height": 800})
    for part in (".front .print", ".phrase", ".message", ".stamp", ".postmark", "audio"):
        assert page.locator(part).first.is_visible(), part
    assert not page.locator(".turn").is_visible()
    assert not page.locator(".player").is_visible()


DEVELOPED = """window.developed = 0;
new MutationObserver((changes) => {
  for (const { addedNodes } of changes) {
    for (const one of addedNodes) window.developed += Number(one.className === 'developing');
  }
}).observe(document, { subtree: true, childList: true });"""


def test_picture_develops_once_a_visit(open_page):
    page = open_page("about.html")
    page.add_init_script(DEVELOPED)
    page.goto(page.url.replace("about.html", CARD))
    until(page, "window.developed === 1 && !document.querySelector('.developing')")
    assert page.locator(".undeveloped").count() == 0
    page.reload()
    assert page.locator(".undeveloped").count() == 0  # what makes a picture develop unasked
    assert page.evaluate("window.developed") == 0
    page.click(".develop")
    until(page, "window.developed === 1 && !document.querySelector('.developing')")


def test_reduced_motion_neither_develops_nor_turns_slowly(open_page):
    page = open_page(CARD, reduced_motion="reduce")
    assert page.locator(".undeveloped").count() == 0
    assert (
        page.evaluate("getComputedStyle(document.querySelector('.face')).transitionDuration")
        == "0s"
    )


def test_sent_link_round_trip(open_page):
    page = open_page(CARD)
    page.click("button.send")
    page.fill("[name=to]", "Zoë <i>")
    page.fill("[name=message]", MESSAGE)
    page.fill("[name=from]", "علي")
    link = page.input_value("[name=link]")
    assert re.fullmatch(
        r"http://127\.0\.0\.1:\d+/my-jungle/cards/beast-001\.html#card=[\w-]+", link
    )
    assert "0 " in page.inner_text(".left")
    sent = page.input_value("[name=message]")
    page.click("dialog button:has-text('Close')")
    until(page, "document.querySelector('.face').inert")
    assert turned(page) == [True, False]

    arrived = open_page(link)
    until(arrived, "!document.querySelector('.arrived').hidden")
    assert arrived.inner_text(".hand") == sent
    assert sent.startswith("Dear <b>you</b> 🐸🦜👩‍👩‍👧 مرحبا")
    segments = "text => Array.from(new Intl.Segmenter().segment(text)).length"
    assert arrived.evaluate(segments, sent) == 280
    assert arrived.inner_text(".line.to") == "Zoë <i>"
    assert arrived.inner_text(".line.from") == "علي"
    assert turned(arrived) == [True, False]
    assert arrived.locator(".arrived").is_visible()
    assert arrived.locator(".hand b").count() == 0
    assert arrived.faults == []


def test_print_is_two_postcard_pages_and_a_sheet_of_four(open_page):
    page = open_page(CARD)
    pages = page_sizes(page.pdf(prefer_css_page_size=True))
    assert pages == [(432, 288), (432, 288)]
    for sheet, size in (("a4", (842, 595)), ("letter", (792, 612))):
        page.evaluate("window.print = () => {}")
        page.click("button.send")
        page.click(f"[data-sheet={sheet}]")
        assert page_sizes(page.pdf(prefer_css_page_size=True)) == [size, size]
        page.evaluate("dispatchEvent(new Event('afterprint'))")
        assert page.locator(".sheet").count() == 0


SPY = """window.started = [];
const start = AudioBufferSourceNode.prototype.start;
AudioBufferSourceNode.prototype.start = function (...when) {
  window.started.push([this.loop, this.loopStart, this.loopEnd, this.buffer.duration, when[1]]);
  return start.apply(this, when);
};"""


@pytest.mark.parametrize("disk", [False, True])
def test_the_bed_loops_between_its_marks(open_page, jungle, disk):
    page = open_page(CARD)
    page.add_init_script(SPY)
    page.goto((jungle.home / "site" / CARD).as_uri() if disk else page.url)
    seconds = float(page.get_attribute(".bed", "data-seconds"))
    assert page.evaluate("window.started") == []
    page.check(".bed")
    until(page, "window.started.length === 1")
    loop, begin, end, length, offset = page.evaluate("window.started[0]")
    assert loop and offset == begin
    assert seconds == pytest.approx(2, abs=0.01)
    assert end - begin == pytest.approx(seconds, abs=1e-6)
    assert length >= end
    page.click(".play")
    until(page, "document.querySelector('audio').currentTime > 0.05")
    assert page.is_checked(".bed")
    page.uncheck(".bed")
    assert page.faults == []


def test_print_waits_for_no_font(open_page, jungle):
    """The script's letters come with the style sheet, so that they are there when a page is."""
    page = open_page("about.html")
    page.route("**/*.woff2", lambda route: route.abort())
    asked = []
    page.on("request", lambda request: asked.append(request.resource_type))
    page.goto(page.url.replace("about.html", CARD))
    fonts = re.findall(rb"/FontName */[A-Z]{6}\+([\w-]+)", page.pdf(prefer_css_page_size=True))
    assert f"{jungle.language}-Regular".encode() in fonts
    assert "font" not in asked
