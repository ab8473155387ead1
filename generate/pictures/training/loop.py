"""The training loop as a generator: it yields after each step, and reads the clock for nothing.

Every random choice of a step comes from (seed, step), so a run that was stopped and resumed takes
the same steps as one that was not.
"""

import math
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Protocol

import torch
from torch import Tensor

from generate.errors import Refusal
from generate.pictures.compute import processes
from generate.pictures.compute.memory import fitting, in_parts
from generate.pictures.compute.precision import arithmetic
from generate.pictures.families.flow import Batch, Watch
from generate.pictures.model_folder import ALTERATIONS, Network, device_of
from generate.pictures.training.augment import Augment
from generate.pictures.training.average import follow
from generate.recipe import derive_seed

# So many steps in a row may give no finite loss before the run is refused.
PATIENCE = 8
# In float16 gradients are so many times as large as they are, lest the small ones vanish; halved
# whenever a large one overflows. A power of two changes no digit of those that neither befalls.
MAGNIFIED = 2.0**12
# What chance decides of a batch: times (B,) and noise (B, 3, S, S).
Chance = tuple[Tensor, Tensor]


class Lost(Refusal):
    """The loss has stopped being a number."""


class Family(Protocol):
    """What every kind of image model offers: losses of a batch, and a sample of pictures."""

    network: Network

    def draw(self, shape: torch.Size, generator: torch.Generator, lean: float = 0.0) -> Chance: ...

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
    first steps, whose moments know little, would undo what trained weights know. What words mean is
    learnt ``words`` times as fast. ``window`` is the relative width of the weights' average.
    ``lean`` is how far the first step's times lean to much noise; the last step's lean nowhere.
    """

    steps: int
    batch: int = 16
    micro: int = 16
    rate: float = 1e-3
    warm: float = 0.03
    tail: float = 0.4
    ramp: int = 1
    words: float = 1.0
    lean: float = 0.0
    window: float = 0.06
    forget: float = 0.12  # share of the pictures whose words are withheld
    decay: float = 0.01
    beta: float = 0.99
    clip: float = 1.0
    arithmetic: str = "float32"
    seed: int = 0

    def lean_at(self, step: int) -> float:
        """How far the times of step 0, 1, … steps - 1 lean to much noise: the logit's mean."""
        return self.lean * (1 - step / self.steps)

    def rate_at(self, step: int) -> float:
        """The learning rate of step 0, 1, … steps - 1."""
        warm = max(self.ramp, round(self.warm * self.steps), 1)
        tail = max(1, round(self.tail * self.steps)) if self.tail else 1
        falling = (self.steps - step) / tail if self.tail else 1.0
        return self.rate * min(1.0, (step + 1) / warm, falling)


