"""The pool of sounds that a jungle's language picks from.

Words are spelt in romanised letters. `segment` splits a word into phonemes and `syllables` into
syllables. Both use the spelling alone, so the lexicon, the script and the voice agree.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

Kind = Literal[
    "vowel",
    "stop",
    "voiced-stop",
    "fricative",
    "voiced-fricative",
    "aspirate",
    "nasal",
    "glide",
    "liquid",
    "trill",
    "click",
]


@dataclass(frozen=True)
class Phoneme:
    """One sound of the pool.

    symbol: its romanisation (lower case, one or two letters).
    ipa: the International Phonetic Alphabet sign.
    kind: manner of articulation.
    place: place of articulation; for a vowel "front", "central" or "back".
    height, backness: 0 (open, front) to 1 (close, back); None for consonants.
    rounded: lips rounded. long: a doubled vowel, about twice as long.
    """

    symbol: str
    ipa: str
    kind: Kind
    place: str
    height: float | None = None
    backness: float | None = None
    rounded: bool = False
    long: bool = False

    @property
    def is_vowel(self) -> bool:
        return self.kind == "vowel"


_VOWELS = (
    Phoneme("a", "a", "vowel", "central", 0.0, 0.5),
    Phoneme("e", "e", "vowel", "front", 0.6, 0.1),
    Phoneme("i", "i", "vowel", "front", 1.0, 0.0),
    Phoneme("o", "o", "vowel", "back", 0.6, 0.9, rounded=True),
    Phoneme("u", "u", "vowel", "back", 1.0, 1.0, rounded=True),
    Phoneme("ë", "ə", "vowel", "central", 0.5, 0.5),
    Phoneme("ö", "ø", "vowel", "front", 0.6, 0.2, rounded=True),
)

_CONSONANTS = (
    Phoneme("p", "p", "stop", "bilabial"),
    Phoneme("t", "t", "stop", "alveolar"),
    Phoneme("k", "k", "stop", "velar"),
    Phoneme("b", "b", "voiced-stop", "bilabial"),
    Phoneme("d", "d", "voiced-stop", "alveolar"),
    Phoneme("g", "ɡ", "voiced-stop", "velar"),
    Phoneme("f", "f", "fricative", "labiodental"),
    Phoneme("s", "s", "fricative", "alveolar"),
    Phoneme("sh", "ʃ", "fricative", "postalveolar"),
    Phoneme("kh", "x", "fricative", "velar"),
    Phoneme("v", "v", "voiced-fricative", "labiodental"),
    Phoneme("z", "z", "voiced-fricative", "alveolar"),
    Phoneme("zh", "ʒ", "voiced-fricative", "postalveolar"),
    Phoneme("h", "h", "aspirate", "glottal"),
    Phoneme("m", "m", "nasal", "bilabial"),
    Phoneme("n", "n", "nasal", "alveolar"),
    Phoneme("ny", "ɲ", "nasal", "palatal"),
    Phoneme("ng", "ŋ", "nasal", "velar"),
    Phoneme("w", "w", "glide", "bilabial"),
    Phoneme("y", "j", "glide", "palatal"),
    Phoneme("l", "l", "liquid", "alveolar"),
    Phoneme("r", "ɾ", "liquid", "alveolar"),
    Phoneme("rr", "r", "trill", "alveolar"),
    Phoneme("q", "ǃ", "click", "postalveolar"),
)

_LONG = tuple(replace(v, symbol=v.symbol * 2, ipa=v.ipa + "ː", long=True) for v in _VOWELS)

PHONEMES: dict[str, Phoneme] = {p.symbol: p for p in _VOWELS + _LONG + _CONSONANTS}
"""Romanisation to phoneme: 7 vowels, the same doubled (long), and 24 consonants."""

_WIDEST = max(map(len, PHONEMES))
NEAREST = {"c": "k", "j": "zh", "x": "kh", "æ": "e", "ø": "ö", "ß": "s", "þ": "f", "ð": "z"}
OPENERS = ("stop", "voiced-stop", "fricative", "voiced-fricative", "aspirate", "click")
GLIDERS = ("liquid", "glide")


def spell(phonemes: list[Phoneme]) -> str:
    """The romanisation of a run of phonemes."""
    return "".join(p.symbol for p in phonemes)


def is_spelt(word: str) -> bool:
    """Whether every letter of the word belongs to the romanisation of the pool."""
    plain = unicodedata.normalize("NFC", word).lower()
    return bool(plain) and spell(segment(plain)) == plain


def segment(word: str) -> list[Phoneme]:
    """Phonemes of a romanised word by longest match, in any case.

    A person may write anything on a card, and a beast must be able to say it. So a letter outside
    the pool is read as the nearest one (c as k, j as zh, x as kh, accents dropped), and a letter
    of another script as a consonant and a vowel chosen by its code point. Digits and marks are
    silent. `is_spelt` tells whether a word needed any of this.
    """
    text = unicodedata.normalize("NFC", word).lower()
    found: list[Phoneme] = []
    at = 0
    while at < len(text):
        for width in range(_WIDEST, 0, -1):
            phoneme = PHONEMES.get(text[at : at + width])
            if phoneme is not None and len(text[at : at + width]) == width:
                found.append(phoneme)
                at += width
                break
        else:
            found.extend(_read_stranger(text[at]))
            at += 1
    return found


def _read_stranger(letter: str) -> list[Phoneme]:
    if letter in NEAREST:
        return [PHONEMES[NEAREST[letter]]]
    if not letter.isalpha():
        return []
    bare = unicodedata.normalize("NFD", letter)[0]
    if bare in PHONEMES or bare in NEAREST:
        return [PHONEMES[NEAREST.get(bare, bare)]]
    code = ord(letter)
    return [_CONSONANTS[code % len(_CONSONANTS)], _VOWELS[code // 7 % 5]]


def syllables(word: str) -> list[list[Phoneme]]:
    """Syllables of a romanised word, each a list of phonemes.

    Every vowel is a nucleus. Of the consonants between two vowels the last one opens the later
    syllable; if it is a liquid or a glide, an obstruent before it does too (maximal onset, Kahn
    1976, with rising sonority). The others close the earlier syllable. A word without a vowel is
    one syllable; an empty word has none.
    """
    phonemes = segment(word)
    nuclei = [i for i, p in enumerate(phonemes) if p.is_vowel]
    if not nuclei:
        return [phonemes] if phonemes else []
    starts = [0]
    for before, nucleus in pairwise(nuclei):
        start = nucleus
        if nucleus - before > 1:
            start = nucleus - 1
            if (
                nucleus - before > 2
                and phonemes[start].kind in GLIDERS
                and phonemes[start - 1].kind in OPENERS
            ):
                start -= 1
        starts.append(start)
    return [phonemes[a:b] for a, b in zip(starts, [*starts[1:], len(phonemes)], strict=True)]
