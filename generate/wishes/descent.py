"""The keys ``parents:`` and ``stranger:``: the cards that a card is crossed from, and its share of
noise that none of them has."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic import AfterValidator, Field

MOST = 16


def check(names: list[str]) -> list[str]:
    """The folders of a card's parents, one repeated for more of it; ValueError if only one is."""
    if len(set(names)) < 2:
        raise ValueError("names two cards or more, such as [beast-007, beast-019]")
    if len(names) > MOST:
        raise ValueError(f"names {MOST} at most")
    return names


Parents = Annotated[list[str], AfterValidator(check)]
Stranger = Annotated[float, Field(strict=True, ge=0, le=1, allow_inf_nan=False)]


def read_descent(card: Mapping[str, Any]) -> dict[str, Any] | None:
    """What a card can hand on, by its card.json: "noise", {seed: weight}, "caption" and "traits".

    None for one whose picture the stages did not draw.
    """
    made = card.get("made", {}).get("picture", {})
    if made.get("by_hand") or not made.get("sha256") or made.get("seed") is None:
        return None
    noise = made.get("noise") or {str(made["seed"]): 1.0}
    about = card.get("about") or card
    return {"noise": noise, "caption": about.get("caption"), "traits": about.get("traits") or {}}


def share(names: Sequence[str]) -> dict[str, float]:
    """The share of each parent, in the order in which they are named; together 1."""
    return {name: count / len(names) for name, count in Counter(names).items()}


def mix(parts: Sequence[tuple[Mapping[str, float], float]]) -> dict[str, float]:
    """Noise, {seed: weight}, of ``parts`` of it with their shares.

    Of two it is cos t · one + sin t · other, where cos² t and sin² t are the shares. Sums of
    independent normal numbers whose weights' squares add up to 1 are standard normal again; what
    two parts have of one seed is added up before that.
    """
    mixed: dict[str, float] = {}
    for noise, part in parts:
        for seed, weight in noise.items():
            mixed[seed] = mixed.get(seed, 0.0) + math.sqrt(part) * weight
    length = math.sqrt(sum(weight**2 for weight in mixed.values()))
    return {seed: weight / length for seed, weight in mixed.items()}
