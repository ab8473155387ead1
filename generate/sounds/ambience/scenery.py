"""Wind, leaves and insects as seamless loops; drops and birds as short sounds to lay into one."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy import fft

RATE = 44_100
Array = NDArray[np.float32]


def gain(decibels: float) -> np.float32:
    """Amplitude of a level in dB."""
    return np.float32(10 ** (decibels / 20))


def spread(mono: Array, pan: float) -> Array:
    """One channel (n,) between two loudspeakers (n, 2) at equal power; pan -1 left to 1 right."""
    angle = np.pi / 4 * (1 + pan)
    return mono[:, None] * np.array([np.cos(angle), np.sin(angle)], np.float32)


def add_wrapped(
    bed: Array, sound: Array, rng: np.random.Generator, level: np.float32, pan: float
) -> None:
    """Add a sound to the bed at a random place; what passes the end continues at the beginning."""
    start = int(rng.integers(len(bed)))
    at = (start + np.arange(len(sound))) % len(bed)
    for side, share in enumerate(spread(np.ones(1, np.float32), pan)[0]):
        np.add.at(bed[:, side], at, sound * (level * share))


def shape_noise(
    rng: np.random.Generator, n: int, colour: Callable[[NDArray[np.float64]], NDArray[np.float64]]
) -> Array:
    """Noise of unit power and period n; `colour` gives its spectrum for frequencies in Hz."""
    f = fft.rfftfreq(n, 1 / RATE)
    spectrum = colour(f) * np.exp(2j * np.pi * rng.random(len(f)))
    spectrum[0] = 0
    noise = fft.irfft(spectrum, n)
    return (noise / np.sqrt(np.mean(noise**2))).astype(np.float32)


def swell(rng: np.random.Generator, n: int, fastest: float, depth: float) -> Array:
    """A slow gain of period n: smooth noise below `fastest` Hz, within 1 ± depth."""
    wave = shape_noise(rng, n, lambda f: np.exp(-((f / fastest) ** 2)))
    return 1 + np.float32(depth) * np.tanh(wave)


def make_wind(rng: np.random.Generator, n: int, bright: float) -> Array:
    """Wind in the canopy (n, 2): low noise with gusts that move from side to side."""

    def colour(f: NDArray[np.float64]) -> NDArray[np.float64]:
        return (f / (f + 60.0)) / (1 + (f / bright) ** 2) ** 0.75

    gust = swell(rng, n, 0.22, 0.55)
    sides = [shape_noise(rng, n, colour) * swell(rng, n, 0.4, 0.3) for _ in range(2)]
    return np.stack(sides, axis=1) * gust[:, None]


def make_rustle(rng: np.random.Generator, n: int) -> Array:
    """Leaves (n, 2): bright noise in many short flutters."""

    def colour(f: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.exp(-0.5 * (np.log2((f + 1) / 3800.0) / 0.9) ** 2)

    sides = []
    for _ in range(2):
        flutter = np.log1p(np.exp(2 * shape_noise(rng, n, lambda f: np.exp(-((f / 5.0) ** 2)))))
        sides.append(shape_noise(rng, n, colour) * flutter * swell(rng, n, 0.3, 0.6))
    return np.stack(sides, axis=1)


def make_cricket(rng: np.random.Generator, n: int, carrier: float) -> Array:
    """A cricket (n,): a whole number of chirps, each of three or four pulses."""
    seconds = n / RATE
    chirps = max(round(seconds * rng.uniform(1.6, 2.8)), 1)
    pulses = int(rng.integers(3, 5))
    place = (np.arange(n) * (chirps / n) + rng.random()) % 1.0
    within = place * chirps**-1 * seconds * 30.0
    inside = within < pulses
    pulse = np.where(inside, np.sin(np.pi * np.clip((within % 1.0) / 0.62, 0, 1)) ** 2, 0.0)
    cycles = round(carrier * seconds)
    slide = 0.4 * np.sin(2 * np.pi * within / pulses) * inside
    wave = np.sin(2 * np.pi * (np.arange(n) * (cycles / n)) + slide)
    return (wave * pulse * swell(rng, n, 0.25, 0.5)).astype(np.float32)


def make_cicada(rng: np.random.Generator, n: int, carrier: float) -> Array:
    """A cicada (n,): a band of noise that rattles some eighty times a second and swells."""
    seconds = n / RATE

    def colour(f: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.exp(-0.5 * ((f - carrier) / 260.0) ** 2)

    rattle = round(seconds * rng.uniform(70, 95))
    phase = np.arange(n) * (rattle / n)
    song = np.clip(swell(rng, n, 0.3, 0.9) - 0.35, 0, None)
    wave = shape_noise(rng, n, colour) * (0.25 + 0.75 * np.cos(np.pi * phase) ** 4) * song
    return wave.astype(np.float32)


def make_drop(rng: np.random.Generator) -> Array:
    """A drop into a pool (m,): the tone of a bubble, rising as it decays (Minnaert 1933)."""
    t = np.arange(int(0.16 * RATE)) / RATE
    pitch = rng.uniform(700, 2400)
    phase = 2 * np.pi * np.cumsum(pitch * (1 + rng.uniform(0.8, 3.0) * t)) / RATE
    fall = np.exp(-t * rng.uniform(28, 60)) * np.minimum(1, t / 0.002)
    return (np.sin(phase) * fall * np.clip((t[-1] - t) / 0.02, 0, 1)).astype(np.float32)


def make_bird(rng: np.random.Generator) -> Array:
    """A small bird far away (m,): a few whistled glides."""
    notes = []
    base = rng.uniform(2200, 4600)
    for _ in range(int(rng.integers(2, 6))):
        t = np.linspace(0, 1, int(rng.uniform(0.06, 0.16) * RATE))
        start, end = base * rng.uniform(0.85, 1.2, 2)
        pitch = start + (end - start) * t + base * 0.02 * np.sin(2 * np.pi * t * rng.uniform(1, 5))
        note = np.sin(2 * np.pi * np.cumsum(pitch) / RATE) * np.sin(np.pi * t) ** 1.5
        notes += [note, np.zeros(int(rng.uniform(0.03, 0.12) * RATE))]
    return np.concatenate(notes).astype(np.float32)


def soften(mono: Array, cutoff: float) -> Array:
    """A call heard from far away: air absorbs the high frequencies."""
    spectrum = fft.rfft(mono)
    f = fft.rfftfreq(len(mono), 1 / RATE)
    return fft.irfft(spectrum / (1 + (f / cutoff) ** 2), len(mono)).astype(np.float32)
