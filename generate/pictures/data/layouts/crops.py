"""Boxes of objects and regions, and pictures cut to them.

A box is (left, top, right, bottom) in pixels of the file as it lies. Sets write it as two corners
(Pascal VOC, tiny-imagenet) or as a corner and sides (COCO, CUB, Visual Genome), often in floats.
"""

import math
from collections.abc import Callable, Sequence
from typing import Any

from PIL import Image

from generate.pictures.data.naming import is_known

Box = tuple[float, float, float, float]
# What is shown around a box, as a share of its longer side: half of it on either side.
AROUND = 0.1
# Boxes may stand beyond the edge of their picture by this share of their own side.
BEYOND = 0.5


class OutsideError(ValueError):
    """The box of a picture lies outside of it, or has no inside."""


def read_sides(values: Sequence[Any]) -> Box | None:
    """The box of a corner and two sides; None for what are no four numbers with an inside."""
    numbers = read_numbers(values)
    if numbers is None:
        return None
    left, top, width, height = numbers
    return (left, top, left + width, top + height) if width > 0 and height > 0 else None


def read_corners(values: Sequence[Any]) -> Box | None:
    """The box of two corners; None for what are no four numbers with an inside."""
    numbers = read_numbers(values)
    if numbers is None:
        return None
    left, top, right, bottom = numbers
    return (left, top, right, bottom) if right > left and bottom > top else None


def read_numbers(values: Sequence[Any]) -> tuple[float, float, float, float] | None:
    """Four finite numbers; None for anything else."""
    try:
        left, top, third, fourth = map(float, values)
    except (TypeError, ValueError):
        return None
    numbers = (left, top, third, fourth)
    return numbers if all(map(math.isfinite, numbers)) else None


def choose_box(boxes: Sequence[tuple[str, Box]]) -> Box | None:
    """The box of the largest animal of ``boxes`` (label, box), else the largest one of all."""
    animals = [box for label, box in boxes if is_known(label)]
    return max(animals or [box for _, box in boxes], key=measure, default=None)


def measure(box: Box) -> float:
    """The area of a box in pixels."""
    left, top, right, bottom = box
    return (right - left) * (bottom - top)


def crop_square(read: Callable[[], Image.Image], box: Box) -> Callable[[], Image.Image]:
    """A function that gives the picture of ``read`` cut to a square around ``box``.

    It raises `OutsideError` where the box is not in the picture, and whatever ``read`` raises.
    """

    def read_cut() -> Image.Image:
        with read() as picture:
            return picture.crop(find_square(box, picture.size))

    return read_cut


def find_square(box: Box, size: tuple[int, int]) -> tuple[int, int, int, int]:
    """The square around ``box`` with a little of what is beside it, moved and cut to fit ``size``.

    `OutsideError` where less than half of the box's width or height lies in the picture.
    """
    left, top, right, bottom = box
    spans = []
    for low, high, whole in ((left, right, size[0]), (top, bottom, size[1])):
        inside = min(high, whole) - max(low, 0)
        if inside < (1 - BEYOND) * (high - low) or inside < 1:
            raise OutsideError("its box lies outside of the picture")
        spans.append((max(low, 0.0), min(float(high), float(whole))))
    side = (1 + AROUND) * max(high - low for low, high in spans)
    edges = []
    for (low, high), whole in zip(spans, size, strict=True):
        fits = min(side, whole)
        start = min(max((low + high) / 2 - fits / 2, 0), whole - fits)
        edges.append((math.floor(start + 0.5), max(1, round(fits))))
    (x, width), (y, height) = edges
    return x, y, min(x + width, size[0]), min(y + height, size[1])
