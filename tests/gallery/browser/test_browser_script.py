"""Chromium shapes the script's font as HarfBuzz does."""

import base64

import pytest

from generate.phrases.language.file import read_language
from generate.phrases.language.language import make_language
from generate.phrases.language.phonemes import PHONEMES
from generate.phrases.language.transliteration import transliterate
from generate.phrases.script.font import build_font, script_of, write_style
from tests.phrases.script.expected import split_glyphs

pytestmark = pytest.mark.browser


def test_widths_are_those_of_the_expected_glyphs(browser):
    language = make_language(7, "Mossish", "soft")
    font = "data:font/woff2;base64," + base64.b64encode(build_font(language)).decode()
    script = script_of(language)
    texts = [*PHONEMES, "shöne nyaarr!", "Mosh’ilo, ngëë?", language.spell("moon")]
    page = browser.new_page()
    page.set_content(f"<style>{write_style(language, font)}</style><p>")
    widths = page.evaluate(
        """async texts => {
            await document.fonts.load('1000px Jungle', 'sh')
            const pen = document.createElement('canvas').getContext('2d')
            pen.font = '1000px Jungle, monospace'
            return texts.map(text => pen.measureText(text).width)
        }""",
        texts,
    )
    page.close()
    for text, width in zip(texts, widths, strict=True):
        expected = [
            script.space if symbol == " " else script.glyphs[symbol].advance
            for symbol in split_glyphs(text)
        ]
        assert width == pytest.approx(sum(expected), abs=1), text


def test_the_heading_and_the_writer_spell_alike(jungle, open_page):
    page = open_page("alphabet.html")
    heading = page.locator(".script.banner").text_content()
    written = page.locator(".written-name .script")
    # "Mossish": English doubles a letter; the script has one sign for each sound.
    assert written.text_content() == heading == "Mosish"
    language = read_language(jungle.content / "language.toml")
    for name in ("Hannah", "Zoë  Quinn", "Jean-Luc", "Đorđe", "42", "Bill Matthews", "İpek"):
        page.locator(".name-form [name=name]").fill(name)
        assert written.text_content().split() == transliterate(language, name).split(), name
    for path in ("dictionary.html", "grammar.html"):
        page.goto(page.url.rsplit("/", 1)[0] + f"/{path}")
        assert page.locator(".script.banner").text_content() == heading
    assert page.faults == []
