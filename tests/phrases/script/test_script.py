"""The font read back by fontTools and shaped by HarfBuzz."""

import re
import unicodedata
from functools import cache
from io import BytesIO

import pytest
import uharfbuzz
from fontTools.ttLib import TTFont

from generate.phrases.language.language import make_language
from generate.phrases.language.phonemes import PHONEMES, segment
from generate.phrases.script.font import (
    MARKS,
    build_font,
    make_script,
    read_characters,
    script_of,
    write_style,
)
from tests.phrases.script.expected import split_glyphs

LANGUAGES = {
    mood: make_language(seed, name, mood)
    for seed, name, mood in ((7, "Mossish", "soft"), (8, "Élan-q’o", "bright"), (9, "Шум", "dark"))
}
FONTS = {mood: build_font(language) for mood, language in LANGUAGES.items()}


@pytest.fixture(params=LANGUAGES)
def mood(request):
    return request.param


@pytest.fixture
def language(mood):
    return LANGUAGES[mood]


@pytest.fixture
def font(mood):
    return TTFont(BytesIO(FONTS[mood]))


@cache
def open_face(mood):
    """The font as HarfBuzz reads it: not compressed."""
    plain = TTFont(BytesIO(FONTS[mood]))
    plain.flavor = None
    file = BytesIO()
    plain.save(file)
    return uharfbuzz.Font(uharfbuzz.Face(file.getvalue()))


def shape(mood, text, features=None):
    """HarfBuzz's glyph ids and advances."""
    buffer = uharfbuzz.Buffer()
    buffer.add_str(text)
    buffer.guess_segment_properties()
    uharfbuzz.shape(open_face(mood), buffer, features or {})
    return (
        [info.codepoint for info in buffer.glyph_infos],
        [position.x_advance for position in buffer.glyph_positions],
    )


def test_font_is_small_and_the_same_twice(mood, language):
    data = FONTS[mood]
    assert data[:4] == b"wOF2"
    assert len(data) < 8192
    make_script.cache_clear()
    assert build_font(language) == data


def test_every_word_can_be_written(language, font):
    cmap = font.getBestCmap()
    forms = {language.spell(concept) for concept in language.concepts}
    letters = set("".join([*forms, *language.roots.values(), *language.grammar.affixes.values()]))
    for letter in letters:
        assert ord(letter) in cmap
        assert cmap[ord(letter)] == cmap[ord(letter.upper())]
    for mark in (*MARKS, " ", "\u00a0"):
        assert ord(mark) in cmap


def test_a_digraph_is_one_glyph(mood):
    for symbol, phoneme in PHONEMES.items():
        ids, advances = shape(mood, symbol)
        assert len(ids) == 1, symbol
        assert ids[0] != 0
        assert advances == [script_of(LANGUAGES[mood]).glyphs[phoneme.symbol].advance]
    assert len({shape(mood, symbol)[0][0] for symbol in PHONEMES}) == len(PHONEMES)


def test_ligatures_outlive_letter_spacing(mood):
    # Browsers turn liga off where letters are spaced; rlig stays.
    assert len(shape(mood, "sh", {"liga": False})[0]) == 1


def test_cases_and_decomposed_letters_are_one(mood):
    assert shape(mood, "SHOË") == shape(mood, "shoë") == shape(mood, "shoe\u0308")
    assert shape(mood, "can't") == shape(mood, "can’t")


def test_words_are_shaped_as_they_are_segmented(mood, language):
    for concept in list(language.concepts)[::7]:
        form = language.spell(concept)
        assert len(shape(mood, form)[0]) == len(segment(form))
        assert split_glyphs(form) == [phoneme.symbol for phoneme in segment(form)]


def test_a_stranger_is_left_to_the_next_font(mood, font):
    for stranger in "Жλ漢7@🐸":
        assert ord(stranger) not in font.getBestCmap()
        assert shape(mood, stranger)[0][0] == 0
    assert font["glyf"][".notdef"].numberOfContours == 0  # if shown at all, no box


def test_tables(language, font):
    assert font["OS/2"].fsType == 0
    assert font["name"].getDebugName(1) == language.name
    assert "SIL Open Font License" in font["name"].getDebugName(13)
    assert font["name"].getDebugName(6).isascii()
    assert font["head"].created == font["head"].modified == 3849984000
    assert font["hhea"].ascent >= font["head"].yMax - 60
    assert {record.FeatureTag for record in font["GSUB"].table.FeatureList.FeatureRecord} == {
        "liga",
        "rlig",
    }


def test_outlines_come_back(language, font):
    order = font.getGlyphOrder()
    script = script_of(language)
    for index, (symbol, glyph) in enumerate(script.glyphs.items(), start=3):
        outline = font["glyf"][order[index]]
        points, _, flags = outline.getCoordinates(font["glyf"])
        expected = [(p.x, p.y, p.on) for contour in glyph.contours for p in contour]
        assert len(points) == len(expected), symbol
        assert list(points) == [(x, y) for x, y, _ in expected]
        assert [bool(flag & 1) for flag in flags] == [on for _, _, on in expected]
        assert font["hmtx"][order[index]] == (glyph.advance, outline.xMin)


def test_all_latin_letters_are_mapped_to_one_sound():
    characters = read_characters()
    assert characters["c"] == "k"
    assert characters["É"] == "e"
    assert characters["Z"] == "z"
    assert {"a", "z", "A", "Z", "ñ", "Ö"} <= set(characters)


def test_a_sentence_is_as_wide_as_its_glyphs(mood, language):
    script = script_of(language)
    text = f"{language.roots['moon']} {language.roots['sing']}!"
    expected = [script.space if s == " " else script.glyphs[s].advance for s in split_glyphs(text)]
    assert shape(mood, text)[1] == expected


def test_every_glyph_stands_between_top_and_foot(language, font):
    top, foot = font["OS/2"].usWinAscent, -font["OS/2"].usWinDescent
    for symbol, glyph in script_of(language).glyphs.items():
        heights = [point.y for contour in glyph.contours for point in contour if point.on]
        assert foot <= min(heights) and max(heights) <= top, symbol


def test_style_covers_what_the_font_has(language, font):
    style = write_style(language, "a.woff2")
    ranges = re.findall(r"U\+([0-9A-F]+)(?:-([0-9A-F]+))?", style)
    covered = {c for a, b in ranges for c in range(int(a, 16), int(b or a, 16) + 1)}
    assert covered == set(font.getBestCmap())
    assert 'url("a.woff2")' in style


def test_normal_forms_are_written_alike():
    assert split_glyphs(unicodedata.normalize("NFD", "löshë")) == ["l", "ö", "sh", "ë"]
    assert split_glyphs("aashi") == ["aa", "sh", "i"]
