"""One training run of an image model, from the plan to the saved model: the last part of `stage`.

Writes work/training/<key>/ (plan.json, checkpoints), work/report/ (loss curve, grids), work/model/.
"""

import time
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import torch

from generate.errors import Refusal
from generate.files import write_json
from generate.pictures.choosing.look import summarise_look
from generate.pictures.compute import processes
from generate.pictures.compute.memory import allowance
from generate.pictures.compute.precision import choose_device
from generate.pictures.data.dataset import Dataset, read_dataset
from generate.pictures.families.base import Beginning, Family
from generate.pictures.families.registry import find_spec
from generate.pictures.model_card import write_model_card
from generate.pictures.model_folder import load_model, save_model
from generate.pictures.networks.weights import put_weights
from generate.pictures.training.augment import Augment
from generate.pictures.training.budget import GRIDS, settle_plan
from generate.pictures.training.deadline import Deadline
from generate.pictures.training.grids import GridWriter, write_curve
from generate.pictures.training.loop import Report, measure_held_out
from generate.pictures.training.pictures import TrainingPictures, seeded
from generate.pictures.training.plan import Plan, find_training, forget_run
from generate.pictures.training.run import Run, open_bar, resume, step_to_end
from generate.pictures.verdict.diary import ENDED, STOPPED, DiaryWriter
from generate.pictures.verdict.verdict import Witness
from generate.recipe import RECIPE, Recipe, write_recipe
from generate.settings import Settings

# Held-out pictures that a family may measure itself by while it learns.
HELD_OUT = 64


def run_training(settings: Settings, recipe: Recipe, folder: Path, start: Path | None) -> None:
    """Train by ``recipe`` from the weights in ``start``; save the averaged model to ``folder``.

    Several processes train together; only the first writes.
    """
    started = time.monotonic()
    dataset = read_dataset(settings.work / "dataset")
    torch.manual_seed(settings.seed)
    family = create_family(settings, dataset)
    take_over(family, start, settings.pictures.source)
    training, held_out = make_training(settings, family, dataset)
    family.meet(held_out.take(HELD_OUT))
    home = find_training(settings, recipe)
    trains = bool(family.phases)
    plan = settle_plan(settings, recipe.key, family, training, home) if trains else Plan()
    run = Run(family, training, plan, recipe.key, home)
    witness = Witness(settings, family, dataset, held_out, plan)
    before = witness.look() if trains and processes.is_first() else None
    if trains:
        resume(run)
        deadline = watch_clock(settings, run)
        grids = GridWriter(settings, run, family, dataset)
        diary = DiaryWriter(settings.work, plan.steps * plan.batch)
        try:
            train_to_end(run, family, held_out, grids, deadline, diary)
        except KeyboardInterrupt:
            if processes.is_first():
                diary.write(STOPPED)
            raise
        if processes.is_first():
            diary.write(ENDED)
    if processes.is_first():
        if trains:
            write_report(settings, run)
        save_averaged(settings, run, family, dataset, folder)
        outputs = [
            path
            for path in folder.rglob("*")
            if path.is_file() and path.name != RECIPE and not path.name.startswith(".")
        ]
        seconds = time.monotonic() - started
        notes: dict[str, Any] = {"plan": asdict(run.plan), "device": choose_device().type}
        if before is not None:
            notes["verdict"] = witness.tell(before).sentence
        if trains and run.step < run.plan.steps:
            notes["steps taken"] = run.step
        write_recipe(folder, recipe, outputs, seconds, ["torch", "diffusers"], **notes)
        forget_run(home)
    processes.wait()


def create_family(settings: Settings, dataset: Dataset) -> Family:
    """The family that the settings name, with random weights."""
    asked = settings.pictures
    facts: dict[str, Any] = {name: getattr(asked, name) for name in ("recipe", "size", "source")}
    if asked.model:
        # What a name that is no folder means, the family knows.
        folder = settings.home / Path(asked.model).expanduser()
        facts["model"] = str(folder.resolve()) if folder.is_dir() else asked.model
    family: Family = find_spec(asked.recipe).load().create(dataset.vocabulary, facts, asked.own)
    return family


def take_over(family: Family, start: Path | None, source: str) -> None:
    """Let ``family`` begin from the weights in ``start``, if any; `Refusal` naming it."""
    donor = load_model(start) if start else None
    try:
        family.begin(donor, source)
    except Refusal as refusal:
        raise Refusal(f"{start}: {refusal}") from None


