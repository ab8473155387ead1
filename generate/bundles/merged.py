"""Lay a person's front matter over card.json: the card that the gallery shows."""

import difflib
import json
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from generate.bundles.beside import require_files, require_message
from generate.bundles.folders import place_cards
from generate.cards import (
    CARD,
    FILES,
    FRAMES,
    KEYS,
    MESSAGE,
    NEAREST,
    PICTURES,
    SOUNDS,
    Card,
    find_file,
    read_card,
    read_message,
)
from generate.errors import Refusal
from generate.front_matter import Front, read_date, split_front_matter
from generate.recipe import digest_file
from generate.settings import Settings
from generate.wishes.keys import IN_FRONT
from generate.wishes.shelf import rank

# What is said of a phrase, and holds of no other.
OF_PHRASE = {"morphemes", "gloss", "translation", "words", "times"}


def merge_card(folder: Path, copied: bool = False) -> Card:
    """The card of one bundle; a ``copied`` one has no number (see `number_folders`).

    The times of words are left out where the sound is another than that they were measured in.
    Raises `Refusal` naming file and key for a value that will not do.
    """
    require_files(folder)
    require_message(folder)
    front, body = read_message(folder)
    made = read_card(folder)
    if copied:
        made.pop("number", None)
    card = lay_over(folder, made, front)
    sound = find_file(folder, SOUNDS, made.get("made", {}).get("sound", {}))
    card.message, card.sound = body, sound
    if "made" not in front:
        tell_owners(card)
    ours = bool(sound) and not card.made.get("sound", {}).get("by_hand")
    card.unspoken = card.reworded and ours
    if sound and not ours and "times" not in front:
        card.times = []
    if notes := find_file(folder, FILES["notes"]):
        card.notes = split_front_matter(notes)[1]
    return card


def tell_owners(card: Card) -> None:
    """Let ``card`` say of a picture or sound that a person put there this alone, nothing of ours.

    Frames and the nearest training picture are of the picture that was drawn.
    """
    for medium, path in (("picture", card.picture), ("sound", card.sound)):
        if path is None:
            continue
        record = card.made.get(medium, {})
        ours = {found for name in ("sha256", "was") if (found := record.get(name))}
        # Without a digest a record tells of whatever lies there.
        theirs = digest_seen(path) not in ours if ours else record.get("by_hand", not record)
        if theirs:
            card.made = {**card.made, medium: {"by_hand": True}}
        if theirs and ours and medium == "picture":
            card.frames = card.nearest = None


def digest_seen(path: Path) -> str:
    """The digest of a file, which is read again when its time or its size are others."""
    status = path.stat()
    return digest_again(str(path), status.st_mtime_ns, status.st_size, status.st_ino)


@lru_cache(maxsize=100_000)
def digest_again(path: str, *signature: int) -> str:
    """The digest of a file with this ``signature``."""
    return digest_file(Path(path))


def norm(phrase: object) -> str:
    """A phrase as card.json keeps it."""
    return " ".join(unicodedata.normalize("NFC", str(phrase or "")).split())


def lay_over(folder: Path, made: Mapping[str, Any], front: Front) -> Card:
    """The card of card.json ``made`` and of ``front`` over it, without message and sound.

    Raises `Refusal` as `merge_card` does.
    """

    def blame(key: str, what: str) -> Refusal:
        return Refusal(f"{folder / MESSAGE}: {what} (line {front.lines.get(key, 1)})")

    extra = {key: value for key, value in front.items() if key not in KEYS}
    for key in extra:
        if key == "seed":
            raise blame(key, "seed: a picture is drawn by the jungle's seed; remove this line")
        if near := difflib.get_close_matches(key, KEYS, n=1, cutoff=0.8):
            raise blame(key, f"unknown key {key}; did you mean {near[0]}?")
    own = {key: value for key, value in front.items() if key in KEYS and value is not None}
    if "number" in own and own["number"] != made.get("number"):
        raise blame("number", "number: card.json says which card this is; remove this line")
    if isinstance(own.get("date"), str):
        try:
            own["date"] = read_date(own["date"])
        except ValueError:
            told = f"date: {own['date']} is no date; write year-month-day, such as 2026-05-01"
            raise blame("date", told) from None
    if isinstance(own.get("traits"), dict):
        own["traits"] = {**(made.get("traits") or {}), **own["traits"]}
    reworded = bool(own.get("phrase")) and norm(own["phrase"]) != norm(made.get("phrase"))
    if reworded:  # what card.json says is of another phrase
        made = {key: value for key, value in made.items() if key not in OF_PHRASE}
    pictures = made.get("made", {}).get("picture")
    try:
        return Card.model_validate(
            {
                **{key: value for key, value in made.items() if key in {*KEYS - IN_FRONT, "seed"}},
                **own,
                "reworded": reworded,
                "slug": folder.name,
                "folder": folder,
                "picture": find_file(folder, PICTURES, pictures),
                "frames": find_file(folder, (FRAMES,)),
                "nearest": find_file(folder, (NEAREST,)),
                "extra": json.loads(json.dumps(extra, default=str)),
            }
        )
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        where = [str(part) for part in fault["loc"]]
        told = f"{'.'.join(where)}: {fault['msg'].removeprefix('Value error, ')}"
        if where and where[0] in own:
            raise blame(where[0], told) from None
        raise Refusal(f"{folder / CARD}: {told}") from None


def read_cards(settings: Settings) -> list[Card]:
    """Every card that the site shows, in the order of its rack (`rank`)."""
    cards = [
        (merge_card(folder, copied=number is None), position)
        for position, (folder, number) in enumerate(place_cards(settings), 1)
        if folder.is_dir()
    ]
    cards.sort(key=lambda pair: rank(pair[0].order, pair[1]))
    return [card for card, _ in cards if not card.hidden]
