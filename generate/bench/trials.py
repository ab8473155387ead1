"""What is tried in place of the recipe's own choices, one change at a time.

An experiment is a group of trials that share the word before their colon.
"""

from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor

from generate.pictures.families.base import Rows
from generate.pictures.families.flow import Flow
from generate.pictures.training.augment import Augment

Trial = dict[str, Any]

# A denominator that vanishes at one end of the path is kept from it (Li and He, arXiv 2511.13720).
LEAST = 0.05


@dataclass(frozen=True)
class Unsaid(Augment):
    """Alterations that the network is not told of, so that they may leak into its own pictures."""

    def __call__(self, pictures: Tensor, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """Altered ``pictures`` (B, 3, S, S) in [-1, 1], and labels (B, ALTERATIONS) of nothing."""
        pictures, labels = super().__call__(pictures, generator)
        return pictures, torch.zeros_like(labels)


TRIALS: dict[str, Trial] = {
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
    "alterations: unsaid": {"augment": Unsaid(shift=0.12)},
}


class Leaning(Flow):
    """A flow whose times lean towards noise (``mean`` > 0) or pictures, or with another ``target``.

    Whatever the network answers with, it is turned into the velocity, and judged as one: the noise,
    the picture, or what a preconditioned network leaves (Karras et al., arXiv 2206.00364, section
    5, restated for x_t = (1 - t) x + t e with pictures of deviation ``sigma``: its input and target
    have deviation 1 at every t, and the best linear guess of the velocity is added).
    """

    mean, target, sigma = 0.0, "velocity", 0.5

    def chance(self, phase: str, batch: Rows, generator: torch.Generator, share: float) -> Rows:
        self.beginning = replace(self.beginning, lean=self.mean)
        return super().chance(phase, batch, generator, 0.0)

    def velocity(self, noisy: Tensor, times: Tensor, conditions: Tensor) -> Tensor:
        """dx/dt from the network's answer to ``noisy`` (B, 3, S, S) at ``times`` (B,)."""
        t = times.view(-1, 1, 1, 1)
        if self.target == "preconditioned":
            return self.complete(noisy, t, times, conditions)
        answer = super().velocity(noisy, times, conditions)
        if self.target == "noise":
            return (answer - noisy) / (1 - t).clamp(min=LEAST)
        if self.target == "picture":
            return (noisy - answer) / t.clamp(min=LEAST)
        return answer

    def complete(self, noisy: Tensor, t: Tensor, times: Tensor, conditions: Tensor) -> Tensor:
        """With x_t's variance s² = (1 - t)² σ² + t², the best linear guess of the velocity is
        (t - (1 - t) σ²) / s² x_t, and what it leaves has deviation σ / s."""
        variance = (1 - t) ** 2 * self.sigma**2 + t**2
        guess = (t - (1 - t) * self.sigma**2) / variance * noisy
        answer = self.network(noisy / variance.sqrt(), times * 1000, conditions)
        return guess + self.sigma / variance.sqrt() * answer
