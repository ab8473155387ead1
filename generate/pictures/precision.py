"""Choose the arithmetic by trying it: bfloat16 where it is faster, else float32."""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager

import torch

NAMES = {"bfloat16": torch.bfloat16, "float32": torch.float32}


def arithmetic(name: str) -> AbstractContextManager[object]:
    """A context in which networks run in the arithmetic called ``name``."""
    kind = NAMES[name]
    return torch.autocast("cpu", kind, enabled=kind is not torch.float32)


def probe(step: Callable[[], object], tries: int = 3) -> tuple[str, float]:
    """Time ``step`` in each arithmetic; the faster one's name and its seconds a step.

    A processor without native bfloat16 emulates it, many times slower, so nothing is assumed. The
    median of ``tries`` steps after one to warm up; a first step ten times slower ends the trial.
    """
    best: tuple[str, float] = ("float32", measure(step, "float32", tries, float("inf")))
    seconds = measure(step, "bfloat16", tries, best[1] * 4)
    # A tenth is not worth the lost digits.
    return ("bfloat16", seconds) if seconds < 0.9 * best[1] else best


def measure(step: Callable[[], object], name: str, tries: int, patience: float) -> float:
    """Median seconds of ``step`` in one arithmetic, or of its first if past ``patience``."""
    times: list[float] = []
    for _ in range(tries + 1):
        started = time.perf_counter()
        with arithmetic(name):
            step()
        times.append(time.perf_counter() - started)
        if times[0] > patience * 3:
            return times[0]
    return sorted(times[1:])[tries // 2]
