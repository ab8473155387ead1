"""Plan a phrase in time: when each articulation sounds, how high and how loud."""

from __future__ import annotations

import math
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass

from generate.phrases.language.phonemes import Phoneme, syllables
from generate.sounds.voice.articulation import Articulation, articulate
from generate.sounds.voice.body import Beast
from generate.words import voices

LEAD = 0.03
TAIL = 0.08
LONGEST = 5.6
STROKES = 7.0


@dataclass(frozen=True)
class Mood:
    """How a feeling changes a voice.

    pitch, range, pace and effort are factors; breath is added; lift is by how many octaves the
    phrase ends above (or below) its falling line.
    """

    pitch: float = 1.0
    range: float = 1.0
    pace: float = 1.0
    effort: float = 1.0
    breath: float = 0.0
    lift: float = -0.12


MOODS: dict[tuple[str, ...], Mood] = {
    voices.CALM: Mood(0.97, 0.8, 0.92, 0.85, 0.05),
    voices.SLEEPY: Mood(0.92, 0.6, 0.84, 0.75, 0.10, -0.22),
    voices.SAD: Mood(0.94, 0.75, 0.88, 0.8, 0.06, -0.2),
    voices.HAPPY: Mood(1.08, 1.4, 1.08, 1.2, 0.0, -0.04),
    voices.PROUD: Mood(0.96, 1.15, 0.95, 1.35),
    voices.ANGRY: Mood(1.05, 1.25, 1.08, 1.6, 0.02, -0.18),
    voices.SHY: Mood(1.10, 0.8, 1.05, 0.8, 0.10, 0.0),
    voices.CURIOUS: Mood(1.06, 1.3, 1.0, 1.0, 0.0, 0.18),
    voices.HUNGRY: Mood(1.03, 1.1, 1.1, 1.2),
}


@dataclass(frozen=True)
class Segment:
    """One articulation from `start` to `end` (seconds) in syllable number `syllable`."""

    start: float
    end: float
    articulation: Articulation
    syllable: int


@dataclass(frozen=True)
class Syllable:
    """One syllable: its span in seconds, its word, its pitch and level.

    pitch: octaves above the beast's mean. tone: the pitch of its vowel, -1 to 1.
    """

    start: float
    end: float
    word: int
    text: str
    pitch: float
    level: float
    tone: float


@dataclass(frozen=True)
class Plan:
    """A phrase in time; `seconds` is its whole length."""

    segments: tuple[Segment, ...]
    syllables: tuple[Syllable, ...]
    words: tuple[tuple[float, float], ...]
    mood: Mood
    seconds: float


def find_mood(mood: str, phrase: str = "") -> Mood:
    """The mood of a word of feeling, and of the mark that ends the phrase; else a plain one."""
    words = re.findall(r"[a-z]+", mood.lower())
    found = next((m for names, m in MOODS.items() for word in words if word in names), Mood())
    if phrase.rstrip().endswith("?"):
        return Mood(found.pitch, found.range, found.pace, found.effort, found.breath, 0.25)
    if phrase.rstrip().endswith("!"):
        return Mood(
            found.pitch * 1.04, found.range * 1.2, found.pace, found.effort * 1.25, found.breath
        )
    return found


def split_words(phrase: str) -> list[str]:
    """The words of a phrase, as the card counts them."""
    return phrase.split()


def lay_out(phrase: str, beast: Beast, mood: str, rng: random.Random) -> Plan:
    """The plan of a phrase for a beast. A phrase without a letter to say is one plain call."""
    feeling = find_mood(mood, phrase)
    words = [syllables(word) for word in split_words(phrase)]
    if not any(words):
        words = [syllables("a"), *words[1:]]
    count = sum(map(len, words))
    pace = beast.voice.pace * beast.mass_kg**-0.045 * feeling.pace * beast.faster
    pause = 0.45 / pace
    pace = max(pace, (count + pause * pace * (len(words) - 1)) / LONGEST)
    pace = min(pace, STROKES)
    beats: list[Syllable] = []
    segments: list[Segment] = []
    spans: list[tuple[float, float]] = []
    clock, done = LEAD, 0
    for number, word in enumerate(words):
        began = clock
        for place, phonemes in enumerate(word):
            final = place == len(word) - 1 and number == len(words) - 1
            stressed = place == 0
            length = _weigh(phonemes) * (1.08 if stressed else 0.97)
            length *= 1 - beast.voice.swing if place % 2 else 1 + beast.voice.swing
            length *= beast.voice.last if final else 1.0
            length *= rng.uniform(0.94, 1.06) / pace
            articulations = [articulate(p) for p in phonemes]
            for start, end, spoken in _share(articulations, clock, clock + length):
                segments.append(Segment(start, end, spoken, len(beats)))
            along = done / max(count - 1, 1)
            pitch = feeling.range * (0.11 - 0.24 * along + (0.10 if stressed else -0.03))
            pitch += rng.gauss(0, 0.03 * feeling.range) + (feeling.lift if final else 0.0)
            pitch += feeling.range * beast.voice.melody[done % len(beast.voice.melody)]
            pitch += feeling.range * beast.voice.arch * (math.sin(math.pi * along) - 0.6)
            tone = next(
                (a.tone for a, p in zip(articulations, phonemes, strict=True) if p.is_vowel), 0.0
            )
            level = (1.0 if stressed else 0.86) * rng.uniform(0.94, 1.0) * (1 - 0.1 * along)
            text = "".join(p.symbol for p in phonemes)
            beats.append(Syllable(clock, clock + length, number, text, pitch, level, tone))
            clock += length
            done += 1
        spans.append((began, clock))
        if number < len(words) - 1:
            clock += pause * rng.uniform(0.85, 1.15) if word else 0.0
    return Plan(tuple(segments), tuple(beats), tuple(spans), feeling, clock + TAIL)


def _weigh(phonemes: Sequence[Phoneme]) -> float:
    """Length of a syllable, 1 for the mean one; it grows less than the sum of its phonemes."""
    seconds = sum(articulate(p).seconds for p in phonemes)
    return 0.55 + 0.45 * seconds / 0.21


def _share(
    articulations: Sequence[Articulation], start: float, end: float
) -> list[tuple[float, float, Articulation]]:
    """The span of each articulation in a syllable, in proportion to their natural lengths."""
    total = sum(a.seconds for a in articulations)
    spans, clock = [], start
    for spoken in articulations:
        until = clock + (end - start) * spoken.seconds / total
        spans.append((clock, until, spoken))
        clock = until
    return spans
