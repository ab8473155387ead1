"""Show how a run goes: grids of pictures on the way, and the loss curve, in work/report/."""

import math
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from generate.files import replacing
from generate.pictures.compute import processes
from generate.pictures.compute.levels import to_levels
from generate.pictures.compute.precision import arithmetic
from generate.pictures.data.dataset import Dataset
from generate.pictures.families.base import Family
from generate.pictures.networks.weights import copy_weights, put_weights
from generate.pictures.sheets import as_images, write_sheet
from generate.pictures.training.pictures import seeded
from generate.pictures.training.run import Run
from generate.settings import Settings

GRID_PICTURES = 16


class GridWriter:
    """Writes work/report/grids/NNNNNNNN.png, numbered by the pictures seen.

    The same noise and words each time; averaged weights.
    """

    def __init__(self, settings: Settings, run: Run, family: Family, dataset: Dataset) -> None:
        self.folder = settings.work / "report"
        self.run, self.family = run, family
        self.guidance = settings.pictures.guidance
        rows = [row for row in dataset.rows if row["split"] == "train"][:GRID_PICTURES]
        self.conditions = family.encode(rows)
        if processes.is_first():
            shutil.rmtree(self.folder / "grids", ignore_errors=True)

    def write(self, step: int) -> None:
        """Sample a grid with the average as it stands, and put the weights back."""
        network = self.family.network
        weights = copy_weights(network)
        put_weights(network, self.run.average)
        network.eval()
        generators = [seeded("grid", place) for place in range(len(self.conditions))]
        noise, steps = self.family.noise(generators), self.family.spec.preview
        with arithmetic(self.run.plan.arithmetic):
            drawn = self.family.sample(self.conditions, noise, steps, self.guidance)
        put_weights(network, weights)
        network.train()
        path = self.folder / f"grids/{step * self.run.plan.batch:08d}.png"
        write_sheet(path, as_images(to_levels(drawn.pictures)), 8)


def draw_curve(
    path: Path,
    losses: Sequence[tuple[int, float]],
    parts: Sequence[Mapping[str, float]],
    held_out: Sequence[tuple[int, float]],
    batch: int,
) -> None:
    """Write the loss curve as a PNG: all, its ``parts``, and held out, against exposures."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 4.5), dpi=120, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots()
    steps = np.array([step for step, _ in losses], np.float64) * batch
    values = np.array([loss for _, loss in losses])
    for name in sorted({name for row in parts for name in row}):
        part = np.array([row.get(name, math.nan) for row in parts])
        axes.plot(steps, smooth(part), lw=0.8, alpha=0.7, label=name)
    axes.plot(steps, smooth(values), color="black", lw=1.6, label="training")
    if held_out:
        places = [step * batch for step, _ in held_out]
        axes.plot(places, [loss for _, loss in held_out], "o--", color="crimson", label="held out")
    axes.set_xlabel("training pictures seen")
    axes.set_ylabel("loss")
    axes.set_yscale("log")
    axes.grid(alpha=0.25)
    axes.legend(fontsize=8, frameon=False)
    with replacing(path) as temporary:
        figure.savefig(temporary, format="png")


def smooth(values: np.ndarray, share: float = 0.03) -> np.ndarray:
    """Exponential mean over about ``share`` of the values; NaNs are passed over."""
    weight = 1 / max(1.0, share * len(values))
    out = np.empty(len(values))
    mean = math.nan
    for place, value in enumerate(values):
        if not math.isnan(value):
            mean = value if math.isnan(mean) else mean + weight * (value - mean)
        out[place] = mean
    return out
