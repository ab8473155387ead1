"""Take the edge off sharp taps: moments so short and high that a sound could not be made loud.

A compressor that looks ahead and follows each millisecond (Giannoulis, Massberg and Reiss 2012,
"Digital dynamic range compressor design"); its threshold is as high as the wish allows.
"""

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from generate.sounds.mastering.loudness import measure_call, measure_true_peak

Array = NDArray[np.float64]
# dB between true peak and loudness that a call may have, and up to which it is left as it is.
WANTED, ALLOWED = 15.5, 19.0
# What is left of each dB above the threshold; seconds over which the level is followed.
LEFT, REACH = 0.1, 0.001
# How far below the peak the threshold is looked for, in dB, and in how many steps.
DEEPEST, STEPS = 54.0, 9


def measure_crest(samples: NDArray[np.float32], rate: int) -> float:
    """dB between the true peak of a sound (n, channels) and its loudness; 0 for silence."""
    x = samples.astype(np.float64)
    if len(x) < rate // 50 or not x.any():
        return 0.0
    return float(measure_true_peak(x, rate) - measure_call(x, rate))


def soften_taps(
    samples: NDArray[np.float32], rate: int
) -> tuple[NDArray[np.float32], tuple[float, float] | None]:
    """A sound whose taps are less sharp, and its crest before and after; None where it has none."""
    before = measure_crest(samples, rate)
    if before <= ALLOWED:
        return samples, None
    level = follow_level(samples.astype(np.float64), rate)
    low, high = 0.0, DEEPEST
    best, after = samples, before
    for _ in range(STEPS):
        middle = (low + high) / 2
        tried = compress(samples, level, level.max() * 10 ** (-middle / 20))
        crest = measure_crest(tried, rate)
        if crest < after:
            best, after = tried, crest
        low, high = (low, middle) if crest <= WANTED else (middle, high)
        if crest <= WANTED:
            best, after = tried, crest
    return best, (round(before, 1), round(after, 1))


def follow_level(x: Array, rate: int) -> Array:
    """The height of a sound around each sample, (n,): smooth, and never below its own."""
    reach = max(1, int(REACH * rate))
    top = ndimage.maximum_filter1d(np.abs(x).max(axis=1), 2 * reach + 1)
    return ndimage.uniform_filter1d(top, reach) + 1e-12


def compress(samples: NDArray[np.float32], level: Array, threshold: float) -> NDArray[np.float32]:
    """A sound with what is above a threshold lowered to `LEFT` of it, in dB."""
    gain = np.minimum(1.0, (threshold / level) ** (1 - LEFT))
    return (samples * gain[:, None]).astype(np.float32)
