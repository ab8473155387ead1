"""What an entrant draws once it has learnt: sampled a group at a time, kept, gathered, checked.

Writes samples-NNNNN.safetensors in the entrant's folder; a group that was drawn is not drawn again.
"""

import time
from pathlib import Path

import numpy as np
import torch
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file
from tqdm import tqdm

from generate.errors import Refusal
from generate.files import read_json, replacing
from generate.pictures.compute.precision import arithmetic
from generate.pictures.data.dataset import Dataset
from generate.pictures.model_folder import Model
from generate.pictures.sampling.deck import Deck
from generate.pictures.sampling.draw import GROUP, encode
from generate.pictures.training.loop import Family
from generate.pictures.training.run import Run
from generate.pictures.training.trainer import describe, to_pixels
from generate.recipe import derive_seed
from generate.settings import Settings

# Where an entrant that has finished keeps what is known of it, the key of its run first.
FACTS = "facts.json"


def sample_entrant(
    settings: Settings, count: int, solver: int, run: Run, dataset: Dataset, home: Path
) -> float:
    """Draw ``count`` pictures, a group at a time, each written at once; the seconds it took."""
    facts = describe(settings) | {"arithmetic": run.plan.arithmetic}
    model = Model(run.family.network.eval(), dataset.vocabulary, facts)
    deck = Deck(settings.seed, [row for row in dataset.rows if row["split"] == "train"])
    seconds = 0.0
    for start in tqdm(range(0, count, GROUP), f"sample {home.name}", unit="group"):
        path = home / f"samples-{start:05d}.safetensors"
        done = read_samples(path, run.key)
        if done is None:
            started = time.perf_counter()
            pictures = draw_group(settings, solver, run.family, model, deck, start)
            took = time.perf_counter() - started
            with replacing(path) as temporary:
                about = {"key": run.key, "seconds": str(took)}
                save_file({"images": pictures}, temporary, metadata=about)
            done = pictures, took
        seconds += done[1]
    return seconds


def draw_group(
    settings: Settings,
    solver: int,
    family: Family,
    model: Model,
    deck: Deck,
    start: int,
) -> np.ndarray:
    """Pictures uint8 (8, 3, S, S) from number ``start`` on, asked for by training captions."""
    numbers = range(start + 1, start + GROUP + 1)
    conditions = encode(model, [deck.ask(number) for number in numbers])
    seeds = [derive_seed("entrant", settings.seed, number) for number in numbers]
    generators = [torch.Generator().manual_seed(seed) for seed in seeds]
    with arithmetic(str(model.facts["arithmetic"])), torch.inference_mode():
        guidance = settings.pictures.guidance
        return to_pixels(family.sample(conditions, generators, solver, guidance))


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
    """A finished entrant's first ``count`` pictures, uint8 (N, 3, S, S)."""
    key = str(read_json(home / FACTS)["key"])
    found = [read_samples(path, key) for path in sorted(home.glob("samples-*.safetensors"))]
    pictures = [group[0] for group in found if group is not None]
    if sum(map(len, pictures)) < count:
        raise Refusal(f"{home}: its samples are damaged; delete it and run again")
    return np.concatenate(pictures)[:count]
