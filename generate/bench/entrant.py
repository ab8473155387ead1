"""Train a recipe from scratch to its end and sample from it, in a process of its own.

Reads a training set; writes an entrant's folder: checkpoints, plan.json, samples, facts.json.
Killed at any moment, the next call goes on where the last checkpoint left it.
"""

import contextlib
import multiprocessing
import os
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from tqdm import tqdm

from generate.bench.samples import FACTS, sample_entrant
from generate.bench.subject import peak_memory
from generate.errors import Refusal
from generate.files import read_json, write_json
from generate.pictures.compute.precision import probe
from generate.pictures.data.dataset import decide_dataset, read_dataset
from generate.pictures.families.base import Family
from generate.pictures.families.registry import CLASSIC
from generate.pictures.networks.weights import copy_weights, count_parameters, put_weights
from generate.pictures.training.budget import read_plan, settle_plan, trial_step
from generate.pictures.training.checkpoint import list_checkpoints
from generate.pictures.training.loop import make_optimisers, train_steps
from generate.pictures.training.pictures import TrainingPictures
from generate.pictures.training.plan import Plan
from generate.pictures.training.run import Run, go_on, heeding, note, save
from generate.pictures.training.trainer import create_family, make_training
from generate.recipe import Recipe
from generate.settings import Settings

# Seconds of training between checkpoints.
EVERY = 60.0
PEAK, PLAN = "peak.json", "plan.json"
# Updates that are also taken in float32, where the classic recipe runs in another arithmetic.
TRIED = 16


@dataclass(frozen=True)
class Entrant:
    """What is to be run: a recipe, how long, how many pictures of it by how many solver steps.

    The flow recipe takes ``minutes`` as `make train` does: so many steps, settled beforehand, in
    the arithmetic that is faster here. The classic one takes ``updates`` of 16 pictures, or as many
    as fit in ``minutes``, in its own ``arithmetic``, or in the faster one (None).
    """

    recipe: str
    minutes: float | None
    updates: int | None
    samples: int
    solver: int
    arithmetic: str | None = "float32"


def run_apart(function: Callable[..., None], *arguments: Any) -> None:
    """Call ``function`` in a fresh process, whose memory is its own; `Refusal` if it fails.

    When this process is interrupted, that one is given time to write down how far it got.
    """
    context = multiprocessing.get_context("spawn")
    process = context.Process(target=work_apart, args=(function, *arguments))
    process.start()
    try:
        process.join()
    except KeyboardInterrupt:
        process.join(20)
        if process.is_alive():
            process.terminate()
            process.join()
        raise
    if process.exitcode == 130:
        raise KeyboardInterrupt
    if process.exitcode:
        raise Refusal(f"bench: the process that trains ended with {process.exitcode}; run again")


def work_apart(function: Callable[..., None], *arguments: Any) -> None:
    """Call ``function`` and end this process as the command line does, without a traceback."""
    try:
        function(*arguments)
    except KeyboardInterrupt:
        sys.exit(130)
    except Refusal as refusal:
        print(f"error: {refusal}", file=sys.stderr)
        sys.exit(1)


def run_entrant(settings: Settings, entrant: Entrant, home: Path) -> None:
    """Train and sample unless ``home`` holds all of it. ``settings`` name the training set."""
    asked = settings.pictures.model_copy(update={"recipe": entrant.recipe, "start": "scratch"})
    if entrant.minutes:
        asked = asked.model_copy(update={"minutes": entrant.minutes})
    settings = settings.model_copy(update={"pictures": asked})
    recipe = decide_entrant(settings, entrant)
    if read_facts(home, recipe.key) is not None:
        return
    dataset = read_dataset(settings.work / "dataset")
    torch.manual_seed(settings.seed)
    family = create_family(settings, dataset)
    beginning = family.begin(None, asked.source)
    training, _ = make_training(settings, family, dataset)
    classic = entrant.recipe == CLASSIC
    if classic:
        plan = settle_classic(entrant, family, training, settings.seed, recipe.key, home)
    else:
        plan = settle_plan(settings, recipe, family, training, beginning, home)
    weights, optimisers = copy_weights(family.network), make_optimisers(family, plan)
    run = Run(family, plan, weights, optimisers, recipe.key)
    go_on(run, home)
    limit = entrant.minutes if classic and not entrant.updates else None
    train_entrant(run, training, home, limit)
    put_weights(family.network, run.average)
    seconds = sample_entrant(settings, entrant.samples, entrant.solver, run, family, dataset, home)
    facts = {
        "key": recipe.key,
        **asdict(entrant),
        "parameters": count_parameters(family.network),
        "updates": run.step,
        "exposures": run.step * plan.batch,
        "arithmetic": plan.arithmetic,
        "first losses": describe_trial(run, home),
        "threads": torch.get_num_threads(),
        "training seconds": round(run.seconds, 1),
        "sampling seconds": round(seconds, 1),
        "peak memory": note_peak(home),
    }
    write_json(home / FACTS, facts)
    for checkpoint in list_checkpoints(home):
        checkpoint.unlink()


