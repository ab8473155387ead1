"""Which cards lie near a card: alike in colour, hour, traits and voice. Reads no files."""

import random
from collections.abc import Mapping, Sequence
from functools import lru_cache
from math import log
from typing import Any

import numpy as np

from generate.cards import Card
from generate.recipe import derive_seed

HOURS = ("dawn", "day", "dusk", "night")
# How much each likeness counts; a full swing of lightness alone is 1.
WEIGHTS = {"colour": 1.6, "hour": 0.55, "plan": 0.5, "coat": 0.25, "habitat": 0.3, "voice": 0.35}


def find_neighbours(
    cards: Sequence[Card], media: Mapping[str, Any], count: int = 4
) -> list[list[int]]:
    """For each card the indices of the ``count`` nearest others, nearest first.

    Each card becomes a point of eleven dimensions; a k-d tree finds neighbours in O(n log n).
    """
    from scipy.spatial import cKDTree

    if len(cards) < 2:
        return [[] for _ in cards]
    points = np.array([place_card(card, media.get(card.slug)) for card in cards])
    _, found = cKDTree(points).query(points, k=min(count + 1, len(cards)))
    return [
        [int(other) for other in row if other != index][:count]
        for index, row in enumerate(np.asarray(found))
    ]


def place_card(card: Card, media: Any) -> list[float]:
    """A card's place: three of colour, two of the hour's circle, two each of build and
    of coat and habitat together, and two of voice."""
    picture = getattr(media, "picture", None)
    sound = getattr(media, "sound", None)
    point = [WEIGHTS["colour"] * value for value in opponent(getattr(picture, "tint", "#808080"))]
    turn = HOURS.index(card.hour) * np.pi / 2
    point += [WEIGHTS["hour"] * np.cos(turn), WEIGHTS["hour"] * np.sin(turn)]
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
    return [*point, WEIGHTS["voice"] * log(pitch) / 3, WEIGHTS["voice"] * log(max(seconds, 0.1))]


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
    return isinstance(value, int | float) and value > 0
