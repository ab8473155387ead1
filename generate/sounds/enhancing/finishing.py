"""What is done to a call once it is cut, as [sounds] enhance says: taps, event, room."""

from collections.abc import Collection, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generate.sounds.enhancing.event import trim_event
from generate.sounds.enhancing.room import Room, lay_room
from generate.sounds.enhancing.taps import soften_taps

Array = NDArray[np.float32]


def finish_event(
    samples: Array, rate: int, wishes: Collection[str], room: Room | None = None
) -> tuple[Array, dict[str, Any]]:
    """A call (n, channels) that was cut, finished, and what was done to it.

    wishes: "event", "taps", "room", or some of them; without a ``room`` no tone is laid. Facts,
    each before and after: "event" in seconds, "taps" in dB between peak and loudness, "room" in dB
    between the background and the bed. Empty, and the very samples, where nothing was to be done.
    """
    found: dict[str, Any] = {}
    if "event" in wishes:
        samples, event = trim_event(samples, rate)
        found |= {"event": event}
    if "room" in wishes and room is not None:
        samples, tone = lay_room(samples, rate, room)
        found |= {"room": tone}
    # Last, since how loud taps can be depends on what lies around them.
    if "taps" in wishes:
        samples, taps = soften_taps(samples, rate)
        found |= {"taps": taps}
    return samples, {name: list(pair) for name, pair in found.items() if pair}


def find_room(settings: Any, brief: Mapping[str, Any]) -> Room:
    """Where the call of a card is heard."""
    hour = str(brief.get("hour") or "day")
    return Room(hour, int(settings.seed), int(brief.get("seed") or 0))
