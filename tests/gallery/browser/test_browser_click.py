"""A click anywhere on a card of the rack opens it, with and without scripts."""

import math
import random

import pytest

pytestmark = pytest.mark.browser

# Centre and size of a card as it stands, before it is turned a little, and its angle in degrees.
PLACE = """card => { const box = card.getBoundingClientRect(), style = getComputedStyle(card);
  return [box.x + box.width / 2, box.y + box.height / 2, card.offsetWidth, card.offsetHeight,
    parseFloat(style.rotate) || 0]; }"""
EDGES = [(0.5, 0.995), (0.01, 0.99), (0.99, 0.99), (0.01, 0.01), (0.99, 0.01), (0.5, 0.005)]


@pytest.mark.parametrize("scripts", [True, False])
@pytest.mark.parametrize("path", ["index.html", "cards/beast-004.html"])
def test_a_click_anywhere_on_a_card_opens_it(open_page, path, scripts):
    from playwright.sync_api import TimeoutError

    chance = random.Random(path)
    page = open_page(path, java_script_enabled=scripts)
    start = page.url
    points = [*EDGES, *((chance.random(), chance.random()) for _ in range(8))]
    missed = []
    for at, (across, down) in enumerate(points):
        card = page.locator(".rack .card").nth(at % 3)
        card.scroll_into_view_if_needed()
        wanted = card.locator(".title a").get_attribute("href").split("/")[-1]
        x, y, width, height, angle = card.evaluate(PLACE)
        right, below = (across - 0.5) * width, (down - 0.5) * height
        turn = math.radians(angle)
        x += right * math.cos(turn) - below * math.sin(turn)
        y += right * math.sin(turn) + below * math.cos(turn)
        page.mouse.move(x, y)
        page.wait_for_timeout(300)  # the card under the pointer has risen
        page.mouse.click(x, y)
        try:
            page.wait_for_url(f"**/{wanted}", timeout=5000)
        except TimeoutError:
            missed.append((round(across, 3), round(down, 3)))
        page.mouse.move(2, 2)
        page.goto(start)
    assert missed == []
