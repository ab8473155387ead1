"""Gather what the dictionary, alphabet and grammar pages show. Writes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from generate.cards import Card


@dataclass(frozen=True)
class Reference:
    """The language as pages show it; an empty part has no page."""

    dictionary: list[Any] = field(default_factory=list)
    alphabet: list[Any] = field(default_factory=list)
    grammar: list[Any] = field(default_factory=list)
    assets: dict[str, str | bytes] = field(default_factory=dict)
    script: bool = False


def read_reference(language: Any, cards: Sequence[Card]) -> Reference | None:
    """The language's reference, or None without a language."""
    if language is None:
        return None
    return None
