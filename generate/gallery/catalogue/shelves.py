"""The shelves of the rack: cards that name the same ``series:``."""

from collections.abc import Sequence
from typing import NamedTuple

from generate.wishes.shelf import shelf_path


class Shelf(NamedTuple):
    """A shelf: its name as its first card spells it, the raw path of its page below site/, and the
    positions of its cards in the gallery, from 0."""

    name: str
    path: str
    places: list[int]


def list_shelves(series: Sequence[str]) -> list[Shelf]:
    """The shelves named by the cards' ``series`` ("": none), in the order of their first cards."""
    shelves: dict[str, Shelf] = {}
    for at, name in enumerate(series):
        if name:
            path = shelf_path(name)
            shelves.setdefault(path, Shelf(name, path, [])).places.append(at)
    return list(shelves.values())
