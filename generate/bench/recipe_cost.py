"""What a recipe costs on this machine: seconds a training picture, a finished one, peak memory."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import torch

from generate.bench.process_cost import read_peak
from generate.pictures.compute.precision import arithmetic, choose_device, probe
from generate.pictures.data.vocabulary import Vocabulary
from generate.pictures.families.base import Family
from generate.pictures.families.registry import CLASSIC, find_spec
from generate.pictures.networks.weights import copy_weights
from generate.pictures.sampling.draw import sample_seeds
from generate.pictures.training.budget import trial_step
from generate.pictures.training.loop import make_optimisers, train_steps
from generate.pictures.training.pictures import TrainingPictures
from generate.pictures.training.plan import Plan

SIZE, WORDS = 64, 64
# Pictures that are sampled together, as `make sample` does.
GROUP = 8
# Network calls of the classic sampler that are timed, of its 1000 steps, which cost the same each.
CALLS, ALL = 20, 1000
# What can be measured in this process, once `prepare` was called in it.
TASKS: dict[str, Callable[[], float]] = {}


@dataclass
class Subject:
    """A recipe with untrained weights, which cost as much as trained ones."""

    recipe: str
    family: Family
    training: TrainingPictures
    plan: Plan
    solver: int
    guidance: float
    _step: Callable[[], Any] | None = field(default=None, repr=False)

    def train(self) -> float:
        """Seconds a training picture, over a step of the classic recipe or four of ours.

        Ours is a whole step of `train_steps`. The classic recipe has neither clipping nor an
        average, so its step is without both.
        """
        network = self.family.network.train()
        classic = self.recipe == CLASSIC
        if self._step is None and classic:
            self._step = trial_step(self.family, self.training, self.plan, self.plan.rate)
        elif self._step is None:
            about = self.plan, make_optimisers(self.family, self.plan), copy_weights(network)
            self._step = partial(next, train_steps(self.family, self.training, *about))
        count = 1 if classic else 4
        started = time.perf_counter()
        # `train_steps` chooses the arithmetic of its own steps.
        with arithmetic(self.plan.arithmetic if classic else "float32"):
            for _ in range(count):
                self._step()
        return measure_since(started) / (count * self.plan.batch)

    def sample(self) -> float:
        """Seconds a finished picture of ``SIZE`` pixels, with guidance, without the refiner."""
        self.family.network.eval()
        calls = CALLS if self.recipe == CLASSIC else self.solver
        conditions, kind = torch.ones(GROUP, WORDS), self.plan.arithmetic
        started = time.perf_counter()
        sample_seeds(self.family, conditions, range(GROUP), calls, self.guidance, kind)
        seconds = measure_since(started) / GROUP
        return seconds * ALL / CALLS if self.recipe == CLASSIC else seconds


def measure_since(started: float) -> float:
    """Seconds since ``started``, once an accelerator has finished its work."""
    if choose_device().type != "cpu":
        torch.accelerator.synchronize()
    return time.perf_counter() - started


def open_subject(recipe: str, kind: str | None, solver: int = 16, guidance: float = 2.0) -> Subject:
    """``recipe`` ready to be measured in the arithmetic ``kind`` (None: the faster one).

    The classic recipe uses float32 and batches of 16.
    """
    torch.manual_seed(0)
    words = tuple(f"word {number}" for number in range(WORDS))
    spec, facts = find_spec(recipe), {"recipe": recipe, "size": SIZE, "source": "none"}
    family: Family = spec.load().create(Vocabulary(words, words), facts, spec.settings())
    beginning = family.begin(None, "none")
    pictures = torch.randint(0, 256, (64, 3, SIZE, SIZE), dtype=torch.uint8)
    training = TrainingPictures(pictures, torch.ones(64, WORDS))
    batch = beginning.batch or (16 if choose_device().type == "cpu" else 64)
    plan = replace(beginning.plan, steps=10**6, batch=batch, micro=batch)
    kind = kind or beginning.arithmetic or probe(trial_step(family, training, plan))[0]
    return Subject(recipe, family, training, replace(plan, arithmetic=kind), solver, guidance)


def prepare(
    recipe: str, kind: str | None, threads: int, solver: int, guidance: float
) -> tuple[str, int]:
    """Open the subject of this process; the name of its arithmetic, and the number of threads."""
    torch.set_num_threads(threads)
    subject = open_subject(recipe, kind, solver, guidance)
    TASKS.update(train=subject.train, sample=subject.sample, memory=read_peak)
    return subject.plan.arithmetic, torch.get_num_threads()


def measure(what: str) -> float:
    """What the subject of this process costs: "train" or "sample" in seconds, "memory" in bytes."""
    return TASKS[what]()
