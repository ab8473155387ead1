"""Each picture's nearest training picture: in the run's own set and in the starter's.

Reads work/dataset/ and, where the model began from the starter, the starter's drawings. Sampling
knows nothing of this room; it is handed a `Check`, or none.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from generate.pictures.choosing import starter_drawings as starter_copies
from generate.pictures.choosing.copies import average_hash, find_nearest
from generate.pictures.data.dataset import Dataset, build_dataset, decide_dataset, read_dataset
from generate.pictures.data.source import FIELD_GUIDE
from generate.pictures.training.stage import find_start
from generate.recipe import digest, digest_file
from generate.settings import Settings


@dataclass(frozen=True)
class Neighbour:
    """A training picture uint8 (3, S, S): ``what`` names it, ``distance`` is that of `copies`,
    ``ratio`` the share of the way to the next nearest (None where there is no other)."""

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

    ``own`` uint8 (M, 3, S, S) with ``names``; ``drawings`` the starter's, or None. ``key`` tells
    one set from another.
    """

    own: np.ndarray
    names: list[str]
    drawings: starter_copies.Drawings | None
    key: str
    marks: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "marks", average_hash(self.own))

    def find_copies(self, pictures: np.ndarray) -> np.ndarray:
        """bool (N,): which of ``pictures`` (N, 3, S, S) copy a training picture of either set."""
        found = find_nearest(pictures, self.own, self.marks)
        copied = found.copied & np.isfinite(found.second)
        if self.drawings is not None:
            small = np.stack([starter_copies.fit(picture) for picture in pictures])
            copied |= self.drawings.find_copies(small)
        return copied

    def find_neighbour(self, picture: np.ndarray) -> Neighbour:
        """The training picture nearest to ``picture`` (3, S, S), of both sets."""
        found = find_nearest(picture[None], self.own, self.marks)
        place, first, second = int(found.place[0]), found.distance[0], found.second[0]
        what, shown = self.names[place], self.own[place]
        if self.drawings is not None:
            (near, number), *rest = self.drawings.find_nearest(starter_copies.fit(picture))
            others = [distance for distance, _ in rest[:1]]
            if near < first:
                what, shown = f"starter drawing {number}", starter_copies.redraw(number)
                first, second = near, min([first, *others])
            else:
                second = min([second, near])
        ratio = float(first / second) if 0 < second < np.inf else None
        return Neighbour(what, float(first), ratio, shown)


def open_check(settings: Settings) -> Check:
    """The training pictures of this jungle's model; they are gathered again if they are gone."""
    folder = build_dataset(settings)
    dataset = read_dataset(folder)
    places = dataset.places("train")
    key = [decide_dataset(settings).key]
    drawings = None
    if settings.pictures.start == "starter" and find_start(settings) is not None:
        drawings = starter_copies.read_drawings()
        if drawings is not None:
            key.append(digest_file(starter_copies.DRAWINGS))
    names = name_pictures(settings, dataset, places)
    return Check(dataset.images[places], names, drawings, digest(key))


def name_pictures(settings: Settings, dataset: Dataset, places: np.ndarray) -> list[str]:
    """What the training pictures are called on a card: drawings by number, others by file."""
    if settings.pictures.source == FIELD_GUIDE:
        return [f"drawing {place + 1}" for place in places]
    return [str(dataset.rows[place]["file_name"]) for place in places]
