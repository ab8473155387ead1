"""The pool of sounds: spelling, segmentation and syllables agree."""

from __future__ import annotations

import itertools

import pytest

from generate.phrases.language.phonemes import PHONEMES, is_spelt, segment, spell, syllables


def test_every_symbol_reads_back_alone_and_in_capitals() -> None:
    for symbol, phoneme in PHONEMES.items():
        assert segment(symbol) == [phoneme]
        assert segment(symbol.upper()) == [phoneme]
        assert phoneme.is_vowel == (phoneme.height is not None)


def tilings(text: str) -> list[list[str]]:
    """Every way to cover the text with symbols."""
    if not text:
        return [[]]
    return [
        [symbol, *rest]
        for symbol in PHONEMES
        if text.startswith(symbol)
        for rest in tilings(text[len(symbol) :])
    ]


def test_longest_match_takes_the_fewest_symbols_and_the_only_tiling_where_there_is_one() -> None:
    for left, right in itertools.product(PHONEMES, repeat=2):
        ways = tilings(left + right)
        read = [p.symbol for p in segment(left + right)]
        assert read in ways
        assert len(read) == min(map(len, ways))
        if len(ways) == 1:
            assert read == [left, right]


@pytest.mark.parametrize(
    ("word", "parts"),
    [
        ("malu", ["ma", "lu"]),
        ("shingo", ["shi", "ngo"]),
        ("kandrri", ["kand", "rri"]),
        ("baakra", ["baa", "kra"]),
        ("anylo", ["any", "lo"]),
        ("ao", ["a", "o"]),
        ("hm", ["hm"]),
        ("alqwë", ["al", "qwë"]),
        ("", []),
    ],
)
def test_syllables(word: str, parts: list[str]) -> None:
    assert [spell(s) for s in syllables(word)] == parts


def test_strangers_are_read_as_something_and_marks_are_silent() -> None:
    assert spell(segment("Jaçé!")) == "zhake"
    assert segment("…123-") == []
    assert len(segment("日本")) == 4
    assert is_spelt("Ngörra") and not is_spelt("jam") and not is_spelt("")
