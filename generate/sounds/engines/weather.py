"""Tell a song from wind or a hum that is louder: below which frequency a recording is weather.

Wind and hum lie low, and either never stop or are noise without a tone. A song above them stands
out from its own band by more than the loudest gust does from all of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage, signal

from generate.sounds.engines.events import RUMBLE, Profile, choose_stretch

Array = NDArray[np.float32]
EDGES = (500.0, 2000.0)
"""Below so many Hz weather may lie, beside what is rumble anyway."""
CLEAR, FOUND, MORE, ALIKE = 15.0, 12.0, 6.0, 3.0
"""In dB: how far a call stands out that no weather hides; how far one must stand out without the
weather, and how much further than with it; what is no difference between two edges."""
TONE = 8.0
"""How many times stronger than its surroundings, 250 Hz wide, a frequency is that is a tone."""


@dataclass(frozen=True)
class Edges:
    """In Hz: below `seek` a recording is passed over in the search for a call, below `cut` it is
    cut off from the call that was found. Both are `RUMBLE` where no weather hides the call."""

    seek: float = RUMBLE
    cut: float = RUMBLE


CALM = Edges()


def find_edges(
    measure: Callable[[float], Profile], take: Callable[[float, float], Array], longest: float
) -> Edges:
    """The edges of the weather in a recording.

    measure: its profile above a frequency. take: its samples (n, channels) above `RUMBLE` between
    two times in seconds. longest: seconds of what would be cut out.
    """
    whole = measure(RUMBLE)
    events = whole.find_events()
    if not events:
        return Edges()
    stretch = choose_stretch(events, whole.weigh, longest)
    seen = tell_prominence(whole)
    if seen >= CLEAR and has_tone(take(*stretch), whole.rate):
        return Edges()
    found = {edge: tell_prominence(measure(edge)) for edge in EDGES if edge < 0.4 * whole.rate}
    best = max(found.values(), default=0.0)
    if best < max(FOUND, seen + MORE):
        return Edges()
    seek = min(edge for edge, level in found.items() if level >= best - ALIKE)
    start, end = choose_stretch(measure(seek).find_events(), measure(seek).weigh, longest)
    # Of a lower band that the call fills as well nothing is cut off.
    filled = (
        edge for edge in EDGES if edge < seek and tell_rise(measure(edge), start, end) >= MORE
    )
    return Edges(seek, next(filled, seek))


def tell_prominence(profile: Profile) -> float:
    """How far the loudest moment lies above what is usual, in dB; 0 for less than a window."""
    if profile.length <= 280:
        return 0.0
    usual = max(float(np.percentile(profile.levels, 40)), 1.0)
    return float(20 * np.log10(max(profile.find_loudest(), 1.0) / usual))


def tell_rise(profile: Profile, start: float, end: float) -> float:
    """How far a stretch between two times in seconds lies above what is usual, in dB."""
    usual = max(float(np.percentile(profile.levels, 40)), 1.0)
    power = profile.weigh(start, end) / max((end - start) * profile.rate * profile.channels, 1.0)
    return float(10 * np.log10(max(power, 1.0) / usual**2))


def has_tone(samples: Array, rate: int) -> bool:
    """Whether a sound (n, channels) holds a tone, as the spectrum of a noise does not."""
    size = min(len(samples), rate // 10)
    if size < 64:
        return True
    _, power = signal.welch(samples, rate, nperseg=size, axis=0)
    power = power.sum(axis=1)
    around = ndimage.median_filter(power, max(3, round(250 * size / rate) | 1))
    loud = power > power.max() / 100
    return bool((power[loud] > TONE * around[loud]).any())
