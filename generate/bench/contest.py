"""Train a recipe from scratch to its end and sample from it, in a process of its own.

Reads a training set; writes an entrant's folder: checkpoints, plan.json, samples-00000.safetensors,
facts.json. Killed at any moment, the next call goes on where the last checkpoint left it.
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
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file
from tqdm import tqdm

from generate.errors import Refusal
from generate.files import read_json, replacing, write_json
from generate.pictures.budget import settle_plan
from generate.pictures.checkpoint import list_checkpoints
from generate.pictures.dataset import Dataset, decide_dataset, read_dataset
from generate.pictures.develop import GROUP, choose_prompt, encode
from generate.pictures.families import choose_plan, choose_shape, make_family
from generate.pictures.loop import Family, Training, make_optimiser, train_steps
from generate.pictures.measure import peak_memory
from generate.pictures.model import Model, Network, copy_weights, count_parameters, put_weights
from generate.pictures.precision import arithmetic
from generate.pictures.progress import Run, go_on, heeding, note, save
from generate.pictures.run import describe, make_training, to_pixels
from generate.recipe import Recipe, derive_seed
from generate.settings import Settings

# Seconds of training between checkpoints.
EVERY = 60.0
FACTS, PEAK = "facts.json", "peak.json"


@dataclass(frozen=True)
class Entrant:
    """What is to be run: a recipe, how long, how many pictures of it by how many solver steps.

    The flow recipe takes ``minutes`` as `make train` does: so many steps, settled beforehand. The
    classic one takes ``updates`` of 16 pictures, or as many as fit in ``minutes``.
    """

    recipe: str
    minutes: float | None
    updates: int | None
    samples: int
    solver: int


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
    training, _ = make_training(settings, dataset)
    torch.manual_seed(settings.seed)
    network = Network(choose_shape(entrant.recipe, asked.size), len(dataset.vocabulary))
    family = make_family(network, describe(settings))
    plan = choose_plan(entrant.recipe, False, settings.seed)
    if entrant.recipe == "ddpm":
        plan = replace(plan, steps=entrant.updates or 10**6)
    else:
        plan = settle_plan(settings, recipe, family, training, False, home)
    weights, optimiser = copy_weights(network), make_optimiser(network, plan)
    run = Run(family, plan, weights, optimiser, recipe.key)
    go_on(run, home)
    limit = None if entrant.updates or entrant.recipe != "ddpm" else entrant.minutes
    train_entrant(run, training, home, limit)
    put_weights(network, run.average)
    seconds = sample_entrant(settings, entrant, run, dataset, home)
    facts = {
        "key": recipe.key,
        **asdict(entrant),
        "parameters": count_parameters(network.unet),
        "updates": run.step,
        "exposures": run.step * plan.batch,
        "arithmetic": plan.arithmetic,
        "threads": torch.get_num_threads(),
        "training seconds": round(run.seconds, 1),
        "sampling seconds": round(seconds, 1),
        "peak memory": note_peak(home),
    }
    write_json(home / FACTS, facts)
    for checkpoint in list_checkpoints(home):
        checkpoint.unlink()


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


def train_entrant(run: Run, training: Training, home: Path, minutes: float | None) -> None:
    """Take the plan's steps, or as many as fit in ``minutes``; only the steps are timed.

    Stops when the process that started this one is gone, lest two work at one run.
    """
    limit = minutes * 60 if minutes else float("inf")
    saved, parent = run.seconds, os.getppid()
    total = None if minutes else run.plan.steps
    steps = train_steps(run.family, training, run.plan, run.optimiser, run.average, run.step)
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


def sample_entrant(
    settings: Settings, entrant: Entrant, run: Run, dataset: Dataset, home: Path
) -> float:
    """Draw the entrant's pictures, a group at a time, each written at once; the seconds it took."""
    facts = describe(settings) | {"arithmetic": run.plan.arithmetic}
    model = Model(run.family.network.eval(), dataset.vocabulary, facts)
    prompts = [row for row in dataset.rows if row["split"] == "train"]
    seconds = 0.0
    for start in tqdm(range(0, entrant.samples, GROUP), f"sample {home.name}", unit="group"):
        path = home / f"samples-{start:05d}.safetensors"
        done = read_samples(path, run.key)
        if done is None:
            started = time.perf_counter()
            pictures = draw_group(settings, entrant, run.family, model, prompts, start)
            took = time.perf_counter() - started
            with replacing(path) as temporary:
                about = {"key": run.key, "seconds": str(took)}
                save_file({"images": pictures}, temporary, metadata=about)
            done = pictures, took
        seconds += done[1]
    return seconds


def draw_group(
    settings: Settings,
    entrant: Entrant,
    family: Family,
    model: Model,
    prompts: list[dict[str, Any]],
    start: int,
) -> np.ndarray:
    """Pictures uint8 (8, 3, S, S) from number ``start`` on, asked for by training captions."""
    numbers = range(start + 1, start + GROUP + 1)
    conditions = encode(model, [choose_prompt(settings.seed, n, prompts) for n in numbers])
    seeds = [derive_seed("entrant", settings.seed, number) for number in numbers]
    generators = [torch.Generator().manual_seed(seed) for seed in seeds]
    with arithmetic(str(model.facts["arithmetic"])), torch.inference_mode():
        guidance = settings.pictures.guidance
        return to_pixels(family.sample(conditions, generators, entrant.solver, guidance))


def read_samples(path: Path, key: str) -> tuple[np.ndarray, float] | None:
    """The pictures of one group and the seconds they took, None unless they are this run's."""
    try:
        with safe_open(path, "np") as file:
            about = file.metadata()
            if about["key"] != key:
                return None
            return file.get_tensor("images"), float(about["seconds"])
    except (OSError, SafetensorError, KeyError, TypeError, ValueError):
        return None


def gather_samples(home: Path, count: int) -> np.ndarray:
    """An entrant's first ``count`` pictures, uint8 (N, 3, S, S)."""
    key = str(read_json(home / FACTS)["key"])
    found = [read_samples(path, key) for path in sorted(home.glob("samples-*.safetensors"))]
    pictures = [group[0] for group in found if group is not None]
    if sum(map(len, pictures)) < count:
        raise Refusal(f"{home}: its samples are damaged; delete it and run again")
    return np.concatenate(pictures)[:count]
