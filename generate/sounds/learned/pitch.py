"""Follow the pitch of a sound from moment to moment.

Each moment offers a few periods (YIN: de Cheveigné and Kawahara 2002); the line through them that
jumps least is taken, as in pYIN (Mauch and Dixon 2014), which chooses among several thresholds.
"""

import numpy as np
from numpy.typing import NDArray

from generate.sounds.report.measures import compare_lags

Array = NDArray[np.float64]
OFFERS = 6
# What a jump of an octave between two moments costs, in units of unlikeness.
LEAP = 1.2
# Higher pitches are preferred a little: two periods are as much a period as one.
LATE = 0.04
# Moments that are worked on at a time, for the memory's sake.
MANY = 400


def follow_pitch(
    mono: Array, rate: int, step: int, low: float = 60.0, high: float = 4500.0
) -> tuple[Array, Array]:
    """Pitch in Hz and clearness, 0 (noise) to 1 (a steady tone), every ``step`` samples of (n,).

    Between ``low`` and ``high`` Hz; where nothing is periodic the pitch is the likeliest one all
    the same, and its clearness tells.
    """
    size = int(rate / low) + 2
    count = len(mono) // step + 1
    padded = np.pad(np.asarray(mono, np.float64), (size, size + step))
    cut = np.lib.stride_tricks.sliding_window_view(padded, 2 * size)[::step][:count]
    periods = np.empty((len(cut), OFFERS))
    unlike = np.empty((len(cut), OFFERS))
    first = max(2, int(rate / high))
    for at in range(0, len(cut), MANY):
        some = slice(at, at + MANY)
        normal = compare_lags(np.ascontiguousarray(cut[some]), size)[:, first - 1 :]
        periods[some], unlike[some] = offer_periods(normal, first)
    chosen = choose_line(np.log2(periods), unlike)
    rows = np.arange(len(cut))
    found = periods[rows, chosen]
    depth = unlike[rows, chosen] - LATE * np.log2(found / first)
    return rate / found, 1 - np.clip(depth, 0, 1)


def offer_periods(normal: Array, first: int) -> tuple[Array, Array]:
    """The `OFFERS` best dips of each row of ``normal``, whose lags begin at ``first``.

    Periods in samples, between samples where the dip lies there, and how unlike they are.
    """
    inner = normal[:, 1:-1]
    dips = (inner <= normal[:, :-2]) & (inner < normal[:, 2:])
    lags = np.arange(first + 1, first + 1 + inner.shape[1])
    # Where a period is a few samples long, the dip between two of them is deeper than they are.
    before, after = normal[:, :-2] - inner, normal[:, 2:] - inner
    deep = inner - np.where(dips, (before - after) ** 2 / (8 * np.maximum(before + after, 1e-9)), 0)
    cost = np.where(dips, np.maximum(deep, 0) + LATE * np.log2(lags / first), 9.0)
    best = np.argpartition(cost, OFFERS, axis=1)[:, :OFFERS]
    a, b, c = (np.take_along_axis(normal, best + k, axis=1) for k in (0, 1, 2))
    bend = a - 2 * b + c
    shift = np.where(bend > 1e-9, 0.5 * (a - c) / np.where(bend > 1e-9, bend, 1), 0.0)
    found = np.take_along_axis(cost, best, axis=1)
    return lags[best] + np.clip(shift, -0.5, 0.5), np.where(found < 9.0, found, 1.5)


def choose_line(octaves: Array, unlike: Array) -> NDArray[np.int64]:
    """Which offer of each moment lies on the likeliest line (Viterbi)."""
    best = unlike[0].copy()
    origins = np.zeros(octaves.shape, np.int64)
    for moment in range(1, len(octaves)):
        leap = LEAP * np.abs(octaves[moment][None, :] - octaves[moment - 1][:, None])
        total = best[:, None] + np.minimum(leap, 2 * LEAP)
        origins[moment] = total.argmin(axis=0)
        best = total.min(axis=0) + unlike[moment]
    line = np.empty(len(octaves), np.int64)
    line[-1] = best.argmin()
    for moment in range(len(octaves) - 1, 0, -1):
        line[moment - 1] = origins[moment][line[moment]]
    return line
