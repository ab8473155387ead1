"""The script of a language as a WOFF2 font whose characters are the letters of its romanisation.

The text of a page stays Latin letters, so that copying, searching and screen readers work, and so
does a page whose font fails to load. Digraphs and doubled vowels are ligatures.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from functools import lru_cache
from io import BytesIO
from typing import Any

from fontTools.feaLib.builder import addOpenTypeFeaturesFromString
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen

from generate.phrases.language.language import Language
from generate.phrases.language.phonemes import PHONEMES, segment
from generate.phrases.script.glyphs import Hand, draw_letter, draw_line, draw_mark, make_hand
from generate.phrases.script.nib import Contour
from generate.phrases.script.spacing import space_out

UNITS = 1000
MADE = 3849984000  # 2026-01-01 in seconds since 1904: a font must not tell when it was built
MARKS = {
    ".": ".", ",": ",", "!": "!", "?": "?", "…": "…", "’": "’", "'": "’", "ʼ": "’", "‘": "’",
    "-": "-", "‐": "-", "‑": "-", "–": "–", "—": "–", ":": ":", ";": ";", "·": "·",
}  # fmt: skip
SPACES = {" ": 1.0, "\u00a0": 1.0, "\u2009": 0.5}
LICENCE = "This font is licensed under the SIL Open Font License, Version 1.1."
LICENCE_URL = "https://openfontlicense.org"


@dataclass(frozen=True)
class Glyph:
    """Outlines in font units, from the left edge of the advance, and the advance."""

    contours: tuple[Contour, ...]
    advance: int


@dataclass(frozen=True)
class Script:
    """The hand of a jungle and its glyphs, by romanisation or punctuation mark."""

    hand: Hand
    glyphs: dict[str, Glyph]
    space: int


@lru_cache(maxsize=8)
def make_script(name: str, seed: int, mood: str) -> Script:
    """Every letter of the pool and every mark in the hand of one language."""
    hand = make_hand(name, seed, mood)
    glyphs = {
        symbol: Glyph(*space_out(hand, draw_letter(hand, phoneme)))
        for symbol, phoneme in PHONEMES.items()
    }
    glyphs |= {m: Glyph(*space_out(hand, draw_mark(hand, m), True)) for m in MARKS.values()}
    if hand.heads == "line":
        glyphs = {
            symbol: replace(glyph, contours=(*glyph.contours, draw_line(hand, glyph.advance)))
            if symbol in PHONEMES
            else glyph
            for symbol, glyph in glyphs.items()
        }
    return Script(hand, glyphs, round(0.95 * hand.width))


def script_of(language: Language) -> Script:
    """The script of a language; it does not change with the words."""
    return make_script(language.name, language.seed, language.mood)


@lru_cache(maxsize=1)
def read_characters() -> dict[str, str]:
    """Character to glyph: letters of both cases, with accents dropped, and punctuation marks."""
    letters = [chr(code) for code in (*range(0x41, 0x5B), *range(0x61, 0x7B), *range(0xC0, 0x180))]
    found = dict(MARKS)
    for letter in letters:
        phonemes = segment(letter) if letter.isalpha() else []
        if len(phonemes) == 1:
            found[letter] = phonemes[0].symbol
    return found


def build_font(language: Language) -> bytes:
    """The font as WOFF2; the same bytes for the same language and package versions."""
    script = script_of(language)
    hand = script.hand
    names = {symbol: name_glyph(symbol) for symbol in script.glyphs}
    order = [".notdef", "space", "thinspace", *names.values()]
    characters = {ord(c): names[symbol] for c, symbol in read_characters().items()}
    spaces = {ord(c): "space" if share == 1 else "thinspace" for c, share in SPACES.items()}
    glyphs = {names[symbol]: trace_glyph(glyph) for symbol, glyph in script.glyphs.items()}
    empty = {name: TTGlyphPen(None).glyph() for name in order[:3]}
    widths = {names[symbol]: glyph.advance for symbol, glyph in script.glyphs.items()}
    widths |= {".notdef": script.space, "space": script.space, "thinspace": script.space // 2}
    builder = FontBuilder(UNITS, isTTF=True)
    builder.setupGlyphOrder(order)
    builder.setupCharacterMap(characters | spaces)
    builder.setupGlyf({**empty, **glyphs})
    table = builder.font["glyf"]
    for name in glyphs:
        if table[name].numberOfContours > 0:
            table[name].flags[0] |= 0x40  # OVERLAP_SIMPLE: strokes cross (OpenType, glyf)
    builder.setupHorizontalMetrics(
        {name: (widths[name], table[name].xMin if name in glyphs else 0) for name in order}
    )
    ascent, descent = round(hand.top + 90), round(hand.foot - 90)
    builder.setupHorizontalHeader(ascent=ascent, descent=descent)
    builder.setupOS2(
        version=4,
        sTypoAscender=ascent,
        sTypoDescender=descent,
        sTypoLineGap=0,
        usWinAscent=ascent,
        usWinDescent=-descent,
        sxHeight=round(hand.waist),
        sCapHeight=round(hand.top),
        fsType=0,
        fsSelection=0x40 | 0x80,
        achVendID="JNGL",
    )
    builder.setupNameTable(name_font(language))
    builder.setupPost(keepGlyphNames=False)
    font = builder.font
    addOpenTypeFeaturesFromString(font, write_features(names))
    font["head"].created = font["head"].modified = MADE
    font.recalcTimestamp = False
    font.flavor = "woff2"
    file = BytesIO()
    font.save(file)
    return file.getvalue()


def name_glyph(symbol: str) -> str:
    """A glyph name that feature code accepts: "l_sh", "u0021"."""
    return "_".join(f"u{ord(c):04X}" if not c.isascii() or not c.isalpha() else c for c in symbol)


def name_font(language: Language) -> dict[str, str]:
    """The strings of the name table."""
    bare = unicodedata.normalize("NFKD", language.name)
    plain = re.sub(r"[^A-Za-z0-9]", "", bare) or "Jungle"
    return {
        "copyright": f"The letters of {language.name}, drawn by rule from its sounds",
        "familyName": language.name,
        "styleName": "Regular",
        "uniqueFontIdentifier": f"{plain}-Regular-{language.seed}",
        "fullName": f"{language.name} Regular",
        "version": "Version 1.000",
        "psName": f"{plain}-Regular",
        "licenseDescription": LICENCE,
        "licenseInfoURL": LICENCE_URL,
    }


def write_features(names: dict[str, str]) -> str:
    """Feature code that makes ligatures of digraphs and doubled vowels.

    The lookup is registered as rlig too, since browsers turn liga off where letters are spaced.
    """
    rules = "\n".join(
        f"  sub {' '.join(names[c] for c in symbol)} by {names[symbol]};"
        for symbol in PHONEMES
        if len(symbol) == 2
    )
    return (
        "languagesystem DFLT dflt;\nlanguagesystem latn dflt;\n"
        f"lookup pairs {{\n{rules}\n}} pairs;\n"
        "feature rlig { lookup pairs; } rlig;\nfeature liga { lookup pairs; } liga;\n"
    )


def trace_glyph(glyph: Glyph) -> Any:
    """The entry of a glyph in the glyf table."""
    pen = TTGlyphPen(None)
    for contour in glyph.contours:
        pen.moveTo((contour[0].x, contour[0].y))
        controls: list[tuple[int, int]] = []
        for point in [*contour[1:], contour[0]]:
            if not point.on:
                controls.append((point.x, point.y))
                continue
            if controls:
                pen.qCurveTo(*controls, (point.x, point.y))
            elif point is not contour[0]:
                pen.lineTo((point.x, point.y))
            controls = []
        pen.closePath()
    return pen.glyph()


def write_style(language: Language, address: str = "script.woff2") -> str:
    """The @font-face rule of the family "Jungle"; ``address`` is relative to the style sheet."""
    codes = sorted({*map(ord, read_characters()), *map(ord, SPACES)})
    ranges: list[list[int]] = []
    for code in codes:
        if ranges and code == ranges[-1][1] + 1:
            ranges[-1][1] = code
        else:
            ranges.append([code, code])
    covered = ", ".join(f"U+{a:X}" + (f"-{b:X}" if b > a else "") for a, b in ranges)
    return (
        '@font-face { font-family: "Jungle"; font-weight: 400; font-style: normal; '
        f'font-display: block; src: url("{address}") format("woff2"); '
        f"unicode-range: {covered}; }}\n"
    )
