"""A listener: tells by contours alone of which kind of animal a call is.

It knows the mean of each kind (Rocchio's nearest centroid) and nothing of pitch, size or timbre.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence

import numpy as np

from generate.sounds.learned.contours import Array, Note

FEWEST = 2
# Seconds between notes that are heard as silence.
SILENT = 0.06


def describe_call(notes: Sequence[Note]) -> Array:
    """What a call of two notes or more does over time, (4,): its usual and its longest note, as
    octaves of seconds, and the silence between notes, its seconds and how often there is one.

    Raises ValueError for fewer notes.
    """
    if len(notes) < FEWEST:
        raise ValueError(f"{len(notes)} notes; at least {FEWEST} are needed")
    seconds = np.log2([note.seconds for note in notes])
    between = np.array([b.start - a.end for a, b in itertools.pairwise(notes)])
    silence = np.clip(between, 0, 1)
    return np.array([np.median(seconds), seconds.max(), silence.mean(), (between > SILENT).mean()])


class Listener:
    """Knows kinds of calls by the notes of examples of each; two kinds or more."""

    def __init__(self, kinds: Mapping[str, Sequence[Sequence[Note]]]) -> None:
        known = {
            kind: np.array([describe_call(call) for call in calls if len(call) >= FEWEST])
            for kind, calls in kinds.items()
        }
        if len(known) < 2 or not all(map(len, known.values())):
            raise ValueError("a listener needs two kinds, with a call of two notes or more each")
        self.kinds = list(known)
        spread = np.concatenate([rows - rows.mean(axis=0) for rows in known.values()])
        means = np.array([rows.mean(axis=0) for rows in known.values()])
        # How much each number varies within a kind; a few examples tell it roughly.
        self.deviation = np.sqrt(spread.var(axis=0) + 0.1 * means.var(axis=0) + 1e-6)
        self.means = means / self.deviation

    def recognise(self, call: Sequence[Note]) -> str:
        """The kind of call that this one is most like."""
        gaps = np.square(self.means - describe_call(call) / self.deviation).sum(axis=1)
        return self.kinds[int(gaps.argmin())]
