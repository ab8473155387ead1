"""A card saved or shared as a picture, in a headless Chromium."""

import io

import numpy as np
import pytest
from PIL import Image

from tests.gallery.chromium import until

pytestmark = pytest.mark.browser

CARD = "cards/beast-001.html"
PHONE = {"viewport": {"width": 390, "height": 844}}


def save(page, kind, message=""):
    """The picture that the page saves of its card, as an array."""
    page.click("button.send")
    page.fill("[name=message]", message)
    with page.expect_download() as waiting:
        page.click(f"[data-save={kind}]")
    until(page, "document.querySelector('.done').textContent !== ''")
    page.keyboard.press("Escape")
    with open(waiting.value.path(), "rb") as file:
        assert waiting.value.suggested_filename.endswith(".png")
        return np.asarray(Image.open(io.BytesIO(file.read())).convert("RGB"), dtype=float)


@pytest.mark.parametrize("options", [PHONE, {}])
def test_the_front_is_saved_as_it_is_shown(open_page, jungle, options):
    page = open_page(CARD, **options)
    shown = save(page, "front")
    assert shown.shape == (1200, 1800, 3)
    source = Image.open(jungle.home / "content" / "postcards" / "beast-001" / "picture.png")
    wanted = np.asarray(source.convert("RGB").resize((53, 53)), dtype=float)
    found = np.asarray(
        Image.fromarray(shown[70:1130, 70:1130].astype(np.uint8)).resize((53, 53)), dtype=float
    )
    assert np.abs(found - wanted).mean() < 12
    assert shown[20, 20].min() > 200  # paper
    assert shown[200:1100, 1200:1750].min() < 120  # letters
    assert page.faults == []


def test_both_sides_carry_the_message(open_page):
    page = open_page(CARD)
    plain = save(page, "both", "Hello")
    said = save(page, "both", "Hello, and much more than that besides, said at some length")
    assert plain.shape == said.shape == (2440, 1800, 3)
    changed = np.abs(plain - said).max(axis=2) > 40
    assert changed[1240:, :940].any() and not changed[:1240].any() and not changed[:, 1000:].any()
    # The stamp carries the beast's picture.
    assert np.ptp(plain[1340:1500, 1540:1700], axis=(0, 1)).max() > 20
    assert page.faults == []


def test_a_hostile_card_is_drawn_too(open_page):
    page = open_page("cards/beast-002.html", **PHONE)
    shown = save(page, "both", "<script>" + "W" * 240)
    assert shown.shape == (2440, 1800, 3)
    assert shown[:, :30].min() > 200 or shown[:1200, :30].min() > 200  # nothing reaches the edge
    assert page.faults == []


def test_where_it_cannot_be_drawn_it_is_said(open_page, jungle):
    page = open_page((jungle.home / "site" / CARD).as_uri())
    page.click("button.send")
    page.click("[data-save=front]")
    until(page, "document.querySelector('.done').textContent !== ''")
    assert "Print it instead" in page.inner_text(".done")


SHARE = """window.shared = [];
navigator.canShare = ({ files }) => files.every((file) => file.type === 'image/png');
navigator.share = async (what) => window.shared.push(what);"""


def test_the_picture_is_shared_as_a_file(open_page):
    page = open_page("about.html")
    page.add_init_script(SHARE)
    page.goto(page.url.replace("about.html", CARD))
    page.click("button.send")
    page.click(".share-file")
    until(page, "window.shared.length === 1")
    size = page.evaluate(
        "createImageBitmap(window.shared[0].files[0]).then((one) => [one.width, one.height])"
    )
    assert size == [1800, 2440]
    assert page.evaluate("window.shared[0].files[0].name") == "beast-001-both.png"
    assert page.faults == []


def test_where_files_cannot_be_shared_nothing_is_offered(open_page):
    page = open_page("about.html")
    page.add_init_script("navigator.canShare = () => false;")
    page.goto(page.url.replace("about.html", CARD))
    page.click("button.send")
    assert not page.locator(".share-file").is_visible()
    assert page.faults == []
