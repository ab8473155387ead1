"""Write any Latin name in the letters of a language.

One table decides, so that the script of a page can do the same: at each place the longest key
that fits is used.
"""

from __future__ import annotations

import unicodedata

from generate.phrases.language.language import Language
from generate.phrases.language.phonemes import PHONEMES, Phoneme

# Spellings common in names, in sounds of the pool. What is not here is spelt as it sounds.
SPELLINGS = {
    "sch": "sh", "tch": "t sh", "ch": "t sh", "ck": "k", "ph": "f", "th": "t", "qu": "k w",
    "x": "k s", "wh": "w", "gh": "g", "dh": "d", "bh": "b", "cz": "t sh", "sz": "sh", "dj": "zh",
    "j": "zh",
    "ce": "s e", "ci": "s i", "cy": "s i", "c": "k", "ee": "i", "oo": "u", "ie": "i", "ou": "u",
    "ä": "e", "ü": "u", "å": "o",
    "æ": "e", "œ": "ö", "ø": "ö", "ß": "s", "ł": "l", "đ": "d", "ð": "d", "þ": "t", "ı": "i",
}  # fmt: skip
GLIDES = {"y": "i", "w": "u"}
DOUBLED = "bcdfgklmnpstvwz"
# The manners of articulation that may replace one.
KIN = {
    "stop": ("voiced-stop", "click"),
    "voiced-stop": ("stop",),
    "click": ("stop",),
    "fricative": ("voiced-fricative", "aspirate"),
    "voiced-fricative": ("fricative",),
    "aspirate": ("fricative",),
    "nasal": (),
    "liquid": ("trill",),
    "trill": ("liquid",),
    "glide": (),
}
PLACES = ("bilabial", "labiodental", "alveolar", "postalveolar", "palatal", "velar", "glottal")


def name_table(language: Language) -> dict[str, str]:
    """From one to three lower-case letters to letters of the language."""
    sounds = language.sounds
    own = [PHONEMES[s] for s in (*sounds.vowels, *sounds.consonants)]
    fitted = {symbol: find_nearest(p, own).symbol for symbol, p in PHONEMES.items() if not p.long}
    table = {symbol: fitted[symbol] for symbol in fitted if len(symbol) < 4}
    table |= {plain: "".join(fitted[s] for s in ss.split()) for plain, ss in SPELLINGS.items()}
    table |= {c: fitted[v] for c, v in GLIDES.items() if c not in sounds.consonants}
    table |= {letter * 2: table[letter] for letter in DOUBLED}
    table |= {v * 2: table.get(v * 2, fitted[v]) for v in "aiu"}
    return dict(sorted(table.items()))


def find_nearest(phoneme: Phoneme, own: list[Phoneme]) -> Phoneme:
    """The sound of ``own`` nearest to ``phoneme`` in manner and place."""
    return min(own, key=lambda other: (measure_difference(phoneme, other), other.symbol))


def measure_difference(a: Phoneme, b: Phoneme) -> float:
    """How different two sounds are, 0 for the same."""
    if a.is_vowel != b.is_vowel:
        return 100.0
    if a.is_vowel:
        away = abs((a.height or 0) - (b.height or 0)) + abs((a.backness or 0) - (b.backness or 0))
        return away + 0.3 * (a.rounded != b.rounded)
    kind = 0.0 if a.kind == b.kind else 1.5 if b.kind in KIN[a.kind] else 9.0
    return kind + abs(PLACES.index(a.place) - PLACES.index(b.place))


def transliterate(language: Language, name: str) -> str:
    """``name`` in letters of the language, each word capitalised.

    Marks and letters of other scripts are left out.
    """
    table = name_table(language)
    words = []
    for word in name.split():
        plain = unicodedata.normalize("NFC", word.lower())
        found, at = "", 0
        while at < len(plain):
            key = next((plain[at : at + n] for n in (3, 2, 1) if plain[at : at + n] in table), "")
            bare = unicodedata.normalize("NFD", plain[at])[0]
            found += table[key] if key else table.get(bare, "")
            at += len(key) or 1
        words.append(found[:1].upper() + found[1:])
    return " ".join(word for word in words if word)
