"""What a recipe costs on this machine: seconds a training picture, a finished one, peak memory."""

import resource
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from multiprocessing.connection import Connection

import torch

from generate.pictures.compute.precision import arithmetic, choose_device, probe
from generate.pictures.data.vocabulary import Vocabulary
from generate.pictures.families.base import Family
from generate.pictures.families.registry import CLASSIC, find_spec
from generate.pictures.networks.weights import copy_weights
from generate.pictures.training.augment import Augment
from generate.pictures.training.budget import trial_step
from generate.pictures.training.loop import (
    Optimisers,
    Report,
    accumulate,
    make_optimisers,
    train_steps,
)
from generate.pictures.training.pictures import TrainingPictures, seeded
from generate.pictures.training.plan import Plan

SIZE, WORDS = 64, 64
# Pictures that are sampled together, as `make sample` does.
GROUP = 8
# Network calls of the classic sampler that are timed; its 1000 steps cost the same each.
CALLS, ALL = 20, 1000


@dataclass
class Subject:
    """A recipe with untrained weights, which cost as much as trained ones."""

    recipe: str
    family: Family
    training: TrainingPictures
    plan: Plan
    solver: int
    guidance: float
    _steps: Iterator[Report] | None = field(default=None, repr=False)
    _optimisers: Optimisers = field(default_factory=dict, repr=False)

    def train(self) -> float:
        """Seconds a training picture, over a step of the classic recipe or four of ours.

        Ours is the whole step of `train_steps`; the classic recipe knows neither clipping nor an
        average, so it is spared both.
        """
        network = self.family.network.train()
        if not self._optimisers:
            self._optimisers = make_optimisers(self.family, self.plan)
            steps = train_steps(
                self.family, self.training, self.plan, self._optimisers, copy_weights(network)
            )
            self._steps = None if self.recipe == CLASSIC else steps
        count = 1 if self._steps is None else 4
        started = time.perf_counter()
        for step in range(count):
            if self._steps is not None:
                next(self._steps)
                continue
            batch = self.training.draw(self.plan, step, seeded("bench", step))
            for phase, optimiser in self._optimisers.items():
                chance = self.family.chance(phase, batch, seeded("chance", step), 0.0)
                accumulate(self.family, phase, batch, self.plan, chance)
                optimiser.step()
                network.zero_grad(set_to_none=True)
        return since(started) / (count * self.plan.batch)

    def sample(self) -> float:
        """Seconds a finished picture of ``SIZE`` pixels, guidance included, the refiner not."""
        self.family.network.eval()
        conditions = torch.ones(GROUP, WORDS)
        generators = [seeded("bench", place) for place in range(GROUP)]
        classic = self.recipe == CLASSIC
        calls = CALLS if classic else self.solver
        started = time.perf_counter()
        with arithmetic(self.plan.arithmetic):
            self.family.sample(conditions, self.family.noise(generators), calls, self.guidance)
        seconds = since(started) / GROUP
        return seconds * ALL / CALLS if classic else seconds

    def memory(self) -> float:
        """Bytes that this process held at most so far."""
        return peak_memory()


def since(started: float) -> float:
    """Seconds since ``started``, when what an accelerator was given to do is done."""
    if choose_device().type != "cpu":
        torch.accelerator.synchronize()
    return time.perf_counter() - started


def open_subject(recipe: str, kind: str | None, solver: int = 16, guidance: float = 2.0) -> Subject:
    """``recipe`` ready to be measured in the arithmetic ``kind`` (None: the faster one).

    The classic recipe is float32's, by batches of 16.
    """
    torch.manual_seed(0)
    words = tuple(f"word {number}" for number in range(WORDS))
    spec, facts = find_spec(recipe), {"recipe": recipe, "size": SIZE, "source": "none"}
    family: Family = spec.load().create(Vocabulary(words, words), facts, spec.settings())
    beginning = family.begin(None, "none")
    pictures = torch.randint(0, 256, (64, 3, SIZE, SIZE), dtype=torch.uint8)
    training = TrainingPictures(pictures, torch.ones(64, WORDS), Augment())
    batch = beginning.batch or (16 if choose_device().type == "cpu" else 64)
    plan = replace(beginning.plan, steps=10**6, batch=batch, micro=batch)
    kind = kind or beginning.arithmetic or probe(trial_step(family, training, plan))[0]
    return Subject(recipe, family, training, replace(plan, arithmetic=kind), solver, guidance)


def peak_memory() -> float:
    """Bytes that this process held at most so far."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return float(peak * (1 if sys.platform == "darwin" else 1024))


def serve(
    connection: Connection,
    recipe: str,
    kind: str | None,
    threads: int,
    solver: int = 16,
    guidance: float = 2.0,
) -> None:
    """Measure what ``connection`` asks for, "train", "sample" or "memory", until it asks for "".

    First of all the name of the arithmetic and the number of threads are sent.
    """
    torch.set_num_threads(threads)
    subject = open_subject(recipe, kind, solver, guidance)
    connection.send((subject.plan.arithmetic, torch.get_num_threads()))
    tasks = {"train": subject.train, "sample": subject.sample, "memory": subject.memory}
    while asked := connection.recv():
        connection.send(tasks[asked]())