def settle_classic(
    entrant: Entrant,
    family: Family,
    training: TrainingPictures,
    seed: int,
    key: str,
    home: Path,
) -> Plan:
    """The classic recipe's plan. An arithmetic that was chosen by trial is held against float32.

    The first updates are taken in float32 and thrown away, their losses kept in plan.json beside
    the plan: what they are in the faster arithmetic shows whether it changes what is learnt.
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


def describe_trial(run: Run, home: Path) -> dict[str, float] | None:
    """Mean loss of the first updates as they were taken, and in float32; None without a trial."""
    with contextlib.suppress(OSError, Refusal, KeyError, TypeError):
        recorded = read_json(home / PLAN)
        if recorded["key"] == run.key and (full := recorded.get("float32")):
            taken = [loss for step, loss in run.losses if step <= len(full)]
            return {
                run.plan.arithmetic: round(float(np.mean(taken)), 5),
                "float32": round(float(np.mean(full)), 5),
                "updates": len(full),
            }
    return None


def decide_entrant(settings: Settings, entrant: Entrant) -> Recipe:
    """What decides an entrant's pictures: itself, the settings that matter, the training set."""
    asked = settings.pictures
    names = ("size", "mirror", "rotation", "jitter", "guidance", "batch")
    relevant = asdict(entrant) | {name: getattr(asked, name) for name in names}
    inputs = {"dataset": decide_dataset(settings).key}
    return Recipe("entrant", relevant, inputs, settings.seed)


def read_facts(home: Path, key: str) -> dict[str, Any] | None:
    """What is known of a finished entrant ``key``, None if there is none such in ``home``."""
    with contextlib.suppress(OSError, Refusal, KeyError, TypeError):
        facts: dict[str, Any] = read_json(home / FACTS)
        if facts["key"] == key:
            return facts
    return None


def train_entrant(run: Run, training: TrainingPictures, home: Path, minutes: float | None) -> None:
    """Take the plan's steps, or as many as fit in ``minutes``; only the steps are timed.

    Stops when the process that started this one is gone, lest two work at one run.
    """
    limit = minutes * 60 if minutes else float("inf")
    saved, parent = run.seconds, os.getppid()
    total = None if minutes else run.plan.steps
    steps = train_steps(run.learner, training, run.plan, run.optimisers, run.average, run.step)
    bar = tqdm(total=total, initial=run.step, desc=f"train {home.name}", unit="update")
    with contextlib.closing(steps), bar, heeding() as stopping:
        while run.step < run.plan.steps and run.seconds < limit:
            started = time.perf_counter()
            report = next(steps)
            run.seconds += time.perf_counter() - started
            note(run, report)
            bar.update()
            bar.set_postfix(loss=f"{report.loss:.3f}", minutes=f"{run.seconds / 60:.1f}")
            stopped = stopping.is_set() or os.getppid() != parent
            if stopped or run.seconds - saved > EVERY:
                save(run, home)
                note_peak(home)
                saved = run.seconds
            if stopped:
                raise KeyboardInterrupt
    save(run, home)


def note_peak(home: Path) -> int:
    """The most bytes that any of the processes which worked in ``home`` held; written there."""
    peak = int(peak_memory())
    with contextlib.suppress(OSError, Refusal, KeyError, TypeError):
        peak = max(peak, int(read_json(home / PEAK)["bytes"]))
    write_json(home / PEAK, {"bytes": peak})
    return peak
