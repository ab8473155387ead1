"""Tell which folder of content/postcards/ holds which card."""

import json
import os
import re
from functools import lru_cache
from pathlib import Path
from stat import S_ISREG
from typing import Any

from generate.cards import CARD
from generate.safety.names import require_text
from generate.settings import Settings

OURS = re.compile(r"^beast-(\d{3,})$")
# The number in a card.json as `write_card` lays it out.
NUMBER = re.compile(rb'^  "number": (null|\d{1,9}),?$', re.MULTILINE)


def slug_of(number: int) -> str:
    """The folder name of the generated card ``number`` (from 1)."""
    return f"beast-{number:03d}"


def number_of(slug: str) -> int | None:
    """The number in a generated card's folder name, None for a bundle added by hand."""
    match = OURS.match(slug)
    return int(match[1]) if match else None


def read_number(folder: str, name: str) -> int | None:
    """The number in the card.json of ``folder``/``name``; where it holds none, that in the name."""
    path = f"{folder}/{name}/{CARD}"
    try:
        status = os.stat(path)
        if not S_ISREG(status.st_mode):  # reading a pipe would wait for ever
            return number_of(name)
        number = search_number(path, status.st_mtime_ns, status.st_size, status.st_ino)
    except (OSError, ValueError, LookupError, RecursionError):
        return number_of(name)
    return number if type(number) is int and number > 0 else None


@lru_cache(maxsize=100_000)
def search_number(path: str, *signature: int) -> Any:
    """The number in a card.json, read again when the file's ``signature`` is another.

    Raises LookupError where it has none, ValueError where it cannot be read.
    """
    with open(path, "rb") as file:
        data = file.read()
    match = NUMBER.search(data)
    if match:
        return json.loads(match[1])
    card = json.loads(data)
    if not isinstance(card, dict):
        raise LookupError(path)
    return card["number"]


def number_folders(settings: Settings) -> dict[str, int | None]:
    """The number of the card in each folder, by the folder's name; None for one added by hand.

    The number in card.json says which card it is, wherever its folder was moved. Of several folders
    with one number, that named after it is the card, or else the first by name; the others are
    copies, and count as added by hand. Raises `Refusal` for a name that is no text.
    """
    bundles = str(settings.bundles)
    if not os.path.isdir(bundles):
        return {}
    with os.scandir(bundles) as found:
        names = sorted(e.name for e in found if not e.name.startswith(".") and e.is_dir())
    require_text(settings.bundles / name for name in names)
    numbers = {name: read_number(bundles, name) for name in names}
    owners: dict[int | None, str] = {}
    for name, number in numbers.items():
        if number_of(name) == number:
            owners[number] = name
        owners.setdefault(number, name)
    return {name: number if owners[number] == name else None for name, number in numbers.items()}


def place_cards(settings: Settings) -> list[tuple[Path, int | None]]:
    """(folder, number) of the jungle's cards: numbered ones up to ``count``, then those by hand.

    A card that is yet to be made gets a folder of its name, or where another card lies there, of
    the next name that is free: beast-002-2.
    """
    numbers = number_folders(settings)
    owners = {number: name for name, number in numbers.items()}
    placed: list[tuple[str, int | None]] = []
    for number in range(1, settings.count + 1):
        name, again = owners.get(number, slug_of(number)), 1
        while numbers.get(name, number) != number:
            again += 1
            name = f"{slug_of(number)}-{again}"
        placed.append((name, number))
    placed += [(name, None) for name, number in numbers.items() if number is None]
    return [(settings.bundles / name, number) for name, number in placed]


def list_bundles(settings: Settings) -> list[Path]:
    """Folders of the jungle's cards: numbered ones up to ``count``, then those added by hand."""
    return [folder for folder, _ in place_cards(settings)]


def list_beyond(settings: Settings) -> list[Path]:
    """Numbered bundles past ``count``: kept on disk, left off the site."""
    numbers = number_folders(settings).items()
    return [settings.bundles / name for name, number in numbers if (number or 0) > settings.count]
