"""Lay pictures out in sheets."""

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
