"""Cross two cards: ``make cross A=beast-007 B=beast-019 MORE_OF=a``."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from generate.errors import Refusal
from generate.hand.card import begin_card
from generate.hand.find import find_card
from generate.pictures.families.registry import find_spec
from generate.recipe import digest
from generate.settings import Settings
from generate.wishes.descent import read_descent


def add_cross(settings: Settings, a: str, b: str, more_of: str | None) -> tuple[Path, str]:
    """Write the postcard.md of a child of the cards ``a`` and ``b``, with ``more_of`` "a" or "b".

    The same cross is not added twice. `Refusal`, before anything is written, for cards that hand
    nothing on. Returns the file's path, and what a new one holds.
    """
    parents = find_parents(settings, [a, b])
    one, other = parents
    if one == other:
        raise Refusal(f"cross: A and B are both {one}; name two cards")
    names = {None: [one, other], "a": [one, one, other], "b": [one, other, other]}[more_of]
    return begin_cross(settings, {"parents": names})


def find_parents(settings: Settings, said: Sequence[str]) -> list[str]:
    """The folders' names of the cards that are ``said``; `Refusal` for one that hands nothing on,
    and for a recipe that cannot cross."""
    if not find_spec(settings.pictures.recipe).mixes:
        raise Refusal(f'cross: the "{settings.pictures.recipe}" recipe cannot cross noise')
    parents = [find_card(settings, name) for name in said]
    for parent in parents:
        if read_descent(parent.card) is None:
            raise Refusal(
                f"cross: the picture of {parent.slug} was put there, or is not drawn yet: "
                "it has no noise to hand on"
            )
    return [parent.slug for parent in parents]


def begin_cross(settings: Settings, wish: dict[str, Any]) -> tuple[Path, str]:
    """`begin_card` of a child, in a folder that is named after its parents."""
    parents = list(dict.fromkeys(wish["parents"]))
    name = "-and-".join(parents)
    name = name if len(name.encode()) <= 120 else f"cross-{digest(parents)[:12]}"
    return begin_card(settings, name, wish)
