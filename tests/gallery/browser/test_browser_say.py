"""Beasts say what a visitor wants: a name, a sentence from the dictionary, on a card, in a link."""

import json

import pytest

from tests.gallery.chromium import until

pytestmark = pytest.mark.browser

# What is sent to the loudspeakers: seconds, and the loudest sample, of each sound.
LISTEN = """() => {
  window.heard = [];
  const { start } = AudioBufferSourceNode.prototype;
  AudioBufferSourceNode.prototype.start = function (...when) {
    const { buffer } = this;
    window.heard.push([buffer.duration, Math.max(...buffer.getChannelData(0).slice(0, 99000))]);
    return start.apply(this, when);
  };
}"""


def listen(page):
    page.evaluate(LISTEN)
    return page


def wait(page, count):
    until(page, "(count) => window.heard.length === count", count)
    return page.evaluate("window.heard")


def test_a_name_is_spoken_and_nothing_of_it_is_fetched_before(open_page):
    page = open_page("index.html")
    asked = []
    page.on("request", lambda request: asked.append(request.url.rsplit("/", 1)[1]))
    page.goto(page.url.replace("index.html", "alphabet.html"))
    page.fill(".name-form input[name=name]", "Ada Lovelace")
    assert not {"say.js", "speak.js"} & {*asked}
    listen(page)
    page.click(".name-form .speak")
    page.fill(".name-form input[name=size]", "0.95")
    first = wait(page, 1)[0]
    assert {"say.js", "speak.js"} <= {*asked}
    assert 0.5 < first[0] < 6 and first[1] > 0.5
    page.click(".name-form .speak")
    assert wait(page, 2)[1] != first  # a larger beast
    assert page.faults == []


def test_no_page_loads_a_voice_at_once_and_all_have_it_offline(jungle):
    site = jungle.home / "site"
    pages = [path.read_text() for path in site.rglob("*.html")]
    for name in ("speak.js", "say.js", "compose.js", "sentence.js"):
        assert not any(f"assets/{name}" in text for text in pages)
        assert f"assets/{name}" in json.loads((site / "offline.json").read_text())["shell"]


@pytest.mark.parametrize("width", [390, 1280])
def test_a_sentence_is_put_together_heard_and_put_on_a_card(open_page, width):
    page = listen(open_page("dictionary.html", viewport={"width": width, "height": 800}))
    assert page.locator(".sentence").is_hidden()
    forms = page.locator(".lemma dfn").all_inner_texts()[2:5]
    for number in range(2, 5):
        page.locator(".lemma .add").nth(number).click()
        until(page, "(n) => document.querySelectorAll('.sentence .word').length === n", number - 1)
    assert page.locator(".sentence .roman").all_inner_texts() == forms
    page.click(".sentence .speak")
    wait(page, 1)
    # Another page and back: it is still there.
    page.goto(page.url.replace("dictionary", "grammar"))
    page.goto(page.url.replace("grammar", "dictionary"))
    until(page, "document.querySelectorAll('.sentence .word').length === 3")
    page.click(".sentence .put")
    until(page, "document.querySelectorAll('.choosing li').length > 3")
    page.locator(".choosing a").first.click()
    until(page, "document.querySelector('.writing') && document.querySelector('.writing').open")
    assert page.inner_text(".writing .said") == " ".join(forms)
    page.fill("[name=to]", "Bea")
    page.wait_for_timeout(200)
    link = page.input_value("[name=link]")
    page.keyboard.press("Escape")
    until(page, "document.querySelectorAll('.postcard .phrase .word').length === 3")
    assert page.faults == []

    friend = listen(open_page(link, viewport={"width": width, "height": 800}))
    until(friend, "document.querySelectorAll('.postcard .phrase .word').length === 3")
    until(friend, "!document.querySelector('.hear-said').hidden")
    assert friend.locator(".postcard .phrase .roman").all_text_contents() == forms
    assert all(friend.locator(".postcard .phrase .gloss").all_text_contents())
    friend.click(".hear-said")
    wait(friend, 1)
    # Its answer quotes the sentence, and has none of its own yet.
    friend.click(".answer")
    assert friend.inner_text(".writing .said") == ""
    friend.fill("[name=message]", "What?")
    friend.wait_for_timeout(200)
    answer = friend.input_value("[name=link]")
    friend.goto("about:blank")
    friend.goto(answer)
    until(friend, "document.querySelector('.hand').textContent === 'What?'")
    assert friend.text_content(".thread blockquote") == " ".join(forms)
    assert friend.locator(".postcard .phrase .roman").all_text_contents() != forms
    assert friend.faults == []


