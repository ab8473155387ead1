"""Pictures as images: enlarge them, lay them out in sheets, write them."""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from generate.files import replacing

GROUND, INK = (247, 243, 234), (60, 54, 44)
# Height of a line below a sheet.
NOTE = 14


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


def write_sheet(
    path: Path, pictures: Sequence[Image.Image], columns: int = 0, note: str = ""
) -> None:
    """Write a sheet of ``pictures`` as a PNG, with a ``note`` of one line below them, if any."""
    sheet = lay_out(pictures, columns)
    if note:
        plain, sheet = sheet, Image.new("RGB", (sheet.width, sheet.height + NOTE), GROUND)
        sheet.paste(plain)
        ImageDraw.Draw(sheet).text((4, plain.height), note, INK)
    write_image(path, sheet)


def number_pictures(pictures: Sequence[Image.Image], first: int = 1) -> list[Image.Image]:
    """Copies of ``pictures`` with their numbers, from ``first`` on, in the corner."""
    numbered = []
    for number, picture in enumerate(pictures, first):
        shown = picture.convert("RGB")
        size = max(10, picture.width // 8)
        place, font = (size // 3, size // 5), ImageFont.load_default(size)
        ImageDraw.Draw(shown).text(
            place, str(number), INK, font, stroke_width=max(1, size // 8), stroke_fill=GROUND
        )
        numbered.append(shown)
    return numbered


def write_image(path: Path, image: Image.Image, **options: Any) -> None:
    """Write ``image`` to ``path``, in the format of its suffix with these ``options``."""
    with replacing(path) as temporary:
        image.save(temporary, **options)


def enlarge(image: Image.Image, side: int) -> Image.Image:
    """``image`` at ``side`` pixels, by Lanczos's filter."""
    if image.size == (side, side):
        return image
    return image.resize((side, side), Image.Resampling.LANCZOS)


def as_images(pixels: np.ndarray) -> list[Image.Image]:
    """uint8 (N, 3, S, S) as Pillow pictures."""
    return [Image.fromarray(picture) for picture in pixels.transpose(0, 2, 3, 1)]
