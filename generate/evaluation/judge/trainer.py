"""Train the extractor: field-guide drawings of its own seeds → extractor.safetensors.

Keeps drawings and checkpoints in work/extractor/. The shipped file is never replaced, since scores
of two extractors cannot be compared.
"""

import json
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional
from tqdm import tqdm

from generate.errors import Refusal
from generate.evaluation.judge.extractor import GROUPS, SIZE, WEIGHTS, Extractor, examine
from generate.files import write_text
from generate.pictures.compute.levels import from_levels
from generate.pictures.compute.precision import probe
from generate.pictures.compute.tensors import write_tensors
from generate.pictures.families.base import Rows
from generate.pictures.networks.weights import copy_weights
from generate.pictures.training.checkpoint import (
    list_checkpoints,
)
from generate.pictures.training.chunks import gather_drawings
from generate.pictures.training.loop import Report, make_optimisers
from generate.pictures.training.pictures import seeded
from generate.pictures.training.plan import Plan
from generate.pictures.training.run import Run, go_on, step_to_end
from generate.recipe import derive_seed, digest
from generate.settings import Settings

DRAWINGS, HELD_OUT = 5632, 512
EPOCHS, BATCH, RATE = 20, 64, 3e-3


def lesson_seed(number: int) -> int:
    """The seed of drawing ``number``, which no jungle and no starter uses."""
    return derive_seed("extractor", number)


def train_extractor(settings: Settings, path: Path = WEIGHTS) -> dict[str, float]:
    """Train on drawings, write ``path`` and its card, and return the accuracies by group.

    An interrupted training continues from its last checkpoint. Raises `Refusal` if ``path`` exists.
    """
    if path.is_file():
        raise Refusal(f"{path}: is there and frozen; move it away first to train another")
    home = settings.work / "extractor"
    seeds = [lesson_seed(number) for number in range(DRAWINGS + HELD_OUT)]
    pictures, captions = gather_drawings(home, seeds, SIZE)
    rows = [caption["tags"] for caption in captions]
    answers = {group: sorted({row[group] for row in rows}) for group in GROUPS}
    torch.manual_seed(0)
    extractor = Extractor(answers)
    told = {g: torch.tensor([answers[g].index(row[g]) for row in rows]) for g in GROUPS}
    train_to_end(extractor, pictures[:-HELD_OUT], told, home)
    accuracy = judge(extractor.eval(), pictures[-HELD_OUT:].numpy(), rows[-HELD_OUT:])
    tensors = {
        name: (t.half() if t.is_floating_point() else t).contiguous()
        for name, t in extractor.state_dict().items()
    }
    write_tensors(path, tensors, format="pt", answers=json.dumps(answers))
    write_text(path.with_suffix(".md"), write_model_card(extractor, accuracy))
    for checkpoint in list_checkpoints(home):
        checkpoint.unlink()
    return accuracy


