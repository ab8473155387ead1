"""The training loop of every trainer: a generator that yields after each step.

It never reads the clock. Every random choice of a step comes from (seed, step), so a run that was
stopped and resumed takes the same steps as one that was not.
"""

from collections.abc import Callable, Generator
from dataclasses import dataclass, field, replace
from functools import partial

import torch
from torch import Tensor, nn

from generate.errors import Refusal
from generate.pictures.compute import processes
from generate.pictures.compute.memory import fit_in_memory, in_parts
from generate.pictures.compute.precision import arithmetic
from generate.pictures.families.base import Family
from generate.pictures.networks.weights import device_of
from generate.pictures.training.average import update_average
from generate.pictures.training.checkpoint import Optimisers
from generate.pictures.training.learner import Learner, Lessons, Rows
from generate.pictures.training.pictures import TrainingPictures, seeded
from generate.pictures.training.plan import Plan
from generate.recipe import derive_seed

# The run is refused after this many steps in a row without a finite loss.
PATIENCE = 8
# In float16 gradients are multiplied by this, so that small ones do not become zero. It is halved
# whenever a large one overflows. A power of two rounds nothing.
LOSS_SCALE = 2.0**12


class Lost(Refusal):
    """The loss has become NaN or infinite."""


@dataclass(frozen=True)
class Report:
    """What a step gives: its number from 1, a mean loss, and means of its parts.

    The loss is that of the first of the phases that took a turn.
    """

    step: int
    loss: float
    parts: dict[str, float] = field(default_factory=dict)


def make_optimisers(learner: Learner, plan: Plan) -> Optimisers:
    """AdamW for each phase; fused, it passes over the weights only once."""
    fused = device_of(learner.network).type in ("cpu", "cuda", "mps", "xpu")
    return {
        phase: torch.optim.AdamW(
            learner.groups(phase, plan),
            lr=plan.rate,
            betas=(0.9, plan.beta),
            weight_decay=0.0,
            fused=fused,
        )
        for phase in learner.phases
    }


def train_steps(
    learner: Learner,
    lessons: Lessons,
    plan: Plan,
    optimisers: Optimisers,
    average: dict[str, Tensor],
    first: int = 0,
    rate_at: Callable[[int], float] | None = None,
    done: Callable[[int], float] | None = None,
) -> Generator[Report, None, None]:
    """Take the steps ``first`` … ``plan.steps`` - 1, yielding a `Report` after each.

    In each step the phases whose `pace` is not 0 take turns on one batch. Several processes take
    the same steps, each with its share of every batch. ``done(step)`` is the share of the run that
    is done by then, if the steps alone do not tell. Raises `Lost` if the loss stays NaN or
    infinite, `Refusal` if there is no memory even for one picture.
    """
    network = learner.network.train()
    network.zero_grad()
    misses, scale = 0, LOSS_SCALE if plan.arithmetic == "float16" else 1.0
    weights = {phase: list_weights(network, optimisers[phase]) for phase in learner.phases}

    def prepare(step: int) -> tuple[float, Rows, dict[str, Rows]]:
        generator = seeded("step", plan.seed, step)
        batch = lessons.draw_batch(plan, step, generator)
        share = done(step) if done else step / plan.steps
        turns = learner.take_turns(share)
        chances = {phase: learner.chance(phase, batch, generator, share) for phase in turns}
        return share, batch, chances

    ready = prepare(first) if first < plan.steps else None
    for step in range(first, plan.steps):
        assert ready is not None
        share, batch, chances = ready
        ready, reports, sound = None, [], True
        rate = rate_at(step) if rate_at else plan.rate_at(step, share if done else 0.0)
        for turn, phase in enumerate(chances):
            names = [phase] if turn else []
            seed = derive_seed("dropout", plan.seed, step, *names)
            torch.manual_seed(seed + processes.rank())
            backward = partial(accumulate, learner, phase, batch, plan, chances[phase], scale)
            losses, micro = fit_in_memory(backward, plan.micro, network.zero_grad)
            plan = replace(plan, micro=micro)
            if turn + 1 == len(chances) and step + 1 < plan.steps:
                # An accelerator still works on this step; meanwhile the next batch is drawn.
                ready = prepare(step + 1)
            gradients = [weight.grad for weight in weights[phase] if weight.grad is not None]
            processes.add_up([*gradients, losses])
            if scale != 1:
                torch._foreach_div_(gradients, scale)
            losses = losses.cpu()
            for group in optimisers[phase].param_groups:
                group["lr"] = rate * group["share"] * learner.pace(phase, share)
            norm = nn.utils.clip_grad_norm_(weights[phase], plan.clip)
            if bool(torch.isfinite(norm)) and bool(torch.isfinite(losses).all()):
                optimisers[phase].step()
            else:
                sound = False
            network.zero_grad(set_to_none=True)
            parts = learner.split_losses(losses, chances[phase])
            reports.append((phase, float(losses.mean()), parts))
        misses = 0 if sound else misses + 1
        if not sound:
            scale = max(1.0, scale / 2)
        if misses >= PATIENCE:
            raise Lost(
                f"training: the loss is not a number at step {step + 1} of {plan.steps}; "
                'begin again with from = "scratch" under [pictures]'
            )
        update_average(average, network, step + 1, plan.window)
        others = {phase: loss for phase, loss, _ in reports[1:]}
        yield Report(step + 1, reports[0][1], {**reports[0][2], **others})


