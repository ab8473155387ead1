"""How a card was made, as its page says it, from the record in card.json. Writes nothing."""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from generate.cards import Card

MEDIA = ("picture", "caption", "phrase", "sound", "notes")
FIRST = ("prompt", "seed", "recipe", "model", "engine", "writer", "candidates")
# Facts for the builder only, facts that the card shows elsewhere, and very long ones.
LEFT_OUT = {"key", "asked", "was", "of", "ours", "message", "nearest", "syllables", "mended"}
DIGEST = re.compile("[0-9a-f]{32,}")


@dataclass(frozen=True)
class NearestPicture:
    """The training picture most like the card's.

    ``picture`` is its path below site/ or None, ``what`` it shows. ``percent`` is its distance in
    per cent of the distance of the second nearest. Below a third the card's picture counts as
    ``copied`` (Gu et al., arXiv 2310.02664, section 2.2).
    """

    picture: str | None
    what: str
    percent: int | None
    copied: bool


def read_nearest(card: Card, picture: str | None) -> NearestPicture | None:
    """The nearest training picture by card.json; None if nothing is recorded."""
    made = card.made.get("picture")
    record = made.get("nearest") if isinstance(made, Mapping) else None
    if not isinstance(record, Mapping):
        return None
    what = str(record.get("what") or "").strip()
    ratio = record.get("ratio")
    if isinstance(ratio, bool) or not isinstance(ratio, int | float) or not math.isfinite(ratio):
        return NearestPicture(picture, what, None, False)
    return NearestPicture(picture, what, min(100, max(0, round(100 * ratio))), 3 * ratio < 1)


def list_provenance(card: Card) -> list[tuple[str, list[tuple[str, str]]]]:
    """What card.json records about each medium: (medium, [(fact, value)])."""
    found = []
    for medium in MEDIA:
        record = card.made.get(medium)
        if isinstance(record, Mapping):
            order = [key for key in FIRST if key in record]
            order += [key for key in record if key not in FIRST]
            facts = list(flatten_record({key: record[key] for key in order}))
            if facts:
                found.append((medium, facts))
    return found


def flatten_record(record: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """(name, text) of all values in ``record``, also nested ones; digests are cut to 12 digits."""
    for key, value in record.items():
        name = f"{prefix}{key}".replace("_", " ")
        if key in LEFT_OUT or value is None or value == "":
            continue
        if isinstance(value, Mapping):
            yield from flatten_record(value, f"{name} ")
        elif isinstance(value, list | tuple):
            if value:
                yield name, ", ".join(str(part) for part in value[:24])
        elif isinstance(value, bool):
            yield name, "yes" if value else "no"
        else:
            text = f"{value:g}" if isinstance(value, float) else str(value)
            yield name, text[:12] if len(text) > 31 and DIGEST.fullmatch(text) else text


def list_leads(card: Card) -> list[str]:
    """The names of the words with which the page begins to say how a card was made."""
    picture, sound = (record_of(card, medium) for medium in ("picture", "sound"))
    seen, heard = picture.get("by_hand"), sound.get("by_hand")
    recorded = not heard and sound.get("engine") == "folder"
    if not (seen or heard or recorded):
        return ["made_lead"]
    heard_as = "made_heard" if heard else "made_recorded" if recorded else "made_unheard"
    return ["made_seen" if seen else "made_unseen", heard_as]


def record_of(card: Card, medium: str) -> Mapping[str, Any]:
    """What card.json records of a medium, empty where it is no table."""
    record = card.made.get(medium)
    return record if isinstance(record, Mapping) else {}
