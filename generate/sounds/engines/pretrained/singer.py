"""What every model that makes sound from words offers, and what is asked of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]


@dataclass(frozen=True)
class Order:
    """What is asked for: words, words to keep away from, length, steps, strictness (None: the
    model's own)."""

    prompt: str
    negative: str
    seconds: float
    steps: int
    guidance: float | None = None


class Singer(Protocol):
    """A model that makes sound from words.

    kind: the class that it is. rate: Hz. longest: seconds that it can make, infinite where it
    decides for itself. heeds: those fields of an `Order` that it takes.
    """

    kind: str
    rate: int
    longest: float
    heeds: tuple[str, ...]

    def sing(self, order: Order, seed: int) -> Array:
        """One clip, (n, channels); ``seed`` decides all that is left to chance."""
        ...


@contextmanager
def seeded(seed: int) -> Iterator[Any]:
    """A generator of ``seed``; torch's own is seeded alike inside the block, and put back.

    Some schedulers and models take no generator and ask torch's own.
    """
    import torch

    with torch.random.fork_rng(devices=[]), torch.inference_mode():
        torch.manual_seed(seed)
        yield torch.Generator("cpu").manual_seed(seed)
