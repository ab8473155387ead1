"""Noise that is a sum of others': what a beast inherits from the beasts that it is crossed from."""

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

from generate.pictures.families.base import Family, Noise


class MixedNoise(Noise):
    """Sums of the noise of several seeds: the start of each picture, and all that follows.

    ``parts`` are noises of N pictures with the weight of each picture (N,).
    """

    def __init__(self, parts: Sequence[tuple[Noise, Tensor]]) -> None:
        first = parts[0][0]
        self.generators, self.shape, self.parts = [], first.shape, list(parts)
        self.start = self.add_up([noise.start for noise, _ in parts])

    def __len__(self) -> int:
        return len(self.start)

    def next(self) -> Tensor:
        """New numbers of every part, added up."""
        return self.add_up([noise.next() for noise, _ in self.parts])

    def add_up(self, numbers: Sequence[Tensor]) -> Tensor:
        """The sum of the parts' ``numbers`` (N, *shape), each by its weight."""
        broad = (-1, *[1] * len(self.shape))
        weights = [weight.reshape(broad) for _, weight in self.parts]
        return torch.stack([w * n for w, n in zip(weights, numbers, strict=True)]).sum(0)


def mix_noise(family: Family, rows: Sequence[Mapping[str, float]]) -> MixedNoise:
    """The noise of pictures, each of which has {seed: weight}."""
    parts = []
    for place in range(max(map(len, rows))):
        # A row with fewer seeds repeats its first one, at no weight.
        held = [[*row.items()] for row in rows]
        seeds = [int(pairs[place if place < len(pairs) else 0][0]) for pairs in held]
        weights = [pairs[place][1] if place < len(pairs) else 0.0 for pairs in held]
        generators = [torch.Generator().manual_seed(seed) for seed in seeds]
        parts.append((family.noise(generators), torch.tensor(weights, dtype=torch.float32)))
    return MixedNoise(parts)
