"""Train a recipe from scratch to its end and sample from it, in a process of its own.

Reads a training set; writes an entrant's folder: checkpoints, plan.json, samples, facts.json. If it
is killed, the next call goes on from the last checkpoint.
"""

import contextlib
import multiprocessing
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from tqdm import tqdm

from generate.bench.process_cost import read_peak
from generate.bench.samples import FACTS, sample_entrant
from generate.errors import Refusal
from generate.files import read_json, write_json
from generate.pictures.compute.precision import probe
from generate.pictures.data.dataset import decide_dataset, read_dataset
from generate.pictures.families.base import Family
from generate.pictures.families.registry import CLASSIC
from generate.pictures.model_folder import find_starter
from generate.pictures.networks.weights import copy_weights, count_parameters, put_weights
from generate.pictures.training.budget import read_plan, read_record, settle_plan, trial_step
from generate.pictures.training.checkpoint import list_checkpoints
from generate.pictures.training.loop import Report, make_optimisers, train_steps
from generate.pictures.training.pictures import TrainingPictures
from generate.pictures.training.plan import Plan
from generate.pictures.training.run import Run, resume, step_to_end
from generate.pictures.training.trainer import create_family, make_training, take_over
from generate.recipe import Recipe
from generate.settings import Settings
from generate.stops import is_orphan

# Seconds of training between checkpoints.
EVERY = 60.0
# What of [pictures] decides a run beside the family's own settings and the training set.
DECIDING = ("size", "mirror", "rotation", "jitter", "guidance", "batch")
PEAK, PLAN = "peak.json", "plan.json"
# Steps that are also taken in float32, where the classic recipe runs in another arithmetic.
TRIED = 16


@dataclass(frozen=True)
class Entrant:
    """One side of a comparison: a recipe, how long it trains, its samples and solver steps.

    The flow recipe trains for ``minutes`` as `make train` does: their number of steps is fixed
    beforehand, and the arithmetic is the one that is faster here. The classic one takes ``updates``
    of 16 pictures, or trains for ``minutes``, in this ``arithmetic`` (None: the faster one). Each
    begins from "scratch", or from the "starter" of its recipe.
    """

    recipe: str
    minutes: float | None
    updates: int | None
    samples: int
    solver: int
    arithmetic: str | None = "float32"
    start: str = "scratch"


def run_apart(function: Callable[..., None], *arguments: Any) -> None:
    """Call ``function`` in a new process, with memory of its own, as `run_together` does."""
    run_together("bench", function, [arguments])


def run_together(stage: str, function: Callable[..., None], calls: Sequence[Sequence[Any]]) -> None:
    """Call ``function`` with each of ``calls`` in a new process, and wait for all.

    `Refusal` that names the ``stage`` if one fails. When this process is interrupted, it waits
    until the others have written their checkpoints.
    """
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=call_and_exit, args=(function, *call)) for call in calls]
    for process in workers:
        process.start()
    try:
        for process in workers:
            process.join()
    except KeyboardInterrupt:
        for process in workers:
            process.join(20)
            if process.is_alive():
                process.terminate()
                process.join()
        raise
    codes = [process.exitcode or 0 for process in workers]
    if 130 in codes:
        raise KeyboardInterrupt
    if failed := next(filter(None, codes), 0):
        raise Refusal(f"{stage}: a process that trains ended with {failed}; run again")


def call_and_exit(function: Callable[..., None], *arguments: Any) -> None:
    """Call ``function``; errors end this process as they end the command line."""
    try:
        function(*arguments)
    except KeyboardInterrupt:
        sys.exit(130)
    except Refusal as refusal:
        print(f"error: {refusal}", file=sys.stderr)
        sys.exit(1)


