"""Stay within memory: measure how much is free, and do work in smaller parts when it runs out."""

import gc
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import psutil
import torch
from torch import Tensor

from generate.errors import Refusal

T = TypeVar("T")

# Activations on a processor never take more bytes than this: other programs share its memory.
CEILING = 1.25 * 2**30
CGROUP = Path("/sys/fs/cgroup")


def allowance(device: torch.device) -> float:
    """Bytes that activations may take on ``device``: half of what is free, `CEILING` at most."""
    if device.type == "cuda":
        return torch.cuda.mem_get_info(device)[0] / 2
    return min(CEILING, free_memory() / 2)


def free_memory() -> float:
    """Bytes free on this machine, or in the container that this process runs in."""
    free = float(psutil.virtual_memory().available)
    try:
        most = float((CGROUP / "memory.max").read_text())
        taken = float((CGROUP / "memory.current").read_text())
        counts = dict(line.split() for line in (CGROUP / "memory.stat").read_text().splitlines())
    except (OSError, ValueError):
        return free
    # The cache of files that were read is given up when memory is needed.
    taken -= float(counts.get("inactive_file", 0))
    return max(0.0, min(free, most - taken))


def is_out_of_memory(error: BaseException) -> bool:
    """True for the errors of torch's allocators, and the system's, when memory runs out."""
    text = str(error).lower()
    signs = ("out of memory", "can't allocate memory", "bad_alloc", "alloc_failed")
    return isinstance(error, MemoryError) or any(sign in text for sign in signs)


def fit_in_memory(
    work: Callable[[int], T], rows: int, clean_up: Callable[[], object] = lambda: None
) -> tuple[T, int]:
    """``work(rows)``, and the rows that fitted. When memory runs out, half as many are tried.

    ``clean_up()`` is called before each new try. `Refusal` when there is no memory for one row.
    """
    while True:
        try:
            return work(rows), rows
        except (RuntimeError, MemoryError) as error:
            if not is_out_of_memory(error):
                raise
        # Outside the handler, since its traceback would keep the tensors that filled the memory.
        clean_up()
        gc.collect()
        if torch.cuda.is_available():
            torch.cuda.empty_cache()
        if rows == 1:
            raise Refusal(
                "out of memory with one picture at a time; close other programs, "
                "or choose a smaller size under [pictures]"
            )
        rows = (rows + 1) // 2


def in_parts(answer: Callable[..., Tensor], most: int, *inputs: Tensor) -> Tensor:
    """``answer(*inputs)``, computed for ``most`` rows at a time, or fewer if memory runs out."""

    def work(rows: int) -> Tensor:
        parts = zip(*(tensor.split(rows) for tensor in inputs), strict=True)
        answers = [answer(*part) for part in parts]
        return answers[0] if len(answers) == 1 else torch.cat(answers)

    return fit_in_memory(work, min(most, len(inputs[0])))[0]


def measure_activations(losses: Callable[[], Tensor], weights: set[int]) -> int:
    """Bytes that ``losses()`` keeps for the backward pass, without the storages in ``weights``."""
    kept: dict[int, int] = {}

    def pack(tensor: Tensor) -> Tensor:
        storage = tensor.untyped_storage()
        kept[storage.data_ptr()] = storage.nbytes()
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
        held = losses()
        total = sum(size for place, size in kept.items() if place not in weights)
        del held
    # The backward pass needs room for the gradients of activations, too.
    return int(total * 1.5)