class JudgeLessons:
    """Drawings uint8 (N, 3, S, S) and the right answers of each group, as numbers (N,)."""

    phases = ("all",)

    def __init__(self, network: Extractor, pictures: Tensor, told: dict[str, Tensor]) -> None:
        self.network, self.pictures, self.told = network, pictures, told

    def groups(self, phase: str, plan: Plan) -> list[dict[str, Any]]:
        """All weights alike."""
        return [
            {"params": list(self.network.parameters()), "weight_decay": plan.decay, "share": 1.0}
        ]

    def draw(self, plan: Plan, step: int, generator: torch.Generator) -> Rows:
        """Disturbed drawings in another order in each epoch, and their answers."""
        epoch, place = divmod(step, len(self.pictures) // plan.batch)
        shuffled = torch.randperm(len(self.pictures), generator=seeded("lesson", epoch))
        order = shuffled[place * plan.batch : (place + 1) * plan.batch]
        seen = disturb(from_levels(self.pictures[order]), generator)
        return {"pictures": seen} | {group: told[order] for group, told in self.told.items()}

    def chance(self, phase: str, batch: Rows, generator: torch.Generator, share: float) -> Rows:
        """Nothing that the drawings have not had."""
        return {}

    def losses(self, phase: str, batch: Rows, chance: Rows) -> Tensor:
        """Cross-entropy of the right answers, summed over the groups (B,)."""
        _, answers = self.network(batch["pictures"].contiguous(memory_format=torch.channels_last))
        losses = [
            functional.cross_entropy(
                scores.float(), batch[group], label_smoothing=0.05, reduction="none"
            )
            for group, scores in answers.items()
        ]
        return torch.stack(losses).sum(0)

    def split_losses(self, losses: Tensor, chance: Rows) -> dict[str, float]:
        """Nothing to tell apart."""
        return {}


def train_to_end(
    extractor: Extractor, pictures: Tensor, told: dict[str, Tensor], home: Path
) -> None:
    """All epochs, the learning rate rising over a tenth and falling along a cosine."""
    extractor.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    lessons = JudgeLessons(extractor, pictures, told)
    steps = EPOCHS * (len(pictures) // BATCH)
    plan = Plan(steps, BATCH, BATCH, RATE, decay=0.02, beta=0.999, clip=5.0)
    plan = replace(plan, arithmetic=choose_arithmetic(lessons, plan))
    key = digest(["extractor", DRAWINGS, EPOCHS, BATCH, RATE])
    run = Run(lessons, plan, copy_weights(extractor), make_optimisers(lessons, plan), key)
    go_on(run, home)

    def rate(step: int) -> float:
        cosine = (1 + np.cos(np.pi * step / steps)) / 2
        return float(RATE * min(1.0, (step + 1) / (0.1 * steps)) * cosine)

    with tqdm(desc="extractor", total=steps, initial=run.step, unit="step") as bar:

        def watch(report: Report) -> bool:
            bar.update()
            return False

        step_to_end(run, lessons, home, watch, rate_at=rate)


def choose_arithmetic(lessons: JudgeLessons, plan: Plan) -> str:
    """bfloat16 where this processor is faster at it; the weights stay as they are."""
    trial = JudgeLessons(deepcopy(lessons.network), lessons.pictures, lessons.told)
    batch = trial.draw(plan, 0, seeded("trial"))
    return probe(lambda: trial.losses("all", batch, {}).sum().backward())[0]


def disturb(pictures: Tensor, generator: torch.Generator) -> Tensor:
    """Pictures (B, 3, S, S) with the faults of sampled pictures, so that those are judged fairly.

    They are mirrored, shifted, scaled and slightly bent; half are blurred, half are grainy; light
    and contrast change a little.
    """

    def chance(*shape: int) -> Tensor:
        return torch.rand(*shape, generator=generator)

    count, side = len(pictures), pictures.shape[-1]
    pictures = torch.where(chance(count, 1, 1, 1) < 0.5, pictures.flip(-1), pictures)
    scale = torch.exp2(0.15 * torch.randn(count, generator=generator))
    move = 0.08 * torch.randn(count, 2, generator=generator)
    zero = torch.zeros(count)
    matrix = torch.stack([1 / scale, zero, move[:, 0], zero, 1 / scale, move[:, 1]], 1).view(
        count, 2, 3
    )
    grid = functional.affine_grid(matrix, list(pictures.shape), align_corners=False)
    bend = 0.03 * torch.randn(count, 2, 5, 5, generator=generator)
    bend = functional.interpolate(bend, size=(side, side), mode="bicubic", align_corners=False)
    grid = grid + bend.permute(0, 2, 3, 1)
    pictures = functional.grid_sample(
        pictures, grid, mode="bilinear", padding_mode="reflection", align_corners=False
    )
    strength = chance(count, 1, 1, 1) * (chance(count, 1, 1, 1) < 0.5)
    soft = functional.avg_pool2d(functional.pad(pictures, (2, 2, 2, 2), "reflect"), 5, 1)
    pictures = pictures + strength * (soft - pictures)
    level = 0.12 * chance(count, 1, 1, 1) * (chance(count, 1, 1, 1) < 0.5)
    pictures = pictures + level * torch.randn(pictures.shape, generator=generator)
    contrast = 1 + 0.3 * (chance(count, 1, 1, 1) - 0.5)
    light = 0.2 * (chance(count, 1, 1, 1) - 0.5)
    return (pictures * contrast + light).clamp(-1, 1)


def judge(
    extractor: Extractor, pictures: np.ndarray, rows: list[dict[str, Any]]
) -> dict[str, float]:
    """The share of right answers by group."""
    seen = examine(pictures, extractor)[1]
    return {
        group: float(np.mean([a == row[group] for a, row in zip(seen[group], rows, strict=True)]))
        for group in GROUPS
    }


def write_model_card(extractor: Extractor, accuracy: dict[str, float]) -> str:
    """The model card in Markdown."""
    count = sum(parameter.numel() for parameter in extractor.parameters())
    lines = "\n".join(
        f"| {group} | {len(extractor.answers[group])} | {share:.1%} |"
        for group, share in accuracy.items()
    )
    return f"""\
# The network that judges the beasts

A residual network of {count:,} parameters for 64 × 64 pixels, float16 safetensors. It was
trained by this project from random weights, on {DRAWINGS:,} drawings of its own field guide and
nothing else, mirrored, shifted, bent, blurred and made grainy, {EPOCHS} times each. Their seeds
(`generate.evaluation.judge.trainer.lesson_seed`) are used by no jungle and no starter.

`make evaluate` compares pictures by the {extractor.last.out_features} values of its last layer but
one, and by what its heads recognise. It was frozen before anything was tuned by its judgement, and
training refuses to replace it.

| group | answers | right on {HELD_OUT} drawings held out |
|---|---|---|
{lines}

To make another, move the file away and run

```sh
.venv/bin/python -m generate evaluate --train-extractor
```
"""
