"""Find steady noise below a sound and lower it, in short spectra.

What the noise is like is learnt from the quietest moments; how much of a bin is sound is followed
from moment to moment, and its gain is the one that errs least in decibels (Ephraim and Malah 1985,
"Speech enhancement using a minimum mean-square error log-spectral amplitude estimator").
"""

import numpy as np
from numpy.typing import NDArray
from scipy import signal, special

Array = NDArray[np.float64]
SECONDS = 0.032
# The quietest share of the moments, how little their levels may vary, in dB, and how far they must
# lie below the loudest moment: at least so that they are no call, at most so that they are heard.
QUIETEST, STEADY, NEAREST, FARTHEST = 0.25, 4.0, 9.0, 62.0
# How slowly the estimate follows, and the lowest gain.
SMOOTH, LOWEST = 0.95, 10 ** (-20 / 20)


def open_transform(rate: int) -> signal.ShortTimeFFT:
    """Short spectra that add up to the sound again."""
    size = 2 ** round(np.log2(SECONDS * rate))
    return signal.ShortTimeFFT(signal.windows.hann(size, sym=False), size // 4, rate)


def find_hiss(samples: NDArray[np.float32], rate: int) -> Array | None:
    """The power of steady noise by frequency, (channels, bins); None where there is none.

    A sound without quiet moments, or whose quiet moments are silent or differ, has none.
    """
    x = samples.astype(np.float64).T
    transform = open_transform(rate)
    if x.shape[1] < 8 * transform.m_num or not x.any():
        return None
    power = np.abs(transform.stft(x)) ** 2
    inner = slice(transform.lower_border_end[1], transform.upper_border_begin(x.shape[1])[1])
    power = power[..., inner]
    level = 10 * np.log10(power.sum(axis=(0, 1)) + 1e-20)
    order = np.argsort(level)[: max(8, int(QUIETEST * len(level)))]
    low, high = np.percentile(level[order], (10, 90))
    # The loudest moments, but not a single one.
    loudest = np.percentile(level, 98)
    if high - low > STEADY or not NEAREST < loudest - high < FARTHEST:
        return None
    return np.asarray(power[..., order].mean(axis=-1))


def lower_hiss(samples: NDArray[np.float32], rate: int, hiss: Array) -> NDArray[np.float32]:
    """A sound (n, channels) with its steady noise lowered by up to 20 dB."""
    x = samples.astype(np.float64).T
    transform = open_transform(rate)
    spectra = transform.stft(x)
    noise = hiss + 1e-20
    gains = np.empty(spectra.shape)
    before = np.zeros(hiss.shape)
    for moment in range(spectra.shape[-1]):
        over = np.abs(spectra[..., moment]) ** 2 / noise
        share = SMOOTH * before + (1 - SMOOTH) * np.maximum(over - 1, 0)
        # At the beginning of a sound its own power is believed at once.
        share = np.where(over > 30, np.maximum(share, over - 1), share)
        part = share / (1 + share)
        lift = np.exp(0.5 * special.exp1(np.clip(part * over, 1e-3, 50)))
        gain = np.clip(part * lift, LOWEST, 1)
        gains[..., moment] = gain
        before = gain**2 * over
    return np.asarray(transform.istft(spectra * gains, k1=x.shape[1]).T, np.float32)
