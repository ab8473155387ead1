"""Measure how pictures look, one by one: saturation and grain. Works on arrays in memory."""

from collections.abc import Mapping, Sequence

import numpy as np
from scipy import fft

LUMA = np.array([0.2126, 0.7152, 0.0722])  # Rec. 709
CHUNK = 256


def measure_look(pictures: np.ndarray) -> dict[str, np.ndarray]:
    """saturation and grain (N,) of uint8 (N, 3, S, S).

    Saturation is the mean of a pixel's (max - min) / max (Smith 1978, HSV). Grain is the share of
    luma's energy, without its mean, above half the highest frequency of the cosine transform.
    """
    parts = [pictures[start : start + CHUNK] for start in range(0, len(pictures), CHUNK)]
    return {
        "saturation": np.concatenate([np.zeros(0), *map(measure_saturation, parts)]),
        "grain": np.concatenate([np.zeros(0), *map(measure_grain, parts)]),
    }


def measure_saturation(pictures: np.ndarray) -> np.ndarray:
    """Mean HSV saturation (N,), 0 for greys."""
    most = pictures.max(1).astype(np.float64)
    return ((most - pictures.min(1)) / np.maximum(most, 1)).mean((1, 2))


def measure_grain(pictures: np.ndarray) -> np.ndarray:
    """Share of high frequencies (N,): about 0.8 for white noise, nearly 0 for smooth pictures."""
    luma = np.tensordot(LUMA, pictures.astype(np.float64), (0, 1))
    power = np.square(fft.dctn(luma, axes=(1, 2), norm="ortho"))
    power[:, 0, 0] = 0
    places = np.arange(luma.shape[-1]) / luma.shape[-1]
    high = np.hypot(*np.meshgrid(places, places)) >= 0.5
    return power[:, high].sum(1) / np.maximum(power.sum((1, 2)), 1e-9)


def summarise_look(pictures: np.ndarray) -> dict[str, list[float]]:
    """Mean and deviation of each measure over a training set: {"grain": [mean, deviation], …}."""
    return {
        name: [float(f"{value:.6g}") for value in (values.mean(), values.std())]
        for name, values in measure_look(pictures).items()
    }


def measure_deviation(pictures: np.ndarray, usual: Mapping[str, Sequence[float]]) -> np.ndarray:
    """How far (N,) each picture's look is from the ``usual`` look (`summarise_look`).

    In deviations of the training set, the mean over the measures; 0 where ``usual`` is empty.
    """
    found = measure_look(pictures)
    total = np.zeros(len(pictures))
    for name in found.keys() & usual.keys():
        mean, deviation = usual[name]
        total += np.abs(found[name] - mean) / max(deviation, 1e-3 * abs(mean), 1e-9)
    return total / max(1, len(found.keys() & usual.keys()))
