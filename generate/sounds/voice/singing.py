"""Let a beast sing a phrase to notes that it was taught: their melody and rhythm, its own mouth."""

from __future__ import annotations

import itertools
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from generate.recipe import derive_seed
from generate.sounds.voice.articulation import Articulation
from generate.sounds.voice.body import Beast
from generate.sounds.voice.contour import RATE, trace_levels
from generate.sounds.voice.prosody import LEAD, STROKES, TAIL, Plan, Segment, lay_out
from generate.sounds.voice.source import STEP, wander
from generate.sounds.voice.voice import Lines, Spoken, list_moments, sound_out

Line = NDArray[np.float64]
# Seconds that a vowel lasts at least and a consonant at most; notes with less than so many seconds
# between them are tied.
VOWEL, CONSONANT, TIE = 0.07, 0.06, 0.05
# Seconds that a song lasts at most.
LONGEST = 7.0
# The gain at the ends of a note, and where it is tied to another one, low enough that two notes are
# heard as two; the faintest note, in dB; how far from the beast's own pitch a note may lie, in
# octaves.
ENDS, JOINED, FAINTEST, FARTHEST = 0.1, 0.5, -9.0, 1.0


@dataclass(frozen=True)
class Sung:
    """A note to sing: seconds from the start of the note before, its length, its level in dB (0 at
    most), and along it pitch in octaves from the beast's own, loudness in dB below its loudest
    moment and brightness in octaves, (n,) each. clear: 0 (all breath) to 1 (all voice).
    """

    after: float
    seconds: float
    level: float
    pitch: Line
    loud: Line
    bright: Line
    clear: float


def count_syllables(phrase: str, beast: Beast) -> int:
    """How many notes a phrase needs."""
    return len(lay_out(phrase, beast, "", random.Random(0)).syllables)


def sing(phrase: str, beast: Beast, mood: str, notes: Sequence[Sung]) -> Spoken:
    """Sing a romanised phrase, a note for each syllable; ``notes`` are as many as it has.

    The same phrase, beast, mood and notes give the same samples. Too long a song is sung faster.
    """
    seed = derive_seed("sing", beast.seed, phrase, mood)
    spoken = lay_out(phrase, beast, mood, random.Random(seed))
    rng = np.random.default_rng(seed)
    plan, vowels = lay_notes(spoken, notes)
    lines = trace_notes(plan, beast, notes, vowels, list_moments(plan), rng)
    return sound_out(plan, beast, lines, rng)


def is_vowel(spoken: Articulation) -> bool:
    """Whether an articulation is one that a note can be held on."""
    return spoken.voicing == 1.0 and not spoken.closed


def lay_notes(plan: Plan, notes: Sequence[Sung]) -> tuple[Plan, list[tuple[float, float]]]:
    """A phrase's plan in the rhythm of notes, and start and end of each syllable's vowel.

    A note is the whole of its syllable: it begins with the consonants before its vowel.
    """
    if len(notes) != len(plan.syllables):
        raise ValueError(f"{len(notes)} notes for {len(plan.syllables)} syllables")
    whole = sum(max(note.after, note.seconds, 1 / STROKES) for note in notes)
    pace = max(1.0, whole / LONGEST)
    segments: list[Segment] = []
    beats, vowels = [], []
    clock = sung = LEAD
    for number, (beat, note) in enumerate(zip(plan.syllables, notes, strict=True)):
        parts = [s for s in plan.segments if s.syllable == number]
        held = [place for place, part in enumerate(parts) if is_vowel(part.articulation)]
        first, last = (held[0], held[-1]) if held else (0, len(parts) - 1)
        natural = [part.end - part.start for part in parts]
        lengths = [min(seconds, CONSONANT) for seconds in natural]
        opening, ending = sum(lengths[:first]), sum(lengths[last + 1 :])
        # Half of what consonants take is faint, so the note is longer by that.
        seconds = max(note.seconds / pace - 0.5 * (opening + ending), VOWEL)
        whole_vowel = sum(natural[first : last + 1])
        for place in range(first, last + 1):
            lengths[place] = seconds * natural[place] / whole_vowel
        wanted = sung + max(note.after / pace, 1 / STROKES) if number else LEAD
        began = at = max(wanted, clock)
        for part, length in zip(parts, lengths, strict=True):
            segments.append(Segment(at, at + length, part.articulation, number))
            at += length
        level = 10 ** (min(max(note.level, FAINTEST), 0.0) / 20)
        height = float(np.clip(note.pitch, -FARTHEST, FARTHEST).mean())
        beats.append(replace(beat, start=began, end=at, pitch=height, level=level))
        vowels.append((began + opening, at - ending))
        clock, sung = at, began
    words = tuple(
        (min(b.start for b in some), max(b.end for b in some))
        for some in ([b for b in beats if b.word == word] for word in range(len(plan.words)))
        if some
    )
    if len(words) != len(plan.words):
        words = fill_words(plan, words)
    return Plan(tuple(segments), tuple(beats), words, plan.mood, clock + TAIL), vowels


