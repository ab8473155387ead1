"""Colour and grain of a set of pictures against another's: uint8 (N, 3, S, S) in, numbers out."""

import numpy as np
from scipy import fft

# Rec. 709 luma.
LUMA = np.array([0.2126, 0.7152, 0.0722])


def measure_tones(pictures: np.ndarray) -> dict[str, float]:
    """saturation, colour spread and grain of a set, each at least 0."""
    return {
        "saturation": measure_saturation(pictures),
        "colour spread": measure_spread(pictures),
        "grain": measure_grain(pictures),
    }


def compare_tones(pictures: np.ndarray, training: np.ndarray) -> dict[str, float]:
    """The three as ratios to the training set's: 1 is alike."""
    ours, theirs = measure_tones(pictures), measure_tones(training)
    return {name: ours[name] / theirs[name] if theirs[name] else float("nan") for name in ours}


def measure_saturation(pictures: np.ndarray) -> float:
    """Mean saturation, 0 (grey) to 1: (max - min) / max of a pixel's channels (Smith 1978, HSV)."""
    most = pictures.max(1).astype(np.float64)
    least = pictures.min(1)
    return float(np.divide(most - least, most, out=np.zeros_like(most), where=most > 0).mean())


def measure_spread(pictures: np.ndarray) -> float:
    """How far the pictures' mean colours lie from each other: root of the variance of all three.

    In units of full scale; pictures of a single tint give 0.
    """
    means = pictures.mean((2, 3), dtype=np.float64) / 255
    return float(np.sqrt(means.var(0).sum()))


def measure_grain(pictures: np.ndarray) -> float:
    """The share of luma's energy, its mean left out, above half the highest frequency.

    By the cosine transform, whose mirrored borders add no edges of their own; the mean over the
    pictures. White noise gives about 0.8, a smooth picture nearly 0.
    """
    luma = np.tensordot(LUMA, pictures.astype(np.float64), (0, 1))
    power = np.square(fft.dctn(luma, axes=(1, 2), norm="ortho"))
    side = luma.shape[-1]
    frequency = np.hypot(*np.meshgrid(np.arange(side) / side, np.arange(side) / side))
    power[:, 0, 0] = 0
    total = power.sum((1, 2))
    high = power[:, frequency >= 0.5].sum(1)
    return float(np.divide(high, total, out=np.zeros_like(total), where=total > 0).mean())
