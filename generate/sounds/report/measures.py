"""Measure sounds: syllables, timbre, whose voice it is, pitch, seams of loops."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import fft, linalg, ndimage, signal

Array = NDArray[np.float64]


def mix_down(samples: ArrayLike) -> Array:
    """One channel (n,) of samples (n,) or (n, channels)."""
    x = np.asarray(samples, dtype=np.float64)
    return x if x.ndim == 1 else x.mean(axis=1)


def find_nuclei(samples: ArrayLike, rate: int) -> Array:
    """Times in seconds of syllable nuclei: peaks of the loudness envelope below 12 Hz.

    A peak counts if it is 2 dB above the dips around it and within 22 dB of the loudest (after
    Mermelstein 1975, Automatic segmentation of speech into syllabic units).
    """
    x = mix_down(samples)
    sos = signal.butter(2, 12, fs=rate, output="sos")
    step = max(rate // 500, 1)
    padded = np.pad(np.abs(x), rate // 4)
    envelope = np.maximum(signal.sosfiltfilt(sos, padded)[::step], 0)
    level = 20 * np.log10(envelope + 1e-6 * envelope.max() + 1e-12)
    level = np.maximum(level, level.max() - 30)
    peaks, _ = signal.find_peaks(level, height=level.max() - 22, prominence=2.0)
    return peaks * step / rate - 0.25


@lru_cache(maxsize=8)
def make_mel_bank(rate: int, size: int, bands: int = 40, low: float = 40.0) -> Array:
    """Triangular mel filters (bands, size // 2 + 1) from `low` Hz to 0.45 of the rate."""
    mel = np.linspace(
        2595 * np.log10(1 + low / 700), 2595 * np.log10(1 + 0.45 * rate / 700), bands + 2
    )
    edges = 700 * (10 ** (mel / 2595) - 1)
    f = np.arange(size // 2 + 1) * rate / size
    rising = (f[None] - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    falling = (edges[2:, None] - f[None]) / (edges[2:] - edges[1:-1])[:, None]
    return np.clip(np.minimum(rising, falling), 0, None)


def measure_timbre(samples: ArrayLike, rate: int) -> Array:
    """Timbre (80,): mean and deviation in dB of the log-mel spectrum of the loud parts."""
    x = mix_down(samples)
    size = 2048
    x = np.pad(x, (0, max(0, size - len(x))))
    cut = np.lib.stride_tricks.sliding_window_view(x, size)[:: size // 4]
    power = np.abs(fft.rfft(cut * np.hanning(size), axis=1)) ** 2
    total = power.sum(axis=1)
    power = power[total > total.max() * 10 ** (-25 / 10)]
    mel = power @ make_mel_bank(rate, size).T
    # Relative to the level of the sound itself, which mastering decides.
    decibels = 10 * np.log10(mel / mel.sum(axis=1).mean() + 1e-6)
    return np.concatenate([decibels.mean(axis=0), decibels.std(axis=0)])


def judge_identity(features: ArrayLike, owners: Sequence[int]) -> float:
    """Share of sounds whose nearest neighbour (Euclidean) comes from the same beast, 0 to 1."""
    x, who = np.asarray(features, dtype=np.float64), np.asarray(owners)
    gap = np.linalg.norm(x[:, None] - x[None], axis=2)
    np.fill_diagonal(gap, np.inf)
    return float(np.mean(who[gap.argmin(axis=1)] == who))


def compare_spread(features: ArrayLike, owners: Sequence[int]) -> float:
    """Mean distance between sounds of different beasts over that between sounds of one."""
    x, who = np.asarray(features, dtype=np.float64), np.asarray(owners)
    gap = np.linalg.norm(x[:, None] - x[None], axis=2)
    same = who[:, None] == who[None]
    other = np.triu(~same, 1)
    return float(gap[other].mean() / gap[np.triu(same, 1)].mean())


def rank_correlation(a: ArrayLike, b: ArrayLike) -> float:
    """Spearman's coefficient of two sequences."""
    first, second = (np.argsort(np.argsort(np.asarray(v))).astype(np.float64) for v in (a, b))
    return float(np.corrcoef(first, second)[0, 1])


def measure_pitch(samples: ArrayLike, rate: int, low: float = 30.0, high: float = 6000.0) -> float:
    """Median pitch in Hz over loud frames, by the cumulative mean normalised difference.

    De Cheveigné and Kawahara 2002 (YIN), steps 1 to 4. Only the more periodic half of the frames
    counts, since noise decides in the others.
    """
    x = mix_down(samples)
    size = 2 * int(rate / low)
    x = np.pad(x, (0, max(0, 2 * size - len(x))))
    cut = np.lib.stride_tricks.sliding_window_view(x, 2 * size)[:: size // 2]
    energy = np.square(cut).sum(axis=1)
    cut = cut[energy > 0.15 * energy.max()]
    cut = cut[:: max(1, len(cut) // 40)]
    normal = compare_lags(cut, size)
    first = int(rate / high)
    found = []
    clear = normal[:, first:].min(axis=1)
    for row in normal[clear <= np.median(clear)]:
        part = row[first:]
        dips = np.flatnonzero(part < max(0.2, part.min() + 0.05))
        if not len(dips):
            continue
        at = dips[0]
        while at + 1 < len(part) and part[at + 1] < part[at]:
            at += 1
        found.append(rate / (at + first + 1))
    return float(np.median(found)) if found else float("nan")


def compare_lags(cut: Array, size: int) -> Array:
    """How unlike frames (m, 2 * size) are themselves, 1 to size - 1 samples later: (m, size - 1).

    The cumulative mean normalised difference of YIN: near 0 where the lag is a period, near 1 for
    noise.
    """
    spectrum = fft.rfft(cut, 4 * size, axis=1)
    head = fft.rfft(cut[:, :size], 4 * size, axis=1)
    cross = fft.irfft(spectrum * head.conj(), axis=1)[:, :size]
    total = np.concatenate([np.zeros((len(cut), 1)), np.cumsum(np.square(cut), axis=1)], axis=1)
    lag = np.arange(size)
    difference = total[:, [size]] + total[:, lag + size] - total[:, lag] - 2 * cross
    running = np.cumsum(difference[:, 1:], axis=1)
    return np.asarray(difference[:, 1:] * lag[1:] / np.maximum(running, 1e-12))


def measure_seam(samples: ArrayLike, rate: int) -> tuple[float, float]:
    """How audible the seam of a loop is: a click as a ratio, a hole in dB.

    Click: the largest prediction error in the 16 samples after the seam over the RMS error around
    it, by linear prediction of order 16 fitted to 100 ms around the seam; below 4 it cannot be
    heard. Hole: energy of 5 ms at the seam over that within 50 ms.
    """
    x = np.asarray(samples, dtype=np.float64)
    x = x[:, None] if x.ndim == 1 else x
    worst, hole = 0.0, np.inf
    for side in x.T:
        reach = min(rate // 20, len(side) // 2)
        y = np.concatenate([side[-reach:], side[:reach]])
        spectrum = fft.rfft(y * np.hanning(len(y)), 2 * len(y))
        lags = fft.irfft(np.abs(spectrum) ** 2)[:17]
        lags[0] = lags[0] * 1.0001 + 1e-12
        taps = linalg.solve_toeplitz(lags[:16], lags[1:17])
        error = np.abs(signal.lfilter(np.r_[1.0, -taps], [1.0], y))[32:]
        at = reach - 32
        usual = np.sqrt(np.mean(np.square(np.delete(error, np.arange(at, at + 16))))) + 1e-12
        worst = max(worst, float(error[at : at + 16].max() / usual))
        near = ndimage.uniform_filter1d(np.square(y), max(rate // 200, 1))
        hole = min(hole, 10 * np.log10((near[reach] + 1e-14) / (np.square(y).mean() + 1e-14)))
    return worst, float(hole)
