"""Colour and grain of a set of pictures against another's: uint8 (N, 3, S, S) in, numbers out."""

import numpy as np

from generate.pictures.choosing.look import measure_look


def measure_tones(pictures: np.ndarray) -> dict[str, float]:
    """saturation, colour spread and grain of a set, each at least 0.

    Saturation and grain are the means of `measure_look`.
    """
    look = measure_look(pictures)
    return {
        "saturation": float(look["saturation"].mean()),
        "colour spread": measure_spread(pictures),
        "grain": float(look["grain"].mean()),
    }


def compare_tones(pictures: np.ndarray, training: np.ndarray) -> dict[str, float]:
    """The three as ratios to those of the training set: 1 where they are the same."""
    ours, theirs = measure_tones(pictures), measure_tones(training)
    return {name: ours[name] / theirs[name] if theirs[name] else float("nan") for name in ours}


def measure_spread(pictures: np.ndarray) -> float:
    """How different the mean colours of the pictures are: root of the variance of all channels.

    In units of full scale; 0 for pictures of one tint.
    """
    means = pictures.mean((2, 3), dtype=np.float64) / 255
    return float(np.sqrt(means.var(0).sum()))
