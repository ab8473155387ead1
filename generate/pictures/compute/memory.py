"""Keep within memory: how much there is, and doing work in smaller parts when it runs out."""

import gc
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import psutil
import torch
from torch import Tensor

from generate.errors import Refusal

T = TypeVar("T")

# Never take more than this for activations on a processor, whose memory other programs share.
CEILING = 1.25 * 2**30
CGROUP = Path("/sys/fs/cgroup")


def allowance(device: torch.device) -> float:
    """Bytes that activations may take on ``device``: half of what is free, `CEILING` at most."""
    if device.type == "cuda":
        return torch.cuda.mem_get_info(device)[0] / 2
    return min(CEILING, free_memory() / 2)


def free_memory() -> float:
    """Bytes free on this machine, or in the container that this process is shut in."""
    free = float(psutil.virtual_memory().available)
    try:
        most = float((CGROUP / "memory.max").read_text())
        taken = float((CGROUP / "memory.current").read_text())
        counts = dict(line.split() for line in (CGROUP / "memory.stat").read_text().splitlines())
    except (OSError, ValueError):
        return free
    # Files that were read and are kept at hand give way to whoever needs the room.
    taken -= float(counts.get("inactive_file", 0))
    return max(0.0, min(free, most - taken))


def is_out_of_memory(error: BaseException) -> bool:
    """True for what torch's allocators, and the system's, say when memory is spent."""
    text = str(error).lower()
    signs = ("out of memory", "can't allocate memory", "bad_alloc", "alloc_failed")
    return isinstance(error, MemoryError) or any(sign in text for sign in signs)


def fitting(
    work: Callable[[int], T], share: int, forget: Callable[[], object] = lambda: None
) -> tuple[T, int]:
    """``work(share)`` and the share that fitted: halved, after ``forget()``, as often as need be.

    Raises `Refusal` when there is no memory for a share of one.
    """
    while True:
        try:
            return work(share), share
        except (RuntimeError, MemoryError) as error:
            if not is_out_of_memory(error):
                raise
        # Out of the handler, whose traceback would keep the tensors that filled the memory.
        forget()
        gc.collect()
        if torch.cuda.is_available():
            torch.cuda.empty_cache()
        if share == 1:
            raise Refusal(
                "out of memory with one picture at a time; close other programs, "
                "or choose a smaller size under [pictures]"
            )
        share = (share + 1) // 2


def in_parts(answer: Callable[..., Tensor], most: int, *inputs: Tensor) -> Tensor:
    """``answer(*inputs)`` row by row the same, but of ``most`` rows at a time, or what fits."""

    def work(share: int) -> Tensor:
        rows = [tensor.split(share) for tensor in inputs]
        answers = [answer(*part) for part in zip(*rows, strict=True)]
        return answers[0] if len(answers) == 1 else torch.cat(answers)

    return fitting(work, min(most, len(inputs[0])))[0]


def measure_activations(losses: Callable[[], Tensor], weights: set[int]) -> int:
    """Bytes that the backward pass of ``losses()`` keeps, but for the storages in ``weights``."""
    kept: dict[int, int] = {}

    def pack(tensor: Tensor) -> Tensor:
        storage = tensor.untyped_storage()
        kept[storage.data_ptr()] = storage.nbytes()
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
        held = losses()
        total = sum(size for place, size in kept.items() if place not in weights)
        del held
    # Gradients of activations come on top while they flow back.
    return int(total * 1.5)
