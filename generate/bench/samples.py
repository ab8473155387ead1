"""Pictures that a trained entrant samples: written group by group, and read again.

Writes samples-NNNNN.safetensors in the entrant's folder; groups that are there are not drawn again.
"""

import time
from pathlib import Path

import numpy as np
from tqdm import tqdm

from generate.errors import Refusal
from generate.files import read_json
from generate.pictures.compute.levels import to_levels
from generate.pictures.compute.tensors import read_kept, write_tensors
from generate.pictures.data.dataset import Dataset
from generate.pictures.families.base import Family
from generate.pictures.sampling.deck import Deck
from generate.pictures.sampling.draw import GROUP, sample_seeds
from generate.pictures.training.run import Run
from generate.recipe import derive_seed
from generate.settings import Settings

# What is recorded of an entrant that has finished, the key of its run first.
FACTS = "facts.json"


def sample_entrant(
    settings: Settings, run: Run, family: Family, dataset: Dataset, count: int, solver: int
) -> float:
    """Sample ``count`` pictures by ``solver`` steps, for training captions; the seconds it took."""
    family.network.eval()
    deck = Deck(settings.seed, [row for row in dataset.rows if row["split"] == "train"])
    guidance, kind = settings.pictures.guidance, run.plan.arithmetic
    seconds = 0.0
    for start in tqdm(range(0, count, GROUP), f"sample {run.home.name}", unit="group"):
        path = run.home / f"samples-{start:05d}.safetensors"
        kept = read_kept(path, run.key)
        if kept and "seconds" in kept:
            seconds += float(kept["seconds"])
            continue
        started = time.perf_counter()
        numbers = range(start + 1, start + GROUP + 1)
        conditions = family.encode([deck.ask(number) for number in numbers])
        seeds = [derive_seed("entrant", settings.seed, number) for number in numbers]
        drawn = sample_seeds(family, conditions, seeds, solver, guidance, kind)
        pictures = to_levels(drawn.pictures)
        took = time.perf_counter() - started
        write_tensors(path, {"images": pictures, "seconds": np.array(took)}, key=run.key)
        seconds += took
    return seconds


def gather_samples(home: Path, count: int) -> np.ndarray:
    """A finished entrant's first ``count`` pictures, uint8 (N, 3, S, S)."""
    return read_samples(home, str(read_json(home / FACTS)["key"]), count)


def read_samples(home: Path, key: str, count: int) -> np.ndarray:
    """The first ``count`` pictures of the run ``key`` in ``home``, as `gather_samples`."""
    found = [read_kept(path, key) for path in sorted(home.glob("samples-*.safetensors"))]
    pictures = [kept["images"] for kept in found if kept]
    if sum(map(len, pictures)) < count:
        raise Refusal(f"{home}: its samples are damaged; delete it and run again")
    return np.concatenate(pictures)[:count]
