"""Check pictures against the drawings that the shipped weights were trained on.

Reads generate/pictures/starter/drawings.safetensors: of every drawing 8 × 8 means ("means" uint8
(M, 3, 8, 8)) and what they leave out ("rest" float32 (M,), root mean square). From these come
bounds on every distance; only drawings that the bounds cannot settle are redrawn, by their seeds.
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from PIL import Image

from generate.errors import Refusal
from generate.pictures import STARTER
from generate.pictures.choosing.copies import SHARE, measure, measure_all, shrink
from generate.pictures.compute.tensors import Damaged, read_tensors, write_tensors
from generate.recipe import derive_seed

DRAWINGS = STARTER / "drawings.safetensors"
SIZE, SIDE = 64, 8
# The means are rounded to whole levels.
ROUNDING = 0.5 / 255
# Redrawn at most to settle one doubt, and to show what is nearest.
DOUBTS, SHOWN = 64, 4


def drawing_seed(number: int) -> int:
    """The seed of the starter's training drawing ``number``."""
    return derive_seed("starter", number)


@dataclass(frozen=True)
class Drawings:
    """The starter's drawings, in short."""

    means: np.ndarray
    rest: np.ndarray

    def bound(self, pictures: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Least and greatest distance (N, M) that ``pictures`` (N, 3, 64, 64) may have to each.

        A picture's means and its rest are at right angles, so d² = d_means² + d_rest², where
        d_rest lies between the difference of the two rests' lengths and their sum.
        """
        means, rest = shorten(pictures)
        apart = np.square(measure_all(means, self.means.astype(np.float64)))
        nearer = np.sqrt(apart + np.square(rest[:, None] - self.rest)) - ROUNDING
        return nearer.clip(0), np.sqrt(apart + np.square(rest[:, None] + self.rest)) + ROUNDING

    def find_copies(self, pictures: np.ndarray) -> np.ndarray:
        """bool (N,): nearer to one drawing than a third of the way to the next.

        Exact, but for a doubt that 64 drawings do not settle, which counts as a copy.
        """
        found = [settle(p, *b) for p, *b in zip(pictures, *self.bound(pictures), strict=True)]
        return np.array(found, bool)

    def find_nearest(self, picture: np.ndarray) -> list[tuple[float, int]]:
        """(distance, number) of the drawings most like ``picture``, nearest first.

        Of all, the four are measured whose means and rest promise most.
        """
        means, _ = shorten(picture[None])
        apart = np.square(measure_all(means, self.means.astype(np.float64)))[0]
        # Two pictures' details have little in common: their energies add.
        likely = np.argsort(apart + np.square(self.rest), kind="stable")[:SHOWN]
        return sorted((float(measure(picture, redraw(int(n))[None])[0]), int(n)) for n in likely)


def settle(picture: np.ndarray, least: np.ndarray, most: np.ndarray) -> bool:
    """Whether ``picture`` is a copy, redrawing what the bounds (M,) leave in doubt."""
    least, most = least.copy(), most.copy()
    doubtful = np.ones(len(least), bool)
    for _ in range(DOUBTS):
        second = np.partition(most, 1)[1] if len(most) > 1 else np.inf
        if least.min() >= SHARE * second:
            return False
        nearest = int(most.argmin())
        if most[nearest] < SHARE * np.delete(least, nearest).min(initial=np.inf):
            return True
        if not doubtful.any():
            break
        number = int(np.where(doubtful, least, np.inf).argmin())
        least[number] = most[number] = measure(picture, redraw(number)[None])[0]
        doubtful[number] = False
    return True


@lru_cache(maxsize=512)
def redraw(number: int) -> np.ndarray:
    """Drawing ``number`` as the starter saw it, uint8 (3, 64, 64)."""
    from generate.pictures.fieldguide.scene import draw

    image = draw(drawing_seed(number), SIZE).image
    return np.ascontiguousarray(np.asarray(image.convert("RGB")).transpose(2, 0, 1))


def shorten(pictures: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Means float64 (N, 3, 8, 8) of ``pictures`` and the length (N,) of what they leave out."""
    means = shrink(pictures, SIDE)
    block = SIZE // SIDE
    rest = pictures - means.repeat(block, 2).repeat(block, 3)
    return means, np.sqrt(np.square(rest / 255).mean((1, 2, 3)))


def write_drawings(pictures: np.ndarray, path: Path = DRAWINGS) -> None:
    """Write what the check needs of the starter's training set uint8 (M, 3, 64, 64)."""
    parts = [shorten(pictures[start : start + 256]) for start in range(0, len(pictures), 256)]
    means = np.concatenate([means for means, _ in parts]).round().astype(np.uint8)
    rest = np.concatenate([rest for _, rest in parts]).astype(np.float32)
    write_tensors(path, {"means": means, "rest": rest})


@lru_cache(maxsize=2)
def read_drawings(path: Path = DRAWINGS) -> Drawings | None:
    """What `write_drawings` wrote, None where it is not shipped; `Refusal` if it is damaged."""
    if not path.is_file():
        return None
    try:
        tensors, _ = read_tensors(path, "np")
        means, rest = tensors["means"], tensors["rest"]
        if means.shape[1:] != (3, SIDE, SIDE) or rest.shape != means.shape[:1]:
            raise ValueError("of another shape")
    except (Damaged, KeyError, ValueError) as error:
        raise Refusal(
            f"{path}: is damaged ({error}); restore it from the repository, or install again"
        ) from None
    return Drawings(means, rest)


def fit(picture: np.ndarray) -> np.ndarray:
    """uint8 (3, S, S) at the drawings' size."""
    if picture.shape[-1] == SIZE:
        return picture
    image = Image.fromarray(picture.transpose(1, 2, 0)).resize((SIZE, SIZE), Image.Resampling.BOX)
    return np.ascontiguousarray(np.asarray(image).transpose(2, 0, 1))
