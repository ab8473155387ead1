"""The training loop as a generator: it yields after each step, and reads the clock for nothing.

Every random choice of a step comes from (seed, step), so a run that was stopped and resumed takes
the same steps as one that was not.
"""

import math
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
import torch
from torch import Tensor

from generate.errors import Refusal
from generate.pictures.augment import Augment
from generate.pictures.flow import Batch, Watch
from generate.pictures.model import ALTERATIONS, Network
from generate.pictures.precision import arithmetic
from generate.recipe import derive_seed

# So many steps in a row may give no finite loss before the run is refused.
PATIENCE = 8


class Family(Protocol):
    """What every kind of image model offers: losses of a batch, and a sample of pictures."""

    network: Network

    def losses(self, batch: Batch, generator: torch.Generator) -> tuple[Tensor, Tensor]: ...

    def losses_at(self, batch: Batch, times: Tensor, noise: Tensor) -> Tensor: ...

    def make_scheduler(self) -> Any: ...

    def sample(
        self,
        conditions: Tensor,
        generators: Sequence[torch.Generator],
        steps: int = 16,
        guidance: float = 1.0,
        watch: Watch | None = None,
    ) -> Tensor: ...


@dataclass(frozen=True)
class Plan:
    """What is settled before step 1: so many steps of ``batch`` pictures, ``micro`` at a time.

    ``rate`` is the highest learning rate: reached after the share ``warm``, held, and led linearly
    to nought over the share ``tail``. It never rises faster than over ``ramp`` steps, since Adam's
    first steps, whose moments know little, would undo what trained weights know. ``window`` is the
    relative width of the weights' average.
    """

    steps: int
    batch: int = 16
    micro: int = 16
    rate: float = 1e-3
    warm: float = 0.03
    tail: float = 0.4
    ramp: int = 1
    window: float = 0.06
    forget: float = 0.12  # share of the pictures whose words are withheld
    decay: float = 0.01
    beta: float = 0.99
    clip: float = 1.0
    arithmetic: str = "float32"
    seed: int = 0

    def rate_at(self, step: int) -> float:
        """The learning rate of step 0, 1, … steps - 1."""
        warm = max(self.ramp, round(self.warm * self.steps), 1)
        tail = max(1, round(self.tail * self.steps)) if self.tail else 1
        falling = (self.steps - step) / tail if self.tail else 1.0
        return self.rate * min(1.0, (step + 1) / warm, falling)


@dataclass
class Training:
    """The training pictures as tensors: uint8 (N, 3, S, S) and conditions (N, words)."""

    pictures: Tensor
    conditions: Tensor
    augment: Augment = field(default_factory=Augment)
    _epoch: tuple[int, int] | None = field(default=None, repr=False)
    _order: list[int] = field(default_factory=list, repr=False)

    def draw(self, plan: Plan, step: int, generator: torch.Generator) -> Batch:
        """The batch of ``step``: each picture once before any comes again."""
        places = range(step * plan.batch, (step + 1) * plan.batch)
        order = [self.place(plan.seed, place) for place in places]
        pictures = self.pictures[order].float() / 127.5 - 1
        pictures, labels = self.augment(pictures, generator)
        told = torch.rand(len(order), 1, generator=generator) >= plan.forget
        return Batch(pictures, torch.cat([self.conditions[order] * told, labels], 1))

    def place(self, seed: int, exposure: int) -> int:
        """The picture shown at ``exposure`` 0, 1, …"""
        epoch, rank = divmod(exposure, len(self.pictures))
        if self._epoch != (seed, epoch):
            generator = seeded("epoch", seed, epoch)
            self._order = torch.randperm(len(self.pictures), generator=generator).tolist()
            self._epoch = (seed, epoch)
        return self._order[rank]


@dataclass(frozen=True)
class Report:
    """What a step tells: its number from 1, the mean loss, and losses by quarter of time."""

    step: int
    loss: float
    quarters: tuple[float, ...]


def seeded(*names: object) -> torch.Generator:
    """A generator whose stream depends on ``names`` alone."""
    return torch.Generator().manual_seed(derive_seed(*names))


def make_optimiser(network: Network, plan: Plan) -> torch.optim.AdamW:
    """AdamW in its fused form, one pass over the weights; no decay of biases and norms."""
    matrices = [p for p in network.parameters() if p.ndim > 1]
    vectors = [p for p in network.parameters() if p.ndim <= 1]
    groups: list[dict[str, Any]] = [
        {"params": matrices, "weight_decay": plan.decay},
        {"params": vectors},
    ]
    return torch.optim.AdamW(
        groups, lr=plan.rate, betas=(0.9, plan.beta), weight_decay=0.0, fused=True
    )


