"""Cross two cards: ``make cross A=beast-007 B=beast-019 MORE_OF=a``."""

from pathlib import Path

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
    if not find_spec(settings.pictures.recipe).mixes:
        raise Refusal(f'cross: the "{settings.pictures.recipe}" recipe cannot cross noise')
    parents = [find_card(settings, said) for said in (a, b)]
    one, other = (parent.slug for parent in parents)
    if one == other:
        raise Refusal(f"cross: A and B are both {one}; name two cards")
    for parent in parents:
        if read_descent(parent.card) is None:
            raise Refusal(
                f"cross: the picture of {parent.slug} was put there, or is not drawn yet: "
                "it has no noise to hand on"
            )
    names = {None: [one, other], "a": [one, one, other], "b": [one, other, other]}[more_of]
    name = f"{one}-and-{other}"
    name = name if len(name.encode()) <= 120 else f"cross-{digest([one, other])[:12]}"
    return begin_card(settings, name, {"parents": names})
