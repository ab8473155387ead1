"""What tells music from a call: held tones, their pitches, rhythm, harmonicity. All from 0 to 1.

The strongest partial of each moment is followed, so that chords count as well as a single voice.
"""

from dataclasses import astuple, dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import fft, ndimage, signal

Array = NDArray[np.float64]
RATE, SIZE, HOP = 22_050, 2048, 220
# A tone is held while it moves by less than so many cents a frame of 10 ms, for so many frames.
STILL, LEAST = 7.0, 9
# Frames within so many dB of the loudest count.
REACH = 25.0
# Two held tones are the same note within so many cents.
NOTE = 60.0


@dataclass(frozen=True)
class Traits:
    """held: share of the loud frames on a held tone. notes: different held pitches, 8 or more are
    1. steps: share of the changes of held pitch that are whole semitones, less what chance gives.
    beat: how regular onsets are. pulse: how alike the times between onsets are. clear: share of the
    power in the strongest partials. glide: how fast the strongest partial moves.
    """

    held: float
    notes: float
    steps: float
    beat: float
    pulse: float
    clear: float
    glide: float

    @property
    def values(self) -> Array:
        return np.array(astuple(self))


def measure_traits(samples: NDArray[np.float32], rate: int) -> Traits:
    """The traits of a clip (n,) or (n, channels); all 0 for one that is silent or very short."""
    mono = take_mono(samples, rate)
    if len(mono) < 4 * SIZE or not mono.any():
        return Traits(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    cut = np.lib.stride_tricks.sliding_window_view(mono, SIZE)[::HOP]
    power = np.abs(fft.rfft(cut * signal.windows.hann(SIZE), 2 * SIZE, axis=1)) ** 2
    level = 10 * np.log10(power.sum(axis=1) + 1e-12)
    loud = level > level.max() - REACH
    cents, share = follow_peak(power)
    move = np.abs(np.diff(cents, prepend=cents[0]))
    still = (move < STILL) & loud
    runs = ndimage.label(still)[0]
    lengths = np.bincount(runs)
    held = still & (lengths[runs] >= LEAST)
    pitches = [float(np.median(cents[runs == run])) for run in np.unique(runs[held])]
    smooth = ndimage.gaussian_filter1d(np.maximum(level, level.max() - 50), 1.5)
    onsets = np.maximum(np.diff(smooth), 0)
    return Traits(
        held=float(held.sum() / max(loud.sum(), 1)),
        notes=min(count_notes(pitches), 8) / 8,
        steps=measure_steps(pitches),
        beat=measure_beat(onsets),
        pulse=measure_pulse(onsets),
        clear=float(np.median(share[loud])),
        glide=float(np.clip(np.log1p(np.median(move[loud])) / np.log1p(400), 0, 1)),
    )


def take_mono(samples: NDArray[np.float32], rate: int) -> Array:
    """One channel at `RATE` Hz, its peak 1."""
    mono = np.nan_to_num(np.asarray(samples, np.float64))
    mono = mono if mono.ndim == 1 else mono.mean(axis=1)
    if rate != RATE and len(mono):
        common = int(np.gcd(rate, RATE))
        mono = signal.resample_poly(mono, RATE // common, rate // common)
    return mono / max(float(np.abs(mono).max(initial=0)), 1e-9)


def follow_peak(power: Array) -> tuple[Array, Array]:
    """Cents of the strongest partial of each frame, and its share of the frame's power."""
    first = 8
    peak = power[:, first:-1].argmax(axis=1) + first
    rows = np.arange(len(power))
    a, b, c = (np.log(power[rows, peak + k] + 1e-12) for k in (-1, 0, 1))
    bend = np.where(np.abs(a - 2 * b + c) < 1e-9, -1.0, a - 2 * b + c)
    place = peak + np.clip(0.5 * (a - c) / bend, -1, 1)
    near = np.stack([power[rows, np.clip(peak + k, 0, power.shape[1] - 1)] for k in range(-4, 5)])
    return 1200 * np.log2(place), near.sum(axis=0) / (power.sum(axis=1) + 1e-12)


def count_notes(pitches: list[float]) -> int:
    """How many different pitches there are."""
    found: list[float] = []
    for pitch in pitches:
        if all(abs(pitch - one) > NOTE for one in found):
            found.append(pitch)
    return len(found)


def measure_steps(pitches: list[float]) -> float:
    """How near changes of pitch are to whole semitones: 0 as by chance, 1 exactly.

    The resultant length of the changes on a circle of 100 cents, less what so few give by chance.
    """
    steps = np.diff(pitches)
    steps = steps[(np.abs(steps) > NOTE) & (np.abs(steps) < 2500)]
    if len(steps) < 2:
        return 0.0
    length = float(np.cos(2 * np.pi * steps / 100).mean())
    return max(0.0, length - 0.7 / np.sqrt(len(steps)))


def measure_beat(onsets: Array) -> float:
    """Highest autocorrelation of the onsets at lags of 0.2 to 1.2 s (Scheirer 1998, simplified)."""
    x = onsets - onsets.mean()
    if len(x) < 120 or not x.any():
        return 0.0
    lags = fft.irfft(np.abs(fft.rfft(x, 2 * len(x))) ** 2)[: len(x)]
    lags = lags / lags[0] / np.maximum(1 - np.arange(len(lags)) / len(lags), 0.3)
    return float(np.clip(lags[20 : min(120, len(x) * 2 // 3)].max(), 0, 1))


def measure_pulse(onsets: Array) -> float:
    """1 where the times between onsets are multiples of one, nearly 0 where they are any."""
    peaks = signal.find_peaks(onsets, height=0.25 * onsets.max() + 1e-9, distance=6)[0]
    if len(peaks) < 4:
        return 0.0
    gaps = np.diff(peaks).astype(np.float64)
    unit = np.median(gaps)
    fits = [np.exp(1j * 2 * np.pi * gaps / (unit / k)).mean().real / k for k in (1, 2)]
    return float(np.clip(max(fits), 0, 1))
