"""Which cards lie near a card: alike in colour, hour, traits and voice. Reads no files."""

import heapq
import random
from collections.abc import Mapping, Sequence
from functools import lru_cache
from math import cos, isfinite, log, pi, sin
from typing import Any

from generate.cards import Card
from generate.recipe import derive_seed

HOURS = ("dawn", "day", "dusk", "night")
# How much each likeness counts; a full swing of lightness alone is 1.
WEIGHTS = {"colour": 1.6, "hour": 0.55, "plan": 0.5, "coat": 0.25, "habitat": 0.3, "voice": 0.35}
# Places lie on a grid of so many steps a unit: whole numbers give every way of searching the same
# distances, and so the same neighbours.
GRID = 4096
# Up to so many cards all pairs are compared; so many changed cards are searched one by one.
DENSE, FEW = 2048, 8

Place = list[int]


def find_neighbours(
    places: Sequence[Place],
    count: int = 4,
    before: tuple[Sequence[Place], list[list[int]]] | None = None,
) -> list[list[int]]:
    """For each card the indices of the ``count`` nearest others, nearest first.

    ``before`` holds places and neighbours of an earlier search; where few places are others now,
    only what they change is searched again. Of cards equally near the first comes first.
    """
    size = len(places)
    if size < 2:
        return [[] for _ in places]
    if size > DENSE:
        return search_tree(places, count)
    if before and len(before[0]) == size:
        changed = [at for at in range(size) if places[at] != before[0][at]]
        if len(changed) <= FEW:
            return amend(places, count, before[1], changed)
    return compare_all(places, count)


def compare_all(places: Sequence[Place], count: int) -> list[list[int]]:
    """All pairs, in whole numbers that a float of 64 bits holds exactly."""
    import numpy as np

    points = np.array(places, dtype=np.float64)
    size, count = len(points), min(count, len(points) - 1)
    squares = (points * points).sum(axis=1)
    near: list[list[int]] = []
    for start in range(0, size, 256):
        some = points[start : start + 256]
        ranks = squares[start : start + 256, None] + squares - 2 * (some @ points.T)
        ranks = ranks * size + np.arange(size)
        own = np.arange(len(some))
        ranks[own, start + own] = np.inf
        best = np.argpartition(ranks, count - 1, axis=1)[:, :count]
        order = np.take_along_axis(ranks, best, axis=1).argsort(axis=1)
        near += np.take_along_axis(best, order, axis=1).tolist()
    return near


def amend(
    places: Sequence[Place], count: int, near: list[list[int]], changed: Sequence[int]
) -> list[list[int]]:
    """``near`` after the cards ``changed`` have moved."""
    moved, amended = set(changed), []
    for at, row in enumerate(near):
        if at in moved or not moved.isdisjoint(row):
            others = (other for other in range(len(places)) if other != at)
            row = heapq.nsmallest(count, others, key=lambda other: rank(places, at, other))
        elif moved:
            last = rank(places, at, row[-1])
            closer = [other for other in changed if rank(places, at, other) < last]
            if closer:
                row = sorted([*row, *closer], key=lambda other: rank(places, at, other))[:count]
        amended.append(row)
    return amended


def rank(places: Sequence[Place], one: int, other: int) -> tuple[int, int]:
    """The squared distance of two cards, then the second's index."""
    pairs = zip(places[one], places[other], strict=True)
    return sum([(here - there) ** 2 for here, there in pairs]), other


def search_tree(places: Sequence[Place], count: int) -> list[list[int]]:
    """A k-d tree finds the neighbours of very many cards in O(n log n)."""
    from scipy.spatial import cKDTree

    _, found = cKDTree(places).query(places, k=count + 1)
    return [
        [other for other in row if other != at][:count] for at, row in enumerate(found.tolist())
    ]


def place_card(card: Card, media: Any) -> Place:
    """A card's place, eleven whole numbers: three of colour, two of the hour's circle, two each of
    build and of coat and habitat together, and two of voice."""
    picture = getattr(media, "picture", None)
    sound = getattr(media, "sound", None)
    point = [WEIGHTS["colour"] * value for value in opponent(getattr(picture, "tint", "#808080"))]
    turn = HOURS.index(card.hour) * pi / 2
    point += [WEIGHTS["hour"] * cos(turn), WEIGHTS["hour"] * sin(turn)]
    point += [WEIGHTS["plan"] * value for value in scatter("plan", card.traits.get("plan", ""))]
    coat = scatter("coat", card.traits.get("coat", ""))
    habitat = scatter("habitat", card.traits.get("habitat", ""))
    point += [
        WEIGHTS["coat"] * one + WEIGHTS["habitat"] * two
        for one, two in zip(coat, habitat, strict=True)
    ]
    made = card.made.get("sound")
    made = made if isinstance(made, Mapping) else {}
    pitch = next((made[key] for key in ("pitch", "mass_kg") if _positive(made.get(key))), 1.0)
    seconds = getattr(sound, "seconds", 0.0) or 1.0
    point += [WEIGHTS["voice"] * log(pitch) / 3, WEIGHTS["voice"] * log(max(seconds, 0.1))]
    return [round(GRID * value) for value in point]


def opponent(tint: str) -> tuple[float, float, float]:
    """Lightness (0 to 1), red against green, and yellow against blue of #rrggbb, roughly even."""
    try:
        red, green, blue = (int(tint[at : at + 2], 16) / 255 for at in (1, 3, 5))
    except ValueError:
        return 0.5, 0.0, 0.0
    return (
        0.3 * red + 0.59 * green + 0.11 * blue,
        1.4 * (red - green),
        0.7 * (red + green) - 1.4 * blue,
    )


@lru_cache(maxsize=4096)
def scatter(kind: str, name: str) -> tuple[float, float]:
    """A fixed place on the plane for each name, so that equal names coincide."""
    chance = random.Random(derive_seed("neighbours", kind, name))
    return chance.uniform(-1, 1), chance.uniform(-1, 1)


def _positive(value: Any) -> bool:
    return isinstance(value, int | float) and value > 0 and isfinite(value)
