"""The recipe's open points by trial: one change at a time, equal exposures, one training set.

Works in work/bench/trials/, where finished trials are kept; writes their table into
docs/experiments.md, between two marks, and leaves the rest of that page alone.
"""

import statistics
import time
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import torch
from tqdm import tqdm

from generate.bench.comparison import settle
from generate.bench.trials import TRIALS, Leaning, Trial
from generate.errors import Refusal
from generate.evaluation.scoring.features import extract_random
from generate.evaluation.scoring.scores import kid
from generate.files import read_json, write_json, write_text
from generate.pictures.compute.levels import to_levels
from generate.pictures.compute.precision import arithmetic, probe
from generate.pictures.data.dataset import Dataset, build_dataset, read_dataset
from generate.pictures.data.source import FIELD_GUIDE
from generate.pictures.families import registry
from generate.pictures.families.flow import Flow
from generate.pictures.networks.unet import Network
from generate.pictures.networks.weights import copy_weights, put_weights
from generate.pictures.sampling.deck import Deck
from generate.pictures.sampling.draw import GROUP
from generate.pictures.training.loop import make_optimisers, measure_held_out, train_steps
from generate.pictures.training.pictures import seeded
from generate.pictures.training.plan import Plan
from generate.pictures.training.trainer import make_training
from generate.recipe import derive_seed, digest
from generate.settings import Settings

DRAWN, SAMPLES = 640, 96
PAGE, BEGIN, END = "experiments.md", "<!-- trials: begin -->", "<!-- trials: end -->"


def run_experiments(settings: Settings, names: Sequence[str], exposures: int) -> list[Trial]:
    """Run the trials whose names begin with one of ``names`` (none: all) beside the default.

    Trials that were run before are not run again. Returns the table's rows.
    """
    chosen = [
        name
        for name in TRIALS
        if name == "default" or not names or any(name.startswith(word) for word in names)
    ]
    if names and len(chosen) == 1:
        known = sorted({name.split(":")[0] for name in TRIALS} - {"default"})
        raise Refusal(f"bench --experiments {' '.join(names)}: known are {', '.join(known)}")
    contest = settle(settings, FIELD_GUIDE, "trials", DRAWN)
    build_dataset(contest)
    dataset = read_dataset(contest.work / "dataset")
    rows = [run_trial(contest, dataset, name, exposures) for name in chosen]
    page = settings.home / "docs" / PAGE
    kept = (read_json(path) for path in sorted(contest.home.glob("trial-*.json")))
    found = {row["name"]: row for row in kept if row["exposures"] == exposures}
    write_page(page, [found[name] for name in TRIALS if name in found])
    return rows


def run_trial(settings: Settings, dataset: Dataset, name: str, exposures: int) -> Trial:
    """Train from scratch with one change for ``exposures`` pictures, and judge what came of it."""
    change = TRIALS[name]
    path = settings.home / f"trial-{digest([name, change, exposures, settings.seed])[:8]}.json"
    if path.is_file():
        row: Trial = read_json(path)
        return row
    family = prepare_family(settings, dataset, change)
    training, held = make_training(settings, family, dataset)
    training = replace(training, augment=change.get("augment", training.augment))
    family.sigma = float(training.pictures.float().std()) / 127.5
    plan = prepare_plan(settings, family, change, exposures)
    network, average = family.network, copy_weights(family.network)
    seconds = []
    steps = train_steps(family, training, plan, make_optimisers(family, plan), average)
    with tqdm(total=plan.steps, desc=name, unit="update") as bar:
        started = time.process_time()
        for _ in steps:
            seconds.append(time.process_time() - started)
            started = time.process_time()
            bar.update()
    put_weights(network, average)
    # The same times for all, whatever times a trial learns at.
    loss = measure_held_out(family, held, replace(plan, micro=16), most=128)
    network.eval()
    pictures = sample_trial(settings, dataset, family, plan)
    known = extract_random(dataset.images[dataset.places("train")])
    row = {
        "name": name,
        "exposures": exposures,
        "loss": loss,
        "KID": list(kid(extract_random(pictures), known)),
        "seconds": statistics.median(seconds) / plan.batch,
        "plan": asdict(plan),
    }
    write_json(path, row)
    return row


