"""Each picture's nearest training picture: in the run's own set and in the starter's.

Reads work/dataset/ and, where the model began from the starter, the starter's drawings. Sampling
reads none of them; it is given a `Check`, or None.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from generate.pictures.choosing import starter_drawings
from generate.pictures.choosing.copies import average_hash, find_nearest
from generate.pictures.data.dataset import Dataset, build_dataset, decide_dataset, read_dataset
from generate.pictures.data.source import FIELD_GUIDE
from generate.pictures.training.stage import find_start
from generate.recipe import digest, digest_file
from generate.settings import Settings


@dataclass(frozen=True)
class Neighbour:
    """The training picture uint8 (3, S, S) nearest to another picture, called ``what``.

    ``distance`` is that of `copies`; ``ratio`` is the distance as a share of that to the next
    nearest training picture, None where there is no other.
    """

    what: str
    distance: float
    ratio: float | None
    picture: np.ndarray

    def facts(self) -> dict[str, Any]:
        """What a card records."""
        ratio = None if self.ratio is None else round(self.ratio, 4)
        return {"what": self.what, "distance": round(self.distance, 4), "ratio": ratio}


@dataclass(frozen=True)
class Check:
    """The training pictures that a jungle's model has seen.

    ``own`` uint8 (M, 3, S, S) with ``names``; ``drawings`` the starter's, or None. ``key`` differs
    for other pictures.
    """

    own: np.ndarray
    names: list[str]
    drawings: starter_drawings.Drawings | None
    key: str

    @cached_property
    def hashes(self) -> np.ndarray:
        """`average_hash` of ``own``."""
        return average_hash(self.own)

    def find_copies(self, pictures: np.ndarray) -> np.ndarray:
        """bool (N,): which of ``pictures`` (N, 3, S, S) copy a training picture of either set."""
        found = find_nearest(pictures, self.own, self.hashes)
        copied = found.copied & np.isfinite(found.second)
        if self.drawings is not None:
            small = np.stack([starter_drawings.resize(picture) for picture in pictures])
            copied |= self.drawings.find_copies(small)
        return copied

    def find_neighbour(self, picture: np.ndarray) -> Neighbour:
        """The training picture nearest to ``picture`` (3, S, S), of both sets."""
        found = find_nearest(picture[None], self.own, self.hashes)
        place, first, second = int(found.place[0]), found.distance[0], found.second[0]
        what, shown = self.names[place], self.own[place]
        if self.drawings is not None:
            (near, number), *rest = self.drawings.find_nearest(starter_drawings.resize(picture))
            others = [distance for distance, _ in rest[:1]]
            if near < first:
                what, shown = f"starter drawing {number}", starter_drawings.redraw(number)
                first, second = near, min([first, *others])
            else:
                second = min([second, near])
        ratio = float(first / second) if 0 < second < np.inf else None
        return Neighbour(what, float(first), ratio, shown)


def open_check(settings: Settings) -> Check:
    """The training pictures of this jungle's model; if they are missing they are gathered again."""
    folder = build_dataset(settings)
    dataset = read_dataset(folder)
    places = dataset.places("train")
    key = [decide_dataset(settings).key]
    drawings = None
    if settings.pictures.start == "starter" and find_start(settings) is not None:
        drawings = starter_drawings.read_drawings()
        if drawings is not None:
            key.append(digest_file(starter_drawings.DRAWINGS))
    names = name_pictures(settings, dataset, places)
    return Check(dataset.images[places], names, drawings, digest(key))


def name_pictures(settings: Settings, dataset: Dataset, places: np.ndarray) -> list[str]:
    """The training pictures' names on a card: a drawing's number, or the file's name."""
    if settings.pictures.source == FIELD_GUIDE:
        return [f"drawing {place + 1}" for place in places]
    return [str(dataset.rows[place]["file_name"]) for place in places]
