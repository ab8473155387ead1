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
from PIL import Image, ImageDraw

from generate.bench.entrant import Entrant, run_apart, run_entrant
from generate.bench.samples import gather_samples
from generate.errors import Refusal
from generate.evaluation.scoring.anchors import draw_gaussian
from generate.evaluation.scoring.features import open_features
from generate.evaluation.scoring.scores import kid
from generate.files import read_json, replacing, write_json, write_text
from generate.pictures.data.dataset import build_dataset, read_dataset
from generate.pictures.data.source import FIELD_GUIDE
from generate.pictures.families import registry
from generate.pictures.sheets import GROUND, as_images, lay_out
from generate.recipe import digest
from generate.settings import Settings

CLASSIC, OURS = "classic", "ours"
# Ten epochs of 1,024 pictures by batches of 16.
UPDATES, MINUTES, SAMPLES, DDIM = 640, 10.0, 200, 50
EXTRACTORS = ("ours", "random")
SHOWN, COLUMNS = 48, 6
# Of the field guide so many are drawn that 1,024 are left to learn from.
DRAWN, HELD_OUT = 1280, 0.2
Report = dict[str, Any]


@dataclass(frozen=True)
class Contest:
    """A training set and who learns from it."""

    name: str
    settings: Settings
    entrants: dict[str, Entrant]

    @property
    def home(self) -> Path:
        """Where it is fought out; outside of anything that a build looks at."""
        return self.settings.home


def compare_recipes(
    settings: Settings,
    source: str,
    minutes: float | None = None,
    updates: int = UPDATES,
    samples: int = SAMPLES,
) -> Report:
    """Run what has not been run yet, write docs/comparison/ and return the figures.

    Takes more than an hour of two processors; can be killed at any moment and run again.
    """
    name = FIELD_GUIDE if source == FIELD_GUIDE else name_set(settings.home / source)
    steps, minutes = settings.pictures.steps, minutes or MINUTES
    entrants = {
        # To its own end, however long: the faster arithmetic spares time and is held to float32.
        CLASSIC: Entrant(registry.CLASSIC, None, updates, samples, min(DDIM, 1000), None),
        OURS: Entrant(registry.DEFAULT, minutes, None, samples, steps),
    }
    place = f"{name}-{digest([source, updates, minutes, samples])[:6]}"
    contest = Contest(name, settle(settings, source, place, DRAWN), entrants)
    report = fight(contest)
    folder = settings.home / "docs" / "comparison"
    write_json(folder / f"{name}.json", report)
    write_text(folder / f"{name}.md", tabulate(report))
    draw_grid(folder / f"{name}.webp", contest)
    print(tabulate(report))
    return report


def name_set(path: Path) -> str:
    """A name for files about the pictures at ``path``, without what a link would stumble over."""
    path = path.resolve()
    name = path.name.removesuffix(".zip") if path.is_file() else path.name
    return re.sub(r"[^\w.-]+", "-", name)


def settle(settings: Settings, source: str, name: str, examples: int) -> Settings:
    """The settings of a contest on ``source``, at home in work/bench/``name``/."""
    path = source if source == FIELD_GUIDE else str((settings.home / source).resolve())
    if path != FIELD_GUIDE and not Path(path).exists():
        raise Refusal(f'bench --compare {source}: no such folder; or give "{FIELD_GUIDE}"')
    update: dict[str, Any] = {"source": path, "held_out": HELD_OUT, "examples": examples}
    asked = settings.pictures.model_copy(update=update)
    home = settings.work / "bench" / name
    return settings.model_copy(update={"pictures": asked, "home": home})


