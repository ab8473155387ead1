"""Time the recipes in turns, each in a process of its own, so that other work slows them alike."""

import multiprocessing
import os
import statistics
from collections.abc import Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

from tqdm import tqdm

from generate.bench.recipe_cost import measure, prepare
from generate.errors import Refusal
from generate.pictures.families import registry
from generate.settings import Settings
from generate.stops import follow_parent

ROUNDS = 3
CLASSIC, OURS, FULL = "classic", "ours", "ours, float32"
# What is measured: recipe and arithmetic (None: the faster one on this machine).
SUBJECTS: dict[str, tuple[str, str | None]] = {
    CLASSIC: (registry.CLASSIC, "float32"),
    OURS: (registry.DEFAULT, None),
    FULL: (registry.DEFAULT, "float32"),
}
Row = dict[str, Any]


@dataclass
class Worker:
    """A recipe in another process (a pool of one, where `prepare` was called)."""

    pool: Executor
    arithmetic: str
    threads: int

    def ask(self, what: str) -> float:
        """What it costs, as `measure` tells; `Refusal` if the process has ended."""
        try:
            return self.pool.submit(measure, what).result()
        except BrokenExecutor:
            raise Refusal("bench: a measuring process ended; is there memory enough?") from None


def measure_costs(settings: Settings) -> list[Row]:
    """The rows of training, finished pictures, memory and threads."""
    with open_workers(settings) as workers:
        return make_rows(workers, take_turns(workers, ROUNDS))


@contextmanager
def open_workers(settings: Settings) -> Iterator[dict[str, Worker]]:
    """A process for each of the subjects, all with the same number of threads."""
    context, asked = multiprocessing.get_context("spawn"), settings.pictures
    workers = {}
    with ExitStack() as stack:
        for name, (recipe, kind) in SUBJECTS.items():
            pool = stack.enter_context(ProcessPoolExecutor(1, context, follow_parent))
            about = recipe, kind, count_threads(), asked.steps, asked.guidance
            workers[name] = Worker(pool, *pool.submit(prepare, *about).result())
        yield workers


def count_threads() -> int:
    """The threads of each process: OMP_NUM_THREADS, else the number of processors."""
    asked = os.environ.get("OMP_NUM_THREADS", "")
    if asked.isdecimal() and int(asked):
        return int(asked)
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def take_turns(workers: dict[str, Worker], rounds: int) -> dict[str, dict[str, list[float]]]:
    """Seconds by what was measured and by worker, one a round, after a first round to warm up."""
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
    """The table's rows from the times of `take_turns`."""
    rows = []
    for what, name in (("train", "training"), ("sample", "finished")):
        title = f"seconds per {name} picture"
        for who, suffix in ((OURS, ""), (FULL, ", float32")):
            pairs = times[what][CLASSIC], times[what][who]
            facts = {"arithmetic": workers[who].arithmetic}
            rows.append(compare_rounds(title + suffix, "s", *pairs) | facts)
    peaks = {name: workers[name].ask("memory") / 2**20 for name in (CLASSIC, OURS)}
    rows.append(compare_rounds("peak memory", "MiB", [peaks[CLASSIC]], [peaks[OURS]]))
    counts = [[float(workers[name].threads)] for name in (CLASSIC, OURS)]
    return [*rows, compare_rounds("processor threads", "", *counts)]


def compare_rounds(name: str, unit: str, baseline: Sequence[float], ours: Sequence[float]) -> Row:
    """One row: the medians, and the median and range of the rounds' ratios (baseline over ours)."""
    ratios = [before / now for before, now in zip(baseline, ours, strict=True)]
    return {
        "name": name,
        "baseline": round(statistics.median(baseline), 4),
        "ours": round(statistics.median(ours), 4),
        "ratio": round(statistics.median(ratios), 1),
        "spread": [round(min(ratios), 1), round(max(ratios), 1)],
        "unit": unit,
    }
