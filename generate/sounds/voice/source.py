"""The source of a voice: pulses of vocal folds or syrinx, and smooth noise."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import signal

Array = NDArray[np.float32]
STEP = 64
"""Samples from one point of a control line to the next."""

TWO_PI = np.float32(2 * np.pi)


def stretch(line: NDArray[Any], count: int) -> NDArray[np.float64]:
    """A line with a point every STEP samples as `count` samples, by linear interpolation."""
    ramp = np.arange(STEP) / STEP
    return (line[:-1, None] + np.diff(line)[:, None] * ramp).ravel()[:count]


def run_phase(pitch: NDArray[np.float64], rate: int, start: float = 0.0) -> NDArray[np.float64]:
    """Phase in cycles of a pitch track (Hz, one value a sample)."""
    return np.cumsum(pitch / rate) + start


def fraction(phase: NDArray[np.float64]) -> Array:
    """The fractional part of a phase in cycles; many times faster than the remainder."""
    return (phase - np.floor(phase)).astype(np.float32)


def make_pulses(phase: NDArray[np.float64], harmonics: int, decay: float) -> Array:
    """Sum of cos(2 pi k phase) decay**k for k = 1 to harmonics, scaled to unit power.

    The closed form of the band-limited pulse train (Moorer 1976, The synthesis of complex audio
    spectra by means of discrete summation formulas). It costs three cosines for any number of
    harmonics, and there is no aliasing while the highest harmonic is below half the rate.
    """
    a = np.float32(min(decay, 0.9995))
    m = max(harmonics, 1)
    turn = fraction(phase)
    one = np.cos(TWO_PI * turn)
    if m == 1:
        return one * np.float32(np.sqrt(2))
    # In double precision, since single loses the phase of the highest harmonics.
    last = np.cos(TWO_PI * fraction(phase * m))
    beyond = np.cos(TWO_PI * fraction(phase * (m + 1)))
    top = a ** np.float32(m)
    total = (a * one - a * a - top * a * beyond + top * a * a * last) / (1 - 2 * a * one + a * a)
    power = 0.5 * float(a) ** 2 * (1 - float(a) ** (2 * m)) / (1 - float(a) ** 2)
    return total / np.float32(np.sqrt(power))


def choose_harmonics(highest: float, rate: int) -> int:
    """How many harmonics of the highest pitch (Hz) stay below 0.42 of the rate, 1 to 400."""
    return int(min(max(0.42 * rate / highest, 1), 400))


def decay_for(edge: float, harmonics: int) -> float:
    """Decay from one harmonic to the next: harmonic (1 - edge) ** -1.5 is at -20 dB.

    An edge of 0.1 is nearly a sine, one of 0.9 a pulse with thirty strong harmonics. The last
    harmonic is never above -20 dB, so that the spectrum has no hard upper end.
    """
    reach = min(max(1 - edge, 1e-3) ** -1.5, harmonics)
    return float(10 ** (-1 / reach))


def wander(rng: np.random.Generator, count: int, rate: float, cutoff: float) -> Array:
    """Smooth noise of unit power: `count` values at `rate` a second, below `cutoff` Hz."""
    if cutoff >= 0.45 * rate:
        return rng.standard_normal(count, dtype=np.float32)
    pad = int(2 * rate / cutoff)
    noise = rng.standard_normal(count + 2 * pad, dtype=np.float32)
    smooth = signal.sosfilt(signal.butter(2, cutoff, fs=rate, output="sos"), noise)[pad:-pad]
    return (smooth / np.sqrt(2.2 * cutoff / rate)).astype(np.float32)


def make_beat(phase: NDArray[np.float64], depth: float, sharp: float) -> Array:
    """A gain that pulses once a cycle, 1 at the top, 1 - depth between; ``sharp`` shortens it."""
    hump = 0.5 + 0.5 * np.cos(TWO_PI * fraction(phase))
    return (1 - depth) + depth * hump ** np.float32(sharp)
