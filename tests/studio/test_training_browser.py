"""Training in the studio's page: it is watched, stopped, gone on with, and looked at afterwards."""

import os

import pytest

from tests.gallery.chromium import until
from tests.studio.test_training_watched import set_exposures

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not os.environ.get("JUNGLE_STUDIO"), reason="run with JUNGLE_STUDIO=1"),
]
TEXT = "document.querySelector('#training').innerText"


@pytest.fixture(scope="module")
def address(apart):
    return apart.link


def test_training_is_watched_stopped_and_gone_on_with(open_page, apart, tmp_path):
    page, other = open_page("", viewport={"width": 390, "height": 844}), open_page("")
    until(page, f"/what the settings ask for/.test({TEXT})")
    assert page.is_hidden("#training .go") and page.is_visible("#training .further")
    set_exposures(apart.home, 64, 400_000)
    page.click("#training .go")  # once it is shown
    for one in (page, other):
        until(one, f"/of 400,000 pictures seen.* left, .* MiB of memory/.test({TEXT})")
        until(one, "document.querySelector('.loss').points.length > 2")
    assert 0 < page.evaluate("document.querySelector('.trained').value") < 400_000
    page.screenshot(path=tmp_path / "phone.png", full_page=True)
    other.click("#training .halt")
    for one in (page, other):
        until(one, f"/was stopped/.test({TEXT})")
        assert one.is_visible("#training .go >> text=Go on")
    set_exposures(apart.home, 400_000, 24)
    page.click("#training .go")
    for one in (page, other):
        until(one, f"/The model is what the settings ask for/.test({TEXT})")
        until(one, "document.querySelector('.verdict img').naturalWidth > 100")
        assert "held-out loss" in one.inner_text(".verdict figcaption")
        until(one, "document.querySelector('.grids img').naturalWidth > 100")
    page.locator(".grids input").press("Home")
    until(page, "document.querySelector('.grids output').textContent !== '24'")
    page.locator(".grids input").press("End")
    until(page, "document.querySelector('.grids output').textContent === '24'")
    fits = "document.documentElement.scrollWidth <= innerWidth"
    assert page.evaluate(fits) and other.evaluate(fits)
    page.screenshot(path=tmp_path / "phone-after.png", full_page=True)
    other.screenshot(path=tmp_path / "desk.png", full_page=True)
    assert page.faults == other.faults == []