def fight(contest: Contest, run: Callable[..., None] = run_apart) -> Report:
    """Let every entrant learn and draw, and judge what they drew."""
    build_dataset(contest.settings)
    for name, entrant in contest.entrants.items():
        run(run_entrant, contest.settings, entrant, contest.home / name)
    facts = {name: read_json(contest.home / name / "facts.json") for name in contest.entrants}
    dataset = read_dataset(contest.settings.work / "dataset")
    training = dataset.images[dataset.places("train")]
    held = dataset.images[dataset.places("held-out")]
    samples = min(entrant.samples for entrant in contest.entrants.values())
    sets = {name: gather_samples(contest.home / name, samples) for name in contest.entrants}
    sets |= {"held-out pictures": held, "a Gaussian": draw_gaussian(training, samples)}
    scores, left_out = judge(contest.settings, sets, training)
    return {
        "training set": contest.name,
        "pictures": {"train": len(training), "held-out": len(held), "size": held.shape[-1]},
        "entrants": facts,
        "KID": scores,
        "left out": left_out,
    }


def judge(
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
            left_out.append(f"features {extractor}")  # the reason may name a place on this machine
            continue
        known = features.extract(training)
        scores[extractor] = {
            name: [round(value, 6) for value in kid(features.extract(pictures), known)]
            for name, pictures in sets.items()
            if len(pictures) > 1
        }
    return scores, left_out


def tabulate(report: Report) -> str:
    """The report as Markdown: one table of costs, one of scores for each extractor."""
    entrants, pictures = report["entrants"], report["pictures"]
    name = report["training set"]
    lines = [
        f"# The classic recipe and ours, from scratch: {name}",
        "",
        f"{pictures['train']} training pictures of {pictures['size']} pixels, "
        f"{pictures['held-out']} held out. Made by `python -m generate bench --compare`.",
        "",
        f"![Pictures of the classic recipe, and of ours]({name}.webp)",
        "",
        "| | " + " | ".join(entrants) + " |",
        "|---|" + "---:|" * len(entrants),
    ]
    rows: dict[str, Callable[[Report], str]] = {
        "parameters": lambda f: f"{f['parameters'] / 1e6:.1f} M",
        "arithmetic, threads": lambda f: f"{f['arithmetic']}, {f['threads']}",
        "updates × batch": lambda f: f"{f['updates']} × {f['exposures'] // f['updates']}",
        "minutes of training": lambda f: f"{f['training seconds'] / 60:.1f}",
        "ms per training picture": lambda f: f"{1e3 * f['training seconds'] / f['exposures']:.1f}",
        "sampled pictures": lambda f: f"{f['samples']}",
        "solver steps": lambda f: f"{f['solver']}",
        "seconds per sampled picture": lambda f: f"{f['sampling seconds'] / f['samples']:.2f}",
        "peak memory": lambda f: f"{f['peak memory'] / 2**20:.0f} MiB",
    }
    lines += [
        f"| {title} | " + " | ".join(row(facts) for facts in entrants.values()) + " |"
        for title, row in rows.items()
    ]
    if trial := entrants[CLASSIC].get("first losses"):
        losses = ", ".join(f"{trial[kind]:.4f} in {kind}" for kind in trial if kind != "updates")
        lines += [
            "",
            "The classic recipe is float32's; here it ran in the arithmetic that is faster on this "
            f"machine. Mean loss of its first {trial['updates']} updates: {losses}.",
        ]
    for extractor, found in report["KID"].items():
        ratio = found[OURS][0] / found[CLASSIC][0] if found[CLASSIC][0] else float("nan")
        lines += [
            "",
            f'KID × 1000 against the training pictures, features "{extractor}" '
            f"(ours / classic: {ratio:.2f}):",
            "",
            "| pictures | mean | deviation of the subsets |",
            "|---|---:|---:|",
            *(f"| {who} | {1e3 * m:.2f} | {1e3 * d:.2f} |" for who, (m, d) in found.items()),
        ]
    return "\n".join(lines) + "\n"


def draw_grid(path: Path, contest: Contest) -> None:
    """The first pictures of each entrant side by side, under their names."""
    sheets = []
    for name, entrant in contest.entrants.items():
        count = min(SHOWN, entrant.samples)
        sheet = lay_out(as_images(gather_samples(contest.home / name, count)), COLUMNS)
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
    with replacing(path) as temporary:
        grid.save(temporary, quality=82) if path.suffix == ".webp" else grid.save(temporary)