@dataclass
class Training:
    """The training pictures as tensors: uint8 (N, 3, S, S) and conditions (N, words).

    The pictures may lie on an accelerator; chance and conditions come from the processor's memory,
    so that the device decides nothing.
    """

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
    """AdamW in its fused form, one pass over the weights; no decay of biases, norms and words.

    A word is shown with few pictures and is silent in all other steps: it has a rate of its own.
    """
    words = network.words.weight
    matrices = [p for p in network.parameters() if p.ndim > 1 and p is not words]
    vectors = [p for p in network.parameters() if p.ndim <= 1]
    groups: list[dict[str, Any]] = [
        {"params": matrices, "weight_decay": plan.decay, "share": 1.0},
        {"params": vectors, "share": 1.0},
        {"params": [words], "lr": plan.rate * plan.words, "share": plan.words},
    ]
    fused = device_of(network).type in ("cpu", "cuda", "mps", "xpu")
    return torch.optim.AdamW(
        groups, lr=plan.rate, betas=(0.9, plan.beta), weight_decay=0.0, fused=fused
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

    Several processes take the same steps, each with its share of every batch. Raises `Lost` if
    the loss stays NaN or infinite, `Refusal` if there is no memory even for one picture.
    """
    network = family.network.train()
    weights = list(network.parameters())
    network.zero_grad()
    misses, magnified = 0, MAGNIFIED if plan.arithmetic == "float16" else 1.0

    def prepare(step: int) -> tuple[Batch, Chance]:
        generator = seeded("step", plan.seed, step)
        batch = training.draw(plan, step, generator)
        return batch, family.draw(batch.pictures.shape, generator, plan.lean_at(step))

    ready = prepare(first) if first < plan.steps else None
    for step in range(first, plan.steps):
        assert ready is not None
        batch, chance = ready
        torch.manual_seed(derive_seed("dropout", plan.seed, step) + processes.rank())
        backward = partial(accumulate, family, batch, plan, chance, magnified)
        losses, micro = fitting(backward, plan.micro, network.zero_grad)
        plan = replace(plan, micro=micro)
        # An accelerator is still at work on this step: time to draw the next.
        ready = prepare(step + 1) if step + 1 < plan.steps else None
        gradients = [weight.grad for weight in weights if weight.grad is not None]
        processes.add_up([*gradients, losses])
        if magnified != 1:
            torch._foreach_div_(gradients, magnified)
        losses = losses.cpu()
        rate = (rate_at or plan.rate_at)(step)
        for group in optimiser.param_groups:
            group["lr"] = rate * group["share"]
        norm = torch.nn.utils.clip_grad_norm_(weights, plan.clip)
        if bool(torch.isfinite(norm)) and bool(torch.isfinite(losses).all()):
            optimiser.step()
            misses = 0
        else:
            misses += 1
            magnified = max(1.0, magnified / 2)
            if misses >= PATIENCE:
                raise Lost(
                    f"training: the loss is not a number at step {step + 1} of {plan.steps}; "
                    'begin again with from = "scratch" under [pictures]'
                )
        optimiser.zero_grad(set_to_none=True)
        follow(average, network, step + 1, plan.window)
        yield Report(step + 1, float(losses.mean()), by_quarter(losses, chance[0]))


def accumulate(
    family: Family,
    batch: Batch,
    plan: Plan,
    chance: Chance,
    magnified: float = 1.0,
    micro: int | None = None,
) -> Tensor:
    """Gradients of this process's share of ``batch``, ``micro`` pictures (the plan's) at a time.

    Returns the losses (B,), nought where another process computes them. They and the gradients,
    summed over the processes, are those of the batch in one piece.
    """
    times, noise = chance
    device = device_of(family.network)
    losses = torch.zeros(plan.batch, device=device)
    share, micro = processes.share_of(plan.batch), micro or plan.micro
    for start in range(share.start, share.stop, micro):
        part = slice(start, min(start + micro, share.stop))
        small = Batch(batch.pictures[part].to(device), batch.conditions[part].to(device))
        with arithmetic(plan.arithmetic):
            loss = family.losses_at(small, times[part].to(device), noise[part].to(device))
        (loss.sum() / plan.batch * magnified).backward()
        losses[part] = loss.detach()
    return losses


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
    device = device_of(family.network)
    generator = seeded("held-out", plan.seed)
    times = (torch.arange(count) + 0.5) / count
    size = training.pictures.shape[-1]
    noise = torch.randn(count, 3, size, size, generator=generator)
    pictures = training.pictures[:count].float() / 127.5 - 1
    labels = torch.zeros(count, ALTERATIONS)
    conditions = torch.cat([training.conditions[:count], labels], 1)

    def losses(*part: Tensor) -> Tensor:
        seen, told, moments, chance = (tensor.to(device) for tensor in part)
        with arithmetic(plan.arithmetic):
            return family.losses_at(Batch(seen, told), moments, chance)

    family.network.eval()
    total = float(in_parts(losses, plan.micro, pictures, conditions, times, noise).sum())
    family.network.train()
    return total / count
