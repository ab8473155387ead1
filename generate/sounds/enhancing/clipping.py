"""Draw anew what clipping cut off: few partials that agree with all that was not cut.

A-SPADE (Kitić, Bertin, Gribonval 2015, "Sparsity and cosparsity for audio declipping"): samples
that were not cut stay, cut ones only grow, and short spectra become as sparse as that allows.
"""

import numpy as np
from numpy.typing import NDArray
from scipy import fft, signal

Array = NDArray[np.float64]
SIZE, HOP = 1024, 256
# One partial of a moment more is believed in every so many rounds.
ROUNDS, PACE = 90, 2
# Equal samples at a channel's extreme that make a flat top, and the share of them that is clipping.
RUN, LEAST = 3, 1e-3
# No peak is drawn higher than this many times the level that was cut at.
HIGHEST = 2.0
# Moments of a sound that are worked on at a time, for the memory's sake.
MANY = 400


def find_clipped(side: Array) -> NDArray[np.bool_]:
    """Which samples of one channel (n,) lie on flat tops."""
    top = np.abs(side).max(initial=0)
    if top <= 0:
        return np.zeros(len(side), bool)
    at_top = np.abs(side) >= 0.9995 * top
    edges = np.flatnonzero(np.diff(np.r_[0, at_top.astype(np.int8), 0]))
    flat = np.zeros(len(side), bool)
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        flat[start:end] = end - start >= RUN
    return flat if flat.mean() >= LEAST else np.zeros(len(side), bool)


def restore_tops(samples: NDArray[np.float32]) -> tuple[NDArray[np.float32], float]:
    """A sound (n, channels) with its flat tops drawn anew, and the share of samples in them."""
    restored = samples.astype(np.float64)
    cut = 0
    for column in range(restored.shape[1]):
        side = restored[:, column].copy()
        flat = find_clipped(side)
        cut += int(flat.sum())
        if flat.any():
            restored[:, column] = draw_tops(side, flat)
    return restored.astype(np.float32), cut / max(restored.size, 1)


def draw_tops(side: Array, flat: NDArray[np.bool_]) -> Array:
    """One channel (n,) whose ``flat`` samples are drawn anew, frame by frame, each on its own."""
    count = len(side)
    pad = SIZE + HOP - (count % HOP)
    wide, hidden = np.pad(side, (SIZE, pad)), np.pad(flat, (SIZE, pad))
    cut = np.lib.stride_tricks.sliding_window_view(wide, SIZE)[::HOP]
    cover = np.lib.stride_tricks.sliding_window_view(hidden, SIZE)[::HOP]
    window = np.sqrt(signal.windows.hann(SIZE, sym=False))
    top = float(np.abs(side).max())
    out, weight = np.zeros(len(wide)), np.zeros(len(wide))
    chosen = np.flatnonzero(cover.any(axis=1))
    for first in range(0, len(chosen), MANY):
        places = chosen[first : first + MANY]
        drawn = draw_frames(cut[places] * window, cover[places], window, top)
        for place, frame in zip(places, drawn, strict=True):
            at = place * HOP
            out[at : at + SIZE] += frame * window
            weight[at : at + SIZE] += window**2
    mended = np.where(hidden & (weight > 1e-9), out / np.maximum(weight, 1e-9), wide)
    return mended[SIZE : SIZE + count]


def draw_frames(frames: Array, hidden: NDArray[np.bool_], window: Array, top: float) -> Array:
    """Windowed frames (m, SIZE) whose ``hidden`` samples are drawn anew."""
    sign, low, high = np.sign(frames), top * window, HIGHEST * top * window
    now, doubt = frames.copy(), np.zeros((len(frames), SIZE + 1), np.complex128)
    for turn in range(ROUNDS):
        spectra = fft.rfft(now, 2 * SIZE, axis=1)
        wanted = spectra + doubt
        size = np.abs(wanted)
        believed = 1 + turn // PACE
        least = np.partition(size, -believed, axis=1)[:, -believed, None]
        sparse = np.where(size >= least, wanted, 0)
        drawn = fft.irfft(sparse - doubt, axis=1)[:, :SIZE]
        now = np.where(hidden, sign * np.clip(sign * drawn, low, high), frames)
        doubt += fft.rfft(now, 2 * SIZE, axis=1) - sparse
    return now
