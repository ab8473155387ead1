"""The vocal tract: a lossy tube with moving formants, as a filter for the source."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from generate.sounds.voice.articulation import REFERENCE_TRACT

SPEED_OF_SOUND = 35_000.0
"""In cm a second, in warm moist air."""

HOP = 256
WINDOW = 1024
SIZE = 1536
HIGHEST = 15_000.0
NEUTRAL = np.array([500.0, 1500.0, 2500.0, 3500.0])
SPREAD, SPREAD_TO = 2.0e-4, 4.0
"""Delay of the lowest frequencies in seconds per cm of tract, and where it ends, in multiples of
the first formant."""

Array = NDArray[np.float32]


@lru_cache(maxsize=64)
def make_tube(
    length: float, rate: int, ring: float, head: tuple[tuple[float, float, float], ...]
) -> tuple[Array, NDArray[np.complex64]]:
    """Frequencies (K,) in Hz, and the part of the tract's response (K,) that does not move.

    A uniform tube closed at the glottis: 1 / cosh(aL + i w L / c), whose resonances
    (2n - 1) c / 4L have equal height (Flanagan 1972, Speech Analysis, Synthesis and Perception,
    chapter 3); radiation rises with frequency; `head` adds the beast's own resonances and
    notches. The first four resonances of the tube are divided out; `bend` puts them where the
    articulation needs them.
    """
    scale = REFERENCE_TRACT / length
    f = fft.rfftfreq(SIZE, 1 / rate)
    f = f[f <= min(HIGHEST, 0.45 * rate)]
    loss = np.pi * (_width(f, scale) / ring) / (2 * SPEED_OF_SOUND) * length * 2
    tube = 1 / np.cosh(loss + 2j * np.pi * f * length / SPEED_OF_SOUND)
    for neutral in NEUTRAL * scale:
        tube = tube * (1 - (f / neutral) ** 2 + 1j * f * _width(neutral, scale) / ring / neutral**2)
    low = 0.5 * NEUTRAL[0] * scale
    for along, gain, q in head:
        centre = low * (0.87 * HIGHEST / low) ** along
        poles = centre**2 - f**2 + 1j * f * centre / q
        tube = tube * (centre**2 - f**2 + 1j * f * centre / q * 10 ** (gain / 20)) / poles
    top = f[-1]
    tube *= np.clip((top - f) / (0.15 * top), 0, 1)
    tube *= (f / (f + 40.0)) ** 2
    # Low frequencies leave a large body a little later than high ones, which rounds the pulses.
    bend_at = SPREAD_TO * NEUTRAL[0] * scale
    late = SPREAD * length * bend_at * (1 - np.exp(-f / bend_at))
    tube = tube * np.exp(-2j * np.pi * late)
    return f.astype(np.float32), tube.astype(np.complex64)


def _width(f: NDArray[np.float64] | float, scale: float) -> NDArray[np.float64]:
    """Bandwidth in Hz of a resonance at f, by losses at the walls and by radiation."""
    return np.asarray(70.0 * np.sqrt(scale) + 0.045 * np.asarray(f))


def bend(
    frequencies: Array, formants: NDArray[np.float64], scale: float, ring: float
) -> NDArray[np.complex64]:
    """Denominator (frames, K) of the moving resonances; formants (frames, 4) in Hz."""
    f = frequencies[None, :]
    total: NDArray[np.complex64] | None = None
    for centre in formants.T:
        width = _width(centre, scale) / ring
        square = (1 / centre**2).astype(np.float32)[:, None]
        section = np.empty((len(centre), f.shape[1]), np.complex64)
        section.real = 1 - f * f * square
        section.imag = f * (width.astype(np.float32)[:, None] * square)
        if total is None:
            total = section
        else:
            total *= section
    assert total is not None
    return total


def glottis(frequencies: Array, peak: NDArray[np.float64]) -> NDArray[np.complex64]:
    """Denominator (frames, K) of the glottal flow: two poles at `peak` (frames,) in Hz.

    Flat pulses through it, with the radiation's rise, have the glottal formant at `peak` and fall
    by 6 dB an octave above (Doval, d'Alessandro and Henrich 2006, The spectrum of glottal flow
    models).
    """
    ratio = frequencies[None, :] / peak.astype(np.float32)[:, None]
    section = np.empty(ratio.shape, np.complex64)
    section.real = 1 - ratio * ratio
    section.imag = 1.6 * ratio
    return section


def shape(
    sound: Array,
    responses: NDArray[np.complex64],
    bins: int,
) -> Array:
    """Filter a sound (n,) with a response (frames, bins) that changes every HOP samples.

    Overlapping Hann windows are filtered in the frequency domain, each zero-padded for the tail of
    the response (Allen and Rabiner 1977, overlap-add synthesis).
    """
    frames = len(responses)
    padded = np.zeros(WINDOW + HOP * (frames - 1), np.float32)
    padded[WINDOW // 2 : WINDOW // 2 + len(sound)] = sound[: len(padded) - WINDOW // 2]
    cut = np.lib.stride_tricks.sliding_window_view(padded, WINDOW)[::HOP]
    window = (np.hanning(WINDOW + 1)[:-1] / (WINDOW / HOP / 2)).astype(np.float32)
    spectra = fft.rfft(cut * window, SIZE, axis=1)[:, :bins]
    filtered = fft.irfft(spectra * responses, SIZE, axis=1)
    blocks = SIZE // HOP
    out = np.zeros((frames + blocks, HOP), np.float32)
    for k in range(blocks):
        out[k : k + frames] += filtered[:, k * HOP : (k + 1) * HOP]
    return out.ravel()[WINDOW // 2 : WINDOW // 2 + len(sound)]


def count_frames(length: int) -> int:
    """How many frames `shape` needs for a sound of `length` samples."""
    return (length + WINDOW // 2) // HOP + 2


def scale_formants(formants: Sequence[Sequence[float]], length: float) -> NDArray[np.float64]:
    """Formants of the reference tract, in Hz, for a tract of `length` cm."""
    return np.asarray(formants, dtype=np.float64) * (REFERENCE_TRACT / length)
