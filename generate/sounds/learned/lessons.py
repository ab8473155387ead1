"""Read a folder of recordings as lessons: the notes of each, some held out to judge by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from scipy import fft

from generate.errors import Refusal
from generate.recipe import derive_seed, digest
from generate.sounds.engines.blocks import cut_long, is_long
from generate.sounds.engines.clips import find_events
from generate.sounds.engines.events import Rumble
from generate.sounds.engines.recordings import (
    find_recordings,
    name_file,
    open_levels,
    open_recording,
)
from generate.sounds.learned import REVISION
from generate.sounds.learned.contours import LONGEST, POINTS, Array, Note, trace_notes
from generate.sounds.voice.singing import Sung

FEWEST = 8
# Of so many recordings one is held out, and three at least; seconds that are read of a long one.
HELD, TAPE = 4, 60.0
# Coefficients of the cosine transform that describe a note's pitch beyond its height, its loudness,
# its brightness (Teutenberg, Watson and Riddle 2008, "Modelling and synthesising F0 contours with
# the discrete cosine transform").
PITCH, LOUD, BRIGHT = 3, 4, 2
WIDTH = 5 + PITCH + LOUD + BRIGHT
# Seconds of silence between notes at most, and before the first; what is added to them, so that
# notes that are tied have a logarithm too.
LATEST, FIRST, TOUCH = 1.2, 0.15, 0.02


@dataclass(frozen=True, eq=False)
class Lesson:
    """One recording: its name and the notes in it, as numbers (n, WIDTH)."""

    name: str
    notes: Array


@dataclass(frozen=True, eq=False)
class Lessons:
    """What is learnt, what is held out, and a line for each recording that cannot be used."""

    learnt: tuple[Lesson, ...]
    held: tuple[Lesson, ...]
    refused: tuple[str, ...] = ()

    @property
    def all(self) -> tuple[Lesson, ...]:
        return (*self.learnt, *self.held)

    @property
    def key(self) -> str:
        """Digest of what is learnt and what is held out."""
        told = [[one.name, np.round(one.notes, 4).tolist()] for one in self.learnt]
        return digest([REVISION, told, [one.name for one in self.held]])


def read_lessons(settings: Any) -> Lessons:
    """The lessons of [sounds] folder; the seed of the jungle decides which are held out.

    Raises `Refusal` where there are fewer than `FEWEST` recordings with notes in them.
    """
    if not settings.sounds.folder:
        raise Refusal(
            'sounds.folder is not set; engine = "learned" needs a folder of recordings, '
            f"{FEWEST} or more"
        )
    return listen_to(Path(settings.home) / settings.sounds.folder, settings.seed)


@lru_cache(maxsize=4)
def listen_to(folder: Path, seed: int) -> Lessons:
    """The lessons in a folder, listened to once a run."""
    heard, refused = [], []
    for path in find_recordings(folder):
        try:
            heard.append(Lesson(path.relative_to(folder).as_posix(), encode_notes(hear(path))))
        except Refusal as refusal:
            refused.append(name_file(path, refusal))
    if len(heard) < FEWEST:
        why = f" ({refused[0]})" if refused else ""
        raise Refusal(
            f"sounds.folder: {folder} holds {len(heard)} recordings to learn from, where at least "
            f'{FEWEST} are needed{why}; add some, or use engine = "folder"'
        )
    order = sorted(heard, key=lambda one: derive_seed("held out", seed, one.name))
    count = max(3, len(order) // HELD)
    held = order[:count]
    learnt = [one for one in heard if one not in held]
    return Lessons(tuple(learnt), tuple(held), tuple(refused))


def hear(path: Path) -> list[Note]:
    """The notes of the events in a recording; of a long one, of its strongest minute.

    Raises `Refusal`.
    """
    if is_long(path):
        levels = open_levels(path)
        samples, rate = cut_long(path, levels, TAPE)[0], levels.rate
    else:
        samples, rate = open_recording(path)
    heard = Rumble(samples.shape[1], rate).remove(samples / np.float32(np.abs(samples).max()))
    events = find_events(heard, rate)
    notes = [
        note
        for note in trace_notes(heard, rate)
        if any(a - 0.1 <= (note.start + note.end) / 2 <= b + 0.1 for a, b in events)
    ]
    if not notes:
        raise Refusal("no call is heard in it; replace it")
    return notes


def encode_notes(notes: Sequence[Note]) -> Array:
    """Notes as numbers (n, WIDTH): rhythm and size as logarithms, contours as cosines."""
    rows = []
    for place, note in enumerate(notes):
        silence = note.start - notes[place - 1].end if place else FIRST
        pitch, loud, bright = (
            fft.dct(line, norm="ortho") / np.sqrt(POINTS)
            for line in (note.pitch, note.loud, note.bright)
        )
        rows.append(
            [
                np.log2(np.clip(silence, 0, LATEST) + TOUCH),
                np.log2(note.seconds),
                note.level / 6,
                pitch[0],
                *pitch[1 : 1 + PITCH],
                *loud[:LOUD] / 6,
                *bright[:BRIGHT],
                note.clear,
            ]
        )
    return np.array(rows).reshape(len(rows), WIDTH)


def time_notes(numbers: Array) -> Array:
    """Seconds from each note to the next, (n - 1,), of notes as numbers (n, WIDTH)."""
    silence = np.clip(2 ** numbers[1:, 0] - TOUCH, 0, LATEST)
    return np.asarray(silence + 2 ** numbers[:-1, 1])


def decode_notes(numbers: Array) -> list[Sung]:
    """Notes to sing from numbers (n, WIDTH), within the bounds of what can be sung."""
    sung: list[Sung] = []
    for row in numbers:
        pitch, loud, bright = (np.zeros(POINTS) for _ in range(3))
        pitch[: 1 + PITCH] = row[3 : 4 + PITCH]
        loud[:LOUD] = 6 * row[4 + PITCH : 4 + PITCH + LOUD]
        bright[:BRIGHT] = row[-1 - BRIGHT : -1]
        pitch, loud, bright = (
            fft.idct(line * np.sqrt(POINTS), norm="ortho") for line in (pitch, loud, bright)
        )
        silence = float(np.clip(2 ** row[0] - TOUCH, 0, LATEST))
        sung.append(
            Sung(
                silence + (sung[-1].seconds if sung else 0.0),
                float(np.clip(2 ** row[1], 0.04, LONGEST)),
                float(min(6 * row[2], 0.0)),
                pitch,
                loud - loud.max(),
                bright,
                float(np.clip(row[-1], 0, 1)),
            )
        )
    return sung
