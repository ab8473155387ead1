"""How a card was made, told to a person who never trained a model: one sentence for each step."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from generate.cards import Card
from generate.gallery.catalogue.provenance import read_nearest, record_of
from generate.pictures.families.registry import FAMILIES

# What decided among candidates, as card.json has it, and the word of the interface that says it.
REASONS = {
    "shows its words best": "told_words",
    "looks most usual": "told_look",
    "most unlike the cards before it": "told_variety",
}


@dataclass(frozen=True)
class Step:
    """A step of the telling: the ``name`` of its sentence among the site's words, what fills it in,
    and which picture of the card stands below it, if any: "frames" or "nearest"."""

    name: str
    values: Mapping[str, Any] = field(default_factory=dict)
    below: str | None = None


def tell_making(card: Card, copies: int) -> list[Step]:
    """The steps of a card that our own stages made, in their order; none for what others made.

    ``copies``: how many cards of the jungle show copies of training pictures.
    """
    return [*tell_picture(card, copies), *tell_words(card), *tell_sound(card)]


def tell_picture(card: Card, copies: int) -> list[Step]:
    """How the picture came about: what was asked for, from what it grew, and what was checked."""
    record = record_of(card, "picture")
    spec = FAMILIES.get(str(record.get("recipe")))
    if record.get("by_hand") or spec is None:
        return []
    steps = []
    if isinstance(prompt := record.get("prompt"), str) and prompt.strip():
        steps.append(Step("told_asked", {"words": prompt.strip().rstrip(".")}))
    steps.append(Step(f"told_{spec.grows}", {}, "frames"))
    chosen = record.get("chosen")
    if isinstance(chosen, Mapping) and (of := read_count(chosen.get("of"))) > 1:
        number = read_count(chosen.get("candidate"))
        reason = REASONS.get(str(chosen.get("why")), "told_other")
        steps.append(Step(reason, {"of": of, "number": number}))
    if read_nearest(card, None) is not None:
        steps.append(Step("told_copies" if copies else "told_no_copies", {"n": copies}, "nearest"))
    return steps


def tell_words(card: Card) -> list[Step]:
    """Who wrote the phrase."""
    writer = record_of(card, "phrase").get("writer")
    if not card.phrase or card.reworded or not isinstance(writer, str):
        return []
    known = {"offline": "told_grammar", "learned": "told_learned"}
    return [Step(known.get(writer, "told_writer"))]


def tell_sound(card: Card) -> list[Step]:
    """Who speaks it, and why it sounds so."""
    record = record_of(card, "sound")
    beast = record.get("beast")
    if record.get("by_hand") or not isinstance(beast, Mapping):
        return []
    mass = beast.get("mass_kg")
    if isinstance(mass, bool) or not isinstance(mass, int | float) or not 0 < mass < math.inf:
        return []
    return [Step("told_voice", {"mass": say_mass(float(mass))})]


def read_count(value: Any) -> int:
    """A whole number from 1 on as card.json has it, else 0."""
    whole = isinstance(value, int) and not isinstance(value, bool)
    return value if whole and 0 < value < 10**6 else 0


def say_mass(kilograms: float) -> str:
    """A mass with two digits that count: "8.1 kg", "35 g"."""
    amount, unit = (kilograms, "kg") if kilograms >= 1 else (1000 * kilograms, "g")
    return f"{float(f'{amount:.2g}'):,g} {unit}"
