"""Mail in a link, in a headless Chromium: it stays while it is answered, and damage is said."""

import random

import pytest

pytestmark = pytest.mark.browser

CARD = "cards/beast-001.html"
MESSAGE = "Come before the rain, “bring” a boat & \\ 🦜 and nothing else, for the river has risen."


@pytest.fixture
def link(open_page):
    """The link that the page makes of a whole card."""
    page = open_page(CARD)
    page.click("button.send")
    for name, text in (("to", "Zoë"), ("from", "Ali"), ("message", MESSAGE)):
        page.fill(f"[name={name}]", text)
    return page.input_value("[name=link]")


def texts(page):
    return [page.text_content(place) for place in (".line.to", ".line.from", ".hand")]


def test_a_received_card_stays_while_it_is_answered(open_page, link):
    page = open_page(link)
    assert texts(page) == ["Zoë", "Ali", MESSAGE]
    page.click("button.send")
    assert texts(page) == ["Zoë", "Ali", MESSAGE]
    page.fill("[name=to]", "Ali")
    page.fill("[name=message]", "I come.")
    answer = page.input_value("[name=link]")
    page.keyboard.press("Escape")
    assert texts(page) == ["Zoë", "Ali", MESSAGE]
    assert page.locator(".arrived").is_visible() and not page.locator(".damaged").is_visible()
    page.goto(answer)  # the same page, another fragment
    page.wait_for_function("document.querySelector('.hand').textContent === 'I come.'")
    assert page.faults == []


@pytest.mark.parametrize("added", [".", ",", ")", ">", "%20", "."])
def test_what_a_mail_program_appends_does_no_harm(open_page, link, added):
    page = open_page(link + added)
    assert texts(page) == ["Zoë", "Ali", MESSAGE]
    assert page.locator(".arrived").is_visible() and not page.locator(".damaged").is_visible()


def damage(link, how, chance):
    head, text = link.split("#card=")
    if how == "cut":
        return f"{head}#card={text[: -chance.randrange(1, 60)]}"
    letters = list(text)
    for at in chance.sample(range(len(letters)), 2):
        letters[at] = chance.choice(
            "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
        )
    return f"{head}#card={''.join(letters)}"


@pytest.mark.parametrize("how", ["cut", "changed"])
def test_damage_is_said_and_what_can_be_read_is_shown(open_page, link, how):
    chance = random.Random(how)
    page = open_page("about.html")
    readable = 0
    for _ in range(12):
        broken = damage(link, how, chance)
        page.goto("about:blank")
        page.goto(broken)
        told = page.locator(".damaged").is_visible()
        assert told or texts(page) == ["Zoë", "Ali", MESSAGE], broken
        assert page.locator(".arrived").is_visible() == (not told)
        readable += any("Come before" in text for text in texts(page))
    assert readable >= 8
    page.goto("about:blank")
    page.goto(link[:-13])
    assert page.locator(".damaged").is_visible()
    assert page.text_content(".hand") == MESSAGE and texts(page)[0] == "Zoë"
    assert page.faults == []