def find_ties(notes: Sequence[Sung]) -> list[bool]:
    """Whether each note is tied to the one before it, and, last, that none is to the last."""
    pairs = itertools.pairwise(notes)
    return [False, *(b.after - a.seconds < TIE for a, b in pairs), False]


def fill_words(
    plan: Plan, words: tuple[tuple[float, float], ...]
) -> tuple[tuple[float, float], ...]:
    """A span for every word of a phrase: one without a syllable ends where the one before does."""
    spoken = {beat.word for beat in plan.syllables}
    rest, clock, filled = list(words), LEAD, []
    for word in range(len(plan.words)):
        span = rest.pop(0) if word in spoken else (clock, clock)
        filled.append(span)
        clock = span[1]
    return tuple(filled)


def trace_notes(
    plan: Plan,
    beast: Beast,
    notes: Sequence[Sung],
    vowels: Sequence[tuple[float, float]],
    t: Line,
    rng: np.random.Generator,
) -> Lines:
    """The lines of a plan over the moments ``t``, as the notes have them."""
    when: list[float] = []
    octaves: list[float] = []
    shine: list[float] = []
    airy = np.zeros(len(t))
    shapes = []
    ties = find_ties(notes)
    for number, (beat, note) in enumerate(zip(plan.syllables, notes, strict=True)):
        start, end = vowels[number]
        points = np.linspace(start, end, len(note.pitch) + 2)[1:-1]
        when += points.tolist()
        octaves += np.clip(note.pitch, -FARTHEST, FARTHEST).tolist()
        shine += np.clip(note.bright, -1, 1).tolist()
        ends = [JOINED if tied else ENDS for tied in ties[number : number + 2]]
        airy[(t >= beat.start) & (t < beat.end)] = 1 - note.clear
        shapes.append(shape_note(note.loud, (beat.start, beat.end), (start, end), ends))
    control = RATE / STEP
    line = ndimage.gaussian_filter1d(np.interp(t, when, octaves), 0.008 * control)
    # The beast's own unsteadiness, as when it speaks.
    line += 0.012 * wander(rng, len(t), control, 3.0)
    line += 1.44 * beast.voice.jitter * wander(rng, len(t), control, 0.25 * control)
    bright = ndimage.gaussian_filter1d(np.interp(t, when, shine), 0.01 * control)
    voiced, breath = trace_levels(plan, beast, t, shapes)
    airy = ndimage.gaussian_filter1d(airy, 0.008 * control)
    breath = breath + 0.5 * airy * voiced
    return Lines(t, beast.pitch * plan.mood.pitch * 2.0**line, voiced, breath, 2.0**bright)


def shape_note(
    loud: Line,
    syllable: tuple[float, float],
    vowel: tuple[float, float],
    ends: Sequence[float],
    points: int = 64,
) -> Line:
    """The gain along a syllable, (points,): its consonants, and on its vowel the note's loudness.

    It rises to one moment and falls after it, from and to the gains ``ends``, so that one syllable
    is heard as one.
    """
    peak = int(np.argmax(loud))
    gain = 10 ** (loud / 20)
    rising = np.maximum.accumulate(gain[: peak + 1])
    falling = np.maximum.accumulate(gain[peak:][::-1])[::-1]
    hump = np.concatenate([rising, falling[1:]])
    at = np.linspace(vowel[0], vowel[1], len(hump) + 2)[1:-1]
    when = np.concatenate([[syllable[0]], at, [syllable[1]]])
    hump = np.concatenate([[ends[0]], hump, [ends[1]]])
    return np.interp(np.linspace(*syllable, points), when, hump)
