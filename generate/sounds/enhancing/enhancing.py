"""Clean a sound as [sounds] enhance says, and measure what that changed."""

from collections.abc import Collection
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generate.sounds.enhancing.clipping import restore_tops
from generate.sounds.enhancing.hiss import find_hiss, lower_hiss
from generate.sounds.enhancing.hum import find_hum, remove_hum

Array = NDArray[np.float32]
# The least noise that is told, in dB below the loudest moment: that of sixteen bits.
SILENT = 96.0


def enhance(samples: Array, rate: int, wishes: Collection[str]) -> tuple[Array, dict[str, Any]]:
    """A sound (n, channels), cleaned of what it is found to have, and what was done.

    wishes: "clipping", "hum", "hiss", or some of them. Facts: "hum" in Hz, "tops" as the share of
    samples drawn anew, "before" and "after": dB between the loudest moment and the quietest ones.
    Empty, and the very samples, where nothing was found.
    """
    found: dict[str, Any] = {}
    clean = samples
    if "clipping" in wishes:
        clean, share = restore_tops(clean)
        if share:
            found["tops"] = round(share, 5)
    if "hum" in wishes and (hum := find_hum(clean, rate)):
        clean = remove_hum(clean, rate, hum)
        found["hum"] = hum.hertz
    if "hiss" in wishes and (hiss := find_hiss(clean, rate)) is not None:
        clean = lower_hiss(clean, rate, hiss)
        found["hiss"] = True
    if not found:
        return samples, {}
    before, after = measure_clearness(samples, rate), measure_clearness(clean, rate)
    return clean, {**found, "before": round(before, 1), "after": round(after, 1)}


def list_wishes(settings: Any) -> tuple[str, ...]:
    """How [sounds] enhance says that sounds are to be cleaned."""
    return tuple(getattr(settings.sounds, "enhance", ()))


def measure_clearness(samples: Array, rate: int) -> float:
    """dB between the loudest 50 ms of a sound and its quietest tenth, at most `SILENT`."""
    mono = np.square(samples.astype(np.float64)).mean(axis=1)
    size = max(1, rate // 20)
    parts = mono[: max(size, len(mono) // size * size)]
    level = parts[: len(parts) // size * size].reshape(-1, size).mean(axis=1)
    if not len(level) or level.max() <= 0:
        return 0.0
    ratio = np.percentile(level, 10) / level.max()
    return float(min(SILENT, -10 * np.log10(ratio + 1e-12)))
