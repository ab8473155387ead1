"""Measure what a recipe costs: seconds a training picture, seconds a finished one, peak memory."""

import resource
import sys
import time
from dataclasses import dataclass, replace

import torch

from generate.pictures.augment import Augment
from generate.pictures.budget import trial_step
from generate.pictures.families import choose_plan, choose_shape, make_family
from generate.pictures.loop import Plan, Training, accumulate, make_optimiser, seeded
from generate.pictures.model import ALTERATIONS, Network
from generate.pictures.precision import arithmetic, probe

SIZE, WORDS = 64, 64
# Network calls of the classic sampler that are timed; its 1000 steps cost the same each.
CALLS = 20


@dataclass(frozen=True)
class Cost:
    """Seconds a training picture and a finished picture, and the peak memory in bytes."""

    training: float
    finished: float
    memory: int


def measure_recipe(recipe: str, steps: int = 16, guidance: float = 1.5) -> Cost:
    """The cost of ``recipe`` at 64 pixels on this machine, in a process of its own.

    Weights are untrained, which costs the same. The classic recipe trains in float32 by batches of
    16 and samples 1000 steps, of which 20 are timed.
    """
    torch.manual_seed(0)
    network = Network(choose_shape(recipe, SIZE), WORDS)
    family = make_family(network, {"recipe": recipe})
    pictures = torch.randint(0, 256, (64, 3, SIZE, SIZE), dtype=torch.uint8)
    training = Training(pictures, torch.ones(64, WORDS), Augment())
    plan = replace(choose_plan(recipe, False, 0), steps=1)
    kind = "float32"
    if recipe != "ddpm":
        kind, _ = probe(trial_step(family, training, plan))
    plan = replace(plan, arithmetic=kind)
    seconds = time_training(recipe, plan, training, network)
    network.eval()
    count = 2 if recipe == "ddpm" else 8
    conditions = torch.ones(count, WORDS + ALTERATIONS)
    generators = [seeded("bench", place) for place in range(count)]
    with arithmetic(kind), torch.inference_mode():
        calls = CALLS if recipe == "ddpm" else steps
        family.sample(conditions, generators, 1, guidance)
        started = time.perf_counter()
        family.sample(conditions, generators, calls, guidance)
        finished = (time.perf_counter() - started) / count
    if recipe == "ddpm":
        finished *= 1000 / CALLS
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return Cost(seconds, finished, peak * (1 if sys.platform == "darwin" else 1024))


def time_training(recipe: str, plan: Plan, training: Training, network: Network) -> float:
    """Seconds a training picture: the median step, optimiser and all."""
    family = make_family(network, {"recipe": recipe})
    optimiser = make_optimiser(network, plan)
    times = []
    for step in range(3 if recipe == "ddpm" else 13):
        started = time.perf_counter()
        batch = training.draw(plan, step, seeded("bench", step))
        accumulate(family, batch, plan, seeded("bench", step))
        torch.nn.utils.clip_grad_norm_(network.parameters(), plan.clip)
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)
        times.append(time.perf_counter() - started)
    return sorted(times[1:])[len(times) // 2 - 1] / plan.batch
