"""One training run, from the plan to the saved model: what `train` does when it has to.

Writes work/training/ (plan.json, checkpoints), work/report/ (loss curve, grids), work/model/.
"""

import shutil
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from tqdm import tqdm

from generate.errors import Refusal
from generate.pictures.augment import Augment
from generate.pictures.budget import GRIDS, settle_plan
from generate.pictures.card import write_card
from generate.pictures.checkpoint import list_checkpoints, read_checkpoint, write_checkpoint
from generate.pictures.dataset import Dataset, read_dataset
from generate.pictures.families import choose_shape, make_family
from generate.pictures.loop import (
    Family,
    Plan,
    Report,
    Training,
    make_optimiser,
    measure_held_out,
    seeded,
    train_steps,
)
from generate.pictures.model import (
    ALTERATIONS,
    Model,
    Network,
    copy_weights,
    load_model,
    put_weights,
    save_model,
)
from generate.pictures.precision import arithmetic
from generate.pictures.sheets import as_images, draw_curve, write_sheet
from generate.pictures.start import transplant
from generate.pictures.train import find_start
from generate.pictures.vocabulary import tokens_of
from generate.recipe import Recipe, write_recipe
from generate.settings import Settings

GRID_PICTURES = 16


@dataclass
class Run:
    """A run under way."""

    family: Family
    plan: Plan
    average: dict[str, Tensor]
    optimiser: torch.optim.Optimizer
    key: str
    step: int = 0
    seconds: float = 0.0
    losses: list[tuple[int, float]] = field(default_factory=list)
    quarters: list[tuple[float, ...]] = field(default_factory=list)
    held_out: list[tuple[int, float]] = field(default_factory=list)

    def facts(self) -> dict[str, Any]:
        """What a checkpoint keeps beside the tensors."""
        names = ("key", "seconds", "losses", "quarters", "held_out")
        return {name: getattr(self, name) for name in names}


def run_training(settings: Settings, recipe: Recipe, folder: Path) -> None:
    """Train by ``recipe`` and save the averaged model to ``folder``."""
    started = time.monotonic()
    dataset = read_dataset(settings.work / "dataset")
    training, held = make_training(settings, dataset)
    shape = choose_shape(settings.pictures.recipe, settings.pictures.size)
    torch.manual_seed(settings.seed)
    network = Network(shape, len(dataset.vocabulary))
    facts = describe(settings)
    start = find_start(settings)
    if start is not None:
        donor = load_model(start)
        strange = transplant(donor, network, dataset.vocabulary)
        if len(strange) > len(network.unet.state_dict()) // 2:
            raise Refusal(f"{start}: weights of another shape; name another folder, or scratch")
    family = make_family(network, facts)
    home = settings.work / "training"
    plan = settle_plan(settings, recipe, family, training, start is not None, home)
    run = Run(family, plan, copy_weights(network), make_optimiser(network, plan), recipe.key)
    go_on(run, home)
    grids = GridWriter(settings, run, dataset)
    train_to_end(run, training, held, home, grids)
    draw_curve(
        settings.work / "report/loss.png", run.losses, run.quarters, run.held_out, plan.batch
    )
    put_weights(network, run.average)
    prompts = [
        {"text": row["text"], "tags": row["tags"]}
        for row in dataset.rows
        if row["split"] == "train"
    ]
    facts |= {"arithmetic": plan.arithmetic, "exposures": plan.steps * plan.batch}
    facts["key"] = recipe.key
    model = Model(network.eval(), dataset.vocabulary, facts)
    card = write_card(settings, model, plan, len(training.pictures), run.held_out)
    save_model(model, folder, prompts, card, family.make_scheduler())
    outputs = [p for p in folder.rglob("*") if p.is_file() and p.name != "recipe.json"]
    seconds = time.monotonic() - started
    write_recipe(folder, recipe, outputs, seconds, ["torch", "diffusers"], plan=asdict(plan))
    for checkpoint in list_checkpoints(home):
        checkpoint.unlink()


def make_training(settings: Settings, dataset: Dataset) -> tuple[Training, Training]:
    """The training pictures, and the held-out ones, as tensors."""
    asked = settings.pictures
    few = len(dataset.places("train")) < 3000
    augment = Augment(asked.mirror, asked.rotation, asked.jitter, 0.12 if few else 0.0)
    if asked.recipe == "ddpm":
        augment = Augment(asked.mirror, asked.rotation, asked.jitter)
    conditions = np.stack(
        [
            dataset.vocabulary.encode(tokens_of(dataset.vocabulary, row["text"], row["tags"]))
            for row in dataset.rows
        ]
    )
    halves = []
    for split in ("train", "held-out"):
        places = dataset.places(split)
        pictures = torch.from_numpy(dataset.images[places])
        halves.append(Training(pictures, torch.from_numpy(conditions[places]), augment))
    return halves[0], halves[1]


