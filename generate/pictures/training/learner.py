"""What the training loop works with: a learner, the batches it learns from, and their rows."""

from abc import ABC, abstractmethod
from typing import Any, ClassVar, Protocol

import torch
from torch import Tensor

from generate.pictures.training.plan import Plan

# Tensors by name. Each has one row for each picture of a batch.
Rows = dict[str, Tensor]


class Learner(ABC):
    """A network that can be trained, and its losses.

    ``phases`` names the optimisers that take turns in each step.
    """

    network: Any
    phases: ClassVar[tuple[str, ...]] = ("all",)

    def groups(self, phase: str, plan: Plan) -> list[dict[str, Any]]:
        """The optimiser's groups of parameters in ``phase``, each with its "share" of the rate."""
        weights = list(self.network.parameters())
        return [{"params": weights, "weight_decay": plan.decay, "share": 1.0}]

    def chance(self, phase: str, batch: Rows, generator: torch.Generator, share: float) -> Rows:
        """All random choices of a step, B rows; ``share`` in [0, 1) of the run is done."""
        return {}

    @abstractmethod
    def losses(self, phase: str, batch: Rows, chance: Rows) -> Tensor:
        """The loss of each picture (B,), which the step of ``phase`` makes smaller."""

    def split_losses(self, losses: Tensor, chance: Rows) -> dict[str, float]:
        """Means of parts of the losses (B,), for the curve: {"noise 0 to 25 %": …}."""
        return {}


class Lessons(Protocol):
    """What gives a run its batches."""

    def draw_batch(self, plan: Plan, step: int, generator: torch.Generator) -> Rows: ...
