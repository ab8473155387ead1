"""Fine detail of pictures: power by spatial frequency, and the steepest edges.

Works on uint8 (N, 3, S, S) in memory.
"""

import numpy as np

from generate.pictures.choosing.look import LUMA

# Cycles a picture, the upper end not included.
BANDS = ((2, 8), (8, 16), (16, 32), (32, 64), (64, 100), (100, 128))
EDGES = "steepest edges"
# The share of a picture's gradients that are its steepest edges.
STEEPEST = 0.01


def name_band(band: tuple[int, int]) -> str:
    """A band as tables call it."""
    return f"{band[0]} to {band[1]} cycles"


def measure_spectrum(pictures: np.ndarray) -> dict[str, float]:
    """Mean power of luma in each band that the pictures can hold, and their steepest edges.

    Power is that of a full wave of amplitude a, a² / 2, with luma in [0, 1], spread over its band.
    Each picture loses its mean and is faded at its borders by Hann's window, so that a border does
    not count as an edge. Edges are the mean of the steepest hundredth of each picture's gradients
    by central differences, in luma a pixel.
    """
    side = pictures.shape[-1]
    window = np.hanning(side + 1)[:side]
    fade = window[:, None] * window
    places = np.fft.fftfreq(side, 1 / side)
    cycles = np.hypot(places[:, None], places)
    rings = {name_band((low, high)): (cycles >= low) & (cycles < high) for low, high in BANDS}
    rings = {name: ring for name, ring in rings.items() if name_fits(name, side)}
    found = {name: 0.0 for name in (*rings, EDGES)}
    for picture in pictures:
        luma = np.tensordot(LUMA, picture.astype(np.float64) / 255, 1)
        faded = (luma - luma.mean()) * fade
        power = np.abs(np.fft.fft2(faded)) ** 2 / (side**2 * np.square(fade).sum())
        for name, ring in rings.items():
            found[name] += float(power[ring].sum()) / len(pictures)
        slopes = np.sort(np.hypot(*np.gradient(luma)), axis=None)
        steep = slopes[-max(1, round(STEEPEST * slopes.size)) :]
        found[EDGES] += float(steep.mean()) / len(pictures)
    return found


def name_fits(name: str, side: int) -> bool:
    """Whether pictures of ``side`` pixels can hold all of the band called ``name``."""
    return next(high for low, high in BANDS if name_band((low, high)) == name) <= side // 2


def compare_spectra(pictures: np.ndarray, reference: np.ndarray) -> dict[str, float]:
    """What `measure_spectrum` finds, over that of ``reference``: 1 where they are the same.

    NaN where the reference has nothing but errors of rounding.
    """
    ours, theirs = measure_spectrum(pictures), measure_spectrum(reference)
    return {n: ours[n] / theirs[n] if theirs[n] > 1e-15 else float("nan") for n in ours}
