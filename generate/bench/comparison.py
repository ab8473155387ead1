"""The recorded comparison: the classic recipe to its own end, ours for ten minutes, from scratch.

Reads the field guide or a folder of pictures; works in work/bench/; writes docs/comparison/:
a table (Markdown), the figures (JSON) and a grid of both (WebP) for each training set.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from jinja2 import Template
from PIL import Image, ImageDraw

from generate.bench.entrant import Entrant, run_apart, run_entrant
from generate.bench.samples import FACTS, gather_samples
from generate.errors import Refusal
from generate.evaluation.scoring.anchors import draw_gaussian
from generate.evaluation.scoring.features import open_features
from generate.evaluation.scoring.scores import kid
from generate.files import read_json, write_json, write_text
from generate.pictures.data.dataset import build_dataset, read_dataset
from generate.pictures.data.source import FIELD_GUIDE
from generate.pictures.families import registry
from generate.pictures.sheets import GROUND, as_images, lay_out, write_image
from generate.recipe import digest
from generate.settings import Settings

CLASSIC, OURS = "classic", "ours"
# Ten epochs of 1,024 pictures by batches of 16.
UPDATES, MINUTES, SAMPLES, DDIM = 640, 10.0, 200, 50
EXTRACTORS = ("ours", "random")
SHOWN, COLUMNS = 48, 6
# Drawings of the field guide, of which 1,024 are left for training.
DRAWN, HELD_OUT = 1280, 0.2
Report = dict[str, Any]


@dataclass(frozen=True)
class Comparison:
    """A training set, and the entrants that are trained on it."""

    name: str
    settings: Settings  # their home is its working folder, which no build reads
    entrants: dict[str, Entrant]


def compare_recipes(
    settings: Settings,
    source: str,
    minutes: float | None = None,
    updates: int = UPDATES,
    samples: int = SAMPLES,
) -> Report:
    """Run what has not been run yet, write docs/comparison/ and return the figures.

    Takes more than an hour of two processors. It can be stopped at any moment and run again.
    """
    name = FIELD_GUIDE if source == FIELD_GUIDE else name_set(settings.home / source)
    steps, minutes = settings.pictures.steps, minutes or MINUTES
    entrants = {
        # To its own end, however long, in the faster arithmetic, which is compared with float32.
        CLASSIC: Entrant(registry.CLASSIC, None, updates, samples, min(DDIM, 1000), None),
        OURS: Entrant(registry.DEFAULT, minutes, None, samples, steps),
    }
    place = f"{name}-{digest([source, updates, minutes, samples])[:6]}"
    chosen = choose_training_set(settings, source, place, DRAWN)
    comparison = Comparison(name, chosen, entrants)
    report = run_comparison(comparison)
    folder = settings.home / "docs" / "comparison"
    write_json(folder / f"{name}.json", report)
    page = render("comparison.md", report=report, classic=CLASSIC, ours=OURS)
    write_text(folder / f"{name}.md", page)
    draw_grid(folder / f"{name}.webp", comparison)
    print(page)
    return report


def name_set(path: Path) -> str:
    """A name for files about the pictures at ``path``, of characters that are safe in a link."""
    path = path.resolve()
    name = path.name.removesuffix(".zip") if path.is_file() else path.name
    return re.sub(r"[^\w.-]+", "-", name)


def choose_training_set(settings: Settings, source: str, name: str, examples: int) -> Settings:
    """``settings`` with ``source`` as the training set, and work/bench/``name``/ as the home."""
    path = source if source == FIELD_GUIDE else str((settings.home / source).resolve())
    if path != FIELD_GUIDE and not Path(path).exists():
        raise Refusal(f'bench --compare {source}: no such folder; or give "{FIELD_GUIDE}"')
    update: dict[str, Any] = {"source": path, "held_out": HELD_OUT, "examples": examples}
    asked = settings.pictures.model_copy(update=update)
    home = settings.work / "bench" / name
    return settings.model_copy(update={"pictures": asked, "home": home})


def run_comparison(comparison: Comparison, run: Callable[..., None] = run_apart) -> Report:
    """Train every entrant, sample from it, and score the samples."""
    settings, home, entrants = comparison.settings, comparison.settings.home, comparison.entrants
    build_dataset(settings)
    for name, entrant in entrants.items():
        run(run_entrant, settings, entrant, home / name)
    facts = {name: read_json(home / name / FACTS) for name in entrants}
    dataset = read_dataset(settings.work / "dataset")
    training = dataset.images[dataset.places("train")]
    held = dataset.images[dataset.places("held-out")]
    samples = min(entrant.samples for entrant in entrants.values())
    sets = {name: gather_samples(home / name, samples) for name in entrants}
    sets |= {"held-out pictures": held, "a Gaussian": draw_gaussian(training, samples)}
    scores, left_out = score_sets(settings, sets, training)
    return {
        "training set": comparison.name,
        "pictures": {"train": len(training), "held-out": len(held), "size": held.shape[-1]},
        "entrants": facts,
        "KID": scores,
        "left out": left_out,
    }


def score_sets(
    settings: Settings, sets: dict[str, np.ndarray], training: np.ndarray
) -> tuple[dict[str, dict[str, list[float]]], list[str]]:
    """KID against the training pictures by extractor and set: mean and deviation over subsets."""
    scores: dict[str, dict[str, list[float]]] = {}
    left_out = []
    for extractor in EXTRACTORS:
        try:
            features = open_features(extractor, settings.home)
        except Refusal as refusal:
            print(f"bench     left out: {refusal}")
            left_out.append(f"features {extractor}")  # the reason may name a folder of this machine
            continue
        known = features.extract(training)
        scores[extractor] = {
            name: [round(value, 6) for value in kid(features.extract(pictures), known)]
            for name, pictures in sets.items()
            if len(pictures) > 1
        }
    return scores, left_out


def render(name: str, **values: Any) -> str:
    """The template ``name`` beside this file, with ``values``."""
    text = Path(__file__).with_name(name).read_text(encoding="utf-8")
    page = Template(text, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True)
    return page.render(values)


def draw_grid(path: Path, comparison: Comparison) -> None:
    """The first pictures of each entrant side by side, under their names."""
    sheets = []
    for name, entrant in comparison.entrants.items():
        count = min(SHOWN, entrant.samples)
        pictures = gather_samples(comparison.settings.home / name, count)
        sheet = lay_out(as_images(pictures), COLUMNS)
        titled = Image.new("RGB", (sheet.width, sheet.height + 20), GROUND)
        titled.paste(sheet, (0, 20))
        ImageDraw.Draw(titled).text((4, 4), name, fill=(40, 40, 40))
        sheets.append(titled)
    gap = 16
    width = sum(sheet.width for sheet in sheets) + gap * (len(sheets) - 1)
    grid = Image.new("RGB", (width, max(sheet.height for sheet in sheets)), GROUND)
    place = 0
    for sheet in sheets:
        grid.paste(sheet, (place, 0))
        place += sheet.width + gap
    write_image(path, grid, **({"quality": 82} if path.suffix == ".webp" else {}))
