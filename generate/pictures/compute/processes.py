"""Several processes that work together: their numbers, their shares, their messages.

`accelerate launch` starts the same command several times, on one machine or more, and numbers the
processes in the environment. All of them see the same jungle's folder; only the first writes
models, checkpoints and reports. torch is imported only if there is more than one.
"""

import atexit
import json
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from generate.errors import Refusal

if TYPE_CHECKING:
    import torch

T = TypeVar("T")

# Variables of torch's launcher and of those of MPI: a process's number, and how many there are.
LAUNCHERS = (
    ("RANK", "WORLD_SIZE"),
    ("OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"),
    ("PMI_RANK", "PMI_SIZE"),
)


def place() -> tuple[int, int]:
    """This process's number from 0, and how many there are: (0, 1) unless a launcher says so.

    `Refusal` for impossible numbers, such as another program's variable of the same name.
    """
    names = next((names for names in LAUNCHERS if all(n in os.environ for n in names)), None)
    if names is None:
        return 0, 1
    number, total = (os.environ[name] for name in names)
    try:
        rank, world = int(number), int(total)
    except ValueError:
        rank, world = -1, 0
    if 0 <= rank < world:
        return rank, world
    raise Refusal(
        f"{names[0]} = {number!r} and {names[1]} = {total!r} in the environment: they must be this "
        "process's number from 0 and how many there are; unset both to run alone"
    )


def world() -> int:
    """The number of processes."""
    return place()[1]


def rank() -> int:
    """This process's number from 0."""
    return place()[0]


def is_first() -> bool:
    """True for the process that writes."""
    return rank() == 0


def deal(items: Sequence[T]) -> list[T]:
    """This process's share of ``items``, dealt out in turn."""
    return list(items[rank() :: world()])


def share_of(count: int) -> slice:
    """This process's part of the places 0 … ``count`` - 1; the parts differ by one at most."""
    return slice(count * rank() // world(), count * (rank() + 1) // world())


@cache
def join() -> "torch.device":
    """Connect to the other processes, once; the device on which numbers are exchanged."""
    from accelerate import PartialState

    from generate.pictures.compute.precision import choose_device

    device = choose_device()
    # Without it accelerate chooses a number by the cores, and warns about its choice.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    state = PartialState(cpu=device.type == "cpu")
    if state.num_processes != world():
        raise Refusal("accelerate: the processes cannot meet; see MASTER_ADDR and MASTER_PORT")
    atexit.register(state.destroy_process_group)
    return device


def leave() -> NoReturn:
    """End a process whose share is done, while others go on.

    If it was connected, it ends at once: during the interpreter's ordinary exit a thread of the
    exchange may still run, and would abort the process.
    """
    if join.cache_info().currsize:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)
    raise SystemExit(0)


def wait() -> None:
    """Return when all processes have called it."""
    if world() > 1:
        gather(None)


def gather(value: Any) -> list[Any]:
    """The ``value`` of each process, in order of rank; it must be JSON-able.

    As JSON, since torch would pickle objects.
    """
    if world() == 1:
        return [value]
    import torch
    from torch import distributed

    device = join()
    sent = torch.frombuffer(bytearray(json.dumps(value).encode()), dtype=torch.uint8).to(device)
    lengths = [torch.zeros(1, dtype=torch.int64, device=device) for _ in range(world())]
    distributed.all_gather(lengths, torch.tensor([len(sent)], device=device))
    longest = max(int(length) for length in lengths)
    padded = torch.zeros(longest, dtype=torch.uint8, device=device)
    padded[: len(sent)] = sent
    texts = [torch.zeros_like(padded) for _ in range(world())]
    distributed.all_gather(texts, padded)
    return [
        json.loads(bytes(text[: int(length)].cpu().tolist()))
        for text, length in zip(texts, lengths, strict=True)
    ]


def tell(value: Any) -> Any:
    """The ``value`` of the first process, in all of them."""
    return gather(value)[0]


def any_of(flags: Sequence[bool]) -> list[bool]:
    """For each of ``flags`` whether it is True in any process, so that all of them act alike."""
    if world() == 1:
        return list(flags)
    import torch
    from torch import distributed

    raised = torch.tensor([float(flag) for flag in flags], device=join())
    distributed.all_reduce(raised, distributed.ReduceOp.MAX)
    return [bool(flag) for flag in raised.tolist()]


@contextmanager
def first_alone() -> Iterator[bool]:
    """A block that the first process (it gets True) runs while the others wait.

    If it fails there, the others end too, silently.
    """
    if world() == 1:
        yield True
        return
    if is_first():
        try:
            yield True
        except BaseException:
            gather("failed")
            raise
        gather("done")
        return
    yield False
    if tell(None) == "failed":
        raise SystemExit(1)


def add_up(tensors: Iterable["torch.Tensor"]) -> None:
    """Replace ``tensors``, in place, by their sums over all processes."""
    if world() == 1:
        return
    import torch
    from torch import distributed

    join()
    parts = list(tensors)
    # One long message is faster than many short ones.
    joined = torch.cat([part.reshape(-1).float() for part in parts])
    distributed.all_reduce(joined)
    for part, total in zip(parts, joined.split([part.numel() for part in parts]), strict=True):
        part.copy_(total.view_as(part))
