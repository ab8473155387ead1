"""Measure CPU time and memory of a task with all its processes, and compare two tasks.

CPU time, since other work on the machine lengthens the time by the clock.
"""

import multiprocessing
import resource
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any


def compare_costs(
    name: str, baseline: list[Any], ours: list[Any], at: int, unit: str, share: float = 1
) -> dict[str, Any]:
    """A row of a table from the lowest costs, divided by ``share``.

    ``baseline`` and ``ours`` are results of `measure_cost`; ``at`` is 0 for time, 1 for memory.
    """
    before, now = (min(found[at] for found in costs) / share for costs in (baseline, ours))
    ratio = round(before / now, 2)
    figures = {"baseline": round(before, 4), "ours": round(now, 4), "ratio": ratio}
    return {"name": name, **figures, "unit": unit}


def measure_cost(task: Callable[[], None], bar: Any) -> tuple[float, float]:
    """CPU seconds of ``task`` in a fresh process, and MiB of the largest process that it used."""
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=run_task, args=(task, sender))
    process.start()
    sender.close()  # or receiving would never end if the process fails
    found: tuple[float, float] = receiver.recv()
    process.join()
    bar.update()
    return found


def run_task(task: Callable[[], None], sender: Any) -> None:
    """Run ``task`` and send its cost."""
    before = read_usage()
    task()
    after = read_usage()
    sender.send((after[0] - before[0], after[1]))


def read_usage() -> tuple[float, float]:
    """CPU seconds so far, and the largest memory in MiB, of this process and its children."""
    own, others = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    seconds = sum(usage.ru_utime + usage.ru_stime for usage in (own, others))
    scale = 2**20 if sys.platform == "darwin" else 2**10
    return seconds, max(read_peak() or own.ru_maxrss, others.ru_maxrss) / scale


def read_peak() -> int:
    """The largest memory of this process in KiB by Linux; 0 on other systems.

    On Linux, ru_maxrss of a process begins with the memory that its parent had.
    """
    try:
        status = Path("/proc/self/status").read_text()
    except OSError:
        return 0
    return next((int(row.split()[1]) for row in status.splitlines() if "VmHWM" in row), 0)
