"""Train the finisher and its critic on the painter's pages.

Writes work/finisher/: checkpoints, and finisher.safetensors, the average of the weights so far. The
pages lie in work/painter/. Builds do not use the weights yet; docs/experiments.md says why.
"""

from pathlib import Path

import torch

from generate.pictures.compute.tensors import write_tensors
from generate.pictures.networks.weights import fill
from generate.pictures.refining.finisher.critic import Critic
from generate.pictures.refining.finisher.lessons import FinisherLessons
from generate.pictures.refining.finisher.network import Finisher, begin_as
from generate.pictures.refining.painter.trainer import load_teller
from generate.pictures.refining.refiner import WEIGHTS, Refiner
from generate.pictures.training.plan import Plan
from generate.pictures.training.run import Run, resume, step_by_clock

BATCH, RATE = 8, 5e-4
KEY = "finisher 1"


def train_finisher(home: Path, pages: Path, minutes: float) -> None:
    """Train for ``minutes``, those before a resumption included.

    A run that goes on for more minutes than it was begun with is the same run, at the rates of the
    longer one.
    """
    torch.manual_seed(0)
    lessons = FinisherLessons(begin(), Critic(), pages, load_teller(), "float32")
    plan = Plan(10**7, BATCH, BATCH, RATE, window=0.08, clip=1e9)
    run = Run(lessons, lessons, plan, KEY, home)
    resume(run)

    def export() -> None:
        write_weights(run, home / "finisher.safetensors")

    step_by_clock(run, minutes * 60, export, 100, 0.4, 60.0, 300.0)


def begin() -> Finisher:
    """A finisher that answers as the shipped refiner does."""
    refiner, finisher = Refiner(), Finisher()
    fill(refiner, WEIGHTS)
    begin_as(refiner, finisher)
    return finisher.to(memory_format=torch.channels_last)  # type: ignore[call-overload]


def write_weights(run: Run, path: Path) -> None:
    """Write the average of the maker's weights as float16 to ``path``."""
    prefix = "maker."
    halves = {
        name.removeprefix(prefix): weight.half()
        for name, weight in run.average.items()
        if name.startswith(prefix)
    }
    write_tensors(path, halves, crops=str(run.step * BATCH))
