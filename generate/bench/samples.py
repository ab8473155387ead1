"""What an entrant draws once it has learnt: sampled a group at a time, kept, gathered, checked.

Writes samples-NNNNN.safetensors in the entrant's folder; a group that was drawn is not drawn again.
"""

import time
from pathlib import Path

import numpy as np
import torch
from tqdm import tqdm

from generate.errors import Refusal
from generate.files import read_json
from generate.pictures.compute.levels import to_levels
from generate.pictures.compute.precision import arithmetic
from generate.pictures.compute.tensors import Damaged, read_tensors, write_tensors
from generate.pictures.data.dataset import Dataset
from generate.pictures.families.base import Family
from generate.pictures.sampling.deck import Deck
from generate.pictures.sampling.draw import GROUP
from generate.pictures.training.run import Run
from generate.recipe import derive_seed
from generate.settings import Settings

# Where an entrant that has finished keeps what is known of it, the key of its run first.
FACTS = "facts.json"


def sample_entrant(
    settings: Settings,
    count: int,
    solver: int,
    run: Run,
    family: Family,
    dataset: Dataset,
    home: Path,
) -> float:
    """Draw ``count`` pictures, a group at a time, each written at once; the seconds it took."""
    family.network.eval()
    deck = Deck(settings.seed, [row for row in dataset.rows if row["split"] == "train"])
    seconds = 0.0
    for start in tqdm(range(0, count, GROUP), f"sample {home.name}", unit="group"):
        path = home / f"samples-{start:05d}.safetensors"
        done = read_samples(path, run.key)
        if done is None:
            started = time.perf_counter()
            pictures = draw_group(settings, solver, family, run.plan.arithmetic, deck, start)
            took = time.perf_counter() - started
            write_tensors(path, {"images": pictures}, key=run.key, seconds=str(took))
            done = pictures, took
        seconds += done[1]
    return seconds


def draw_group(
    settings: Settings, solver: int, family: Family, kind: str, deck: Deck, start: int
) -> np.ndarray:
    """Pictures uint8 (8, 3, S, S) from number ``start`` on, asked for by training captions."""
    numbers = range(start + 1, start + GROUP + 1)
    conditions = family.encode([deck.ask(number) for number in numbers])
    seeds = [derive_seed("entrant", settings.seed, number) for number in numbers]
    generators = [torch.Generator().manual_seed(seed) for seed in seeds]
    with arithmetic(kind):
        guidance = settings.pictures.guidance
        drawn = family.sample(conditions, family.noise(generators), solver, guidance)
    return to_levels(drawn.pictures)


def read_samples(path: Path, key: str) -> tuple[np.ndarray, float] | None:
    """The pictures of one group and the seconds they took, None unless they are this run's."""
    try:
        tensors, about = read_tensors(path, "np")
        return (tensors["images"], float(about["seconds"])) if about["key"] == key else None
    except (OSError, Damaged, KeyError, ValueError):
        return None


def gather_samples(home: Path, count: int) -> np.ndarray:
    """A finished entrant's first ``count`` pictures, uint8 (N, 3, S, S)."""
    key = str(read_json(home / FACTS)["key"])
    found = [read_samples(path, key) for path in sorted(home.glob("samples-*.safetensors"))]
    pictures = [group[0] for group in found if group is not None]
    if sum(map(len, pictures)) < count:
        raise Refusal(f"{home}: its samples are damaged; delete it and run again")
    return np.concatenate(pictures)[:count]