def watch_clock(settings: Settings, run: Run) -> Deadline:
    """The deadline of a run whose length was asked for in minutes, else one that never comes."""
    asked = settings.pictures
    minutes = None if asked.exposures else asked.minutes
    return Deadline(run.plan.steps, minutes, bool(asked.strict_minutes and minutes))


def train_to_end(
    run: Run,
    family: Family,
    held_out: TrainingPictures,
    grids: GridWriter,
    deadline: Deadline,
    diary: DiaryWriter,
) -> None:
    """Take the steps of the plan, or those that a strict ``deadline`` leaves time for.

    A few times, and at the end, the held-out loss is measured and a grid written. The ``diary`` is
    kept all the while.
    """
    plan = run.plan
    marks = {max(1, round(plan.steps * (k + 1) / GRIDS)) for k in range(GRIDS)}
    started = time.monotonic() - run.seconds
    deadline.note(run.step, run.seconds)
    with open_bar("train", plan.steps * plan.batch, run.step * plan.batch, "picture") as bar:

        def watch(report: Report) -> bool:
            seconds = time.monotonic() - started
            deadline.note(report.step, processes.tell(seconds) if deadline.strict else seconds)
            warning = {"time": text} if (text := deadline.warn()) else {}
            bar.update(plan.batch)
            bar.set_postfix(loss=f"{report.loss:.3f}", **warning, refresh=False)
            over = deadline.over
            if (report.step in marks or over) and processes.is_first():
                loss = measure_held_out(family, held_out, plan)
                if loss is not None:
                    run.held_out.append((report.step, round(loss, 5)))
                grids.write(report.step)
            if processes.is_first():
                diary.note(report.step, plan.batch, seconds, deadline.left(), run)
            return over

        step_to_end(run, watch, done=deadline.done if deadline.strict else None)
    if run.step < plan.steps and processes.is_first():
        print(
            f"train     the {deadline.minutes:g} minutes are over after {run.step:,} of "
            f"{plan.steps:,} steps",
            flush=True,
        )


def write_report(settings: Settings, run: Run) -> None:
    """Write the run's losses as a picture and as numbers."""
    folder = settings.work / "report"
    write_curve(folder / "loss.png", run)
    losses = {"batch": run.plan.batch, "losses": run.losses, "held_out": run.held_out}
    write_json(folder / "loss.json", losses)


def save_averaged(
    settings: Settings, run: Run, family: Family, dataset: Dataset, folder: Path
) -> None:
    """Write the model to ``folder`` with its averaged weights."""
    plan = replace(run.plan, steps=run.step)
    put_weights(family.network.eval(), run.average)
    rows = [row for row in dataset.rows if row["split"] == "train"]
    exposures = plan.steps * plan.batch
    family.facts |= {"key": run.key, "arithmetic": plan.arithmetic, "exposures": exposures}
    family.facts["look"] = summarise_look(dataset.images[dataset.places("train")[:4096]])
    card = write_model_card(settings, family, plan, len(rows), run.held_out)
    save_model(family, folder, rows, card)


def make_training(
    settings: Settings, family: Family, dataset: Dataset
) -> tuple[TrainingPictures, TrainingPictures]:
    """The training pictures and the held-out ones, as tensors."""
    augment = choose_augment(settings, len(dataset.places("train")), family.beginning)
    device = choose_holder(augment, dataset.images.nbytes)
    conditions = family.encode(dataset.rows)
    halves = []
    for split in ("train", "held-out"):
        places = dataset.places(split)
        pictures = torch.from_numpy(dataset.images[places]).to(device)
        others = {
            number: family.encode([{**row, "text": text} for text in row["texts"][1:]])
            for number, row in enumerate(dataset.rows[place] for place in places)
            if row.get("texts") and not row["tags"]
        }
        halves.append(TrainingPictures(pictures, conditions[places], augment, others))
    return halves[0], halves[1]


def choose_augment(settings: Settings, count: int, beginning: Beginning) -> Augment:
    """What may happen to ``count`` training pictures."""
    asked = settings.pictures
    mirror = beginning.mirrored if asked.mirror is None else asked.mirror
    moves = beginning.moved and count < 3000
    return Augment(mirror, asked.rotation, asked.jitter, 0.12 if moves else 0.0)


def choose_holder(augment: Augment, size: int) -> torch.device:
    """Where training pictures of ``size`` bytes are held and altered: the accelerator, if able.

    Some accelerators cannot resample, and a large set may leave no room for the network.
    """
    device = choose_device()
    if device.type == "cpu" or size > allowance(device) / 2:
        return torch.device("cpu")
    try:
        augment(torch.zeros(2, 3, 16, 16, device=device), seeded("trial"))
    except RuntimeError:
        return torch.device("cpu")
    return device
