"""Sounds: frequencies against the formula, words against the rules, spelling against reading."""

import math
import random
from collections import Counter

import pytest

from generate.phrases.language.phonemes import segment, spell
from generate.phrases.language.phonology import (
    MOODS,
    choose,
    gusein_zade,
    is_legal,
    make_phonology,
    make_word,
    reduplicate,
)


def test_frequencies_follow_gusein_zade() -> None:
    expected = [math.log(6 / rank) for rank in range(1, 6)]
    shares = gusein_zade(5)
    assert sum(shares) == pytest.approx(1)
    assert [s / shares[0] for s in shares] == pytest.approx([e / expected[0] for e in expected])


def test_draws_fall_with_rank() -> None:
    rng = random.Random(1)
    seen = Counter(choose(rng, "abcde") for _ in range(20_000))
    for symbol, share in zip("abcde", gusein_zade(5), strict=True):
        assert seen[symbol] / 20_000 == pytest.approx(share, abs=0.02)


@pytest.mark.parametrize("mood", MOODS)
def test_every_word_is_legal_and_is_read_as_it_is_spelt(mood: str) -> None:
    for seed in range(25):
        rng = random.Random(seed)
        sounds = make_phonology(rng, mood)
        assert 11 <= len(sounds.consonants) <= 14
        assert 5 <= len(sounds.vowels) <= 6
        for _ in range(40):
            word = make_word(rng, sounds, rng.randint(1, 4))
            assert is_legal(word, sounds), (seed, word)
            assert spell(segment(word)) == word


@pytest.mark.parametrize("mood", MOODS)
def test_a_coda_never_runs_into_what_follows(mood: str) -> None:
    for seed in range(40):
        sounds = make_phonology(random.Random(seed), mood)
        for coda in sounds.codas:
            for onset in (*sounds.consonants, *sounds.vowels):
                assert [p.symbol for p in segment(coda + onset)] == [coda, onset]


def test_moods_sound_different() -> None:
    def share(mood: str, kinds: tuple[str, ...]) -> float:
        found: Counter[bool] = Counter()
        for seed in range(12):
            rng = random.Random(seed)
            sounds = make_phonology(rng, mood)
            for _ in range(60):
                found.update(p.kind in kinds for p in segment(make_word(rng, sounds, 2)))
        return found[True] / (found[True] + found[False])

    assert share("soft", ("nasal", "liquid", "glide")) > share(
        "bright", ("nasal", "liquid", "glide")
    )
    assert share("dark", ("voiced-stop",)) > share("bright", ("voiced-stop",))


def test_words_against_the_rules() -> None:
    sounds = make_phonology(random.Random(3), "soft")
    c, v, coda = sounds.consonants[0], sounds.vowels[0], sounds.codas[0]
    assert is_legal(c + v + coda, sounds)
    assert not is_legal(c + c + v, sounds)
    assert not is_legal(c, sounds)
    assert not is_legal("", sounds)
    assert not is_legal("x" + v, sounds)
    stranger = next(s for s in ("rr", "kh", "zh", "q") if s not in sounds.consonants)
    assert not is_legal(stranger + v, sounds)


@pytest.mark.parametrize(
    ("word", "copy"),
    [("moko", "mo"), ("shali", "sha"), ("ilo", "il"), ("trano", "ta"), ("tiim", "ti")],
)
def test_reduplication_copies_the_first_syllable(word: str, copy: str) -> None:
    assert reduplicate(word) == copy
