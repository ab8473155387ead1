"""Draw a summoned beast in Python, as a browser draws it: the same words, seed and noise."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from generate.pictures.compute.levels import to_levels
from generate.pictures.families.base import Family, Noise
from generate.pictures.summoning.asking import complete
from generate.pictures.summoning.model import Portable
from generate.pictures.summoning.noise import draw_normal


class SummonedNoise(Noise):
    """The noise of one picture by `draw_normal`: block 0 is the start, then one for each step."""

    def __init__(self, seed: int, shape: Sequence[int]) -> None:
        self.seed, self.block = seed, 0
        super().__init__([torch.Generator()], shape)

    def next(self) -> Tensor:
        """The next block of numbers (1, *shape)."""
        drawn = draw_normal(self.seed, self.block, int(np.prod(self.shape)))
        self.block += 1
        return torch.from_numpy(drawn).view(1, *self.shape)


def draw_summoned(
    family: Family, portable: Portable, words: Sequence[str], seed: int
) -> np.ndarray:
    """uint8 (3, S, S): the beast of ``words``, tokens of the model, and ``seed`` < 2**32.

    In float32, with the weights of ``family``.
    """
    tokens, groups = portable.facts["tokens"], portable.facts["groups"]
    wanted = [tokens.index(word) for word in words]
    conditions = torch.from_numpy(complete(groups, portable.facts["rows"], wanted, seed))[None]
    noise = SummonedNoise(seed, (3, family.size, family.size))
    steps = len(portable.facts["steps"])
    drawn = family.sample(conditions, noise, steps, float(portable.facts["guidance"]))
    return to_levels(drawn.pictures)[0]
