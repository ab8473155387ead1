"""Read and write the page bundles content/postcards/<slug>/ where picture, sound and phrase meet.

card.json is what the stages made; postcard.md is the person's: its front matter overrides any key
of card.json and its body is the message on the back. Pictures and sounds are recognised as ours
by the digest that card.json records, so that what a person put in their place is kept.
"""

import difflib
import json
import os
import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from generate.errors import Refusal
from generate.files import read_json, replacing, write_json
from generate.front_matter import split_front_matter
from generate.recipe import digest, digest_file
from generate.settings import Settings

CARD = "card.json"
MESSAGE = "postcard.md"
PICTURES = ("picture.png", "picture.jpg", "picture.jpeg", "picture.webp", "picture.avif")
SOUNDS = ("sound.flac", "sound.wav", "sound.mp3", "sound.ogg")
MEDIA = {"picture": PICTURES, "sound": SOUNDS}
FRAMES = "frames.webp"
NEAREST = "nearest.webp"
OURS = re.compile(r"^beast-(\d{3,})$")


class Word(BaseModel):
    """One word of a phrase, as spoken, taken apart, glossed and explained."""

    model_config = ConfigDict(extra="ignore")
    form: str
    morphemes: str = ""
    gloss: str = ""
    meaning: str = ""


class Card(BaseModel):
    """A postcard as the gallery shows it: card.json with the person's front matter laid over it.

    ``picture``, ``sound``, ``frames`` and ``nearest`` (the training picture most like this one) are
    absolute paths, ``times`` the start and end of each word of
    ``phrase`` in seconds (empty where unknown), ``message`` Markdown, ``extra`` whatever further
    keys a person wrote, for templates of their own.
    """

    model_config = ConfigDict(extra="forbid", coerce_numbers_to_str=True)
    slug: str
    folder: Path
    number: int | None = None
    title: str = Field("", max_length=500)
    seed: int = 0
    caption: str = ""
    traits: dict[str, str] = Field(default_factory=dict)
    hour: Literal["dawn", "day", "dusk", "night"] = "day"
    phrase: str = ""
    morphemes: str = ""
    gloss: str = ""
    translation: str = ""
    words: list[Word] = Field(default_factory=list)
    name: dict[str, str] = Field(default_factory=dict)
    mood: str = ""
    place: str = ""
    date: str = ""
    times: list[tuple[float, float]] = Field(default_factory=list)
    made: dict[str, Any] = Field(default_factory=dict)
    message: str = ""
    hidden: bool = False
    keep: bool = False
    picture: Path | None = None
    sound: Path | None = None
    frames: Path | None = None
    nearest: Path | None = None
    extra: dict[str, Any] = Field(default_factory=dict)


@dataclass
class Bundle:
    """One card on its way through the stages.

    ``card`` is card.json, ``front`` the person's front matter, ``pinned`` that card.json itself was
    edited by hand, ``stored`` the digest of its bytes as they were last read or written,
    ``given_up`` digests of a person's files that may be replaced, ``picture`` the digest of the
    picture it holds, once known.
    """

    folder: Path
    number: int | None
    seed: int
    card: dict[str, Any]
    front: dict[str, Any]
    pinned: bool
    stored: str | None = None
    given_up: frozenset[str] = frozenset()
    picture: str | None = None

    @property
    def slug(self) -> str:
        return self.folder.name

    @property
    def home(self) -> Path:
        """The jungle's folder, which holds content/postcards/<slug>/."""
        return self.folder.parents[2]

    @property
    def keeps(self) -> bool:
        """Whether the person wants all that the card has held as it is."""
        return self.front.get("keep") not in (None, False)

    @property
    def subject(self) -> dict[str, Any]:
        """Caption, traits and hour that phrase and voice are made from.

        They are what is shown, unless that was captioned anew: card.json's "about" then keeps them.
        """
        names = ("caption", "traits", "hour")
        return self.card.get("about") or {name: self.card.get(name) for name in names}

    def digest_picture(self) -> str | None:
        """Digest of the picture in the bundle, read once; None where there is none."""
        if self.picture is None and (path := self.find("picture")):
            self.picture = digest_file(path)
        return self.picture

    def find(self, medium: str) -> Path | None:
        """The bundle's picture or sound."""
        return find_file(self.folder, MEDIA[medium], self.made(medium))

    def made(self, medium: str) -> dict[str, Any]:
        """What card.json records of a medium, empty if nothing."""
        return dict(self.card.get("made", {}).get(medium, {}))


def slug_of(number: int) -> str:
    """The folder name of the generated card ``number`` (from 1)."""
    return f"beast-{number:03d}"


def number_of(slug: str) -> int | None:
    """The number in a generated card's folder name, None for a bundle added by hand."""
    match = OURS.match(slug)
    return int(match[1]) if match else None


def list_bundles(settings: Settings) -> list[Path]:
    """Folders of the jungle's cards: numbered ones up to ``count``, then those added by hand."""
    folders = [slug_of(number) for number in range(1, settings.count + 1)]
    bundles, by_hand = settings.bundles, []
    if bundles.is_dir():
        with os.scandir(bundles) as found:
            by_hand = sorted(
                entry.name
                for entry in found
                if not number_of(entry.name) and not entry.name.startswith(".") and entry.is_dir()
            )
    return [bundles / slug for slug in folders + by_hand]


