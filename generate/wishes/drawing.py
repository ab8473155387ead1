"""The keys ``take:`` and ``prompt:``: which picture of a card is drawn, and from which words."""

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from generate.recipe import digest
from generate.wishes.descent import read_descent

LONGEST = 500


def clean(prompt: str) -> str:
    """A prompt without blanks around and double ones within it; ValueError where it has no word."""
    prompt = " ".join(prompt.split())
    if not re.search(r"[^\W_]", prompt):
        raise ValueError("holds no words; write what to draw, such as a striped snake at night")
    if len(prompt) > LONGEST:
        raise ValueError(f"has more than {LONGEST} letters; shorten it")
    return prompt


Take = Annotated[int, Field(strict=True, ge=1, le=100_000)]
Prompt = Annotated[str, AfterValidator(clean)]


def read_wish(
    front: Mapping[str, Any], numbered: bool, parents: Sequence[Mapping[str, Any]] = ()
) -> dict[str, Any]:
    """What a card's front matter asks of its picture, by name; empty where nothing.

    Of ``parents``, by their card.json, it holds digests of what they hand on as they are now. A
    take alone is one of a numbered card: one added by hand has no other pictures.
    """
    wish: dict[str, Any] = {}
    if front.get("take") is not None:
        wish["take"] = front["take"]
    if front.get("prompt"):
        wish["prompt"] = clean(str(front["prompt"]))
    if front.get("parents"):
        wish["parents"] = [digest(read_descent(card)) for card in parents]
        if front.get("stranger") is not None:
            wish["stranger"] = float(front["stranger"])
    return wish if numbered or wish.keys() & {"prompt", "parents"} else {}
