"""Draw pictures from noise and words, keeping frames of the way.

Works on a model in memory; writes nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from generate.pictures.choosing.copies import shrink
from generate.pictures.compute.levels import to_levels
from generate.pictures.compute.precision import arithmetic
from generate.pictures.families.base import Family
from generate.settings import Settings

# A convolution's last bits may change with the size of its batch. So beasts are always drawn in the
# same group: number n with the others of its group, at the same place in it.
GROUP = 8
# Side of the frames that are kept of a picture's way from noise, at most.
FRAME = 128


@dataclass(frozen=True)
class Sampled:
    """Pictures uint8 (N, 3, S, S), their frames uint8 (N, F, 3, T, T) on the way from noise, and
    files beside each by their ending.

    T is at most 128: frames are shown small, and a strip of them has to fit into one WebP.
    """

    pictures: np.ndarray
    frames: np.ndarray
    beside: list[dict[str, bytes]]


def draw(settings: Settings, family: Family, conditions: Tensor, seeds: Sequence[int]) -> Sampled:
    """A picture for each row of ``conditions``, from the noise of its seed."""
    asked = settings.pictures
    steps = asked.steps
    kept = set(np.linspace(0, steps, min(asked.frames, steps + 1)).round().astype(int).tolist())
    frames: list[np.ndarray] = []

    def watch(step: int, state: Tensor) -> None:
        if step in kept:
            frames.append(reduce(to_levels(family.develop(state) if step < steps else state)))

    noise = family.noise([torch.Generator().manual_seed(seed) for seed in seeds])
    with arithmetic(str(family.facts.get("arithmetic", "float32"))):
        drawn = family.sample(conditions, noise, steps, asked.guidance, watch)
    beside = drawn.beside or [{} for _ in seeds]
    return Sampled(to_levels(drawn.pictures), np.stack(frames, 1), beside)


def reduce(pictures: np.ndarray) -> np.ndarray:
    """uint8 (N, 3, S, S) at no more than the side of a frame."""
    if pictures.shape[-1] <= FRAME:
        return pictures
    return shrink(pictures, FRAME).round().astype(np.uint8)
