"""Reverberation of the jungle around a sound."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import fft, signal

from generate.recipe import derive_seed

Array = NDArray[np.float32]


@lru_cache(maxsize=32)
def grow_room(seed: int, rate: int, seconds: float = 0.9, dullness: float = 4200.0) -> Array:
    """Impulse response (2, n) of unit energy per side: velvet noise, ever denser, that decays.

    Sparse random-sign impulses sound smoother than Gaussian noise at the same density
    (Järveläinen and Karjalainen 2007, Reverberation modeling using velvet noise). `seconds` is
    the time to fall by 60 dB; high frequencies decay faster, as in foliage.
    """
    rng = np.random.default_rng(derive_seed("room", seed))
    n = int(0.8 * seconds * rate)
    t = np.arange(n) / rate
    density = np.interp(t, [0.0, 0.012, 0.08, seconds], [0.0, 250.0, 1800.0, 2600.0])
    sides = []
    for _ in range(2):
        taps = np.where(rng.random(n) < density / rate, rng.choice([-1.0, 1.0], n), 0.0)
        taps *= np.exp(-6.91 * t / seconds) / np.sqrt(np.maximum(density, 1.0))
        late = np.clip(t / 0.35, 0, 1)
        dull = signal.sosfilt(signal.butter(1, 0.4 * dullness, fs=rate, output="sos"), taps)
        soft = signal.sosfilt(signal.butter(1, dullness, fs=rate, output="sos"), taps)
        side = soft * (1 - late) + dull * late
        side = signal.sosfilt(signal.butter(1, 140.0, "highpass", fs=rate, output="sos"), side)
        sides.append(side / np.sqrt(np.square(side).sum()))
    return np.array(sides, np.float32)


def add_reverb(sound: Array, room: Array, wet: float) -> Array:
    """A dry sound (n,) in a room (2, m): stereo (n + m, 2), `wet` its level against the dry."""
    n = len(sound) + room.shape[1]
    size = fft.next_fast_len(n, real=True)
    echo = fft.irfft(fft.rfft(sound, size) * fft.rfft(room, size, axis=1), size, axis=1)[:, :n]
    out = (np.float32(wet) * echo.T).astype(np.float32)
    out[: len(sound)] += sound[:, None]
    return out


def add_reverb_to_loop(sound: Array, room: Array, wet: float) -> Array:
    """The same for a loop (n, 2): echoes that pass its end continue at its beginning."""
    n = len(sound)
    wrapped = np.zeros((2, n), np.float32)
    for at in range(0, room.shape[1], n):
        piece = room[:, at : at + n]
        wrapped[:, : piece.shape[1]] += piece
    echo = fft.irfft(fft.rfft(sound.T, axis=1) * fft.rfft(wrapped, axis=1), n, axis=1)
    return (sound + np.float32(wet) * echo.T).astype(np.float32)
