"""One training run, from the plan to the saved model: what `train` does when it has to.

Writes work/training/<key>/ (plan.json, checkpoints), work/report/ (loss curve, grids), work/model/.
"""

import shutil
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from tqdm import tqdm

from generate.errors import Refusal
from generate.files import write_json
from generate.pictures.choosing.look import describe_look
from generate.pictures.compute import processes
from generate.pictures.compute.memory import allowance
from generate.pictures.compute.precision import arithmetic, choose_device
from generate.pictures.data.dataset import Dataset, read_dataset
from generate.pictures.data.vocabulary import tokens_of
from generate.pictures.families.registry import (
    NOTHING,
    Beginning,
    begin_from,
    choose_shape,
    make_family,
)
from generate.pictures.model_card import write_card
from generate.pictures.model_folder import (
    ALTERATIONS,
    Model,
    Network,
    copy_weights,
    load_model,
    put_weights,
    save_model,
)
from generate.pictures.networks.transplant import transplant
from generate.pictures.sheets import as_images, draw_curve, write_sheet
from generate.pictures.training.augment import Augment
from generate.pictures.training.budget import GRIDS, settle_plan
from generate.pictures.training.checkpoint import list_checkpoints
from generate.pictures.training.loop import (
    Report,
    Training,
    make_optimiser,
    measure_held_out,
    seeded,
)
from generate.pictures.training.run import Run, go_on, step_to_end
from generate.pictures.training.stage import find_start
from generate.recipe import RECIPE, Recipe, write_recipe
from generate.settings import Settings

GRID_PICTURES = 16


def run_training(settings: Settings, recipe: Recipe, folder: Path) -> None:
    """Train by ``recipe`` and save the averaged model to ``folder``.

    Several processes train together; the first alone writes.
    """
    started = time.monotonic()
    dataset = read_dataset(settings.work / "dataset")
    shape = choose_shape(settings.pictures.recipe, settings.pictures.size)
    torch.manual_seed(settings.seed)
    network = Network(shape, len(dataset.vocabulary))
    facts = describe(settings)
    start, beginning = find_start(settings), NOTHING
    if start is not None:
        donor = load_model(start)
        beginning = begin_from(donor.facts, settings.pictures.source)
        strange = transplant(donor, network, dataset.vocabulary)
        if len(strange) > len(network.unet.state_dict()) // 2:
            raise Refusal(f"{start}: weights of another shape; name another folder, or scratch")
    if settings.pictures.recipe == "flow":
        facts |= {name: getattr(beginning, name) for name in ("mirrored", "moved", "shift")}
    training, held = make_training(settings, dataset, beginning)
    family = make_family(network, facts)
    home = find_training(settings, recipe)
    plan = settle_plan(settings, recipe, family, training, beginning, home)
    run = Run(family, plan, copy_weights(network), make_optimiser(network, plan), recipe.key)
    go_on(run, home)
    train_to_end(settings, run, dataset, training, held, home)
    if processes.is_first():
        facts |= {"key": recipe.key}
        publish(settings, run, dataset, facts, recipe, folder, time.monotonic() - started)
    processes.wait()


def publish(
    settings: Settings,
    run: Run,
    dataset: Dataset,
    facts: dict[str, Any],
    recipe: Recipe,
    folder: Path,
    seconds: float,
) -> None:
    """Write the model with its averaged weights, the loss curve, and last of all the recipe."""
    network, plan = run.family.network, run.plan
    report = settings.work / "report"
    draw_curve(report / "loss.png", run.losses, run.quarters, run.held_out, plan.batch)
    write_json(
        report / "loss.json",
        {"batch": plan.batch, "losses": run.losses, "held_out": run.held_out},
    )
    put_weights(network, run.average)
    prompts = [
        {"text": row["text"], "tags": row["tags"]}
        for row in dataset.rows
        if row["split"] == "train"
    ]
    facts |= {"arithmetic": plan.arithmetic, "exposures": plan.steps * plan.batch}
    facts["look"] = describe_look(dataset.images[dataset.places("train")[:4096]])
    model = Model(network.eval(), dataset.vocabulary, facts)
    card = write_card(settings, model, plan, len(prompts), run.held_out)
    save_model(model, folder, prompts, card, run.family.make_scheduler())
    outputs = [
        path
        for path in folder.rglob("*")
        if path.is_file() and path.name != RECIPE and not path.name.startswith(".")
    ]
    write_recipe(folder, recipe, outputs, seconds, ["torch", "diffusers"], plan=asdict(plan))
    for checkpoint in list_checkpoints(find_training(settings, recipe)):
        checkpoint.unlink()


