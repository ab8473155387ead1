"""One training run of an image model, from the plan to the saved model: what `stage` does last.

Writes work/training/<key>/ (plan.json, checkpoints), work/report/ (loss curve, grids), work/model/.
"""

import time
from dataclasses import asdict
from pathlib import Path

import torch
from tqdm import tqdm

from generate.errors import Refusal
from generate.files import write_json
from generate.pictures.choosing.look import describe_look
from generate.pictures.compute import processes
from generate.pictures.compute.memory import allowance
from generate.pictures.compute.precision import choose_device
from generate.pictures.data.dataset import Dataset, read_dataset
from generate.pictures.families.base import Beginning, Family
from generate.pictures.families.registry import find_spec
from generate.pictures.model_card import write_card
from generate.pictures.model_folder import load_model, save_model
from generate.pictures.networks.weights import copy_weights, put_weights
from generate.pictures.training.augment import Augment
from generate.pictures.training.budget import GRIDS, settle_plan
from generate.pictures.training.checkpoint import list_checkpoints
from generate.pictures.training.grids import GridWriter, draw_curve
from generate.pictures.training.loop import Report, make_optimisers, measure_held_out
from generate.pictures.training.pictures import TrainingPictures, seeded
from generate.pictures.training.run import Run, go_on, step_to_end
from generate.recipe import RECIPE, Recipe, write_recipe
from generate.settings import Settings


def run_training(settings: Settings, recipe: Recipe, start: Path | None, folder: Path) -> None:
    """Train by ``recipe``, from the weights in ``start``; save the averaged model to ``folder``.

    Several processes train together; the first alone writes.
    """
    started = time.monotonic()
    dataset = read_dataset(settings.work / "dataset")
    torch.manual_seed(settings.seed)
    family = create_family(settings, dataset)
    beginning = begin(family, start, settings.pictures.source)
    training, held = make_training(settings, family, dataset)
    home = find_training(settings, recipe)
    plan = settle_plan(settings, recipe, family, training, beginning, home)
    weights = copy_weights(family.network)
    run = Run(family, plan, weights, make_optimisers(family, plan), recipe.key)
    go_on(run, home)
    train_to_end(settings, run, family, dataset, training, held, home)
    if processes.is_first():
        family.facts |= {"key": recipe.key}
        publish(settings, run, family, dataset, recipe, folder, time.monotonic() - started)
    processes.wait()


def create_family(settings: Settings, dataset: Dataset) -> Family:
    """The family that the settings name, with random weights."""
    asked = settings.pictures
    facts = {"recipe": asked.recipe, "size": asked.size, "source": asked.source}
    family: Family = find_spec(asked.recipe).load().create(dataset.vocabulary, facts, asked.own)
    return family


def begin(family: Family, start: Path | None, source: str) -> Beginning:
    """Take over the weights in ``start``, if any; what follows for the run."""
    donor = load_model(start) if start else None
    try:
        return family.begin(donor, source)
    except Refusal as refusal:
        raise Refusal(f"{start}: {refusal}") from None


def publish(
    settings: Settings,
    run: Run,
    family: Family,
    dataset: Dataset,
    recipe: Recipe,
    folder: Path,
    seconds: float,
) -> None:
    """Write the model with its averaged weights, the loss curve, and last of all the recipe."""
    network, plan = family.network, run.plan
    report = settings.work / "report"
    draw_curve(report / "loss.png", run.losses, run.parts, run.held_out, plan.batch)
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
    family.facts |= {"arithmetic": plan.arithmetic, "exposures": plan.steps * plan.batch}
    family.facts["look"] = describe_look(dataset.images[dataset.places("train")[:4096]])
    network.eval()
    card = write_card(settings, family, plan, len(prompts), run.held_out)
    save_model(family, folder, prompts, card)
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
    family: Family,
    dataset: Dataset,
    training: TrainingPictures,
    held: TrainingPictures,
    home: Path,
) -> None:
    """Take the steps of the plan, with a look at held-out pictures and a grid now and then."""
    plan = run.plan
    marks = {max(1, round(plan.steps * (k + 1) / GRIDS)) for k in range(GRIDS)}
    grids = GridWriter(settings, run, family, dataset)
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
                loss = measure_held_out(family, held, plan)
                if loss is not None:
                    run.held_out.append((report.step, round(loss, 5)))
                grids.write(report.step)
            return False

        step_to_end(run, training, home, watch)


def find_training(settings: Settings, recipe: Recipe) -> Path:
    """Where a run's plan and checkpoints are kept: another run's settings leave them alone."""
    return settings.work / "training" / recipe.key[:8]


def make_training(
    settings: Settings, family: Family, dataset: Dataset
) -> tuple[TrainingPictures, TrainingPictures]:
    """The training pictures, and the held-out ones, as tensors: uint8, on the device if it can."""
    augment = choose_augment(settings, len(dataset.places("train")), family.beginning)
    device = choose_place(augment, dataset.images.nbytes)
    conditions = family.encode(dataset.rows)
    halves = []
    for split in ("train", "held-out"):
        places = dataset.places(split)
        pictures = torch.from_numpy(dataset.images[places]).to(device)
        halves.append(TrainingPictures(pictures, conditions[places], augment))
    return halves[0], halves[1]


def choose_augment(settings: Settings, count: int, beginning: Beginning) -> Augment:
    """What may happen to ``count`` training pictures."""
    asked = settings.pictures
    mirror = beginning.mirrored if asked.mirror is None else asked.mirror
    moves = beginning.moved and count < 3000
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
