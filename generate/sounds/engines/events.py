"""Find what stands out in a sound, and the strongest of it; reads the sound once, in parts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import signal

from generate.errors import Refusal

Array = NDArray[np.float32]
STEP_MS = 10
GAP_MS = 280
MOMENT_MS = 50
QUIET = 32.0
STEADY, OVER, FAR = 2.0, 4.0, 8.0
"""In dB: how much steady noise varies, how far an event must stand out from it, and how far below
the loudest moment a noise lies at least."""
PART = 200
"""Steps that are read at a time: two seconds."""
RUMBLE = 110.0
"""Below so many Hz lie wind, traffic and the hum of mains, which are no events."""
KNOCK = 0.05
"""Seconds in which a sound that is filtered above `RUMBLE` rises."""
PAUSE = 1.5
"""Seconds of silence behind which another call begins, not the next note of the same."""
NEEDLESS = 0.01
"""A stretch is worth lengthening by another event only for more than this share of its energy: a
click far from a call is not."""


@dataclass(frozen=True)
class Profile:
    """Where the power of a sound lies, in squares of whole numbers of 32 bits.

    power: sums over whole steps of 10 ms and all channels, shape (k,). rest: single frames up to
    the end, at least the last 0.28 s of them. length: milliseconds. channels, rate (Hz): of the
    sound.
    """

    power: NDArray[np.float64]
    rest: NDArray[np.float64]
    length: int
    channels: int
    rate: int

    def find_events(self) -> list[tuple[float, float]]:
        """Start and end in seconds of what is within 32 dB of the loudest 50 ms, 0.28 s apart.

        Where a steady noise lies below, what is no louder than it is no event either. Windows,
        levels and limits are else those of pydub's detect_nonsilent, which holds a whole sound in
        memory.
        """
        if self.length <= GAP_MS:
            heard = self.power.any() or self.rest.any()
            return [(0.0, self.length / 1000)] if heard else []
        last, levels, limit = self.length - GAP_MS, self.levels, self.find_limit()
        quiet = STEP_MS * np.flatnonzero(levels <= limit)
        # The last window begins between two steps.
        if last % STEP_MS and self.level(*self.sum_rest(last)) <= limit:
            quiet = np.append(quiet, last)
        ends = np.append(quiet, self.length) / 1000
        starts = np.append(0, quiet + GAP_MS) / 1000
        return [(float(a), float(b)) for a, b in zip(starts, ends, strict=True) if b > a]

    def weigh(self, start: float, end: float) -> float:
        """The energy between two times in seconds."""
        steps = 1000 / STEP_MS
        first, last = (min(round(at * steps), len(self.energy) - 1) for at in (start, end))
        return float(self.energy[last] - self.energy[first])

    @cached_property
    def energy(self) -> NDArray[np.float64]:
        """The power of all steps before each, and of all."""
        return np.append(0.0, np.cumsum(self.power))

    @cached_property
    def levels(self) -> NDArray[np.float64]:
        """Levels of the windows of 0.28 s that begin every 10 ms; the sound must hold one."""
        gap = GAP_MS // STEP_MS
        steps = self.place(STEP_MS * np.arange(self.length // STEP_MS + 1))
        windows = np.convolve(self.power, np.ones(gap), "valid")
        return np.asarray(self.level(windows, steps[gap:] - steps[:-gap]))

    def find_limit(self) -> float:
        """The level that a window of an event passes; the sound must hold a window."""
        loudest = self.find_loudest()
        return max(loudest * 10 ** (-QUIET / 20), find_noise(self.levels, loudest))

    def find_loudest(self) -> float:
        """Level of the loudest 50 ms, counted from the start; the last may be shorter."""
        marks = np.arange(0, self.length, MOMENT_MS)
        frames = np.diff(self.place(np.append(marks, self.length)))
        power = np.append(self.power, self.sum_rest(self.length // STEP_MS * STEP_MS)[0])
        moments = np.add.reduceat(power, marks // STEP_MS)
        return float(self.level(moments, frames).max())

    def sum_rest(self, start: int) -> tuple[float, int]:
        """The power from `start` ms to the end, and the frames that it is of."""
        first, end = self.place(np.array([start, self.length]))
        return float(self.rest[len(self.rest) - (end - first) :].sum()), int(end - first)

    def level(self, power: Any, frames: Any) -> Any:
        """Effective value in whole numbers of 32 bits."""
        return np.floor(np.sqrt(power / (frames * self.channels)))

    def place(self, ms: NDArray[np.int64]) -> NDArray[np.int64]:
        """The frames at which pydub cuts for times in milliseconds."""
        return place_frames(ms, self.rate)


def find_noise(levels: NDArray[np.float64], loudest: float) -> float:
    """The level that a steady noise hardly passes; 0 where there is none.

    levels: of windows of 0.28 s. A noise is steady where the quieter two fifths of the windows
    hardly differ, and is one only far below the loudest moment: a call that goes on is none.
    """
    low, middle = np.percentile(levels, (10, 40))
    steady = 0 < middle < low * 10 ** (STEADY / 20)
    limit = float(middle) * 10 ** (OVER / 20)
    return limit if steady and limit < loudest * 10 ** (-FAR / 20) else 0.0


def place_frames(ms: NDArray[np.int64], rate: int) -> NDArray[np.int64]:
    """The frames at which pydub cuts for times in milliseconds."""
    return (ms * (rate / 1000.0)).astype(np.int64)


def measure_profile(read: Callable[[int], Array], frames: int, channels: int, rate: int) -> Profile:
    """The profile of a sound of `frames` frames; `read` gives its next ones, (n, channels)."""
    length = round(1000 * (frames / rate))
    # Whole steps, and what is left of one.
    steps = place_frames(np.append(np.arange(0, length + 1, STEP_MS), length), rate)
    power, rest = [], np.zeros(0)
    for at in range(0, len(steps) - 1, PART):
        some = steps[at : at + PART + 1] - steps[at]
        squares = np.square(to_whole(read(int(some[-1])))).sum(axis=1)
        # A length that was rounded up ends a little behind the last frame.
        squares = np.pad(squares, (0, int(some[-1]) - len(squares)))
        rest = np.concatenate([rest, squares])[-rate:]
        power.append(np.add.reduceat(np.append(squares, 0), some[:-1]))
    return Profile(np.concatenate(power)[:-1], rest, length, channels, rate)


class Rumble:
    """Takes what rumbles out of the parts of a sound, one after the other, (n, channels) each.

    A Butterworth filter of the fourth order, at `edge` Hz.
    """

    def __init__(self, channels: int, rate: int, edge: float = RUMBLE) -> None:
        self.filter = signal.butter(4, edge, "high", fs=rate, output="sos")
        self.state = np.zeros((len(self.filter), 2, channels))
        # So that a hum which is cut off does not begin with a knock.
        size = int(KNOCK * rate) if edge > RUMBLE else 0
        self.rise = np.float32(0.5) - np.float32(0.5) * np.cos(
            np.pi * np.arange(size, dtype=np.float32) / max(size, 1)
        )

    def remove(self, samples: Array) -> Array:
        """The next part without rumble."""
        if not len(samples):
            return samples
        if len(self.rise):
            samples = samples.copy()
            count = min(len(self.rise), len(samples))
            samples[:count] *= self.rise[:count, None]
            self.rise = self.rise[count:]
        heard, self.state = signal.sosfilt(self.filter, samples, axis=0, zi=self.state)
        return np.asarray(heard, np.float32)


def to_whole(samples: Array) -> NDArray[np.float64]:
    """Samples as whole numbers of 32 bits, held within full scale."""
    return np.round(np.clip(samples.astype(np.float64), -1, 1) * (2**31 - 1))


def choose_stretch(
    events: Sequence[tuple[float, float]], weigh: Callable[[float, float], float], longest: float
) -> tuple[float, float]:
    """Start and end in seconds of the stretch of at most `longest` that weighs most.

    Neighbouring events join as long as they fit, lie at most `PAUSE` apart, and add what is worth
    it; one that is too long is cut where most of its energy lies. weigh: the energy between two
    times. Raises `Refusal` where nothing is heard.
    """
    if not events:
        raise Refusal("holds nothing but silence")
    spans = []
    for i, (start, end) in enumerate(events):
        spans.append((start, end))
        for j in range(i + 1, len(events)):
            pause = events[j][0] - events[j - 1][1]
            if pause > PAUSE or events[j][1] - start > longest:
                break
            spans.append((start, events[j][1]))
    weights = [weigh(*span) for span in spans]
    enough = (1 - NEEDLESS) * max(weights)
    likely = [span for span, weight in zip(spans, weights, strict=True) if weight >= enough]
    start, end = min(likely, key=lambda span: span[1] - span[0])
    if end - start > longest:
        steps = np.arange(start, end - longest, 0.05)
        start = float(max(steps, key=lambda at: weigh(at, at + longest)))
        end = start + longest
    return start, end
