"""Keep the true peaks of a sound under a ceiling, without audible distortion."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from generate.sounds.mastering.loudness import oversample_peak

LOOKAHEAD = 0.0015


def limit_peaks(
    samples: NDArray[np.float64],
    rate: int,
    ceiling: float,
    loop: bool = False,
    peak: NDArray[np.float64] | None = None,
) -> tuple[NDArray[np.float64], float]:
    """Samples (n, channels) with true peaks at ``ceiling`` (dBTP) and the largest cut in dB.

    Each sample needs some gain. A sliding minimum and then a Hann window, both centred, smooth it,
    so that every peak gets the gain that it needs and the gain never jumps. With ``loop`` both
    windows run over the seam. peak: `oversample_peak` of the samples, if it is known already.
    """
    limit = 10 ** (ceiling / 20)
    if peak is None:
        peak = oversample_peak(samples, rate, loop, limit)
    if peak.max() <= limit:
        return samples, 0.0
    need = np.minimum(1.0, limit / np.maximum(peak, 1e-12))
    width = 2 * round(LOOKAHEAD * rate) + 1
    mode = "wrap" if loop else "nearest"
    held = ndimage.minimum_filter1d(need, width, mode=mode)
    window = np.hanning(width + 2)[1:-1]
    gain = ndimage.convolve1d(held, window / window.sum(), mode=mode)
    return samples * gain[:, None], float(-20 * np.log10(gain.min()))