def prepare_family(settings: Settings, dataset: Dataset, change: Trial) -> Leaning:
    """The family of a trial, with random weights."""
    shape = Flow.choose_shape(settings.pictures.size)
    shape = replace(shape, **{key: change[key] for key in ("widths", "factor") if key in change})
    torch.manual_seed(settings.seed)
    facts = {"recipe": registry.DEFAULT, "source": FIELD_GUIDE}
    family = Leaning(Network(shape, len(dataset.vocabulary)), dataset.vocabulary, facts)
    family.mean, family.target = change.get("mean", 0.0), change.get("target", "velocity")
    return family


def prepare_plan(settings: Settings, family: Leaning, change: Trial, exposures: int) -> Plan:
    """The plan of a trial, in the arithmetic whose forward pass is faster."""
    batch, size = change.get("batch", 16), settings.pictures.size
    inputs = (torch.zeros(4, 3, size, size), torch.zeros(4), torch.zeros(4, 1))

    def step() -> None:
        with torch.inference_mode():
            family.network(*(part.to(family.device) for part in inputs))

    return Plan(
        steps=exposures // batch,
        batch=batch,
        micro=batch,
        rate=change.get("rate", 1e-3),
        window=change.get("window", Plan.window),
        arithmetic=probe(step)[0],
        seed=settings.seed,
    )


def sample_trial(settings: Settings, dataset: Dataset, family: Flow, plan: Plan) -> np.ndarray:
    """Pictures uint8 (N, 3, S, S) for training captions, as `make sample` draws them."""
    deck = Deck(settings.seed, [row for row in dataset.rows if row["split"] == "train"])
    asked = settings.pictures
    drawn = []
    for start in range(0, SAMPLES, GROUP):
        numbers = range(start + 1, start + GROUP + 1)
        conditions = family.encode([deck.ask(number) for number in numbers])
        generators = [seeded(derive_seed("trial", settings.seed, n)) for n in numbers]
        noise = family.noise(generators)
        with arithmetic(plan.arithmetic):
            one = family.sample(conditions, noise, asked.steps, asked.guidance)
        drawn.append(to_levels(one.pictures))
    return np.concatenate(drawn)


def write_page(path: Path, rows: Sequence[Trial]) -> None:
    """Put the table of ``rows`` between the marks on the page, or at its end."""
    old = path.read_text(encoding="utf-8") if path.is_file() else "# Experiments\n"
    table = "\n".join([BEGIN, *describe_trials(rows), END])
    if BEGIN in old and END in old:
        before, rest = old.split(BEGIN, 1)
        write_text(path, before + table + rest.split(END, 1)[1])
    else:
        write_text(path, f"{old.rstrip()}\n\n{table}\n")


def describe_trials(rows: Sequence[Trial]) -> list[str]:
    """Lines of Markdown."""
    lines = [
        "## The recipe's open points",
        "",
        "One change at a time, from scratch on the field guide, each seeing as many pictures "
        f"({rows[0]['exposures']:,}). Loss: velocity error on 128 held-out pictures at fixed times "
        'and noise. KID: against the training pictures, features "random", '
        f"{SAMPLES} pictures. Few exposures tell what learns faster at first, not where it "
        "would end. Time: of the processor, per training picture, against the default's. "
        "Remade by `python -m generate bench --experiments`, or a few of them by naming them.",
        "",
        "| change | held-out loss | KID × 1000 (sd) | time |",
        "|---|---:|---:|---:|",
    ]
    base = next((row["seconds"] for row in rows if row["name"] == "default"), None)
    for row in rows:
        mean, deviation = (1000 * value for value in row["KID"])
        share = f"{row['seconds'] / base:.2f}" if base else ""
        lines.append(
            f"| {row['name']} | {row['loss']:.4f} | {mean:.1f} ({deviation:.1f}) | {share} |"
        )
    return lines
