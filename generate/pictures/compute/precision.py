"""Choose where to compute, and in which arithmetic, by trying it."""

import os
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from functools import cache

import torch
from torch.nn import functional

NAMES = {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}


@cache
def choose_device() -> torch.device:
    """The accelerator that torch finds, if a convolution can be trained there; else the processor.

    Of several accelerators, each process of one launch takes its own.
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


def list_arithmetics(device: torch.device) -> list[str]:
    """The arithmetics that networks may run in on ``device``, float32 first.

    bfloat16 has a third of float32's significant bits. float16 also loses small gradients, unless
    they are scaled; so it is only for GPUs without native bfloat16.
    """
    if device.type != "cuda":
        return ["float32", "bfloat16"]
    native = torch.cuda.is_bf16_supported(including_emulation=False)
    return ["float32", "bfloat16" if native else "float16"]


def arithmetic(name: str) -> AbstractContextManager[object]:
    """A context in which networks run in the arithmetic called ``name``; "" changes nothing.

    float32 where this machine lacks it, as may be for a model that was trained on another machine.
    """
    if not name:
        return nullcontext()
    device = choose_device()
    kind = NAMES[name] if name in list_arithmetics(device) else torch.float32
    return torch.autocast(device.type, kind, enabled=kind is not torch.float32)


def probe(step: Callable[[], object], tries: int = 3) -> tuple[str, float]:
    """Time ``step`` in each arithmetic; the name of the fastest and its seconds a step.

    A processor without native bfloat16 emulates it, many times slower, so it must be tried. The
    seconds are the median of ``tries`` steps after a first one. A first step that is twelve times
    slower ends the trial of its arithmetic.
    """
    best: tuple[str, float] = ("float32", time_step(step, "float32", tries, float("inf")))
    for name in list_arithmetics(choose_device())[1:]:
        try:
            seconds = time_step(step, name, tries, best[1] * 12)
        except (RuntimeError, TypeError):
            continue  # this accelerator lacks it after all
        # A gain of a tenth is not worth the lost digits.
        if seconds < 0.9 * best[1]:
            best = (name, seconds)
    return best


def time_step(step: Callable[[], object], name: str, tries: int, limit: float) -> float:
    """Median seconds of ``step`` in one arithmetic; the first one's if it takes over ``limit``."""
    times: list[float] = []
    for _ in range(tries + 1):
        started = time.perf_counter()
        with arithmetic(name):
            step()
        if choose_device().type != "cpu":
            torch.accelerator.synchronize()
        times.append(time.perf_counter() - started)
        if times[0] > limit:
            return times[0]
    return sorted(times[1:])[tries // 2]
