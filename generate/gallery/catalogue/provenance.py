"""How a card was made, as its page tells it: card.json's record in words. Writes nothing."""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from generate.cards import Card

MEDIA = ("picture", "caption", "phrase", "sound")
FIRST = ("prompt", "seed", "recipe", "model", "engine", "writer", "candidates")
# Bookkeeping, what the card shows elsewhere, and what would fill a page.
LEFT_OUT = {"key", "was", "of", "message", "nearest", "syllables", "mended"}
DIGEST = re.compile("[0-9a-f]{32,}")


@dataclass(frozen=True)
class Nearest:
    """The training picture most like the card's.

    ``picture`` is its path below site/ or None, ``what`` it shows, ``percent`` how far it lies as a
    share of the way to the second nearest. ``copied`` where that is less than a third (Gu et al.,
    arXiv 2310.02664, section 2.2).
    """

    picture: str | None
    what: str
    percent: int | None
    copied: bool


def nearest_of(card: Card, picture: str | None) -> Nearest | None:
    """What card.json records of the nearest training picture, or None where it records nothing."""
    made = card.made.get("picture")
    record = made.get("nearest") if isinstance(made, Mapping) else None
    if not isinstance(record, Mapping):
        return None
    what = str(record.get("what") or "").strip()
    ratio = record.get("ratio")
    if isinstance(ratio, bool) or not isinstance(ratio, int | float) or not math.isfinite(ratio):
        return Nearest(picture, what, None, False)
    return Nearest(picture, what, min(100, max(0, round(100 * ratio))), 3 * ratio < 1)


def provenance_of(card: Card) -> list[tuple[str, list[tuple[str, str]]]]:
    """What card.json records of each medium's making: (medium, [(fact, value)])."""
    found = []
    for medium in MEDIA:
        record = card.made.get(medium)
        if isinstance(record, Mapping):
            order = [key for key in FIRST if key in record]
            order += [key for key in record if key not in FIRST]
            facts = list(flatten({key: record[key] for key in order}))
            if facts:
                found.append((medium, facts))
    return found


def flatten(record: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """(name, text) of the plain values in ``record``; digests are cut to twelve digits."""
    for key, value in record.items():
        name = f"{prefix}{key}".replace("_", " ")
        if key in LEFT_OUT or value is None or value == "":
            continue
        if isinstance(value, Mapping):
            yield from flatten(value, f"{name} ")
        elif isinstance(value, list | tuple):
            if value:
                yield name, ", ".join(str(part) for part in value[:24])
        elif isinstance(value, bool):
            yield name, "yes" if value else "no"
        else:
            text = f"{value:g}" if isinstance(value, float) else str(value)
            yield name, text[:12] if len(text) > 31 and DIGEST.fullmatch(text) else text
