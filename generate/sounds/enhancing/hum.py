"""Find the hum of the mains in a sound and take it out: steady tones, fitted and subtracted.

The tones are fitted where the sound is quiet, by least squares with weights, so that a call above
them is left as it is.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import fft, ndimage, signal

Array = NDArray[np.float64]
# The mains of all countries, and how far they stray.
MAINS, STRAY = (50.0, 60.0), 0.5
# Harmonics that are looked for; how far a line stands out, in dB, to be one; how many must.
HARMONICS, LINE, FEWEST = 24, 12.0, 2
# Seconds that a sound must last for its lines to be told apart.
SHORTEST = 1.0
# Below this rate hum has no harmonics that matter.
COARSE = 4000
# A hum is told from a steady call by what is quiet: this share of it, so many dB down.
QUIET, DOWN = 0.15, 6.0


@dataclass(frozen=True)
class Hum:
    """A hum: its fundamental in Hz, and which multiples of it are there."""

    hertz: float
    harmonics: tuple[int, ...]


def find_hum(samples: NDArray[np.float32], rate: int) -> Hum | None:
    """The hum in a sound (n, channels), None where there is none or it cannot be told."""
    mono = samples.astype(np.float64).mean(axis=1)
    if len(mono) < SHORTEST * rate or not mono.any():
        return None
    level = measure_level(mono, rate)
    if np.mean(level < level.max() * 10 ** (-DOWN / 20)) < QUIET:
        return None
    even = mono / (level + 1e-3 * level.max())
    if rate > 2 * COARSE:
        even = signal.resample_poly(even, 1, rate // COARSE)
        rate = rate // (rate // COARSE)
    size = 4 * len(even)
    power = np.abs(fft.rfft(even * signal.windows.hann(len(even)), size)) ** 2
    # What lies around a line, without the line.
    around = ndimage.median_filter(power[:: max(1, size // (rate * 2))], 41)
    floor = np.interp(np.arange(len(power)), np.linspace(0, len(power) - 1, len(around)), around)
    over = 10 * np.log10((power + 1e-20) / (floor + 1e-20))
    best: tuple[float, Hum] | None = None
    for mains in MAINS:
        for hertz in np.arange(mains - STRAY, mains + STRAY, 0.01):
            most = min(HARMONICS, int(0.45 * rate / hertz))
            places = np.round(np.arange(1, most + 1) * hertz * size / rate).astype(int)
            lines = over[places]
            found = tuple(int(k) + 1 for k in np.flatnonzero(lines > LINE))
            if len([k for k in found if k <= 8]) >= FEWEST:
                score = float(np.clip(lines, 0, None).sum())
                if best is None or score > best[0]:
                    best = score, Hum(round(float(hertz), 3), found)
    return tune(best[1], even, rate) if best else None


def tune(hum: Hum, even: Array, rate: int) -> Hum:
    """``hum`` with its pitch as the tones fit ``even`` (n,) best: lines alone are too coarse."""
    hertz = hum.hertz
    for reach, steps in ((0.06, 25), (0.005, 21)):

        def explain(at: float) -> float:
            tones = make_tones(Hum(at, hum.harmonics), len(even), rate)
            about = tones.T @ even
            return float(about @ np.linalg.lstsq(tones.T @ tones, about, rcond=1e-10)[0])

        hertz = max(hertz + np.linspace(-reach, reach, steps), key=explain)
    return Hum(round(float(hertz), 4), hum.harmonics)


def measure_level(mono: Array, rate: int) -> Array:
    """Effective value around each sample, over 60 ms."""
    power = ndimage.uniform_filter1d(np.square(mono), max(3, int(0.06 * rate)))
    return np.sqrt(np.maximum(power, 0) + 1e-20)  # a running sum may end a little below 0


def remove_hum(samples: NDArray[np.float32], rate: int, hum: Hum) -> NDArray[np.float32]:
    """A sound (n, channels) without its ``hum``."""
    x = samples.astype(np.float64)
    level = measure_level(x.mean(axis=1), rate)
    weight = 1 / (level + 0.05 * np.median(level) + 1e-9)
    tones = make_tones(hum, len(x), rate)
    heavy = tones * weight[:, None]
    fitted = np.linalg.lstsq(heavy.T @ heavy, heavy.T @ (x * weight[:, None]), rcond=1e-10)[0]
    return (x - tones @ fitted).astype(np.float32)


def make_tones(hum: Hum, count: int, rate: int) -> Array:
    """Cosines and sines (count, 2 × harmonics) of a hum; each may grow or fade evenly."""
    t = np.arange(count) / rate
    phase = 2 * np.pi * hum.hertz * t[:, None] * np.array(hum.harmonics)
    return np.concatenate([np.cos(phase), np.sin(phase)], axis=1)
