"""Time the recipes turn by turn, each in a process of its own, so that noise befalls them alike."""

import multiprocessing
import os
import statistics
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

from tqdm import tqdm

from generate.errors import Refusal
from generate.pictures.families import registry
from generate.settings import Settings

ROUNDS = 3
CLASSIC, OURS, FULL = "classic", "ours", "ours, float32"
# Who is measured: recipe and arithmetic (None: the faster one on this machine).
SUBJECTS: dict[str, tuple[str, str | None]] = {
    CLASSIC: (registry.CLASSIC, "float32"),
    OURS: (registry.DEFAULT, None),
    FULL: (registry.DEFAULT, "float32"),
}
Row = dict[str, Any]


class Worker(Protocol):
    """One who measures: "train" and "sample" in seconds a picture, "memory" in bytes."""

    arithmetic: str
    threads: int

    def ask(self, what: str) -> float: ...


@dataclass
class Remote:
    """A subject in another process."""

    connection: Any
    arithmetic: str = ""
    threads: int = 0

    def ask(self, what: str) -> float:
        """What it measures; `Refusal` if the process is gone."""
        self.connection.send(what)
        return float(self.hear())

    def hear(self) -> Any:
        """The process's next word."""
        try:
            return self.connection.recv()
        except EOFError:
            raise Refusal("bench: a measuring process ended; is there memory enough?") from None


def measure_costs(settings: Settings) -> list[Row]:
    """The rows of training, finished pictures, memory and threads."""
    with open_workers(settings) as workers:
        return make_rows(workers, take_turns(workers, ROUNDS))


@contextmanager
def open_workers(settings: Settings) -> Iterator[dict[str, Worker]]:
    """A process for each of the subjects, all with as many threads."""
    from generate.bench.subject import serve

    context = multiprocessing.get_context("spawn")
    threads = count_threads()
    workers: dict[str, Worker] = {}
    started = []
    try:
        for name, (recipe, kind) in SUBJECTS.items():
            near, far = context.Pipe()
            asked = settings.pictures
            about = (far, recipe, kind, threads, asked.steps, asked.guidance)
            process = context.Process(target=serve, args=about, daemon=True)
            process.start()
            far.close()  # so that a process that fails ends the wait
            remote = Remote(near)
            started.append((process, remote))
            remote.arithmetic, remote.threads = remote.hear()
            workers[name] = remote
        yield workers
        for _, remote in started:
            remote.connection.send("")
    finally:
        for process, remote in started:
            remote.connection.close()
            process.join(5)
            process.kill()


def count_threads() -> int:
    """The threads that each may use: OMP_NUM_THREADS, else as many as there are processors."""
    if hasattr(os, "sched_getaffinity"):
        free = len(os.sched_getaffinity(0))
    else:
        free = os.cpu_count() or 1
    asked = os.environ.get("OMP_NUM_THREADS", "")
    return int(asked) if asked.isdecimal() and int(asked) else free


def take_turns(workers: dict[str, Worker], rounds: int) -> dict[str, dict[str, list[float]]]:
    """Seconds by what was measured and by whom, one a round; a first round only warms up."""
    times: dict[str, dict[str, list[float]]] = {
        what: {name: [] for name in workers} for what in ("train", "sample")
    }
    for worker in workers.values():
        worker.ask("train")
    turns = [(what, name) for _ in range(rounds) for what in times for name in workers]
    for what, name in tqdm(turns, "bench", unit="turn"):
        times[what][name].append(workers[name].ask(what))
    return times


def make_rows(workers: dict[str, Worker], times: dict[str, dict[str, list[float]]]) -> list[Row]:
    """The table's rows from what `take_turns` found."""
    rows = []
    for what, name in (("train", "training"), ("sample", "finished")):
        title = f"seconds per {name} picture"
        for who, suffix in ((OURS, ""), (FULL, ", float32")):
            pairs = times[what][CLASSIC], times[what][who]
            facts = {"arithmetic": workers[who].arithmetic}
            rows.append(compare(title + suffix, "s", *pairs) | facts)
    peaks = {name: workers[name].ask("memory") / 2**20 for name in (CLASSIC, OURS)}
    rows.append(compare("peak memory", "MiB", [peaks[CLASSIC]], [peaks[OURS]]))
    counts = [[float(workers[name].threads)] for name in (CLASSIC, OURS)]
    return [*rows, compare("processor threads", "", *counts)]


def compare(name: str, unit: str, baseline: Sequence[float], ours: Sequence[float]) -> Row:
    """One row: the medians, and the median and the range of the rounds' ratios.

    The ratio says how many times less ours takes.
    """
    ratios = [before / now for before, now in zip(baseline, ours, strict=True)]
    return {
        "name": name,
        "baseline": round(statistics.median(baseline), 4),
        "ours": round(statistics.median(ours), 4),
        "ratio": round(statistics.median(ratios), 1),
        "spread": [round(min(ratios), 1), round(max(ratios), 1)],
        "unit": unit,
    }
