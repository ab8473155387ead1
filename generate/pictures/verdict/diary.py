"""How a training run goes while it goes: work/report/training.json, for whoever watches it."""

import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Protocol

from generate.errors import Refusal
from generate.files import read_json, write_json

FILE = Path("report/training.json")
TRAINING, STOPPED, ENDED = "training", "stopped", "ended"
# Seconds between two entries; points of a curve, at most; seconds after which nobody writes it.
INTERVAL, POINTS, SILENT = 1.0, 150, 60.0


class Curves(Protocol):
    """Losses of a run, by the step after which each was measured."""

    losses: list[tuple[int, float]]
    held_out: list[tuple[int, float]]


@dataclass
class Diary:
    """A run's state as of its last entry.

    seen, total: training pictures so far and in all. losses, held_out: rows of pictures seen and
    loss, thinned to `POINTS`. seconds: taken so far; left: those to come. memory: MiB that the
    process holds. state: "training", "stopped" or "ended".
    """

    total: int
    seen: int = 0
    losses: list[tuple[int, float]] = field(default_factory=list)
    held_out: list[tuple[int, float]] = field(default_factory=list)
    seconds: float = 0.0
    left: float | None = None
    memory: int = 0
    state: str = TRAINING


class DiaryWriter:
    """Writes the diary of a run of ``total`` pictures below ``work``, once a second at most."""

    def __init__(self, work: Path, total: int) -> None:
        self.path, self.diary = work / FILE, Diary(total)
        self.written = 0.0

    def note(self, step: int, batch: int, seconds: float, left: float, curves: Curves) -> None:
        """``step`` steps of ``batch`` pictures were taken in ``seconds``; ``left`` are to come."""
        if time.monotonic() - self.written >= INTERVAL:
            diary = self.diary
            diary.seen, diary.seconds, diary.left = step * batch, round(seconds, 1), round(left, 1)
            diary.losses = [(at * batch, loss) for at, loss in thin(curves.losses)]
            diary.held_out = [(at * batch, loss) for at, loss in thin(curves.held_out)]
            self.write(TRAINING)

    def write(self, state: str) -> None:
        """Write the last entry, or that the run is over."""
        import psutil

        self.diary.state = state
        self.diary.memory = psutil.Process().memory_info().rss // 2**20
        write_json(self.path, asdict(self.diary))
        self.written = time.monotonic()


def thin(rows: Sequence[tuple[int, float]]) -> list[tuple[int, float]]:
    """At most `POINTS` + 1 of ``rows``, the last among them."""
    stride = -(-len(rows) // POINTS) or 1
    return [*rows[::stride], *([rows[-1]] if rows and (len(rows) - 1) % stride else [])]


def read_diary(work: Path) -> dict[str, Any] | None:
    """The diary below ``work`` as it was written; None where there is none that can be read.

    A run that was killed left "training" there: it is called "stopped" after a minute's silence.
    """
    path = work / FILE
    try:
        found, age = read_json(path), time.time() - path.stat().st_mtime
    except (Refusal, OSError):
        return None
    if not isinstance(found, dict) or found.keys() != Diary.__dataclass_fields__.keys():
        return None
    if found["state"] == TRAINING and age > SILENT:
        found["state"] = STOPPED
    return found