def train_steps(
    family: Family,
    training: Training,
    plan: Plan,
    optimiser: torch.optim.Optimizer,
    average: dict[str, Tensor],
    first: int = 0,
    rate_at: Callable[[int], float] | None = None,
) -> Generator[Report, None, None]:
    """Take the steps ``first`` … ``plan.steps`` - 1, yielding a `Report` after each.

    Raises `Refusal` if the loss stays NaN or infinite.
    """
    network = family.network.train()
    misses = 0
    for step in range(first, plan.steps):
        generator = seeded("step", plan.seed, step)
        torch.manual_seed(derive_seed("dropout", plan.seed, step))
        batch = training.draw(plan, step, generator)
        losses, times = accumulate(family, batch, plan, generator)
        for group in optimiser.param_groups:
            group["lr"] = (rate_at or plan.rate_at)(step)
        norm = torch.nn.utils.clip_grad_norm_(network.parameters(), plan.clip)
        if bool(torch.isfinite(norm)) and bool(torch.isfinite(losses).all()):
            optimiser.step()
            misses = 0
        else:
            misses += 1
            if misses >= PATIENCE:
                raise Refusal(
                    f"training: the loss is not a number at step {step + 1} of {plan.steps}; "
                    'begin again with from = "scratch" under [pictures]'
                )
        optimiser.zero_grad(set_to_none=True)
        follow(average, network, step + 1, plan.window)
        yield Report(step + 1, float(losses.mean()), by_quarter(losses, times))


def accumulate(
    family: Family, batch: Batch, plan: Plan, generator: torch.Generator
) -> tuple[Tensor, Tensor]:
    """Gradients of ``batch``, ``plan.micro`` pictures at a time; losses and times (B,)."""
    losses: list[Tensor] = []
    times: list[Tensor] = []
    for start in range(0, plan.batch, plan.micro):
        part = slice(start, start + plan.micro)
        small = Batch(batch.pictures[part], batch.conditions[part])
        with arithmetic(plan.arithmetic):
            loss, moments = family.losses(small, generator)
        (loss.sum() / plan.batch).backward()
        losses.append(loss.detach())
        times.append(moments)
    return torch.cat(losses), torch.cat(times)


def follow(average: dict[str, Tensor], network: Network, step: int, window: float) -> None:
    """Move ``average`` towards the weights by the power function of Karras et al. (2312.02696).

    Its window is a fixed share ``window`` of all the steps so far, so that neither a short run
    remembers its random beginning nor a long one forgets too soon. Every fourth step is enough.
    """
    stride = 4
    if step % stride and step > stride:
        return
    keep = (max(0.0, 1 - stride / step)) ** (exponent_of(window) + 1)
    weights = dict(network.named_parameters())
    names = list(average)
    torch._foreach_lerp_(
        [average[n] for n in names], [weights[n].detach() for n in names], 1 - keep
    )


def exponent_of(window: float) -> float:
    """γ of the power-function average whose relative width is ``window`` (2312.02696, eq. 126)."""
    roots = np.roots([1, 7, 16 - window**-2, 12 - window**-2])
    return float(max(root.real for root in roots))


def by_quarter(losses: Tensor, times: Tensor) -> tuple[float, ...]:
    """Mean loss at times in [0, ¼), [¼, ½), [½, ¾), [¾, 1]; NaN where there were none."""
    quarter = (times * 4).long().clamp(max=3)
    return tuple(
        float(losses[quarter == q].mean()) if bool((quarter == q).any()) else math.nan
        for q in range(4)
    )


@torch.inference_mode()
def measure_held_out(
    family: Family, training: Training, plan: Plan, most: int = 64
) -> float | None:
    """Loss on held-out pictures at fixed times and noise: it turns upward when copying begins."""
    count = min(len(training.pictures), most)
    if not count:
        return None
    generator = seeded("held-out", plan.seed)
    times = (torch.arange(count) + 0.5) / count
    size = training.pictures.shape[-1]
    noise = torch.randn(count, 3, size, size, generator=generator)
    pictures = training.pictures[:count].float() / 127.5 - 1
    labels = torch.zeros(count, ALTERATIONS)
    conditions = torch.cat([training.conditions[:count], labels], 1)
    total = 0.0
    family.network.eval()
    for start in range(0, count, plan.micro):
        part = slice(start, start + plan.micro)
        with arithmetic(plan.arithmetic):
            small = Batch(pictures[part], conditions[part])
            total += float(family.losses_at(small, times[part], noise[part]).sum())
    family.network.train()
    return total / count
