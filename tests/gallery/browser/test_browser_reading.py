"""What a visitor reads and finds, in a headless Chromium: small screens, search, print."""

import io
import json
import re

import numpy as np
import pytest
from PIL import Image

from tests.gallery.chromium import until

pytestmark = pytest.mark.browser

CARD = "cards/beast-001.html"
INK = """() => { const links = [...document.querySelectorAll('.pages a')];
  const ink = getComputedStyle(links[0]).color.match(/\\d+/g).map(Number);
  for (const link of links) link.style.color = 'transparent';
  return [ink, links.map((link) => { const box = link.getBoundingClientRect();
    return { x: box.x, y: box.y, width: box.width, height: box.height }; })]; }"""


def lightness(colours):
    """Relative luminance (WCAG 2.2) of sRGB colours from 0 to 255, (..., 3)."""
    part = np.asarray(colours, float) / 255
    linear = np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)
    return linear @ [0.2126, 0.7152, 0.0722]


@pytest.mark.parametrize("theme", ["gouache", "herbarium", "midnight"])
def test_links_are_read_over_the_foliage(open_page, theme):
    page = open_page(reduced_motion="reduce")
    page.evaluate(
        "theme => { document.documentElement.dataset.theme = theme; const scene ="
        " document.querySelector('.scene'); scene.src = scene.src.replace(/gouache/, theme); }",
        theme,
    )
    until(page, "document.querySelector('.scene').complete")
    for width in (390, 640, 670, 700, 900):
        page.set_viewport_size({"width": width, "height": 800})
        ink, boxes = page.evaluate(INK)
        page.evaluate("document.querySelectorAll('.pages a').forEach((a) => { a.style = ''; })")
        page.evaluate(INK)
        for box in boxes:
            shot = Image.open(io.BytesIO(page.screenshot(clip=box))).convert("RGB")
            behind, written = lightness(np.asarray(shot)[4:-4, 8:-8]), lightness(ink)
            light, dark = np.maximum(behind, written), np.minimum(behind, written)
            assert np.percentile((light + 0.05) / (dark + 0.05), 2) > 4.5, (width, box)
        page.evaluate("document.querySelectorAll('.pages a').forEach((a) => { a.style = ''; })")


@pytest.mark.parametrize("height", [568, 664, 844])
def test_the_copy_button_is_in_sight_on_a_telephone(open_page, height):
    page = open_page(CARD, viewport={"width": 375, "height": height}, reduced_motion="reduce")
    page.click("button.send")
    box = page.locator(".copy").bounding_box()
    assert 0 < box["y"] and box["y"] + box["height"] <= height
    middle = [box["x"] + box["width"] / 2, box["y"] + box["height"] / 2]
    assert page.evaluate("([x, y]) => document.elementFromPoint(x, y).matches('.copy')", middle)


def test_a_name_that_cannot_be_written_is_told(open_page):
    page = open_page("alphabet.html")
    told = page.locator(".lacking")
    for name, lacking in (("Ada", False), ("李小龍", True), ("Ada 李", True), ("", False)):
        page.fill(".name-form [name=name]", name)
        assert told.is_visible() == lacking, name
    assert "has no signs" in told.text_content()


def test_the_dictionary_finds_inflected_words(open_page):
    page = open_page("dictionary.html")
    moon = page.locator(".lemma", has=page.locator(".sense", has_text=re.compile("^moon$")))
    form = moon.locator("dfn").text_content()
    for asked in ("moon", "moons", form, form + "ka", "ra" + form, form.upper() + "NI"):
        page.fill("[name=word]", asked)
        assert moon.is_visible(), asked
    page.fill("[name=word]", "singing")
    assert "to sing" in page.locator(".lemma:visible .sense").all_text_contents()
    page.fill("[name=word]", "zzzz")
    assert page.locator(".lemma:visible").count() == 0


KINDS = "mouse goose wolf wolves ox fox butterfly knife foot".split()
ASKED = {
    "mice": "mouse",
    "Geese": "goose",
    "wolves": "wolf wolves",
    "wolf": "wolf wolves",
    "oxen": "ox fox",
    "foxes": "fox",
    "butterflies": "butterfly",
    "knives": "knife",
    "feet": "foot",
    "mouse": "mouse",
    "ves": "wolves",
}


def test_the_rack_finds_irregular_plurals(open_page):
    page = open_page()
    said = [(f"T{at}", f"a {kind}") for at, kind in enumerate(KINDS)]
    shown = [("", "")] * page.locator(".rack .slot").count()  # their places are laid out already
    rows = [[CARD, *texts, 1, 0, "", "", "", "", []] for texts in shown + said]
    page.route("**/search.js", lambda route: route.fulfill(body=f"jungle({json.dumps(rows)})"))
    for asked, found in ASKED.items():
        page.fill("[name=q]", asked)
        count = len(found.split())
        until(page, f"/^{count} /.test(document.querySelector('.found').textContent)")
        titles = page.locator(".rack .slot .title").all_text_contents()
        kinds = [KINDS[int(title.strip()[1:])] for title in titles]
        assert kinds == found.split(), asked


def test_the_rack_finds_plurals_and_stems(open_page):
    page = open_page()
    for asked in ("beasts", "snakes", "Rivers", "la no"):
        page.fill("[name=q]", asked)
        until(page, "/\\d/.test(document.querySelector('.found').textContent)")
        assert page.locator(".rack .slot").count() > 0, asked
    page.fill("[name=q]", "zzzzs")
    until(page, "document.querySelectorAll('.rack .slot').length === 0")


def test_a_printed_rack_is_whole_cards_only(open_page):
    page = open_page()
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 720, "height": 1000})
    for part in (".finder", ".pages", ".foot", ".scene"):
        assert not page.locator(part).is_visible(), part
    style = "name => [...new Set([...document.querySelectorAll('.slot')].map((one) =>"
    style += " getComputedStyle(one)[name]))]"
    assert page.evaluate(style, "breakInside") == ["avoid"]
    assert page.locator(".slot .print:visible").count() == 12
    assert len(re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4"))) == 2
