"""Trim a sound to its event: what is faint before and after it goes, and knocks far from it."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
STEP = 0.01
# In dB: how far below the loudest moment an event reaches, and how far above a steady background.
DEEP, OVER = 42.0, 8.0
# Seconds of silence that part two sounds, the share of the energy that one must have, and what is
# kept before and after.
APART, SHARE, BEFORE, AFTER = 0.25, 0.02, 0.02, 0.08
# Fades in seconds; what is trimmed at least.
FADE_IN, FADE_OUT, LEAST = 0.008, 0.06, 0.1


def find_event(samples: NDArray[np.float32], rate: int) -> tuple[int, int]:
    """First sample of the event in a sound (n, channels), and the one after its last."""
    step = max(1, int(STEP * rate))
    parts = len(samples) // step
    if parts < 4:
        return 0, len(samples)
    power = np.square(samples[: parts * step].astype(np.float64)).mean(axis=1)
    power = power.reshape(parts, step).mean(axis=1)
    level = 10 * np.log10(power + 1e-14)
    quiet = float(np.percentile(level, 10))
    limit = level.max() - DEEP
    if quiet < level.max() - 2 * OVER:
        limit = max(limit, quiet + OVER)
    loud = np.flatnonzero(level > limit)
    groups = np.split(loud, np.flatnonzero(np.diff(loud) > APART / STEP) + 1)
    energy = np.array([power[group].sum() for group in groups])
    chosen = [group for group, e in zip(groups, energy, strict=True) if e >= SHARE * energy.sum()]
    first, last = chosen[0][0] * step, (chosen[-1][-1] + 1) * step
    return max(0, first - int(BEFORE * rate)), min(len(samples), last + int(AFTER * rate))


def trim_event(
    samples: NDArray[np.float32], rate: int
) -> tuple[NDArray[np.float32], tuple[float, float] | None]:
    """A sound from the beginning of its event to its end, faded there, and its seconds before and
    after; None where there was nothing to trim."""
    if not len(samples) or not samples.any():
        return samples, None
    first, last = find_event(samples, rate)
    if len(samples) - (last - first) < LEAST * rate:
        return samples, None
    event = samples[first:last].copy()
    for seconds, side in ((FADE_IN, slice(None)), (FADE_OUT, slice(None, None, -1))):
        n = min(int(seconds * rate), len(event) // 2)
        event[side][:n] *= (0.5 - 0.5 * np.cos(np.pi * np.arange(n) / max(n, 1)))[:, None].astype(
            np.float32
        )
    return event, (round(len(samples) / rate, 2), round(len(event) / rate, 2))
