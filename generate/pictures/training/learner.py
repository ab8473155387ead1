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

    @property
    def acts(self) -> tuple[float, ...]:
        """The shares of a run at which a phase begins to take turns, or ends; the first is 0."""
        return (0.0,)

    def pace(self, phase: str, share: float) -> float:
        """The rate of ``phase`` as a share of the plan's, once ``share`` of the run is done.

        0: it takes no turn in this step.
        """
        return 1.0

    def take_turns(self, share: float) -> list[str]:
        """The phases that take a turn once ``share`` of the run is done; one at least."""
        return [phase for phase in self.phases if self.pace(phase, share) > 0]

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
