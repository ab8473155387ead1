"""The variants of the flow recipe that experiments train, each with one change.

Variants that share the word before their colon belong to one experiment.
"""

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from generate.pictures.families.flow import Flow, draw_times
from generate.pictures.training.augment import Augment

# The least value of a denominator that is 0 at one end of the path (Li and He, arXiv 2511.13720).
LEAST = 0.05


@dataclass(frozen=True)
class Unlabelled(Augment):
    """Alterations without labels, so that samples may look altered."""

    def __call__(self, pictures: Tensor, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """Altered ``pictures`` (B, 3, S, S) in [-1, 1], and labels (B, ALTERATIONS) of zeros."""
        pictures, labels = super().__call__(pictures, generator)
        return pictures, torch.zeros_like(labels)


VARIANTS: dict[str, dict[str, Any]] = {
    "default": {},
    "target: noise": {"target": "noise"},
    "target: picture": {"target": "picture"},
    "target: preconditioned": {"target": "preconditioned"},
    "rate: 5e-4": {"rate": 5e-4},
    "rate: 2e-3": {"rate": 2e-3},
    "average: 0.03": {"window": 0.03},
    "average: 0.12": {"window": 0.12},
    "times: mean -0.4": {"mean": -0.4},
    "times: mean 0.4": {"mean": 0.4},
    "batch: 8": {"batch": 8},
    "batch: 32": {"batch": 32},
    "width: 3/4": {"widths": (48, 72, 104, 120)},
    "width: 5/4": {"widths": (80, 120, 176, 200)},
    "width: of usual shape": {"widths": (32, 64, 128, 256)},
    "width: half, no folding": {"widths": (32, 48, 72, 80), "factor": 1},
    "alterations: mirror alone": {"augment": Augment(shift=0.0)},
    "alterations: unlabelled": {"augment": Unlabelled(shift=0.12)},
}


class VariantFlow(Flow):
    """A flow with another ``mean`` of noise levels, or a network that predicts another ``target``.

    A target is the velocity, the noise, the picture, or a preconditioned one (Karras et al., arXiv
    2206.00364, section 5, restated for x_t = (1 - t) x + t e with pictures of deviation ``sigma``:
    input and target have deviation 1 at every t, and the best linear guess of the velocity is
    added). It is converted to the velocity, and the loss is always that of the velocity.
    """

    mean, target, sigma = 0.0, "velocity", 0.5

    def draw_times(self, count: int, generator: torch.Generator, share: float) -> Tensor:
        return draw_times(count, generator, self.mean)

    def velocity(self, noisy: Tensor, times: Tensor, conditions: Tensor) -> Tensor:
        """dx/dt from the network's answer to ``noisy`` (B, 3, S, S) at ``times`` (B,)."""
        t = times.view(-1, 1, 1, 1)
        if self.target == "preconditioned":
            return self.precondition(noisy, t, times, conditions)
        answer = super().velocity(noisy, times, conditions)
        if self.target == "noise":
            return (answer - noisy) / (1 - t).clamp(min=LEAST)
        if self.target == "picture":
            return (noisy - answer) / t.clamp(min=LEAST)
        return answer

    def precondition(self, noisy: Tensor, t: Tensor, times: Tensor, conditions: Tensor) -> Tensor:
        """The velocity by a network that corrects the best linear guess.

        With x_t's variance s² = (1 - t)² σ² + t² the guess is (t - (1 - t) σ²) / s² x_t, and its
        error has deviation σ / s.
        """
        variance = (1 - t) ** 2 * self.sigma**2 + t**2
        guess = (t - (1 - t) * self.sigma**2) / variance * noisy
        answer = self.network(noisy / variance.sqrt(), times * 1000, conditions)
        return guess + self.sigma / variance.sqrt() * answer