def run_entrant(settings: Settings, entrant: Entrant, home: Path) -> None:
    """Train and sample unless ``home`` holds all of it. ``settings`` name the training set."""
    changes: dict[str, Any] = {"recipe": entrant.recipe, "start": entrant.start}
    if entrant.minutes:
        changes["minutes"] = entrant.minutes
    asked = settings.pictures.model_copy(update=changes)
    settings = settings.model_copy(update={"pictures": asked})
    recipe = decide_entrant(settings, entrant)
    if read_record(home / FACTS, recipe.key):
        return
    dataset = read_dataset(settings.work / "dataset")
    torch.manual_seed(settings.seed)
    family = create_family(settings, dataset)
    take_over(
        family, find_starter(entrant.recipe) if entrant.start == "starter" else None, asked.source
    )
    training, _ = make_training(settings, family, dataset)
    limit = None
    if entrant.recipe == CLASSIC:
        plan = settle_classic(entrant, family, training, settings.seed, recipe.key, home)
        limit = None if entrant.updates else entrant.minutes
    else:
        plan = settle_plan(settings, recipe.key, family, training, home)
    run = Run(family, training, plan, recipe.key, home)
    resume(run)
    train_entrant(run, limit)
    put_weights(family.network, run.average)
    seconds = sample_entrant(settings, run, family, dataset, entrant.samples, entrant.solver)
    facts = {
        "key": recipe.key,
        **asdict(entrant),
        "parameters": count_parameters(family.network),
        "updates": run.step,
        "exposures": run.step * plan.batch,
        "arithmetic": plan.arithmetic,
        "first losses": compare_first_losses(run),
        "threads": torch.get_num_threads(),
        "training seconds": round(run.seconds, 1),
        "sampling seconds": round(seconds, 1),
        "peak memory": record_peak(home),
    }
    write_json(home / FACTS, facts)
    for checkpoint in list_checkpoints(home):
        checkpoint.unlink()


def settle_classic(
    entrant: Entrant, family: Family, training: TrainingPictures, seed: int, key: str, home: Path
) -> Plan:
    """The classic recipe's plan. An arithmetic that was chosen by trial is compared with float32.

    For that the first steps are taken in float32, only for their losses, which plan.json keeps. If
    the losses of the run itself are the same, the faster arithmetic changes nothing.
    """
    plan = replace(family.beginning.plan, steps=entrant.updates or 10**6, seed=seed)
    if entrant.arithmetic:
        return replace(plan, arithmetic=entrant.arithmetic)
    recorded = read_plan(home / PLAN, key)
    if recorded is not None:
        return Plan(**recorded)
    weights = copy_weights(family.network)
    kind, _ = probe(trial_step(family, training, plan))
    losses = []
    if kind != "float32":
        short = replace(plan, steps=min(TRIED, plan.steps), arithmetic="float32")
        optimisers = make_optimisers(family, short)
        steps = train_steps(family, training, short, optimisers, copy_weights(family.network))
        losses = [report.loss for report in tqdm(steps, "in float32", short.steps, unit="update")]
    put_weights(family.network, weights)
    plan = replace(plan, arithmetic=kind)
    write_json(home / PLAN, {"key": key, "plan": asdict(plan), "float32": losses})
    return plan


def compare_first_losses(run: Run) -> dict[str, float] | None:
    """Mean loss of the first steps of the run, and in float32; None without a trial."""
    full = read_record(run.home / PLAN, run.key).get("float32")
    if not full:
        return None
    taken = [loss for step, loss in run.losses if step <= len(full)]
    means = {run.plan.arithmetic: np.mean(taken), "float32": np.mean(full)}
    return {kind: round(float(mean), 5) for kind, mean in means.items()} | {"updates": len(full)}


def decide_entrant(settings: Settings, entrant: Entrant) -> Recipe:
    """What decides an entrant's pictures: itself, the settings that matter, the training set."""
    asked = settings.pictures
    relevant = asdict(entrant) | {name: getattr(asked, name) for name in DECIDING}
    inputs = {"dataset": decide_dataset(settings).key}
    return Recipe("entrant", relevant, inputs, settings.seed)


def train_entrant(run: Run, minutes: float | None) -> None:
    """Take the plan's steps, or stop after ``minutes`` of them.

    Stops when the process that started this one has ended, so that no two work on one run.
    """
    limit = minutes * 60 if minutes else float("inf")
    total = None if minutes else run.plan.steps
    with tqdm(total=total, initial=run.step, desc=f"train {run.home.name}", unit="update") as bar:

        def watch(report: Report) -> bool:
            bar.update()
            bar.set_postfix(loss=f"{report.loss:.3f}", minutes=f"{run.seconds / 60:.1f}")
            return run.seconds >= limit or is_orphan()

        try:
            if run.seconds < limit:
                step_to_end(run, watch, EVERY)
        finally:
            record_peak(run.home)
    if is_orphan():
        raise KeyboardInterrupt


def record_peak(home: Path) -> int:
    """The most bytes that any of the processes that worked in ``home`` has held; written there."""
    peak = read_peak()
    with contextlib.suppress(OSError, Refusal, KeyError, TypeError):
        peak = max(peak, int(read_json(home / PEAK)["bytes"]))
    write_json(home / PEAK, {"bytes": peak})
    return peak