def train_to_end(
    settings: Settings,
    run: Run,
    dataset: Dataset,
    training: Training,
    held: Training,
    home: Path,
) -> None:
    """Take the steps of the plan, with a look at held-out pictures and a grid now and then."""
    plan = run.plan
    marks = {max(1, round(plan.steps * (k + 1) / GRIDS)) for k in range(GRIDS)}
    grids = GridWriter(settings, run, dataset)
    with tqdm(
        total=plan.steps * plan.batch,
        initial=run.step * plan.batch,
        desc="train",
        unit="picture",
        disable=not processes.is_first(),
    ) as bar:

        def watch(report: Report) -> bool:
            bar.update(plan.batch)
            bar.set_postfix(loss=f"{report.loss:.3f}", refresh=False)
            if report.step in marks and processes.is_first():
                loss = measure_held_out(run.family, held, plan)
                if loss is not None:
                    run.held_out.append((report.step, round(loss, 5)))
                grids.write(report.step)
            return False

        step_to_end(run, training, home, watch)


def find_training(settings: Settings, recipe: Recipe) -> Path:
    """Where a run's plan and checkpoints are kept: another run's settings leave them alone."""
    return settings.work / "training" / recipe.key[:8]


def make_training(
    settings: Settings, dataset: Dataset, beginning: Beginning = NOTHING
) -> tuple[Training, Training]:
    """The training pictures, and the held-out ones, as tensors: uint8, on the device if it can."""
    augment = choose_augment(settings, len(dataset.places("train")), beginning)
    device = choose_place(augment, dataset.images.nbytes)
    conditions = np.stack(
        [
            dataset.vocabulary.encode(tokens_of(dataset.vocabulary, row["text"], row["tags"]))
            for row in dataset.rows
        ]
    )
    halves = []
    for split in ("train", "held-out"):
        places = dataset.places(split)
        pictures = torch.from_numpy(dataset.images[places]).to(device)
        halves.append(Training(pictures, torch.from_numpy(conditions[places]), augment))
    return halves[0], halves[1]


def choose_augment(settings: Settings, count: int, beginning: Beginning) -> Augment:
    """What may happen to ``count`` training pictures."""
    asked = settings.pictures
    mirror = beginning.mirrored if asked.mirror is None else asked.mirror
    moves = asked.recipe != "ddpm" and beginning.moved and count < 3000
    return Augment(mirror, asked.rotation, asked.jitter, 0.12 if moves else 0.0)


def choose_place(augment: Augment, size: int) -> torch.device:
    """Where training pictures of ``size`` bytes lie and are altered: the accelerator if it can.

    Some accelerators lack a way of resampling, and a large set may not leave room for the network.
    """
    device = choose_device()
    if device.type == "cpu" or size > allowance(device) / 2:
        return torch.device("cpu")
    try:
        augment(torch.zeros(2, 3, 16, 16, device=device), seeded("trial"))
    except RuntimeError:
        return torch.device("cpu")
    return device


def describe(settings: Settings) -> dict[str, Any]:
    """What sampling has to know, read from the model folder and nowhere else."""
    return {
        "recipe": settings.pictures.recipe,
        "size": settings.pictures.size,
        "source": settings.pictures.source,
    }


class GridWriter:
    """Writes work/report/grids/NNNNNNNN.png, numbered by the pictures seen.

    The same noise and words each time; averaged weights.
    """

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
        if processes.is_first():
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
    return np.asarray(levels.to(torch.uint8).cpu())
