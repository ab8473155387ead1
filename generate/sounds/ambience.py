"""The jungle around the beasts, one seamless bed for each hour of the day; no files read.

Everything is periodic by construction: noise is made in the frequency domain of the loop, slow
swells fit it a whole number of times, events run over its end into its beginning, and so does
their reverberation.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from generate.errors import Refusal
from generate.recipe import derive_seed
from generate.sounds.beast import Beast
from generate.sounds.encoding import FRAME
from generate.sounds.reverb import grow_room, surround
from generate.sounds.voice import speak

RATE = 44_100
Array = NDArray[np.float32]


@dataclass(frozen=True)
class Hour:
    """What is heard at an hour: levels in dB and counts of events in twelve seconds.

    wind and its brightness (Hz), rain-like rustle; crickets (a carrier in Hz each), cicadas; water
    drops; frogs; birds; far calls, each of a beast of some family and mass (kg).
    """

    wind: float
    bright: float
    rustle: float
    crickets: tuple[float, ...] = ()
    cicadas: tuple[float, ...] = ()
    drops: int = 0
    birds: int = 0
    far: tuple[tuple[str, float], ...] = ()


HOURS: dict[str, Hour] = {
    "dawn": Hour(
        -41, 420, -56, crickets=(4300.0,), drops=14, birds=9, far=(("howler", 9.0), ("singer", 0.2))
    ),
    "day": Hour(-40, 700, -51, cicadas=(5200.0, 6900.0), drops=3, birds=5, far=(("chatterer", 8.0),)),
    "dusk": Hour(
        -42,
        380,
        -55,
        crickets=(3900.0, 4800.0),
        cicadas=(5800.0,),
        drops=5,
        birds=3,
        far=(("hummer", 60.0), ("howler", 20.0)),
    ),
    "night": Hour(
        -42,
        260,
        -58,
        crickets=(3600.0, 4200.0, 5100.0),
        drops=9,
        far=(("croaker", 0.8), ("croaker", 1.5), ("roarer", 150.0)),
    ),
}


def make_bed(hour: str, seed: int, seconds: float = 12.0) -> Array:
    """Ambience (n, 2) at 44.1 kHz for "dawn", "day", "dusk" or "night"; repeats without a seam.

    Raises `Refusal` for another hour and for less than two seconds.
    """
    if hour not in HOURS:
        raise Refusal(f"ambience: no hour {hour!r}; known: {', '.join(HOURS)}")
    if not 2.0 <= seconds <= 600.0:
        raise Refusal(f"ambience: {seconds} s; it must last 2 to 600 seconds")
    # Whole frames of an MP3, so that both sides of the seam meet the encoder in the same phase.
    heard, n = HOURS[hour], round(seconds * RATE / FRAME) * FRAME
    rng = np.random.default_rng(derive_seed("bed", hour, seed))
    turns = seconds / 12.0
    far = np.zeros((n, 2), np.float32)
    for _ in range(round(heard.drops * turns)):
        add(far, make_drop(rng), rng, gain(rng.uniform(-33, -21)), rng.uniform(-0.9, 0.9))
    for _ in range(round(heard.birds * turns)):
        add(far, make_bird(rng), rng, gain(rng.uniform(-34, -25)), rng.uniform(-0.9, 0.9))
    for number, (family, mass) in enumerate(heard.far):
        call = speak("o oru uo", Beast(derive_seed(seed, hour, number), mass, family), "calm")
        mono = soften(call.samples.mean(axis=1), 1600.0)
        add(far, mono, rng, gain(-19), rng.uniform(-0.8, 0.8))
    room = grow_room(derive_seed("bed", seed) % 8, RATE, 1.6, 3000.0)
    bed = surround(far, room, 0.9)
    bed += make_wind(rng, n, heard.bright) * gain(heard.wind)
    bed += make_rustle(rng, n) * gain(heard.rustle)
    for carrier in heard.crickets:
        pan = rng.uniform(-0.8, 0.8)
        bed += spread(make_cricket(rng, n, carrier * rng.uniform(0.97, 1.03)), pan) * gain(-37)
    for carrier in heard.cicadas:
        pan = rng.uniform(-0.6, 0.6)
        bed += spread(make_cicada(rng, n, carrier * rng.uniform(0.95, 1.05)), pan) * gain(-38)
    return bed.astype(np.float32)


def gain(decibels: float) -> np.float32:
    """Amplitude of a level in dB."""
    return np.float32(10 ** (decibels / 20))


def spread(mono: Array, pan: float) -> Array:
    """One channel (n,) between two loudspeakers (n, 2) at equal power; pan -1 left to 1 right."""
    angle = np.pi / 4 * (1 + pan)
    return mono[:, None] * np.array([np.cos(angle), np.sin(angle)], np.float32)


def add(bed: Array, sound: Array, rng: np.random.Generator, level: np.float32, pan: float) -> None:
    """Lay a sound somewhere into the bed, its end running into the bed's beginning."""
    start = int(rng.integers(len(bed)))
    at = (start + np.arange(len(sound))) % len(bed)
    for side, share in enumerate(spread(np.ones(1, np.float32), pan)[0]):
        np.add.at(bed[:, side], at, sound * (level * share))


