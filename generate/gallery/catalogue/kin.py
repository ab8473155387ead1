"""The family tree of a card that was crossed: its parents and theirs, and its children."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

# Generations that are shown.
DEEP = 4


@dataclass(frozen=True)
class Kin:
    """A card in a family tree; ``at`` is its index in the gallery, None for one not shown there."""

    at: int | None
    parents: list["Kin"] = field(default_factory=list)


@dataclass(frozen=True)
class Family:
    """``parents`` with all that is above them, and the indices of ``children``."""

    parents: list[Kin]
    children: list[int]

    def __bool__(self) -> bool:
        return bool(self.parents or self.children)

    @property
    def members(self) -> list[int]:
        """Indices of all that are shown, each once."""
        found, ahead = dict.fromkeys(self.children), list(self.parents)
        while ahead:
            one = ahead.pop()
            found |= {one.at: None} if one.at is not None else {}
            ahead += one.parents
        return list(found)


class Kinship:
    """Who descends from whom, of cards in order, with ``slugs`` and the ``parents`` each names."""

    def __init__(self, slugs: Sequence[str], parents: Sequence[Sequence[str]]) -> None:
        self.places: Mapping[str, int] = {slug: at for at, slug in enumerate(slugs)}
        self.parents = [list(dict.fromkeys(names)) for names in parents]
        self.children: dict[int, list[int]] = {}
        for at, names in enumerate(self.parents):
            for name in names:
                if name in self.places:
                    self.children.setdefault(self.places[name], []).append(at)

    def trace(self, at: int) -> Family:
        """The family of the card at ``at``."""
        return Family(self.climb(at, DEEP), self.children.get(at, []))

    def climb(self, at: int, deep: int) -> list[Kin]:
        """The parents of a card, with ``deep`` generations in all; a circle ends there too."""
        if not deep:
            return []
        return [
            Kin(place, self.climb(place, deep - 1)) if place is not None else Kin(None)
            for place in map(self.places.get, self.parents[at])
        ]


def show_kin(kin: Kin, views: Sequence[Any]) -> dict[str, Any]:
    """A tree as templates see it: {"view", "parents"}, with the view of a card, or None."""
    view = None if kin.at is None else views[kin.at]
    return {"view": view, "parents": [show_kin(one, views) for one in kin.parents]}
