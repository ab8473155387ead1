"""Calls and melodies made by rule, by which the judge is taught and tried.

Calls of eight kinds, and of the built-in voice; melodies of six instruments, with and without
chords, drums and noise. A number decides all of one.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy import signal

from generate.recipe import derive_seed
from generate.sounds.voice.body import imagine_beast
from generate.sounds.voice.voice import speak

Array = NDArray[np.float64]
Chance = np.random.Generator
RATE = 22_050
SCALES = ((0, 2, 4, 5, 7, 9, 11), (0, 2, 3, 5, 7, 8, 10), (0, 2, 4, 7, 9), (0, 3, 5, 6, 7, 10))
SYLLABLES = ("mo", "ru", "sa", "li", "te", "no", "ka", "vi", "she", "pul", "ghan", "ti")


def lay_down(parts: list[tuple[float, Array]], seconds: float) -> Array:
    """Sounds at their times in seconds, added up."""
    out = np.zeros(int(seconds * RATE))
    for start, sound in parts:
        at = int(start * RATE)
        some = sound[: max(0, len(out) - at)]
        out[at : at + len(some)] += some
    return out


def run_phase(hertz: Array) -> Array:
    """The phase in radians of a tone of changing pitch."""
    return 2 * np.pi * np.cumsum(hertz) / RATE


def add_noise(sound: Array, chance: Chance) -> np.ndarray:
    """A little steady noise of any colour below a sound, float32 with a peak of about 1."""
    noise = signal.lfilter(
        [1.0], [1.0, -chance.uniform(0, 0.97)], chance.standard_normal(len(sound))
    )
    noise *= 10 ** (chance.uniform(-70, -28) / 20) / (np.std(noise) + 1e-9)
    return (sound / (np.abs(sound).max() + 1e-9) + noise).astype(np.float32)


def make_call(number: int) -> np.ndarray:
    """A call of an animal, (n,) at `RATE` Hz."""
    chance = np.random.default_rng(derive_seed("judge call", number))
    kind = number % (len(CALLS) + 2)
    if kind >= len(CALLS):
        return speak_call(number, chance)
    seconds = chance.uniform(1.2, 5.0)
    return add_noise(CALLS[kind](chance, seconds), chance)


def speak_call(number: int, chance: Chance) -> np.ndarray:
    """A phrase of the built-in voice."""
    count = int(chance.integers(2, 9))
    words = ["".join(chance.choice(SYLLABLES, int(chance.integers(1, 4)))) for _ in range(count)]
    spoken = speak(" ".join(words), imagine_beast(derive_seed("judge beast", number), {}, ""))
    mono = spoken.samples.mean(axis=1).astype(np.float64)
    return add_noise(signal.resample_poly(mono, RATE, spoken.rate), chance)


def scatter(chance: Chance, seconds: float, gap: tuple[float, float]) -> list[float]:
    """Times of the sounds of a call: in bouts, unevenly."""
    times, at = [], chance.uniform(0, 0.3)
    while at < seconds - 0.1:
        times.append(at)
        at += chance.uniform(*gap) * chance.lognormal(0, 0.35)
    return times


def swell(chance: Chance, length: int) -> Array:
    """A rise and fall, of any shape."""
    along = np.linspace(0, 1, length)
    return np.sin(np.pi * along ** chance.uniform(0.4, 1.6)) ** chance.uniform(0.6, 2)


def bark(chance: Chance, seconds: float) -> Array:
    """Short falling harsh sounds."""
    low = chance.uniform(180, 900)
    parts = []
    for at in scatter(chance, seconds, (0.25, 1.1)):
        n = int(chance.uniform(0.08, 0.3) * RATE)
        fall = low * chance.uniform(0.85, 1.2) * (1.5 - np.linspace(0, 0.8, n))
        tone = signal.sawtooth(
            run_phase(fall * (1 + 0.02 * chance.standard_normal(n).cumsum() / 30))
        )
        parts.append((at, (tone + 0.6 * chance.standard_normal(n)) * swell(chance, n)))
    return lay_down(parts, seconds)


def howl(chance: Chance, seconds: float) -> Array:
    """Long tones that glide up and down, as of wolves and gibbons."""
    n = int(seconds * RATE)
    knots = 2 ** np.cumsum(chance.normal(0, 0.35, 6))
    course = chance.uniform(200, 1200) * np.interp(np.linspace(0, 5, n), np.arange(6), knots)
    course = np.clip(course, 80, 6000) * (1 + 0.01 * np.sin(run_phase(np.full(n, 5.5))))
    phase = run_phase(course)
    tone = sum(np.sin(k * phase) / k ** chance.uniform(1, 2.5) for k in range(1, 5))
    return np.asarray(tone) * swell(chance, n)


def crow(chance: Chance, seconds: float) -> Array:
    """Four or so sounds of growing length, harsh and bending, as of a rooster."""
    base, parts, at = chance.uniform(400, 900), [], 0.05
    for length in np.array([0.15, 0.2, 0.2, 0.9]) * chance.uniform(0.8, 1.3):
        n = int(length * RATE)
        along = np.linspace(0, 1, n)
        bend = 1 + chance.uniform(0.1, 0.5) * np.sin(np.pi * along) - 0.2 * along**3
        phase = run_phase(base * bend * chance.uniform(0.9, 1.25))
        tone = sum(np.sin(k * phase) / k**0.8 for k in range(1, 9))
        rough = 1 + 0.4 * np.sin(run_phase(np.full(n, chance.uniform(30, 70))))
        parts.append((at, np.asarray(tone) * rough * swell(chance, n)))
        at += length + chance.uniform(0.02, 0.12)
    return lay_down(parts, max(at, seconds))


def chirp(chance: Chance, seconds: float) -> Array:
    """Quick sweeps of small birds."""
    parts = []
    for at in scatter(chance, seconds, (0.08, 0.5)):
        n = int(chance.uniform(0.03, 0.16) * RATE)
        first, last = chance.uniform(1500, 7000, 2)
        parts.append((at, np.sin(run_phase(np.linspace(first, last, n))) * swell(chance, n)))
    return lay_down(parts, seconds)


def trill(chance: Chance, seconds: float) -> Array:
    """A fast even row of short sounds at one pitch, as of crickets, frogs and woodpeckers."""
    rate, hertz = chance.uniform(9, 40), chance.uniform(300, 6000)
    n = int(seconds * RATE)
    t = np.arange(n) / RATE
    gate = np.clip(np.sin(2 * np.pi * rate * t), 0, 1) ** chance.uniform(0.5, 3)
    noisy = chance.standard_normal(n) if chance.random() < 0.4 else 0.0
    bouts = np.repeat(chance.random(int(seconds / 0.4) + 1) < 0.75, int(0.4 * RATE))[:n]
    drift = np.full(n, hertz) * (1 + 0.03 * np.sin(2 * np.pi * 0.4 * t))
    return (np.sin(run_phase(drift)) + noisy) * gate * np.resize(bouts, n)


def growl(chance: Chance, seconds: float) -> Array:
    """Rough low breath."""
    n = int(seconds * RATE)
    low = chance.uniform(60, 300)
    sos = signal.butter(2, [low, low * chance.uniform(3, 12)], "bandpass", fs=RATE, output="sos")
    noise = signal.sosfilt(sos, chance.standard_normal(n))
    beat = 1 + np.sin(run_phase(np.full(n, chance.uniform(15, 60)) * (1 + 0.1 * swell(chance, n))))
    return noise * beat * swell(chance, n)


def hoot(chance: Chance, seconds: float) -> Array:
    """Soft tones of nearly one pitch, as of owls and doves: the call most like a note."""
    hertz, parts = chance.uniform(200, 900), []
    for at in scatter(chance, seconds, (0.4, 1.2)):
        n = int(chance.uniform(0.15, 0.7) * RATE)
        bend = 1 + chance.uniform(0.02, 0.12) * np.sin(np.pi * np.linspace(0, 1, n))
        parts.append((at, np.sin(run_phase(hertz * bend)) * swell(chance, n)))
    return lay_down(parts, seconds)


def hiss(chance: Chance, seconds: float) -> Array:
    """Breath through teeth, in a few pushes."""
    parts = []
    for at in scatter(chance, seconds, (0.4, 1.4)):
        n = int(chance.uniform(0.2, 0.9) * RATE)
        sos = signal.butter(2, chance.uniform(800, 3500), "high", fs=RATE, output="sos")
        parts.append((at, signal.sosfilt(sos, chance.standard_normal(n)) * swell(chance, n)))
    return lay_down(parts, seconds)


CALLS: tuple[Callable[[Chance, float], Array], ...] = (
    *(bark, howl, crow, chirp, trill, growl, hoot, hiss),
)


def pluck(chance: Chance, hertz: float, n: int) -> Array:
    """A string that dies away."""
    t = np.arange(n) / RATE
    tone = sum(np.sin(2 * np.pi * hertz * k * t) * np.exp(-t * (2 + k)) / k for k in range(1, 7))
    return np.asarray(tone)


def organ(chance: Chance, hertz: float, n: int) -> Array:
    """A steady tone."""
    t = np.arange(n) / RATE
    tone = sum(np.sin(2 * np.pi * hertz * k * t) / k for k in (1, 2, 3, 4))
    return np.asarray(tone) * np.minimum(1, np.minimum(t, t[::-1]) / 0.02)


def bow(chance: Chance, hertz: float, n: int) -> Array:
    """A bowed string with vibrato."""
    t = np.arange(n) / RATE
    course = hertz * (1 + chance.uniform(0.001, 0.006) * np.sin(2 * np.pi * 5.5 * t))
    tone = sum(np.sin(k * run_phase(course)) / k for k in range(1, 9))
    return np.asarray(tone) * np.minimum(1, np.minimum(t, t[::-1]) / 0.06)


def bell(chance: Chance, hertz: float, n: int) -> Array:
    """A bell by frequency modulation (Chowning 1973)."""
    t = np.arange(n) / RATE
    inner = 3 * np.exp(-3 * t) * np.sin(2 * np.pi * hertz * 1.4 * t)
    return np.sin(2 * np.pi * hertz * t + inner) * np.exp(-2.5 * t)


def square(chance: Chance, hertz: float, n: int) -> Array:
    """The square wave of old games."""
    t = np.arange(n) / RATE
    return signal.square(2 * np.pi * hertz * t) * np.minimum(1, t[::-1] / 0.01)


def pad(chance: Chance, hertz: float, n: int) -> Array:
    """Several detuned saws that swell."""
    t = np.arange(n) / RATE
    tone = sum(signal.sawtooth(2 * np.pi * hertz * d * t) for d in (0.997, 1.0, 1.004))
    soft = signal.lfilter([0.2], [1, -0.8], np.asarray(tone))
    return soft * np.minimum(1, np.minimum(t, t[::-1]) / 0.08)


INSTRUMENTS: tuple[Callable[[Chance, float, int], Array], ...] = (
    *(pluck, organ, bow, bell, square, pad),
)


def make_melody(number: int) -> np.ndarray:
    """A piece of music, (n,) at `RATE` Hz."""
    chance = np.random.default_rng(derive_seed("judge melody", number))
    play = INSTRUMENTS[number % len(INSTRUMENTS)]
    seconds, beat = chance.uniform(1.6, 5.0), 60 / chance.uniform(70, 170)
    scale = SCALES[int(chance.integers(len(SCALES)))]
    root, degree, at = chance.uniform(110, 520), int(chance.integers(0, 6)), 0.02
    chords, parts = chance.random() < 0.35, []
    while at < seconds - 0.1:
        length = beat * chance.choice([0.5, 0.5, 1, 1, 1, 1.5, 2])
        if chance.random() > 0.1:  # else a rest
            for step in (0, 2, 4) if chords else (0,):
                place = degree + step
                tone = scale[place % len(scale)] + 12 * (place // len(scale))
                n = max(int(min(length * 0.95, 2.0) * RATE), 400)
                parts.append(
                    (at, chance.uniform(0.6, 1) * play(chance, root * 2 ** (tone / 12), n))
                )
        degree = int(np.clip(degree + chance.integers(-3, 4), -3, 10))
        at += length
    if chance.random() < 0.4:
        parts += drum(chance, seconds, beat)
    return add_noise(lay_down(parts, seconds), chance)


def drum(chance: Chance, seconds: float, beat: float) -> list[tuple[float, Array]]:
    """A drum on each beat or half of it."""
    n = int(0.09 * RATE)
    fade = np.exp(-np.arange(n) / (0.02 * RATE))
    every = beat * chance.choice([0.5, 1])
    return [(at, chance.standard_normal(n) * fade) for at in np.arange(0.02, seconds - 0.1, every)]