def shape_noise(
    rng: np.random.Generator, n: int, colour: Callable[[NDArray[np.float64]], NDArray[np.float64]]
) -> Array:
    """Noise of unit power and period n whose spectrum is `colour` of the frequency in Hz."""
    f = fft.rfftfreq(n, 1 / RATE)
    spectrum = colour(f) * np.exp(2j * np.pi * rng.random(len(f)))
    spectrum[0] = 0
    noise = fft.irfft(spectrum, n)
    return (noise / np.sqrt(np.mean(noise**2))).astype(np.float32)


def swell(rng: np.random.Generator, n: int, fastest: float, depth: float) -> Array:
    """A slow gain of period n around 1: smooth noise below `fastest` Hz, within 1 ± depth."""
    wave = shape_noise(rng, n, lambda f: np.exp(-((f / fastest) ** 2)))
    return 1 + np.float32(depth) * np.tanh(wave)


def make_wind(rng: np.random.Generator, n: int, bright: float) -> Array:
    """Wind in the canopy (n, 2): falling noise whose gusts pass from side to side."""

    def colour(f: NDArray[np.float64]) -> NDArray[np.float64]:
        return (f / (f + 60.0)) / (1 + (f / bright) ** 2) ** 0.75

    gust = swell(rng, n, 0.22, 0.55)
    sides = [shape_noise(rng, n, colour) * swell(rng, n, 0.4, 0.3) for _ in range(2)]
    return np.stack(sides, axis=1) * gust[:, None]


def make_rustle(rng: np.random.Generator, n: int) -> Array:
    """Leaves (n, 2): bright noise broken into many small flutters."""

    def colour(f: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.exp(-0.5 * (np.log2((f + 1) / 3800.0) / 0.9) ** 2)

    sides = []
    for _ in range(2):
        flutter = np.log1p(np.exp(2 * shape_noise(rng, n, lambda f: np.exp(-((f / 5.0) ** 2)))))
        sides.append(shape_noise(rng, n, colour) * flutter * swell(rng, n, 0.3, 0.6))
    return np.stack(sides, axis=1)


def make_cricket(rng: np.random.Generator, n: int, carrier: float) -> Array:
    """A cricket (n,): chirps of three or four pulses, a whole number of them in the loop."""
    seconds = n / RATE
    chirps = max(round(seconds * rng.uniform(1.6, 2.8)), 1)
    pulses = int(rng.integers(3, 5))
    place = (np.arange(n) * (chirps / n) + rng.random()) % 1.0
    within = place * chirps ** -1 * seconds * 30.0
    inside = within < pulses
    pulse = np.where(inside, np.sin(np.pi * np.clip((within % 1.0) / 0.62, 0, 1)) ** 2, 0.0)
    cycles = round(carrier * seconds)
    slide = 0.4 * np.sin(2 * np.pi * within / pulses) * inside
    wave = np.sin(2 * np.pi * (np.arange(n) * (cycles / n)) + slide)
    return (wave * pulse * swell(rng, n, 0.25, 0.5)).astype(np.float32)


def make_cicada(rng: np.random.Generator, n: int, carrier: float) -> Array:
    """A cicada (n,): a band of noise rattled some eighty times a second, rising and falling."""
    seconds = n / RATE

    def colour(f: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.exp(-0.5 * ((f - carrier) / 260.0) ** 2)

    rattle = round(seconds * rng.uniform(70, 95))
    phase = np.arange(n) * (rattle / n)
    song = np.clip(swell(rng, n, 0.3, 0.9) - 0.35, 0, None)
    wave = shape_noise(rng, n, colour) * (0.25 + 0.75 * np.cos(np.pi * phase) ** 4) * song
    return wave.astype(np.float32)


def make_drop(rng: np.random.Generator) -> Array:
    """A drop into a pool (m,): a bubble's ring that rises as it dies (Minnaert 1933)."""
    t = np.arange(int(0.16 * RATE)) / RATE
    pitch = rng.uniform(700, 2400)
    phase = 2 * np.pi * np.cumsum(pitch * (1 + rng.uniform(0.8, 3.0) * t)) / RATE
    fall = np.exp(-t * rng.uniform(28, 60)) * np.minimum(1, t / 0.002)
    return (np.sin(phase) * fall * np.clip((t[-1] - t) / 0.02, 0, 1)).astype(np.float32)


def make_bird(rng: np.random.Generator) -> Array:
    """A small bird far off (m,): a few whistled glides."""
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
    """What distance does to a call: the air takes its high notes."""
    spectrum = fft.rfft(mono)
    f = fft.rfftfreq(len(mono), 1 / RATE)
    return fft.irfft(spectrum / (1 + (f / cutoff) ** 2), len(mono)).astype(np.float32)
