"""What a task costs: CPU time and memory of its whole process tree, and rows that compare two.

CPU time, for other work on the machine lengthens what a clock shows.
"""

import multiprocessing
import resource
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any


def row(
    name: str, baseline: list[Any], ours: list[Any], at: int, unit: str, share: float = 1
) -> dict[str, Any]:
    """One row from the better of several costs."""
    before, now = (min(found[at] for found in costs) / share for costs in (baseline, ours))
    return {
        "name": name,
        "baseline": round(before, 4),
        "ours": round(now, 4),
        "ratio": round(before / now, 2),
        "unit": unit,
    }


def cost(task: Callable[[], None], bar: Any) -> tuple[float, float]:
    """CPU seconds and MiB of the largest process of ``task`` in a fresh process."""
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=run_task, args=(task, sender))
    process.start()
    sender.close()  # so that a process that fails ends the wait
    found: tuple[float, float] = receiver.recv()
    process.join()
    bar.update()
    return found


def run_task(task: Callable[[], None], sender: Any) -> None:
    """Run ``task`` and send what it cost, its own processes included."""
    before = use()
    task()
    after = use()
    sender.send((after[0] - before[0], after[1]))


def use() -> tuple[float, float]:
    """CPU seconds so far, and the most memory in MiB, of this process and its children."""
    own, others = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    seconds = sum(usage.ru_utime + usage.ru_stime for usage in (own, others))
    scale = 2**20 if sys.platform == "darwin" else 2**10
    return seconds, max(read_peak() or own.ru_maxrss, others.ru_maxrss) / scale


def read_peak() -> int:
    """The most memory in KiB of this process, as Linux knows it; 0 elsewhere.

    There ru_maxrss of a process begins with what its parent held when it started it.
    """
    try:
        status = Path("/proc/self/status").read_text()
    except OSError:
        return 0
    return next((int(row.split()[1]) for row in status.splitlines() if "VmHWM" in row), 0)
