"""Find how many pictures fit in memory at once, so that running out never changes the recipe."""

import gc
from dataclasses import replace

import torch

from generate.pictures.loop import Family, Plan, Training, accumulate, seeded

# Never take more than this for activations, nor more than half of what is free.
CEILING = 1.25 * 2**30


def find_micro(family: Family, training: Training, plan: Plan) -> int:
    """The largest share of ``plan.batch``, halved as often as need be, that fits.

    The bytes that one picture's backward pass keeps are counted, not guessed, and out of memory all
    the same means half again. Gradients are summed over the shares, so the batch stays what it was.
    """
    micro = plan.batch
    per_picture = measure_activations(family, training, plan)
    allowed = min(CEILING, free_memory() / 2)
    while micro > 1 and micro * per_picture > allowed:
        micro = (micro + 1) // 2
    while True:
        try:
            batch = training.draw(plan, 0, seeded("fit"))
            trial = replace(plan, batch=micro, micro=micro)
            batch.pictures, batch.conditions = batch.pictures[:micro], batch.conditions[:micro]
            accumulate(family, batch, trial, seeded("fit"))
            family.network.zero_grad(set_to_none=True)
            return micro
        except (RuntimeError, MemoryError) as error:
            if micro == 1 or not is_out_of_memory(error):
                raise
            family.network.zero_grad(set_to_none=True)
            gc.collect()
            micro = (micro + 1) // 2


def measure_activations(family: Family, training: Training, plan: Plan) -> int:
    """Bytes that the backward pass of one picture keeps, in float32."""
    kept: dict[int, int] = {}

    def pack(tensor: torch.Tensor) -> torch.Tensor:
        storage = tensor.untyped_storage()
        kept[storage.data_ptr()] = storage.nbytes()
        return tensor

    weights = {p.untyped_storage().data_ptr() for p in family.network.parameters()}
    one = replace(plan, batch=1, micro=1)
    batch = training.draw(one, 0, seeded("fit"))
    with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
        losses, _ = family.losses(batch, seeded("fit"))
        total = sum(size for place, size in kept.items() if place not in weights)
        del losses
    # Gradients of activations come on top while they flow back.
    return int(total * 1.5)


def is_out_of_memory(error: Exception) -> bool:
    """True for what torch's allocators, and the system's, say when memory is spent."""
    text = str(error).lower()
    return isinstance(error, MemoryError) or "out of memory" in text or "alloc" in text


def free_memory() -> float:
    """Bytes free on this machine, infinity where it does not tell."""
    try:
        with open("/proc/meminfo", encoding="ascii") as file:
            for line in file:
                if line.startswith("MemAvailable:"):
                    return float(line.split()[1]) * 1024
    except OSError:
        pass
    return float("inf")
