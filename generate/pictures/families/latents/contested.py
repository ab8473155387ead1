"""An autoencoder with an adversary: a second network tells its pictures from real ones.

Larsen et al. (arXiv 1512.09300): what the adversary sees in both is to be alike, too. It enters
late (Esser et al., 2012.09841): before a reconstruction has settled, it would only destroy it.
"""

from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import Tensor
from torch.nn import functional

from generate.pictures.data.vocabulary import Vocabulary
from generate.pictures.families.gans.altering import CHANCES, alter
from generate.pictures.families.latents.coder import CODER, LEAST, PLAN, Coder, CoderBeginning
from generate.pictures.families.latents.course import follow_course
from generate.pictures.families.latents.likeness import compare_maps
from generate.pictures.networks.adversary import PatchCritic
from generate.pictures.networks.autoencoder import LatentShape
from generate.pictures.training.learner import Rows

ADVERSARY = "adversary"
# Share of the autoencoder's act over which the adversary's weight rises from nought.
RISE = 0.1


@dataclass(frozen=True)
class ContestedBeginning(CoderBeginning):
    """`CoderBeginning` with an adversary.

    It enters once the share ``enter`` of the autoencoder's act is done. Its pull on a picture is
    ``adversary`` times as strong as that of the picture to be rebuilt.
    """

    enter: float = 0.4
    adversary: float = 0.4


class Contested(Coder):
    """A `Coder` whose autoencoder has an adversary in the later part of its act."""

    phases: ClassVar[tuple[str, ...]] = (CODER, ADVERSARY)
    beginning: ContestedBeginning = ContestedBeginning(PLAN, least_steps=LEAST)

    @property
    def patches(self) -> PatchCritic:
        """The adversary."""
        found: Any = self.network[ADVERSARY]
        return found

    @property
    def entry(self) -> float:
        """The share of the run at which the adversary enters."""
        return self.beginning.enter * self.beginning.split

    @property
    def acts(self) -> tuple[float, ...]:
        return tuple(sorted({0.0, self.entry, self.beginning.split}))

    @classmethod
    def make_parts(cls, shape: LatentShape, vocabulary: Vocabulary, own: Any) -> dict[str, Any]:
        return {**super().make_parts(shape, vocabulary, own), ADVERSARY: PatchCritic()}

    def pace(self, phase: str, share: float) -> float:
        if phase == ADVERSARY:
            return follow_course(share, self.entry, self.beginning.split)
        return super().pace(phase, share)

    def chance(self, phase: str, batch: Rows, generator: torch.Generator, share: float) -> Rows:
        chosen = super().chance(phase, batch, generator, share)
        if phase in (CODER, ADVERSARY):
            count = len(batch["pictures"])
            chosen["alterations"] = torch.rand(count, CHANCES, generator=generator)
        return chosen

    def losses(self, phase: str, batch: Rows, chance: Rows) -> Tensor:
        if phase != ADVERSARY:
            return super().losses(phase, batch, chance)
        pictures = batch["pictures"]
        with torch.no_grad():
            words = batch["conditions"] * chance["worded"]
            shown, _ = self.reconstruct(pictures, words, chance)
        real = self.patches(alter(pictures, chance["alterations"]))[-1]
        made = self.patches(alter(shown, chance["alterations"]))[-1]
        # The hinge: whoever is told apart with certainty teaches nothing more.
        return (functional.relu(1 - real) + functional.relu(1 + made)).mean((1, 2, 3))

    def compare(self, shown: Tensor, pictures: Tensor, chance: Rows) -> Tensor:
        unlike = super().compare(shown, pictures, chance)
        share = float(chance["share"][0])
        # Held-out pictures are compared without the adversary, which changes all the time.
        if not torch.is_grad_enabled() or share < self.entry:
            return unlike
        rise = min(1.0, (share - self.entry) / max(RISE * self.beginning.split, 1e-6))
        (own,) = torch.autograd.grad(unlike.sum(), shown, retain_graph=True)
        pull = self.find_pull(shown, pictures, chance)
        strength = measure_length(own) / measure_length(pull).clamp(min=1e-9)
        pull = pull * strength * rise * self.beginning.adversary
        # Its value says nothing, so it is nought; its gradient at the picture is the pull.
        drawn = (pull * shown).sum((1, 2, 3))
        return unlike + drawn - drawn.detach()

    def find_pull(self, shown: Tensor, pictures: Tensor, chance: Rows) -> Tensor:
        """Where the adversary would have each picture changed: a gradient (B, 3, S, S)."""
        seen = shown.detach().requires_grad_()
        maps = self.patches(alter(seen, chance["alterations"]))
        with torch.no_grad():
            real = self.patches(alter(pictures, chance["alterations"]))
        wish = compare_maps(maps[:-1], real[:-1]) - maps[-1].mean((1, 2, 3))
        (pull,) = torch.autograd.grad(wish.sum(), seen)
        return pull


def measure_length(gradient: Tensor) -> Tensor:
    """The norm of each picture's gradient, (B, 1, 1, 1)."""
    return gradient.square().sum((1, 2, 3), keepdim=True).sqrt()
