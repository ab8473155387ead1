"""Hostile texts from every side, in a headless Chromium: nothing runs and nothing breaks."""

import base64
import json

import pytest

from generate.gallery.site.render import render_site
from tests.bundles import make_jungle
from tests.gallery.chromium import serve, until
from tests.gallery.conftest import HOSTILE

pytestmark = pytest.mark.browser

CARD = "cards/beast-001.html"
HOSTILE_CARD = "cards/beast-002.html"
SHORT = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>{{ 7*7 }}</title></textarea>"


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    """A site of one card whose settings are all hostile."""
    home = tmp_path_factory.mktemp("hostile")
    text = json.dumps(SHORT)  # a TOML string too
    settings = make_jungle(
        home,
        1,
        f"""title = {text}
author = {text}
count = 1
[site]
licence = {text}
base_url = "https://ada.example/my-jungle"
[site.words]
turn_over = {text}
tagline = {text}
search_hint = {text}
greetings = {text}
made_lead = {text}
""",
        size=48,
        frames=2,
        seconds=0.2,
    )
    (home / "content" / "pages" / "bad.md").write_text(
        f"---\ntitle: {json.dumps(SHORT)}\n---\n# {SHORT}\n\n{SHORT} {{title}}\n"
    )
    render_site(settings)
    yield from serve(home / "site")


def unbroken(page, width):
    assert page.faults == []  # a dialog, an error of a script, a breach of the policy
    assert page.locator("main iframe, main [onerror], main script").count() == 0
    # Mail that is still arriving may reach over the edge for a moment.
    until(page, "width => document.documentElement.scrollWidth <= width", width)


@pytest.mark.parametrize("width", [320, 1280])
def test_hostile_cards(open_page, width):
    page = open_page("index.html", viewport={"width": width, "height": 800})
    unbroken(page, width)
    page.goto(page.url.replace("index.html", HOSTILE_CARD))
    assert "<script>alert(1)</script>" in page.inner_text("h1")
    page.click(".turn")
    page.evaluate("document.querySelector('details').open = true")
    unbroken(page, width)
    page.go_back()
    page.fill("[name=q]", "script")
    page.wait_for_selector(".found:not(:empty)")
    assert "<script>" in page.inner_text(".rack .title a >> nth=0")
    unbroken(page, width)


@pytest.mark.parametrize("path", ["index.html", CARD, "about.html", "bad.html", "404.html"])
def test_hostile_settings(open_page, hostile, path):
    page = open_page(hostile + path, viewport={"width": 320, "height": 800})
    assert SHORT in page.title()
    if path == CARD:
        assert page.inner_text(".turn") == SHORT
        page.click("button.send")
        page.fill("[name=message]", SHORT)
        page.keyboard.press("Escape")
        assert page.inner_text(".hand") == SHORT
    unbroken(page, 320)


@pytest.mark.parametrize(
    "card",
    [
        {"to": HOSTILE, "from": HOSTILE, "message": HOSTILE},
        {"to": {"toString": 1}, "from": ["x"], "message": SHORT, "__proto__": {"to": "x"}},
        {"message": "\u202e" * 140 + "\u0000\ufffe" + "\u0301" * 1500},
    ],
)
def test_hostile_links(open_page, card):
    text = (
        base64.urlsafe_b64encode(json.dumps(card, ensure_ascii=False).encode()).decode().rstrip("=")
    )
    page = open_page(f"{CARD}#card={text}", viewport={"width": 320, "height": 800})
    page.wait_for_selector(".arrived:visible")
    assert page.locator(".back .hand *, .back .line *").count() == 0
    unbroken(page, 320)


@pytest.mark.parametrize("made", ["seal", "press"])
def test_hostile_threads(open_page, made):
    page = open_page(CARD, viewport={"width": 320, "height": 800})
    cards = [
        {"to": HOSTILE, "from": HOSTILE, "message": HOSTILE},
        {"to": SHORT, "from": SHORT, "message": "\u202e" * 140 + "\u0000\ufffe" + "\u0301" * 1500},
        {"to": {"toString": 1}, "from": ["x"], "message": {"__proto__": [SHORT]}},
        {"to": "", "from": "", "message": "<img src=x onerror=alert(4)>" * 400},
    ]
    text = page.evaluate(f"async (cards) => (await letters.{made}(cards)).text", cards)
    page = open_page(f"{CARD}#card={text}", viewport={"width": 320, "height": 800})
    page.wait_for_selector(".arrived:visible")
    assert page.locator(".thread li").count() == 3
    assert page.locator(".back .hand *, .back .line *, .thread :is(blockquote, bdi) *").count() == 0
    page.click(".answer")
    assert page.locator(".quote *").count() == 0
    page.keyboard.press("Escape")
    unbroken(page, 320)


# A megabyte of one letter, compressed: it is read no further than a card can be long.
BOMB = """async () => {
  const real = JSON.stringify;
  JSON.stringify = () => '["a","b","' + 'x'.repeat(9e6) + '"]';
  const { text } = await letters.press([{}]);
  JSON.stringify = real;
  return text; }"""


def test_a_thread_that_swells_when_it_is_unpacked_is_cut(open_page):
    page = open_page(CARD)
    text = page.evaluate(BOMB)
    assert len(text) < 40_000
    page = open_page(f"{CARD}#card={text}")
    page.wait_for_selector(".arrived:visible, .damaged:visible")
    assert len(page.text_content(".back .hand")) <= 280
    unbroken(page, 1280)


@pytest.mark.parametrize(
    "fragment", ["card=%%%", "card=AAAA", "card=e30", "card=WzFd", "card=" + "A" * 20000]
)
def test_a_damaged_link_shows_the_plain_card(open_page, fragment):
    page = open_page(f"{CARD}#{fragment}")
    if fragment != "card=e30":  # that is {}
        page.wait_for_selector(".damaged:visible")
    assert not page.locator(".arrived").is_visible()
    assert page.locator(".damaged").is_visible() == (fragment != "card=e30")
    unbroken(page, 1280)


def test_policy_stops_what_is_injected(open_page):
    page = open_page(CARD)
    page.evaluate(
        "addEventListener('securitypolicyviolation', (e) => (window.broken ??= []).push("
        "e.effectiveDirective))"
    )
    page.evaluate(
        "() => { const s = document.createElement('script'); s.textContent = 'window.ran = 1';"
        " document.body.append(s); const t = document.createElement('script');"
        " t.src = 'https://evil.example/x.js'; document.body.append(t);"
        " document.body.insertAdjacentHTML('beforeend',"
        ' \'<img src=x onerror="window.ran = 2"><p style="color:red" id=p></p>'
        '<img src="https://evil.example/x.png"><iframe src="https://evil.example"></iframe>\'); }'
    )
    wanted = {"script-src-elem", "script-src-attr", "style-src-attr", "img-src", "frame-src"}
    until(
        page,
        "wanted => wanted.every((one) => (window.broken ?? []).includes(one))",
        sorted(wanted),
    )
    assert page.evaluate("window.ran") is None
    assert page.evaluate("document.querySelector('#p').style.color") == ""
