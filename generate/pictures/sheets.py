"""Lay pictures out in sheets, and draw the loss curve."""

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from generate.files import replacing

GROUND = (247, 243, 234)


def lay_out(pictures: Sequence[Image.Image], columns: int = 0, gap: int = 2) -> Image.Image:
    """One picture of all ``pictures`` (of one size), row by row; about square by default."""
    if not pictures:
        raise ValueError("no pictures to lay out")
    columns = min(columns or math.ceil(math.sqrt(len(pictures))), len(pictures))
    rows = math.ceil(len(pictures) / columns)
    width, height = (side + gap for side in pictures[0].size)
    sheet = Image.new("RGB", (columns * width + gap, rows * height + gap), GROUND)
    for place, picture in enumerate(pictures):
        row, column = divmod(place, columns)
        sheet.paste(picture, (column * width + gap, row * height + gap))
    return sheet


def write_sheet(path: Path, pictures: Sequence[Image.Image], columns: int = 0) -> None:
    """Write a sheet of ``pictures`` as a PNG."""
    with replacing(path) as temporary:
        lay_out(pictures, columns).save(temporary)


def as_images(pixels: np.ndarray) -> list[Image.Image]:
    """uint8 (N, 3, S, S) as Pillow pictures."""
    return [Image.fromarray(picture) for picture in pixels.transpose(0, 2, 3, 1)]


def draw_curve(
    path: Path,
    losses: Sequence[tuple[int, float]],
    quarters: Sequence[tuple[float, ...]],
    held_out: Sequence[tuple[int, float]],
    batch: int,
) -> None:
    """Write the loss curve as a PNG: all, by quarter of time, and held out, against exposures."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 4.5), dpi=120, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots()
    steps = np.array([step for step, _ in losses], np.float64) * batch
    values = np.array([loss for _, loss in losses])
    for quarter in range(4):
        part = np.array([row[quarter] for row in quarters])
        label = f"noise {quarter * 25} to {quarter * 25 + 25} %"
        axes.plot(steps, smooth(part), lw=0.8, alpha=0.7, label=label)
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
