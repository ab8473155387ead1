"""Train the painter on an endless field guide.

Writes work/painter/: pages, checkpoints, and painter.safetensors, the weights so far. Builds do not
use them yet; docs/experiments.md says how far they are.
"""

from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from torch import nn

from generate.errors import Refusal
from generate.pictures.compute.precision import probe
from generate.pictures.compute.tensors import write_tensors
from generate.pictures.families.registry import DEFAULT
from generate.pictures.model_folder import find_starter, load_model
from generate.pictures.networks.weights import copy_weights, put_weights
from generate.pictures.refining.painter.lessons import PainterLessons
from generate.pictures.refining.painter.network import Painter
from generate.pictures.training.checkpoint import read_checkpoint
from generate.pictures.training.loop import accumulate, make_optimisers
from generate.pictures.training.pictures import seeded
from generate.pictures.training.plan import Plan
from generate.pictures.training.run import Run, resume, step_by_count

BATCH, RATE = 16, 1e-3
KEY = "painter 2"


def train_painter(home: Path, steps: int) -> None:
    """Train until ``steps`` steps are taken, those before a resumption included.

    The rate falls over the last half of the steps. A run that goes on to more steps than it was
    begun with is the same run, at the rates of the longer plan.
    """
    family = load_teller()
    torch.manual_seed(0)
    painter = make_painter(len(family.vocabulary))
    lessons = PainterLessons(painter, home, family, "float32")
    plan = Plan(steps, BATCH, BATCH, RATE, warm=0.0, tail=0.5, ramp=300, window=0.08)
    weights = copy_weights(painter)

    def trial() -> None:
        batch = lessons.draw_batch(plan, 0, seeded("trial"))
        accumulate(lessons, "all", batch, plan, lessons.chance("all", batch, seeded("trial"), 0.0))
        painter.zero_grad(set_to_none=True)

    trial()  # the first pages are drawn here, not in the probe
    kind, seconds = probe(trial)
    put_weights(painter, weights)
    lessons.kind = kind
    print(f"painter   {kind}, {1000 * seconds / BATCH:.1f} ms a crop", flush=True)
    run = Run(lessons, lessons, replace(plan, arithmetic=kind), KEY, home)
    resume(run)
    step_by_count(run, "crop", 120.0)
    crops = export_painter(home, home / "painter.safetensors")
    print(f"painter   {crops:,} crops seen; written to {home / 'painter.safetensors'}", flush=True)


def load_teller() -> Any:
    """The starter, which tells the painter its words and imagines pictures for it."""
    starter = find_starter(DEFAULT)
    if starter is None:
        raise Refusal("the starter is missing; run `python -m generate starter` first")
    return load_model(starter)


def make_painter(words: int) -> Painter:
    """A painter told ``words`` words, in the memory layout that a processor convolves fastest."""
    painter = Painter(words)
    for module in painter.modules():
        if isinstance(module, nn.Conv2d):
            module.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    return painter


def export_painter(home: Path, path: Path) -> int:
    """Write the average of the newest checkpoint as float16 to ``path``; the crops it has seen."""
    family = load_teller()
    painter = make_painter(len(family.vocabulary))
    average = copy_weights(painter)
    lessons = PainterLessons(painter, home, family, "float32")
    newest = read_checkpoint(home, KEY, painter, average, make_optimisers(lessons, Plan()))
    if newest is None:
        raise Refusal(f"{home}: holds no checkpoint of a painter")
    crops = int(newest["step"]) * BATCH
    write_tensors(path, {name: w.half() for name, w in average.items()}, crops=str(crops))
    return crops