def test_a_beast_is_stopped_by_the_button_that_lets_it_speak(open_page):
    page = listen(open_page("cards/beast-001.html#say=moru%3Drain%20sali%20moru%20sali%20teno"))
    until(page, "document.querySelector('.writing').open")
    page.keyboard.press("Escape")
    pressed = "document.querySelector('.hear-said').getAttribute('aria-pressed')"
    # Before it has begun: nothing is heard, and the button is as it was.
    page.evaluate("for (const _ of [1, 2]) document.querySelector('.hear-said').click()")
    assert page.evaluate(pressed) == "false"
    page.click(".hear-said")
    wait(page, 1)
    assert page.evaluate(pressed) == "true"
    page.click(".hear-said")
    until(page, f"{pressed} === 'false'", seconds=2)
    assert page.faults == []


def test_from_a_card_to_the_dictionary_and_back(open_page):
    page = open_page("cards/beast-004.html")
    page.click("button.send")
    page.click(".writing .compose")
    page.locator(".lemma .add").nth(7).click()
    until(page, "document.querySelectorAll('.sentence .word').length === 1")
    page.click(".sentence .put")
    until(page, "document.querySelectorAll('.choosing li').length > 3")
    page.locator(".choosing a").first.click()
    until(page, "document.querySelector('.writing') && document.querySelector('.writing').open")
    assert "beast-004" in page.url
    assert page.faults == []


def test_a_sentence_is_taken_off_again(open_page, jungle):
    page = open_page("cards/beast-001.html")
    printed = page.locator(".postcard .phrase .roman").all_text_contents()
    page.goto("about:blank")
    page.goto(page_of(open_page) + "#say=moru%3Drain%20sali")
    until(page, "document.querySelectorAll('.postcard .phrase .word').length === 2")
    assert page.locator(".postcard .phrase .gloss").all_text_contents() == ["rain"]
    page.click(".unsaid")
    until(page, "document.querySelectorAll('.postcard .phrase .word').length !== 2")
    assert page.locator(".postcard .phrase .roman").all_text_contents() == printed
    assert page.locator(".hear-said").is_hidden()
    assert page.faults == []


def page_of(open_page):
    """The address of the first card's page."""
    return open_page("cards/beast-001.html").url


def seal(page, card):
    return page.evaluate("(card) => window.letters.seal([card]).text", card)


@pytest.mark.parametrize(
    "said",
    [
        "<img src=x onerror=alert(1)>",
        "moru=<script>alert(2)</script>",
        "\u202emoru=\u202e x\u0000y javascript:alert(3)",
        "w" * 5000,
        "a=b " * 400,
    ],
)
def test_hostile_sentences_run_nothing(open_page, said):
    page = open_page("cards/beast-001.html")
    text = seal(page, {"to": "Bea", "from": "", "message": "m", "said": said})
    address = page.url
    for hash_ in (f"#card={text}", f"#say={said.replace('%', '')}", "#say=%E0%A4%A", "#say="):
        page.goto("about:blank")
        page.goto(address + hash_)
        opened = "document.querySelector('.writing').open"
        until(page, f"{opened} || document.querySelector('.hand').textContent === 'm'")
        page.wait_for_timeout(50)
        assert page.locator(".postcard script, .postcard img[src=x], .writing img").count() == 0
        assert page.locator(".postcard .phrase .word").count() <= 12
    assert page.faults == []


def test_a_page_opened_from_disk_speaks_too(browser, jungle):
    context = browser.new_context()
    page = context.new_page()
    faults = []
    page.on("pageerror", lambda fault: faults.append(str(fault)))
    page.goto((jungle.home / "site" / "alphabet.html").as_uri())
    listen(page)
    page.click(".name-form .speak")
    wait(page, 1)
    assert faults == []
    context.close()


def test_a_name_is_spoken_offline_after_the_first_visit(browser, address):
    context = browser.new_context(service_workers="allow")
    page = context.new_page()
    page.goto(address + "alphabet.html")
    # On this machine's own address the site registers none by itself.
    page.evaluate("navigator.serviceWorker.register('sw.js').then(() => 1)")
    until(page, "() => navigator.serviceWorker.controller !== null")
    context.set_offline(True)
    page.reload()
    listen(page)
    page.click(".name-form .speak")
    assert wait(page, 1)[0][1] > 0.1
    context.close()
