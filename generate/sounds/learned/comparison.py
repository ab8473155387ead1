"""Compare songs with the recordings that they were learnt from: likeness, and copies."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from scipy import stats

from generate.recipe import derive_seed
from generate.sounds.learned.contours import Array
from generate.sounds.learned.lessons import time_notes

# Notes of a run; a run nearer to one of a recording than this share of what runs of different
# recordings are to their nearest is its copy.
RUN, NEAR = 3, 0.5
HALVES = 20
# What is told of calls, of each a line of numbers.
STATISTICS: dict[str, Callable[[Array], Array]] = {
    "seconds of a note": lambda call: 2 ** call[:, 1],
    "seconds from note to note": time_notes,
    "octaves of its height": lambda call: call[:, 3],
    "octaves of its rise and fall": lambda call: 2 * np.abs(call[:, 4]),
    "clearness": lambda call: call[:, -1],
}
# Intervals between notes: of pitch, in semitones, and of rhythm, as octaves of the time between.
INTERVALS: dict[str, Callable[[Array], Array]] = {
    "pitch": lambda call: 12 * np.diff(call[:, 3]),
    "rhythm": lambda call: np.diff(np.log2(time_notes(call))),
}


def tell_statistics(calls: Sequence[Array]) -> dict[str, list[float]]:
    """Of each of `STATISTICS` the lower quartile, the median and the upper one."""
    found = {}
    for name, measure in STATISTICS.items():
        values = np.concatenate([measure(call) for call in calls])
        quartiles = np.percentile(values, (25, 50, 75)) if len(values) else (0, 0, 0)
        found[name] = [round(float(one), 3) for one in quartiles]
    return found


def list_intervals(calls: Sequence[Array], kind: str) -> Array:
    """The intervals from note to note in calls (n, WIDTH each), of pitch or rhythm."""
    found = np.concatenate([INTERVALS[kind](call) for call in calls])
    return found if len(found) else np.zeros(1)


def compare_intervals(ours: Sequence[Array], theirs: Sequence[Array], kind: str) -> float:
    """How far the histogram of one set of intervals must be moved to become the other's.

    The distance of Wasserstein (the earth mover's), in semitones or octaves of time.
    """
    pair = (list_intervals(calls, kind) for calls in (ours, theirs))
    return float(stats.wasserstein_distance(*pair))


def compare_songs(songs: Sequence[Array], recordings: Sequence[Array], seed: int) -> dict[str, Any]:
    """For each kind of interval: the distance of ``songs`` from ``recordings``, between anchors.

    floor: the mean distance of half of the recordings from the other half. shuffled: that of the
    recordings' notes in chance order.
    """
    rng = random.Random(derive_seed("halves", seed))
    halves = []
    for _ in range(HALVES):
        order = rng.sample(range(len(recordings)), len(recordings))
        middle = len(order) // 2
        halves.append([[recordings[k] for k in some] for some in (order[:middle], order[middle:])])
    mixed = np.concatenate(list(recordings))
    found: dict[str, Any] = {}
    for kind in INTERVALS:
        shuffled = []
        for turn in range(HALVES):
            chance = np.random.default_rng(derive_seed("shuffled", seed, turn))
            pieces = np.split(
                chance.permutation(mixed), np.cumsum([len(one) for one in recordings])[:-1]
            )
            shuffled.append(compare_intervals(pieces, recordings, kind))
        floor = np.mean([compare_intervals(one, other, kind) for one, other in halves])
        found[kind] = {
            "songs": round(compare_intervals(songs, recordings, kind), 3),
            "floor": round(float(floor), 3),
            "shuffled": round(float(np.mean(shuffled)), 3),
        }
    return found


class Memory:
    """The runs of notes of all recordings, to find what was copied from them."""

    def __init__(self, recordings: Sequence[Array]) -> None:
        notes = np.concatenate(list(recordings))
        self.deviation = np.maximum(notes.std(axis=0), 0.05)
        self.runs = [self.cut(one) for one in recordings]
        self.limit = NEAR * float(np.median(self.list_gaps())) if len(recordings) > 1 else 0.0

    def cut(self, call: Array) -> Array:
        """All runs of `RUN` notes of a call (n, WIDTH), or the one of its few: (m, RUN * WIDTH)."""
        even = call / self.deviation
        even = np.concatenate([even, np.tile(even[-1:], (max(0, RUN - len(even)), 1))])
        some = np.lib.stride_tricks.sliding_window_view(even, RUN, axis=0)
        return np.asarray(some.reshape(len(some), -1))

    def list_gaps(self) -> Array:
        """How far each run of the recordings is from the nearest of another recording."""
        gaps = []
        for place, runs in enumerate(self.runs):
            others = np.concatenate([one for at, one in enumerate(self.runs) if at != place])
            gaps.append(measure_gaps(runs, others))
        return np.concatenate(gaps)

    def measure(self, call: Array) -> float:
        """How far the run of a call that is nearest to one of the recordings is from it."""
        return float(measure_gaps(self.cut(call), np.concatenate(self.runs)).min())

    def is_copy(self, call: Array) -> bool:
        """Whether some notes of a call are those of a recording, or all but."""
        return self.measure(call) < self.limit


def measure_gaps(runs: Array, others: Array) -> Array:
    """For each run its distance from the nearest of ``others``, a root mean square."""
    return np.sqrt(np.square(runs[:, None] - others[None]).mean(axis=2)).min(axis=1)
