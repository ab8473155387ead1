"""Choose where to compute, and in which arithmetic, by trying it."""

import os
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import cache

import torch
from torch.nn import functional

NAMES = {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}


@cache
def choose_device() -> torch.device:
    """The accelerator that torch sees, if a convolution learns there; else the processor.

    Of several, each process of one launch takes its own.
    """
    forced = os.environ.get("ACCELERATE_USE_CPU", "").lower() in ("1", "true", "yes")
    if torch.accelerator.is_available() and not forced:
        kind = torch.accelerator.current_accelerator()
        assert kind is not None
        place = int(os.environ.get("LOCAL_RANK", 0)) % max(1, torch.accelerator.device_count())
        device = torch.device(kind.type, place)
        try:
            weight = torch.ones(8, 8, 3, 3, device=device, requires_grad=True)
            functional.conv2d(torch.ones(1, 8, 8, 8, device=device), weight).sum().backward()
            return device
        except (RuntimeError, AssertionError) as error:
            line = str(error).strip().splitlines()[0]
            print(f"device    {device} cannot be used ({line[:120]}); going on without it")
    return torch.device("cpu")


def offered(device: torch.device) -> list[str]:
    """The arithmetics that networks may run in on ``device``, float32 first.

    Half of float32's digits are lost in bfloat16, and in float16 small gradients too, unless they
    are scaled; so float16 is only for GPUs that have no bfloat16 of their own.
    """
    if device.type != "cuda":
        return ["float32", "bfloat16"]
    native = torch.cuda.is_bf16_supported(including_emulation=False)
    return ["float32", "bfloat16" if native else "float16"]


def arithmetic(name: str) -> AbstractContextManager[object]:
    """A context in which networks run in the arithmetic called ``name``.

    Where this machine does not offer it, as for a model that was trained on another, float32.
    """
    device = choose_device()
    kind = NAMES[name] if name in offered(device) else torch.float32
    return torch.autocast(device.type, kind, enabled=kind is not torch.float32)


def current_arithmetic() -> str:
    """The name of the arithmetic whose context this is."""
    kind = choose_device().type
    if not torch.is_autocast_enabled(kind):
        return "float32"
    chosen = torch.get_autocast_dtype(kind)
    return next(name for name, dtype in NAMES.items() if dtype == chosen)


def probe(step: Callable[[], object], tries: int = 3) -> tuple[str, float]:
    """Time ``step`` in each arithmetic; the faster one's name and its seconds a step.

    A processor without native bfloat16 emulates it, many times slower, so nothing is assumed. The
    median of ``tries`` steps after one to warm up; a first step ten times slower ends the trial.
    """
    best: tuple[str, float] = ("float32", measure(step, "float32", tries, float("inf")))
    for name in offered(choose_device())[1:]:
        try:
            seconds = measure(step, name, tries, best[1] * 4)
        except (RuntimeError, TypeError):
            continue  # an accelerator that has no such arithmetic after all
        # A tenth is not worth the lost digits.
        if seconds < 0.9 * best[1]:
            best = (name, seconds)
    return best


def measure(step: Callable[[], object], name: str, tries: int, patience: float) -> float:
    """Median seconds of ``step`` in one arithmetic, or of its first if past ``patience``."""
    times: list[float] = []
    for _ in range(tries + 1):
        started = time.perf_counter()
        with arithmetic(name):
            step()
        if choose_device().type != "cpu":
            torch.accelerator.synchronize()
        times.append(time.perf_counter() - started)
        if times[0] > patience * 3:
            return times[0]
    return sorted(times[1:])[tries // 2]
