"""The training pictures in memory, and the batches that a run takes of them."""

from dataclasses import dataclass, field

import torch
from torch import Tensor

from generate.pictures.compute.levels import from_levels
from generate.pictures.families.base import Rows
from generate.pictures.networks.unet import ALTERATIONS
from generate.pictures.training.augment import Augment
from generate.pictures.training.plan import Plan
from generate.recipe import derive_seed


def seeded(*names: object) -> torch.Generator:
    """A generator whose stream depends on ``names`` alone."""
    return torch.Generator().manual_seed(derive_seed(*names))


@dataclass
class TrainingPictures:
    """Pictures uint8 (N, 3, S, S) with their conditions (N, …), as `Family.encode` gives them.

    The pictures may lie on an accelerator; chance and conditions come from the processor's memory,
    so that the device decides nothing.
    """

    pictures: Tensor
    conditions: Tensor
    augment: Augment = field(default_factory=Augment)
    _epoch: tuple[int, int] | None = field(default=None, repr=False)
    _order: list[int] = field(default_factory=list, repr=False)

    def draw(self, plan: Plan, step: int, generator: torch.Generator) -> Rows:
        """The batch of ``step``, altered: each picture once before any comes again."""
        places = range(step * plan.batch, (step + 1) * plan.batch)
        order = [self.place(plan.seed, place) for place in places]
        pictures, labels = self.augment(from_levels(self.pictures[order]), generator)
        return {"pictures": pictures, "conditions": self.conditions[order], "labels": labels}

    def take(self, count: int) -> Rows:
        """The first ``count`` pictures as they are."""
        pictures = from_levels(self.pictures[:count])
        labels = torch.zeros(len(pictures), ALTERATIONS)
        return {"pictures": pictures, "conditions": self.conditions[:count], "labels": labels}

    def place(self, seed: int, exposure: int) -> int:
        """The picture shown at ``exposure`` 0, 1, …"""
        epoch, rank = divmod(exposure, len(self.pictures))
        if self._epoch != (seed, epoch):
            generator = seeded("epoch", seed, epoch)
            self._order = torch.randperm(len(self.pictures), generator=generator).tolist()
            self._epoch = (seed, epoch)
        return self._order[rank]
