"""The keys ``take:`` and ``prompt:``: which picture of a card is drawn, and from which words."""

import re
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, Field

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


def read_wish(front: Mapping[str, Any], numbered: bool) -> dict[str, Any]:
    """What a card's front matter asks of its picture, by name; empty where nothing.

    A take alone is one of a numbered card: one added by hand has no other pictures.
    """
    wish: dict[str, Any] = {}
    if front.get("take") is not None:
        wish["take"] = front["take"]
    if front.get("prompt"):
        wish["prompt"] = clean(str(front["prompt"]))
    return wish if numbered or "prompt" in wish else {}
