"""What a task costs: CPU time and memory of its whole process tree, and rows that compare two.

CPU time, since other work on the machine lengthens the time on a clock.
"""

import multiprocessing
import resource
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

# Bytes of the unit that ru_maxrss is in.
UNIT = 1 if sys.platform == "darwin" else 1024


def compare_best(
    name: str, baseline: list[Any], ours: list[Any], at: int, unit: str, share: float = 1
) -> dict[str, Any]:
    """One row from the lowest of several costs; ``at`` 0 is CPU time, 1 memory."""
    before, now = (min(found[at] for found in costs) / share for costs in (baseline, ours))
    return {
        "name": name,
        "baseline": round(before, 4),
        "ours": round(now, 4),
        "ratio": round(before / now, 2),
        "unit": unit,
    }


def measure_cost(task: Callable[[], None], bar: Any) -> tuple[float, float]:
    """CPU seconds of ``task`` in a new process, and the MiB of its largest process."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        found = pool.submit(run_task, task).result()
    bar.update()
    return found


def run_task(task: Callable[[], None]) -> tuple[float, float]:
    """Run ``task``; what it cost, with the processes that it started."""
    before = read_usage()
    task()
    after = read_usage()
    return after[0] - before[0], after[1]


def read_usage() -> tuple[float, float]:
    """CPU seconds so far, and the most memory in MiB, of this process and its children."""
    own, others = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    seconds = sum(usage.ru_utime + usage.ru_stime for usage in (own, others))
    return seconds, max(read_peak(), others.ru_maxrss * UNIT) / 2**20


def read_peak() -> int:
    """The most memory in bytes that this process has held.

    On Linux ru_maxrss of a process begins with the memory of its parent, so /proc is read there.
    """
    status = Path("/proc/self/status")
    for row in status.read_text().splitlines() if status.is_file() else []:
        if row.startswith("VmHWM"):
            return int(row.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * UNIT