def list_beyond(settings: Settings) -> list[Path]:
    """Numbered bundles past ``count``: kept on disk, left off the site."""
    if not settings.bundles.is_dir():
        return []
    return sorted(
        path for path in settings.bundles.iterdir() if (number_of(path.name) or 0) > settings.count
    )


def read_card(folder: Path) -> dict[str, Any]:
    """card.json of a bundle as the stages wrote it; empty where there is none."""
    path = folder / CARD
    if not path.is_file():
        return {}
    card = read_json(path)
    parts = [card.get("made", {}), card.get("about", {})] if isinstance(card, dict) else [card]
    if not all(isinstance(part, dict) for part in parts):
        raise Refusal(f"{path}: must hold one JSON object; delete it to have it made again")
    return card


def write_card(folder: Path, card: dict[str, Any]) -> None:
    """Write card.json with a checksum of the rest, by which an edit by hand is noticed."""
    write_json(folder / CARD, seal(card))


def seal(card: dict[str, Any], edited: bool = False) -> dict[str, Any]:
    """``card`` with its checksum; with ``edited`` it goes on counting as changed by a person."""
    rest = {key: value for key, value in card.items() if key != "checksum"}
    return {**rest, "checksum": "edited by hand" if edited else digest(rest)}


def is_edited(card: dict[str, Any]) -> bool:
    """True if card.json is not as `write_card` left it."""
    rest = {key: value for key, value in card.items() if key != "checksum"}
    return bool(rest) and card.get("checksum") != digest(rest)


def find_file(folder: Path, names: tuple[str, ...], made: Any = None) -> Path | None:
    """The file of ``names`` that the bundle holds; of several, the first that is not ours.

    ``made`` is card.json's record, as for `state_of`.
    """
    found = [folder / name for name in names if (folder / name).is_file()]
    if len(found) > 1 and isinstance(made, dict):
        ours = (made.get("sha256"), made.get("was"))
        return next((path for path in found if digest_file(path) not in ours), found[0])
    return found[0] if found else None


def state_of(
    folder: Path, names: tuple[str, ...], made: dict[str, Any], found: str | None = None
) -> str:
    """Whose file a bundle holds: "missing", "ours" or "theirs"; ``found`` is its digest if known.

    ``made`` is card.json's record: ``sha256`` of our file and ``was``, that of an earlier one of
    ours that it was to replace, written before the rename and cleared after it; a file that still
    equals ``was`` means that the run was stopped in between, which counts as "missing".
    """
    path = find_file(folder, names, made)
    if path is None:
        return "missing"
    found = found or digest_file(path)
    if found == made.get("sha256"):
        return "ours"
    return "missing" if made.get("was") == found else "theirs"


def read_message(folder: Path) -> tuple[dict[str, Any], str]:
    """Front matter and Markdown body of postcard.md, both empty where the file is missing.

    Raises `Refusal` with file and line for front matter that is not a YAML mapping.
    """
    path = folder / MESSAGE
    return split_front_matter(path) if path.is_file() else ({}, "")


def write_message(folder: Path, message: str) -> None:
    """Write postcard.md the first time; a file that is there belongs to the person."""
    path = folder / MESSAGE

    def look() -> None:
        if path.exists():
            raise FileExistsError(path)

    if not path.exists():
        note = "# Yours to edit: any key of card.json may stand here, such as title: or phrase:"
        with suppress(FileExistsError), replacing(path, look=look) as temporary:
            temporary.write_bytes(f"---\n{note}\n---\n\n{message.strip()}\n".encode())


def merge_card(folder: Path) -> Card:
    """The card of one bundle. Raises `Refusal` naming file and key for a value that will not do."""
    front, body = read_message(folder)
    made = {key: value for key, value in read_card(folder).items() if key != "checksum"}
    fixed = {"slug", "folder", "picture", "sound", "frames", "nearest", "extra", "message"}
    known = set(Card.model_fields) - fixed
    extra = {key: value for key, value in front.items() if key not in known}
    records = made.get("made", {})
    for key in extra:
        if near := difflib.get_close_matches(key, known | {"hidden"}, n=1, cutoff=0.8):
            raise Refusal(f"{folder / MESSAGE}: unknown key {key}; did you mean {near[0]}?")
    front = {
        key: value.isoformat() if isinstance(value, date) else value
        for key, value in front.items()
        if key in known and value is not None
    }
    try:
        return Card.model_validate(
            {
                **{key: value for key, value in made.items() if key in known},
                **front,
                "slug": folder.name,
                "folder": folder,
                "message": body,
                "picture": find_file(folder, PICTURES, records.get("picture")),
                "sound": find_file(folder, SOUNDS, records.get("sound")),
                "frames": find_file(folder, (FRAMES,)),
                "nearest": find_file(folder, (NEAREST,)),
                "extra": json.loads(json.dumps(extra, default=str)),
            }
        )
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        key = ".".join(str(part) for part in fault["loc"])
        source = MESSAGE if fault["loc"] and fault["loc"][0] in front else CARD
        raise Refusal(f"{folder / source}: {key}: {fault['msg']}") from None


def read_cards(settings: Settings) -> list[Card]:
    """Every card that the site shows, in order: numbered ones, then those added by hand."""
    cards = [merge_card(folder) for folder in list_bundles(settings) if folder.is_dir()]
    return [card for card in cards if not card.hidden]
