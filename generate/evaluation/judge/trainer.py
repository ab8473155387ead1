"""Train the extractor: field-guide drawings of its own seeds → extractor.safetensors.

Keeps drawings and checkpoints in work/extractor/. The shipped file is never replaced, since scores
of two extractors cannot be compared.
"""

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.nn import functional
from tqdm import tqdm

from generate.errors import Refusal
from generate.evaluation.judge.extractor import GROUPS, SIZE, WEIGHTS, Extractor, examine
from generate.files import replacing, write_text
from generate.pictures.compute.precision import arithmetic, probe
from generate.pictures.training.checkpoint import (
    list_checkpoints,
    read_checkpoint,
    write_checkpoint,
)
from generate.pictures.training.chunks import gather_drawings
from generate.recipe import derive_seed, digest
from generate.settings import Settings

DRAWINGS, HELD_OUT = 5632, 512
EPOCHS, BATCH, RATE = 20, 64, 3e-3
EVERY = 100


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
    with replacing(path) as temporary:
        save_file(tensors, temporary, metadata={"format": "pt", "answers": json.dumps(answers)})
    write_text(path.with_suffix(".md"), write_model_card(extractor, accuracy))
    for checkpoint in list_checkpoints(home):
        checkpoint.unlink()
    return accuracy


def train_to_end(
    extractor: Extractor, pictures: Tensor, told: dict[str, Tensor], home: Path
) -> None:
    """Train all epochs; the learning rate rises for a tenth of them and falls along a cosine."""
    steps = EPOCHS * (len(pictures) // BATCH)
    optimiser = torch.optim.AdamW(extractor.parameters(), lr=RATE, weight_decay=0.02)
    key = digest(["extractor", DRAWINGS, EPOCHS, BATCH, RATE])
    facts = read_checkpoint(home, key, extractor, {}, optimiser)
    begun = int(facts["step"]) if facts else 0
    extractor.train().to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    kind = choose_arithmetic(extractor)
    for step in tqdm(range(begun, steps), "extractor", steps, initial=begun, unit="step"):
        share = step / steps
        rate = RATE * min(1.0, (step + 1) / (0.1 * steps)) * (1 + np.cos(np.pi * share)) / 2
        for group in optimiser.param_groups:
            group["lr"] = rate
        generator = torch.Generator().manual_seed(derive_seed("lesson", step))
        epoch, place = divmod(step, len(pictures) // BATCH)
        order = torch.randperm(
            len(pictures), generator=torch.Generator().manual_seed(derive_seed("epoch", epoch))
        )[place * BATCH : (place + 1) * BATCH]
        seen = disturb(pictures[order].float() / 127.5 - 1, generator)
        optimiser.zero_grad(set_to_none=True)
        with arithmetic(kind):
            measure_loss(extractor, seen, {g: told[g][order] for g in GROUPS}).backward()
        nn.utils.clip_grad_norm_(extractor.parameters(), 5.0)
        optimiser.step()
        if (step + 1) % EVERY == 0 and step + 1 < steps:
            write_checkpoint(home, step + 1, extractor, {}, optimiser, {"key": key})


def measure_loss(extractor: Extractor, pictures: Tensor, told: dict[str, Tensor]) -> Tensor:
    """Cross-entropy of the right answers, summed over the groups."""
    _, answers = extractor(pictures.contiguous(memory_format=torch.channels_last))
    losses = [
        functional.cross_entropy(scores.float(), told[group], label_smoothing=0.05)
        for group, scores in answers.items()
    ]
    return torch.stack(losses).sum()


def choose_arithmetic(extractor: Extractor) -> str:
    """bfloat16 where this processor is faster with it; the weights do not change."""
    trial = deepcopy(extractor)
    told = {group: torch.zeros(BATCH, dtype=torch.long) for group in GROUPS}
    pictures = torch.zeros(BATCH, 3, SIZE, SIZE)
    return probe(lambda: measure_loss(trial, pictures, told).backward())[0]


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
