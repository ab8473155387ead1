"""Show how a run goes: grids of pictures sampled during it, and the loss curve, in work/report/."""

import math
import shutil
from pathlib import Path

import numpy as np
import torch

from generate.files import replacing
from generate.pictures.compute import processes
from generate.pictures.compute.levels import from_levels, to_levels
from generate.pictures.data.dataset import Dataset
from generate.pictures.families.base import Family
from generate.pictures.networks.weights import copy_weights, put_weights
from generate.pictures.sampling.draw import sample_seeds
from generate.pictures.sheets import as_images, write_sheet
from generate.pictures.training.run import Run
from generate.recipe import derive_seed
from generate.settings import Settings

GRID_PICTURES = 16


class GridWriter:
    """Writes work/report/grids/NNNNNNNN.png, numbered by the pictures seen.

    The same noise and words each time; averaged weights.
    """

    def __init__(self, settings: Settings, run: Run, family: Family, dataset: Dataset) -> None:
        self.folder = settings.work / "report" / "grids"
        self.run, self.family = run, family
        self.guidance = settings.pictures.guidance
        places = dataset.places("train")[:GRID_PICTURES]
        rows = [dataset.rows[place] for place in places]
        self.conditions = family.encode(rows)
        self.shown = from_levels(torch.from_numpy(dataset.images[places]))
        self.seeds = [derive_seed("grid", place) for place in range(len(rows))]
        if processes.is_first():
            shutil.rmtree(self.folder, ignore_errors=True)

    def write(self, step: int) -> None:
        """Sample a grid with the average as it stands, and put the weights back.

        What the family finds in the pictures is written below them.
        """
        network, plan = self.family.network, self.run.plan
        weights = copy_weights(network)
        put_weights(network, self.run.average)
        network.eval()
        steps = self.family.spec.preview
        drawn = sample_seeds(
            self.family, self.conditions, self.seeds, steps, self.guidance, plan.arithmetic
        )
        put_weights(network, weights)
        network.train()
        seen = step * plan.batch
        path, images = self.folder / f"{seen:08d}.png", as_images(to_levels(drawn.pictures))
        write_sheet(path, images, 8)
        if figures := self.family.inspect(drawn.pictures, self.shown, seen):
            told = ", ".join(f"{name} {value:.2f}" for name, value in figures.items())
            write_sheet(path, images, 8, f"{seen:,} pictures seen: {told}")


def write_curve(path: Path, run: Run) -> None:
    """Write the loss curve as a PNG: training, its parts, and held out, against exposures."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 4.5), dpi=120, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots()
    batch = run.plan.batch
    steps = np.array([step for step, _ in run.losses], np.float64) * batch
    values = np.array([loss for _, loss in run.losses])
    for name in sorted({name for row in run.parts for name in row}):
        part = np.array([row.get(name, math.nan) for row in run.parts])
        axes.plot(steps, smooth(part), lw=0.8, alpha=0.7, label=name)
    axes.plot(steps, smooth(values), color="black", lw=1.6, label="training")
    if run.held_out:
        at, held_out = zip(*((step * batch, loss) for step, loss in run.held_out), strict=True)
        axes.plot(at, held_out, "o--", color="crimson", label="held out")
    axes.set_xlabel("training pictures seen")
    axes.set_ylabel("loss")
    axes.set_yscale("log")
    axes.grid(alpha=0.25)
    axes.legend(fontsize=8, frameon=False)
    with replacing(path) as temporary:
        figure.savefig(temporary, format="png")


def smooth(values: np.ndarray, share: float = 0.03) -> np.ndarray:
    """Exponential mean over about ``share`` of the values; NaNs are skipped."""
    weight = 1 / max(1.0, share * len(values))
    out = np.empty(len(values))
    mean = math.nan
    for place, value in enumerate(values):
        if not math.isnan(value):
            mean = value if math.isnan(mean) else mean + weight * (value - mean)
        out[place] = mean
    return out
