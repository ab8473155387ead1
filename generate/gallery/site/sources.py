"""Keep a person's own sources off the site: names of pictures, recordings and model folders.

card.json records them for whoever owns the jungle. A page shows digests in their place unless
``[site] show_sources`` is true. The field guide's drawings are the project's own, and are shown.
"""

import copy
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from generate.bundles.merged import merge_card
from generate.cards import Card
from generate.gallery.pages.long_markdown import render_any
from generate.pictures.data.source import FIELD_GUIDE
from generate.recipe import digest
from generate.settings import Settings

# Publishers whose models' names tell nothing of the person.
PUBLIC = ("stabilityai/",)


def read_public_card(settings: Settings, folder: Path, copied: bool = False) -> Card:
    """The card in a folder as the site may know it; `Refusal` if anything of it cannot be used."""
    card = hide_sources(settings, merge_card(folder, copied))
    for text in (card.message, card.notes):
        render_any(text)  # its page shows it, but a fault of it is the card's
    return card


def hide_sources(settings: Settings, card: Card) -> Card:
    """``card`` as the site may know it: digests for names, no training picture of the person's."""
    if settings.site.show_sources:
        return card
    made = copy.deepcopy(card.made)
    for medium, key, name in list_sources(settings, card):
        record = made[medium]
        veiled = veil(name, str(record.get("sha256", "")))
        record[key] = {**record[key], "what": veiled} if key == "nearest" else veiled
    nearest = None if learnt_from_own(settings, card) else card.nearest
    return card.model_copy(update={"made": made, "nearest": nearest})


def list_sources(settings: Settings, card: Card) -> Iterator[tuple[str, str, str]]:
    """(medium, key of its record, name) of each source of the person's that a card names."""
    picture, sound = read_record(card, "picture"), read_record(card, "sound")
    if learnt_from_own(settings, card) and isinstance(picture.get("nearest"), Mapping):
        yield "picture", "nearest", str(picture["nearest"].get("what", ""))
    for key in ("recording", "model"):
        name = str(sound.get(key) or "")
        if name and not name.startswith(PUBLIC):
            yield "sound", key, name


def learnt_from_own(settings: Settings, card: Card) -> bool:
    """Whether a card's picture comes from other training pictures than the field guide."""
    known = settings.pictures.source == FIELD_GUIDE
    return not known or bool(read_record(card, "picture").get("source"))


def read_record(card: Card, medium: str) -> Mapping[str, Any]:
    """What card.json records of a medium, empty where it is no table."""
    record = card.made.get(medium)
    return record if isinstance(record, Mapping) else {}


def veil(name: str, salt: str) -> str:
    """A digest that stands for ``name``. ``salt`` is the digest of the card's own file: who has
    that can check it, and nobody else can find a common name by trying."""
    return digest(["source", salt, name])[:12] if name and salt else ""
