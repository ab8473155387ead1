"""Lay a room tone below a call, coloured as the jungle's bed of its hour is where it is quiet.

So a call that ends in nothing ends in the jungle.
"""

import itertools
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from generate.recipe import derive_seed

Array = NDArray[np.float64]
SECONDS, SIZE = 6.4, 4096
# Edges of the bands in which colour is measured, in Hz: thirds of an octave.
EDGES = 62.5 * 2 ** (np.arange(0, 25) / 3)
# The share of a sound's moments that are its quiet ones.
QUIET = 0.3
# How far below the loudest 50 ms the tone lies, in dB; seconds of it before and after the call.
BELOW, BEFORE, AFTER = 40.0, 0.08, 0.25
# The largest distance of two colours that is told, in dB.
FARTHEST = 40.0
# The power of a band that is silent.
SILENT = 1e-14


@dataclass(frozen=True)
class Room:
    """Where a call is heard: the hour of its card, the seed of the jungle, and that of the card."""

    hour: str
    jungle: int
    card: int = 0


@lru_cache(maxsize=4)
def colour_bed(hour: str, jungle: int) -> tuple[float, ...]:
    """Levels in dB of the bands of a jungle's bed at an hour, where it is quiet; mean 0."""
    from generate.sounds.ambience.beds import RATE, make_bed

    bed = make_bed(hour, jungle, SECONDS)
    return tuple(measure_colour(bed, RATE).tolist())


def measure_colour(samples: NDArray[np.float32], rate: int) -> Array:
    """Levels in dB of the bands (24,) of a sound's quiet moments; their mean is 0.

    Not a number where they are silent.
    """
    mono = samples.astype(np.float64).mean(axis=1)
    mono = np.pad(mono, (0, max(0, SIZE - len(mono))))
    cut = np.lib.stride_tricks.sliding_window_view(mono, SIZE)[:: SIZE // 4]
    power = np.abs(fft.rfft(cut * np.hanning(SIZE), axis=1)) ** 2
    order = np.argsort(power.sum(axis=1))[: max(1, int(QUIET * len(power)))]
    quiet = power[order].mean(axis=0)
    f = fft.rfftfreq(SIZE, 1 / rate)
    bands = [quiet[(f >= a) & (f < b)] for a, b in itertools.pairwise(EDGES)]
    level = np.array([10 * np.log10(band.mean() + SILENT) if len(band) else 0 for band in bands])
    return level - level.mean() if quiet.max() > SILENT else np.full(len(bands), np.nan)


def compare_colour(samples: NDArray[np.float32], rate: int, colour: Array) -> float:
    """Root mean square of the distances in dB between a sound's quiet moments and a colour.

    Bands that the sound's rate does not hold do not count; silence is as far as can be.
    """
    held = EDGES[1:] < 0.45 * rate
    own = measure_colour(samples, rate)[held]
    if np.isnan(own).any():
        return FARTHEST
    gap = (own - own.mean()) - (colour[held] - colour[held].mean())
    return float(min(FARTHEST, np.sqrt(np.square(gap).mean())))


def make_tone(count: int, rate: int, colour: Array, seed: int) -> Array:
    """Steady noise (count,) of unit power with a colour."""
    rng = np.random.default_rng(derive_seed("room", seed))
    f = fft.rfftfreq(count, 1 / rate)
    middle = np.log2(np.sqrt(EDGES[:-1] * EDGES[1:]))
    level = np.interp(np.log2(np.maximum(f, 1.0)), middle, colour)
    level = np.where(f < EDGES[0], level - 24 * np.log2(EDGES[0] / np.maximum(f, 1.0)), level)
    spectrum = 10 ** (level / 20) * np.exp(2j * np.pi * rng.random(len(f)))
    spectrum[0] = 0
    tone = fft.irfft(spectrum, count)
    return np.asarray(tone / np.sqrt(np.square(tone).mean()))


def lay_room(
    samples: NDArray[np.float32], rate: int, room: Room
) -> tuple[NDArray[np.float32], tuple[float, float] | None]:
    """A call (n, channels) in its room, and how far its background lay from the bed's colour before
    and after, in dB; None for silence.

    A background of its own that is louder than the tone goes on to be heard: "hiss" lowers it.
    """
    if len(samples) < rate // 20 or not samples.any():
        return samples, None
    colour = np.array(colour_bed(room.hour, room.jungle))
    before = compare_colour(samples, rate, colour)
    size = rate // 20
    power = np.square(samples.astype(np.float64)).mean(axis=1)
    loudest = power[: len(power) // size * size].reshape(-1, size).mean(axis=1).max()
    padded = np.pad(samples, ((int(BEFORE * rate), int(AFTER * rate)), (0, 0)))
    fades = np.ones(len(padded))
    for seconds, side in ((BEFORE, slice(None)), (AFTER, slice(None, None, -1))):
        n = int(seconds * rate)
        fades[side][:n] = 0.5 - 0.5 * np.cos(np.pi * np.arange(n) / n)
    level = np.sqrt(loudest) * 10 ** (-BELOW / 20)
    sides = [
        make_tone(len(padded), rate, colour, derive_seed(room.card, side))
        for side in range(samples.shape[1])
    ]
    laid = padded + (level * fades[:, None] * np.stack(sides, axis=1)).astype(np.float32)
    inner = laid[int(BEFORE * rate) // 2 :]
    return laid.astype(np.float32), (
        round(before, 1),
        round(compare_colour(inner, rate, colour), 1),
    )