def list_weights(network: nn.Module, optimiser: torch.optim.Optimizer) -> list[nn.Parameter]:
    """The weights that ``optimiser`` changes, in the network's order."""
    changed = {id(weight) for group in optimiser.param_groups for weight in group["params"]}
    return [weight for weight in network.parameters() if id(weight) in changed]


def accumulate(
    learner: Learner,
    phase: str,
    batch: Rows,
    plan: Plan,
    chance: Rows,
    scale: float = 1.0,
    micro: int | None = None,
) -> Tensor:
    """Gradients of this process's share of ``batch``, ``micro`` pictures (the plan's) at a time.

    Returns the losses (B,), 0 where another process computes them. They and the gradients, summed
    over the processes, are those of the batch in one piece.
    """
    device = device_of(learner.network)
    losses = torch.zeros(plan.batch, device=device)
    share, micro = processes.share_of(plan.batch), micro or plan.micro
    for start in range(share.start, share.stop, micro):
        part = slice(start, min(start + micro, share.stop))
        rows, choices = take_rows(batch, part, device), take_rows(chance, part, device)
        with arithmetic(plan.arithmetic):
            loss = learner.losses(phase, rows, choices)
        (loss.sum() / plan.batch * scale).backward()
        losses[part] = loss.detach()
    return losses


def take_rows(rows: Rows, part: slice, device: torch.device) -> Rows:
    """The rows ``part`` of each tensor, on ``device``."""
    return {name: tensor[part].to(device) for name, tensor in rows.items()}


def measure_held_out(
    family: Family, held_out: TrainingPictures, plan: Plan, most: int = 64
) -> float | None:
    """Mean loss on ``held_out`` at settled chance. It rises once the model begins to copy.

    None where no pictures are held out, or where losses of the family do not compare.
    """
    losses = list_held_out(family, held_out, plan, most)
    return None if losses is None else float(losses.sum()) / len(losses)


@torch.inference_mode()
def list_held_out(
    family: Family, held_out: TrainingPictures, plan: Plan, most: int
) -> Tensor | None:
    """The loss of each of ``held_out``, ``most`` at most, at settled chance (N,); else None."""
    count = min(len(held_out.pictures), most)
    batch = held_out.take(count)
    chance = family.settled_chance(batch, seeded("held-out", plan.seed)) if count else None
    if chance is None:
        return None
    names, choices = list(batch), list(chance)

    def losses(*tensors: Tensor) -> Tensor:
        rows = [tensor.to(family.device) for tensor in tensors]
        seen = dict(zip(names, rows, strict=False))
        chosen = dict(zip(choices, rows[len(names) :], strict=True))
        with arithmetic(plan.arithmetic):
            return family.losses(family.phases[0], seen, chosen)

    family.network.eval()
    found = in_parts(losses, plan.micro, *batch.values(), *chance.values())
    family.network.train()
    return found
