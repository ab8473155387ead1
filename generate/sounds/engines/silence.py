"""Tell a recording that holds nothing from one that is only quiet.

A field recorder with its gain low leaves a call 70 dB below full scale, and 24 bits hold it well.
So a quiet recording is judged by how far its call lies above its own floor and above the rounding
of its file, not by its level.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from generate.errors import Refusal
from generate.sounds.engines.events import GAP_MS, Profile
from generate.sounds.engines.weather import has_tone
from generate.sounds.mastering.samples import Forward

SHORTEST = 0.1
SLOWEST = 2000
FAINTEST = -60.0
"""dBFS: a peak above it is heard, below it the recording is quiet."""
STEPS = 4
"""Steps of its file that the peak of a quiet recording has at least."""
CONTRAST = 12.0
"""dB between the loudest moment of a quiet recording and its floor at least."""
BITS = {"PCM_S8": 8, "PCM_U8": 8, "PCM_16": 16, "PCM_24": 24, "PCM_32": 32, "ULAW": 14, "ALAW": 13}
SINGLE = 2.0**-24
"""The rounding of samples as they are read, as a share of the largest."""


def check_levels(frames: int, rate: int, peak: float, step: float) -> None:
    """Raise `Refusal` for a recording too short, too slow, empty of sound, or not finite.

    peak: largest magnitude without steady offset, which is not sound. step: that of its rounding.
    """
    if frames < SHORTEST * rate:
        raise Refusal(f"lasts {1000 * frames / rate:.0f} ms; at least 100 are needed")
    if rate < SLOWEST:
        raise Refusal(f"has {rate} samples a second; at least {SLOWEST} are needed")
    if not np.isfinite(peak):
        raise Refusal("holds values that are not numbers; replace it")
    if peak <= 0 or (is_quiet(peak) and peak < STEPS * step):
        raise Refusal("is silent; replace it")


def is_quiet(peak: float) -> bool:
    """Whether a recording with this peak, without offset, must be looked at more closely."""
    return peak < 10 ** (FAINTEST / 20)


def check_contrast(profile: Profile, samples: NDArray[np.float32] | None = None) -> None:
    """Raise `Refusal` for a quiet recording in which nothing stands out.

    In time, from its floor; or, in one of less than a second (``samples``), as a tone from noise.
    """
    if profile.length > GAP_MS:
        floor = max(float(np.percentile(profile.levels, 5)), 1.0)
        if 20 * np.log10(max(profile.find_loudest(), 1.0) / floor) >= CONTRAST:
            return
    if samples is None or not has_tone(samples, profile.rate):
        raise Refusal("is silent: nothing in it stands out from its noise; replace it")


def measure_step(path: Path, offset: float = 0.0) -> float:
    """The step of a file's rounding, full scale being 1; ``offset``: its largest steady offset."""
    bits = 24
    with suppress(soundfile.LibsndfileError, RuntimeError, OSError), Forward(path) as file:
        bits = BITS.get(file.subtype, bits)
    return max(2.0 ** (1 - bits), SINGLE * abs(offset))