def describe(settings: Settings) -> dict[str, Any]:
    """What sampling has to know, read from the model folder and nowhere else."""
    return {
        "recipe": settings.pictures.recipe,
        "size": settings.pictures.size,
        "source": settings.pictures.source,
    }


def go_on(run: Run, home: Path) -> None:
    """Take up the run where its newest sound checkpoint left it."""
    facts = read_checkpoint(home, run.key, run.family.network, run.average, run.optimiser)
    if facts is None:
        return
    run.step, run.seconds = int(facts["step"]), float(facts["seconds"])
    run.losses = [(int(step), float(loss)) for step, loss in facts["losses"]]
    run.quarters = [tuple(row) for row in facts["quarters"]]
    run.held_out = [(int(step), float(loss)) for step, loss in facts["held_out"]]
    print(f"train     going on from step {run.step} of {run.plan.steps}")


def train_to_end(
    run: Run,
    training: Training,
    held: Training,
    home: Path,
    grids: "GridWriter",
    every: float = 30.0,
) -> None:
    """Step to the end of the plan, with checkpoints every ``every`` seconds and when stopped."""
    plan = run.plan
    marks = {max(1, round(plan.steps * (k + 1) / GRIDS)) for k in range(GRIDS)}
    saved = begun = time.monotonic()
    before = run.seconds
    bar = tqdm(
        total=plan.steps * plan.batch, initial=run.step * plan.batch, desc="train", unit="picture"
    )
    steps = train_steps(run.family, training, plan, run.optimiser, run.average, run.step)
    try:
        for report in steps:
            note(run, report)
            bar.update(plan.batch)
            bar.set_postfix(loss=f"{report.loss:.3f}", refresh=False)
            now = time.monotonic()
            run.seconds = before + now - begun
            if report.step in marks:
                loss = measure_held_out(run.family, held, plan)
                if loss is not None:
                    run.held_out.append((report.step, round(loss, 5)))
                grids.write(report.step)
            if now - saved > every and report.step < plan.steps:
                save(run, home)
                saved = time.monotonic()
    except KeyboardInterrupt:
        save(run, home)
        raise
    finally:
        steps.close()
        bar.close()


def note(run: Run, report: Report) -> None:
    """Remember a step's losses, all of a short run's, every n-th of a long one's."""
    run.step = report.step
    stride = min(max(1, run.plan.steps // 2000), 10)
    if report.step % stride == 0:
        run.losses.append((report.step, round(report.loss, 5)))
        run.quarters.append(tuple(round(quarter, 5) for quarter in report.quarters))


def save(run: Run, home: Path) -> None:
    """Write a checkpoint of the run as it stands."""
    write_checkpoint(home, run.step, run.family.network, run.average, run.optimiser, run.facts())


class GridWriter:
    """Writes work/report/grid-NNNNNN.png: the same noise and words each time, averaged weights."""

    def __init__(self, settings: Settings, run: Run, dataset: Dataset) -> None:
        self.folder = settings.work / "report"
        self.run = run
        self.steps = 12 if settings.pictures.recipe == "flow" else 25
        self.guidance = settings.pictures.guidance
        rows = [row for row in dataset.rows if row["split"] == "train"][:GRID_PICTURES]
        tokens = [tokens_of(dataset.vocabulary, row["text"], row["tags"]) for row in rows]
        words = np.stack([dataset.vocabulary.encode(names) for names in tokens])
        self.conditions = torch.cat(
            [torch.from_numpy(words), torch.zeros(len(rows), ALTERATIONS)], 1
        )
        shutil.rmtree(self.folder / "grids", ignore_errors=True)

    def write(self, step: int) -> None:
        """Sample a grid with the average as it stands, and put the weights back."""
        network = self.run.family.network
        weights = copy_weights(network)
        put_weights(network, self.run.average)
        network.eval()
        generators = [seeded("grid", place) for place in range(len(self.conditions))]
        with arithmetic(self.run.plan.arithmetic):
            pictures = self.run.family.sample(
                self.conditions, generators, self.steps, self.guidance
            )
        put_weights(network, weights)
        network.train()
        pixels = to_pixels(pictures)
        write_sheet(
            self.folder / f"grids/{step * self.run.plan.batch:08d}.png", as_images(pixels), 8
        )


def to_pixels(pictures: Tensor) -> np.ndarray:
    """Pictures in [-1, 1] as uint8."""
    levels = ((pictures.float().clamp(-1, 1) + 1) * 127.5).round()
    return np.asarray(levels.to(torch.uint8))
