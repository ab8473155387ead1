"""The training pictures in memory, and the batches drawn from them."""

from dataclasses import dataclass, field

import torch
from torch import Tensor

from generate.pictures.compute.levels import from_levels
from generate.pictures.networks.unet import ALTERATIONS
from generate.pictures.training.augment import Augment
from generate.pictures.training.learner import Rows
from generate.pictures.training.plan import Plan
from generate.recipe import derive_seed


def seeded(*names: object) -> torch.Generator:
    """A generator whose stream depends on ``names`` alone."""
    return torch.Generator().manual_seed(derive_seed(*names))


@dataclass
class TrainingPictures:
    """Pictures uint8 (N, 3, S, S) with their conditions (N, …), as `Family.encode` gives them.

    Where a picture has several captions, ``others`` holds the conditions (K, …) of the further ones
    by its place; one of all is drawn each time that it is shown.
    The pictures may lie on an accelerator. Random numbers and conditions come from the processor's
    memory, so that the device changes nothing.
    """

    pictures: Tensor
    conditions: Tensor
    augment: Augment = field(default_factory=Augment)
    others: dict[int, Tensor] = field(default_factory=dict)
    _epoch: tuple[int, int] | None = field(default=None, repr=False)
    _order: list[int] = field(default_factory=list, repr=False)

    def draw_batch(self, plan: Plan, step: int, generator: torch.Generator) -> Rows:
        """The batch of ``step``, altered. All pictures are shown once before any is shown again."""
        places = range(step * plan.batch, (step + 1) * plan.batch)
        order = [self.find_place(plan.seed, place) for place in places]
        pictures, labels = self.augment(from_levels(self.pictures[order]), generator)
        conditions = self.conditions[order]
        for row, place in enumerate(order):
            if (others := self.others.get(place)) is not None:
                chosen = int(torch.randint(len(others) + 1, (1,), generator=generator))
                conditions[row] = others[chosen - 1] if chosen else conditions[row]
        return {"pictures": pictures, "conditions": conditions, "labels": labels}

    def take(self, count: int) -> Rows:
        """The first ``count`` pictures, unaltered."""
        pictures = from_levels(self.pictures[:count])
        labels = torch.zeros(len(pictures), ALTERATIONS)
        return {"pictures": pictures, "conditions": self.conditions[:count], "labels": labels}

    def find_place(self, seed: int, exposure: int) -> int:
        """The place of the picture that is shown at ``exposure`` 0, 1, …"""
        epoch, rank = divmod(exposure, len(self.pictures))
        if self._epoch != (seed, epoch):
            generator = seeded("epoch", seed, epoch)
            self._order = torch.randperm(len(self.pictures), generator=generator).tolist()
            self._epoch = (seed, epoch)
        return self._order[rank]
