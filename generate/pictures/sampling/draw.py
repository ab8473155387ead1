"""Sample pictures as grey levels, a group at a time, with frames of their way from noise.

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
from generate.pictures.compute.sharing import give_way
from generate.pictures.families.base import Drawn, Family, Noise, Watch
from generate.settings import Settings

# A convolution's last bits may change with the size of its batch. So beasts are always drawn in the
# same group: number n with the others of its group, at the same place in it.
GROUP = 8
# Side of the frames, in pixels, at most.
FRAME = 128


@dataclass(frozen=True)
class Sampled:
    """Pictures uint8 (N, 3, S, S), frames uint8 (N, F, 3, T, T) of each on its way from noise, and
    further files of each by their ending.

    T is at most 128: frames are shown small, and a strip of them has to fit into one WebP.
    """

    pictures: np.ndarray
    frames: np.ndarray
    beside: list[dict[str, bytes]]


def sample_seeds(
    family: Family,
    conditions: Tensor,
    seeds: Sequence[int],
    steps: int,
    guidance: float,
    kind: str,
    watch: Watch | None = None,
    noise: Noise | None = None,
) -> Drawn:
    """A picture for each row of ``conditions``, in one arithmetic; from the noise of its seed,
    unless ``noise`` is given."""
    noise = noise or family.noise([torch.Generator().manual_seed(seed) for seed in seeds])
    with arithmetic(kind):
        return family.sample(conditions, noise, steps, guidance, watch)


def draw_group(
    settings: Settings,
    family: Family,
    conditions: Tensor,
    seeds: Sequence[int],
    noise: Noise | None = None,
) -> Sampled:
    """`sample_seeds` as the settings ask."""
    asked = settings.pictures
    steps = asked.steps
    kept = set(np.linspace(0, steps, min(asked.frames, steps + 1)).round().astype(int).tolist())
    frames: list[np.ndarray] = []

    def watch(step: int, state: Tensor) -> None:
        give_way()
        if step in kept:
            shown = to_levels(family.develop(state) if step < steps else state)
            large = shown.shape[-1] > FRAME
            frames.append(shrink(shown, FRAME).round().astype(np.uint8) if large else shown)

    kind = str(family.facts.get("arithmetic", "float32"))
    drawn = sample_seeds(family, conditions, seeds, steps, asked.guidance, kind, watch, noise)
    beside = drawn.beside or [{} for _ in seeds]
    return Sampled(to_levels(drawn.pictures), np.stack(frames, 1), beside)
