"""The sounds of a language: which it has, how often, and how they make syllables.

`make_phonology` draws an inventory from the pool of `phonemes` by seed and mood. The i-th of n
sounds has a frequency of ln(n + 1) - ln(i), up to a factor, as letters have (Gusein-Zade 1988).
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass

from generate.phrases.language.phonemes import PHONEMES, segment, spell

# How much each mood prefers each sound; sounds that are not named do not occur.
MOODS: dict[str, dict[str, float]] = {
    "soft": {
        **dict.fromkeys(["m", "n", "l"], 9.0),
        **dict.fromkeys(["v", "s", "sh", "w", "y", "r", "h"], 5.0),
        **dict.fromkeys(["p", "t", "k", "b", "d", "f", "ny", "z"], 2.0),
        "a": 8.0,
        "e": 6.0,
        "i": 6.0,
        "o": 6.0,
        "u": 5.0,
        "ö": 0.6,
    },
    "bright": {
        **dict.fromkeys(["t", "k", "s", "n", "l"], 8.0),
        **dict.fromkeys(["p", "r", "y", "f", "z", "sh", "m", "q"], 4.0),
        **dict.fromkeys(["b", "d", "v", "w", "h", "ny", "g"], 1.5),
        "i": 8.0,
        "a": 7.0,
        "e": 7.0,
        "o": 5.0,
        "u": 4.0,
        "ö": 0.8,
    },
    "dark": {
        **dict.fromkeys(["g", "d", "r", "m", "n"], 8.0),
        **dict.fromkeys(["rr", "kh", "ng", "b", "zh", "v", "k"], 5.0),
        **dict.fromkeys(["q", "l", "w", "z", "t", "h", "sh"], 2.0),
        "o": 8.0,
        "u": 7.0,
        "a": 7.0,
        "e": 4.0,
        "i": 4.0,
        "ë": 4.0,
        "ö": 1.0,
    },
}
CLOSED = {"soft": 0.16, "bright": 0.24, "dark": 0.34}
CLOSERS = ("n", "l", "m", "r", "s", "sh", "k", "ng", "t")
LEADERS, FOLLOWERS = ("p", "t", "k", "b", "d", "g", "f"), ("l", "r", "w", "y")


@dataclass(frozen=True)
class Phonology:
    """Consonants, vowels and what may close a syllable or open a word, commonest first.

    clusters: pairs of consonants that may open a word.
    closed: share of syllables that end in a consonant.
    """

    consonants: tuple[str, ...]
    vowels: tuple[str, ...]
    codas: tuple[str, ...]
    clusters: tuple[str, ...]
    closed: float


def gusein_zade(count: int) -> list[float]:
    """Expected relative frequencies of ``count`` ranked symbols, the commonest first."""
    raw = [math.log(count + 1) - math.log(rank) for rank in range(1, count + 1)]
    return [value / sum(raw) for value in raw]


def choose(rng: random.Random, ranked: Sequence[str]) -> str:
    """One of ``ranked`` symbols, drawn with Gusein-Zade frequencies."""
    return rng.choices(ranked, gusein_zade(len(ranked)))[0]


def _draw(rng: random.Random, pool: list[str], weights: dict[str, float], count: int) -> list[str]:
    """``count`` different symbols; likelier ones tend to come first."""
    keyed = sorted(pool, key=lambda s: rng.random() ** (1 / weights[s]), reverse=True)
    return keyed[:count]


def make_phonology(rng: random.Random, mood: str) -> Phonology:
    """Draw the sounds of a language: 11 to 14 consonants, 5 or 6 vowels, 2 to 4 codas."""
    weights = MOODS[mood]
    vowels = [s for s in weights if PHONEMES[s].is_vowel]
    consonants = [s for s in weights if not PHONEMES[s].is_vowel]
    count = rng.choice((5, 5, 6))
    chosen_vowels = _draw(rng, vowels, weights, count)
    for corner in ("a", "i", "o"):
        if corner not in chosen_vowels:
            weakest = max(v for v in range(count) if chosen_vowels[v] not in ("a", "i", "o"))
            chosen_vowels[weakest] = corner
    if rng.random() < 0.6:  # without g and y, n can close a syllable: ng and ny are one sound
        consonants = [s for s in consonants if s not in ("g", "y")] + ["g"] * (mood == "dark")
    chosen = _draw(rng, consonants, weights, rng.randint(11, 14))
    closers = [
        c for c in CLOSERS if c in chosen and all(_apart(c, o) for o in (*chosen, *chosen_vowels))
    ]
    codas = closers[: rng.randint(2, 4)]
    clusters = [
        a + b
        for a in LEADERS
        for b in FOLLOWERS
        if a in chosen and b in chosen and _apart(a, b) and a + b not in ("tl", "dl")
    ]
    rng.shuffle(clusters)
    few = 0 if mood == "soft" else rng.randint(2, 5)
    return Phonology(
        tuple(chosen), tuple(chosen_vowels), tuple(codas), tuple(clusters[:few]), CLOSED[mood]
    )


def _apart(first: str, second: str) -> bool:
    """Whether two sounds, written side by side, are still read as these two."""
    return [p.symbol for p in segment(first + second)] == [first, second]


def make_word(rng: random.Random, sounds: Phonology, count: int, tint: str = "") -> str:
    """A word of ``count`` syllables; ``tint`` "small" or "big" favours close or open vowels."""
    tints = {"small": ("i", "e"), "big": ("o", "u", "a")}.get(tint, ())
    leaning = [v for v in sounds.vowels if v in tints] or list(sounds.vowels)
    parts: list[str] = []
    last = ""
    for index in range(count):
        onset = choose(rng, sounds.consonants)
        if index == 0 and sounds.clusters and rng.random() < 0.06:
            onset = rng.choice(sounds.clusters)
        elif index == 0 and rng.random() < 0.08:
            onset = ""
        elif onset == last and rng.random() < 0.8:
            onset = choose(rng, sounds.consonants)
        vowel = choose(rng, sounds.vowels)
        if tints and rng.random() < 0.6:
            vowel = rng.choice(leaning)
        coda = choose(rng, sounds.codas) if sounds.codas and rng.random() < sounds.closed else ""
        parts.append(onset + vowel + coda)
        last = onset
    return "".join(parts)


def is_legal(word: str, sounds: Phonology) -> bool:
    """Whether the word has only sounds of this language, in an order that it allows.

    A word opens with a vowel, a consonant or a listed cluster. Between vowels stand at most two
    consonants, and the first of two may close a syllable. The word ends in a vowel or a coda.
    """
    phonemes = segment(word)
    inventory = {*sounds.consonants, *sounds.vowels, *(v * 2 for v in sounds.vowels)}
    if not phonemes or spell(phonemes) != word or any(p.symbol not in inventory for p in phonemes):
        return False
    nuclei = [i for i, p in enumerate(phonemes) if p.is_vowel]
    if not nuclei:
        return False
    runs = [phonemes[a + 1 : b] for a, b in zip([-1, *nuclei], [*nuclei, None], strict=True)]
    first, *middle, last = ([p.symbol for p in run] for run in runs)
    if len(first) > 1 and "".join(first) not in sounds.clusters:
        return False
    if any(len(run) > 2 or (len(run) == 2 and run[0] not in sounds.codas) for run in middle):
        return False
    return len(last) <= 1 and all(c in sounds.codas for c in last)


def reduplicate(form: str) -> str:
    """The copy that stands before ``form``: its first consonant and its first vowel.

    A long vowel is copied short. Of a form that begins with a vowel, vowel and consonant are
    copied (``ilo`` gives ``il``), so that no two vowels meet.
    """
    phonemes = segment(form)
    if phonemes[0].is_vowel:
        return spell(phonemes[:2]) if len(phonemes) > 1 and not phonemes[1].is_vowel else ""
    vowel = next((p.symbol for p in phonemes if p.is_vowel), "")
    return phonemes[0].symbol + vowel[:1]
