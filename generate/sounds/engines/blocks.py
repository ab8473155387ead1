"""Read long recordings in blocks: find the strongest event and cut it out, in little memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from generate.sounds.engines.clips import fade_ends, mend_clipping, to_segment, widen
from generate.sounds.engines.events import (
    RUMBLE,
    Profile,
    Rumble,
    choose_stretch,
    measure_profile,
)
from generate.sounds.engines.silence import check_contrast, is_quiet
from generate.sounds.engines.weather import Edges, find_edges
from generate.sounds.mastering.encoding import explain_unreadable
from generate.sounds.mastering.samples import BLOCK, ENDLESS, Forward

Array = NDArray[np.float32]
LONG = 3_000_000
"""Samples, all channels counted, above which a recording is read in blocks."""


@contextmanager
def open_forward(path: Path) -> Iterator[Forward]:
    """Open a sound file; raises `Refusal` if it cannot be read, here or later on."""
    try:
        with Forward(path) as file:
            yield file
    except (soundfile.LibsndfileError, RuntimeError, OSError) as error:
        raise explain_unreadable(path, error) from None


@dataclass(frozen=True)
class Levels:
    """What a first reading tells of a recording: frames, rate (Hz), and for each channel its
    offset and, without it, its largest magnitude, not a number where a sample is none."""

    frames: int
    rate: int
    offset: Array
    top: Array


def is_long(path: Path) -> bool:
    """True for a sound that libsndfile reads and that would take much memory as a whole."""
    try:
        with Forward(path) as file:
            return bool(file.frames * file.channels > LONG)
    except (soundfile.LibsndfileError, RuntimeError, OSError):
        return False


def measure_levels(path: Path) -> Levels:
    """Read a recording through once. Raises `Refusal`."""
    low, high, seen = np.float32(np.inf), np.float32(-np.inf), 0

    def see(count: int) -> Array:
        nonlocal low, high, seen
        sides = np.ascontiguousarray(file.take(count).T)
        low = np.minimum(low, sides.min(axis=1, initial=np.inf))
        high = np.maximum(high, sides.max(axis=1, initial=-np.inf))
        seen += sides.shape[1]
        return sides

    with np.errstate(all="ignore"), open_forward(path) as file:
        frames = file.frames if file.frames < ENDLESS else count_frames(path)
        total = add_up(see, frames, file.channels)
        offset = (total.astype(np.float64) / max(seen, 1)).astype(np.float32)
        return Levels(seen, file.samplerate, offset, np.maximum(high - offset, offset - low))


def count_frames(path: Path) -> int:
    """The length of a recording whose header does not tell it, as of a stream that was saved."""
    with open_forward(path) as file:
        return sum(iter(lambda: len(file.take(BLOCK)), 0))


def add_up(read: Callable[[int], Array], frames: int, channels: int) -> Array:
    """The sum (channels,) of the next `frames` frames, to the last bit that of a whole array.

    numpy adds up one channel by halves and several frame after frame; the order is what rounding
    depends on, and with it the bytes of a card's sound. `read` gives (channels, n).
    """
    if channels > 1:
        total = np.zeros((channels, 1), np.float32)
        for at in range(0, frames, BLOCK):
            block = read(min(BLOCK, frames - at))
            total = np.cumsum(np.concatenate([total, block], axis=1), axis=1)[:, -1:]
        return total[:, 0]
    if frames <= BLOCK:
        return read(frames).sum(axis=1)
    half = frames // 2 - frames // 2 % 8
    return add_up(read, half, 1) + add_up(read, frames - half, 1)


def cut_long(path: Path, levels: Levels, longest: float) -> tuple[Array, float, Edges]:
    """The strongest event of a recording, as `cut_event` cuts it, its share of flat tops, and the
    edges of the weather.

    Clipping is looked for in the event alone. Raises `Refusal`.
    """
    scale = levels.top.max()

    @cache
    def measure(edge: float) -> Profile:
        with open_forward(path) as file:
            rumble = Rumble(file.channels, levels.rate, edge)
            return measure_profile(
                lambda count: rumble.remove((file.take(count) - levels.offset) / scale),
                levels.frames,
                file.channels,
                levels.rate,
            )

    def take(first: int, last: int) -> Array:
        with open_forward(path) as file:
            for at in range(0, first, BLOCK):
                file.take(min(BLOCK, first - at))
            return file.take(last - first) - levels.offset

    def hear(start: float, end: float) -> Array:
        samples = take(int(start * levels.rate), int(end * levels.rate))
        return Rumble(samples.shape[1], levels.rate).remove(samples)

    if quiet := is_quiet(float(scale)):
        check_contrast(measure(RUMBLE))
    edges = find_edges(measure, hear, longest)
    profile = measure(edges.seek)
    start, end = widen(*choose_stretch(profile.find_events(), profile.weigh, longest))
    first, last = map(int, profile.place(np.array([start, min(end, profile.length)])))
    samples = take(first, last)
    # Only at full scale is anything cut off.
    tops = levels.top.astype(np.float64)
    samples, flat = (samples, 0.0) if quiet else mend_clipping(samples, tops)
    if edges.cut > RUMBLE:
        samples = Rumble(samples.shape[1], levels.rate, edges.cut).remove(samples)
    samples = samples / np.float32(max(scale, np.abs(samples).max()))
    # A length in whole milliseconds may end behind the last frame.
    samples = np.pad(samples, ((0, last - first - len(samples)), (0, 0)))
    return fade_ends(to_segment(samples, levels.rate)), flat, edges
