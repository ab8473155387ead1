"""What a call does over time: its notes, each with contours of pitch, loudness and brightness."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import fft, ndimage, signal

from generate.sounds.learned.pitch import follow_pitch
from generate.sounds.report.measures import find_nuclei, mix_down

Array = NDArray[np.float64]
RATE, STEP = 22_050, 221
"""Samples a second of what is measured, and from one moment to the next: 10 ms."""
POINTS = 16
# How far below its loudest moment a note ends, in dB; what is fainter than the loudest note by this
# much is none; seconds that a note lasts at least and at most.
EDGE, FAINTEST = 15.0, 24.0
SHORTEST, LONGEST = 0.03, 1.6
# Clearness below which a pitch is guessed and not believed.
CLEAR = 0.4


@dataclass(frozen=True)
class Note:
    """One syllable of a call.

    start, end: seconds. level: dB below the loudest note of the call. pitch: octaves above the
    call's median, (POINTS,). loud: dB below the note's own loudest moment, (POINTS,). bright:
    octaves of the spectral centroid above the call's median, (POINTS,). clear: mean clearness of
    its pitch, 0 (noise) to 1 (tone).
    """

    start: float
    end: float
    level: float
    pitch: Array
    loud: Array
    bright: Array
    clear: float

    @property
    def seconds(self) -> float:
        return self.end - self.start

    @property
    def height(self) -> float:
        """Mean of its pitch in octaves."""
        return float(self.pitch.mean())

    @property
    def glide(self) -> float:
        """Octaves by which its pitch rises from its first third to its last."""
        third = POINTS // 3
        return float(self.pitch[-third:].mean() - self.pitch[:third].mean())


def trace_notes(samples: NDArray[np.float32], rate: int) -> list[Note]:
    """The notes of a sound (n,) or (n, channels), in order; none where nothing is heard."""
    mono = mix_down(samples)
    if rate != RATE:
        shared = int(np.gcd(rate, RATE))
        mono = signal.resample_poly(mono, RATE // shared, rate // shared)
    top = np.abs(mono).max(initial=0)
    if top <= 0 or len(mono) < 0.1 * RATE:
        return []
    mono = mono / top
    level, bright = measure_moments(mono)
    spans = split_notes(mono, level)
    if not spans:
        return []
    pitch, clear = follow_pitch(mono, RATE, STEP)
    octaves = believe(np.log2(pitch)[: len(level)], clear[: len(level)], spans)
    loudest = max(float(level[a:b].max()) for a, b in spans)
    inside = np.concatenate([np.arange(a, b) for a, b in spans])
    middle, shine = float(np.median(octaves[inside])), float(np.median(bright[inside]))
    return [
        Note(
            a * STEP / RATE,
            b * STEP / RATE,
            float(level[a:b].max()) - loudest,
            np.clip(resample(octaves[a:b]) - middle, -2, 2),
            np.clip(resample(level[a:b]) - float(level[a:b].max()), -EDGE - 3, 0),
            np.clip(resample(bright[a:b]) - shine, -2, 2),
            float(clear[a:b].mean()),
        )
        for a, b in spans
    ]


def measure_moments(mono: Array) -> tuple[Array, Array]:
    """Level in dB and brightness in octaves of every moment of a sound at `RATE`."""
    size = 512
    count = len(mono) // STEP + 1
    padded = np.pad(mono, (size // 2, size + STEP))
    cut = np.lib.stride_tricks.sliding_window_view(padded, size)[::STEP][:count]
    power = np.abs(fft.rfft(cut * np.hanning(size), axis=1)) ** 2
    f = fft.rfftfreq(size, 1 / RATE)
    heard = (f > 60) & (f < 9000)
    power, f = power[:, heard], f[heard]
    total = power.sum(axis=1)
    level = 10 * np.log10(ndimage.gaussian_filter1d(total, 1.0) + 1e-9)
    return level, power @ np.log2(f) / (total + 1e-12)


def split_notes(mono: Array, level: Array) -> list[tuple[int, int]]:
    """First moment and the one after the last of each note.

    A note surrounds a nucleus (`find_nuclei`), from the dip before it to the dip after it, as far
    as it is loud.
    """
    nuclei = np.round(find_nuclei(mono, RATE) * RATE / STEP).astype(int)
    nuclei = nuclei[(nuclei >= 0) & (nuclei < len(level))]
    top = max((float(level[near(k, level)].max()) for k in nuclei), default=0.0)
    spans: list[tuple[int, int]] = []
    for place, nucleus in enumerate(nuclei):
        before = nuclei[place - 1] if place else 0
        after = nuclei[place + 1] if place + 1 < len(nuclei) else len(level) - 1
        first = int(before + level[before : nucleus + 1].argmin()) if place else 0
        last = int(nucleus + level[nucleus : after + 1].argmin()) if after > nucleus else after
        if place + 1 == len(nuclei):
            last = len(level) - 1
        peak = float(level[near(nucleus, level)].max())
        quiet = level < peak - EDGE
        outside = np.flatnonzero(quiet[first : nucleus + 1])
        start = first + int(outside[-1]) + 1 if len(outside) else first
        outside = np.flatnonzero(quiet[nucleus : last + 1])
        end = nucleus + int(outside[0]) if len(outside) else last
        seconds = (end - start) * STEP / RATE
        if peak > top - FAINTEST and SHORTEST <= seconds:
            spans.append((start, min(end, start + int(LONGEST * RATE / STEP))))
    return spans


def near(moment: int, level: Array) -> slice:
    """The moments around one, within 30 ms."""
    return slice(max(int(moment) - 3, 0), min(int(moment) + 4, len(level)))


def believe(octaves: Array, clear: Array, spans: Sequence[tuple[int, int]]) -> Array:
    """A pitch line (n,) in octaves whose unclear moments lie between clear ones of their note.

    A note without a clear moment is as high as the call's median.
    """
    line = octaves.copy()
    inside = np.concatenate([np.arange(a, b) for a, b in spans])
    sure = inside[clear[inside] >= CLEAR]
    usual = float(np.median(line[sure if len(sure) else inside]))
    for a, b in spans:
        known = a + np.flatnonzero(clear[a:b] >= CLEAR)
        line[a:b] = np.interp(np.arange(a, b), known, line[known]) if len(known) > 1 else usual
        line[a:b] = ndimage.median_filter(line[a:b], min(5, (b - a) // 2 * 2 - 1 or 1))
    return line


def resample(line: Array) -> Array:
    """A contour of any length at `POINTS` points."""
    return np.interp(np.linspace(0, len(line) - 1, POINTS), np.arange(len(line)), line)
