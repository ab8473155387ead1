"""Find the cards that are most like a card: in colour, hour, traits and voice. Reads no files."""

import heapq
import random
from collections.abc import Mapping, Sequence
from functools import lru_cache, partial
from math import cos, isfinite, log, pi, sin
from typing import Any

from generate.cards import Card
from generate.gallery.incremental.inputs import HOURS
from generate.gallery.media.card_media import CardMedia
from generate.recipe import derive_seed

# How much each property counts; the distance from black to white is 1 before the weight.
WEIGHTS = {"colour": 1.6, "hour": 0.55, "plan": 0.5, "coat": 0.25, "habitat": 0.3, "voice": 0.35}
# Coordinates are whole numbers, this many to a unit. So every search method computes exactly the
# same distances, and finds the same neighbours.
GRID = 4096
# All pairs of up to DENSE cards are compared. Up to FEW changed cards are searched one by one.
DENSE, FEW = 2048, 8

Place = list[int]


def find_neighbours(
    places: Sequence[Place],
    count: int = 4,
    before: tuple[Sequence[Place], list[list[int]]] | None = None,
) -> list[list[int]]:
    """For each card the indices of the ``count`` nearest others, nearest first.

    Of two cards at the same distance the first comes first. ``before`` holds places and neighbours
    of an earlier search: if few places have changed, only their neighbourhoods are searched again.
    """
    size = len(places)
    if size < 2:
        return [[] for _ in places]
    if size > DENSE:
        return search_tree(places, count)
    if before and len(before[0]) == size:
        changed = [at for at in range(size) if places[at] != before[0][at]]
        if len(changed) <= FEW:
            return update_neighbours(places, count, before[1], changed)
    return compare_all(places, count)


def compare_all(places: Sequence[Place], count: int) -> list[list[int]]:
    """Compare all pairs. The whole numbers are small enough for 64-bit floats to be exact."""
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


def update_neighbours(
    places: Sequence[Place], count: int, near: list[list[int]], changed: Sequence[int]
) -> list[list[int]]:
    """The neighbours ``near``, corrected for new places of the cards ``changed``."""
    moved, updated = set(changed), []
    for at, row in enumerate(near):
        rank = partial(rank_pair, places, at)
        if at in moved or not moved.isdisjoint(row):
            others = (other for other in range(len(places)) if other != at)
            row = heapq.nsmallest(count, others, key=rank)
        elif moved:
            last = rank(row[-1])
            closer = [other for other in changed if rank(other) < last]
            if closer:
                row = sorted([*row, *closer], key=rank)[:count]
        updated.append(row)
    return updated


def rank_pair(places: Sequence[Place], one: int, other: int) -> tuple[int, int]:
    """What neighbours are sorted by: squared distance of two cards, then the second one's index."""
    pairs = zip(places[one], places[other], strict=True)
    return sum([(here - there) ** 2 for here, there in pairs]), other


def search_tree(places: Sequence[Place], count: int) -> list[list[int]]:
    """Search a k-d tree, which takes O(n log n) for n cards."""
    from scipy.spatial import cKDTree

    _, found = cKDTree(places).query(places, k=count + 1)
    return [
        [other for other in row if other != at][:count] for at, row in enumerate(found.tolist())
    ]


def place_card(card: Card, media: CardMedia) -> Place:
    """A card's place in the space where similar cards are near each other, eleven whole numbers.

    Three are for colour, two for the hour (a point on a circle), two for build, two for coat and
    habitat together, and two for the voice.
    """
    tint = media.picture.tint if media.picture else "#808080"
    point = [WEIGHTS["colour"] * value for value in opponent_colours(tint)]
    turn = HOURS.index(card.hour) * pi / 2
    point += [WEIGHTS["hour"] * cos(turn), WEIGHTS["hour"] * sin(turn)]
    point += [WEIGHTS["plan"] * value for value in place_name("plan", card.traits.get("plan", ""))]
    coat = place_name("coat", card.traits.get("coat", ""))
    habitat = place_name("habitat", card.traits.get("habitat", ""))
    point += [
        WEIGHTS["coat"] * one + WEIGHTS["habitat"] * two
        for one, two in zip(coat, habitat, strict=True)
    ]
    made = card.made.get("sound")
    made = made if isinstance(made, Mapping) else {}
    pitch = next((made[key] for key in ("pitch", "mass_kg") if _is_positive(made.get(key))), 1.0)
    seconds = (media.sound.seconds if media.sound else 0.0) or 1.0
    point += [WEIGHTS["voice"] * log(pitch) / 3, WEIGHTS["voice"] * log(max(seconds, 0.1))]
    return [round(GRID * value) for value in point]


def opponent_colours(tint: str) -> tuple[float, float, float]:
    """Lightness (0 to 1), red minus green and yellow minus blue (-1.4 to 1.4) of "#rrggbb"."""
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
def place_name(kind: str, name: str) -> tuple[float, float]:
    """A pseudo-random point in [-1, 1]² for each name; equal names have the same point."""
    chance = random.Random(derive_seed("neighbours", kind, name))
    return chance.uniform(-1, 1), chance.uniform(-1, 1)


def _is_positive(value: Any) -> bool:
    return isinstance(value, int | float) and value > 0 and isfinite(value)
