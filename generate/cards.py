"""Read and write the page bundles content/postcards/<slug>/ where picture, sound and phrase meet.

card.json is what the stages made; postcard.md is the person's: its front matter overrides any key
of card.json and its body is the message on the back. Pictures and sounds are recognised as ours
by the digest that card.json records, so that what a person put in their place is kept.
"""

import os
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from generate.errors import Refusal
from generate.files import read_json, replacing, write_json
from generate.front_matter import Front, split_front_matter
from generate.recipe import digest, digest_file
from generate.wishes.drawing import read_wish
from generate.wishes.keys import NO_TEXT, Wishes
from generate.wishes.voice import VoiceWish

CARD = "card.json"
MESSAGE = "postcard.md"
PICTURES = ("picture.png", "picture.jpg", "picture.jpeg", "picture.webp", "picture.avif")
SOUNDS = ("sound.flac", "sound.wav", "sound.mp3", "sound.ogg")
MEDIA = {"picture": PICTURES, "sound": SOUNDS}
FILES = {**MEDIA, "notes": ("notes.md",)}
FRAMES = "frames.webp"
NEAREST = "nearest.webp"


class Word(BaseModel):
    """One word of a phrase, as spoken, taken apart, glossed and explained."""

    model_config = ConfigDict(extra="ignore")
    form: str
    morphemes: str = ""
    gloss: str = ""
    meaning: str = ""


class Card(Wishes):
    """A postcard as the gallery shows it: card.json with the person's front matter laid over it.

    ``picture``, ``sound``, ``frames`` and ``nearest`` (the training picture most like this one) are
    absolute paths, ``times`` the start and end of each word of ``phrase`` in seconds (empty where
    unknown), ``message`` and ``notes`` Markdown, ``extra`` further keys that a person wrote, for
    templates of their own. ``reworded`` tells that the person's phrase is newer than that of
    card.json, ``unspoken`` that our sound speaks the older one.
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
    notes: str = ""
    reworded: bool = False
    unspoken: bool = False
    hidden: bool = False
    keep: bool = False
    picture: Path | None = None
    sound: Path | None = None
    frames: Path | None = None
    nearest: Path | None = None
    extra: dict[str, Any] = Field(default_factory=dict)


# What a person may write, and what of it is not text.
OURS = "slug folder picture sound frames nearest extra message notes seed reworded unspoken".split()
KEYS = set(Card.model_fields) - {*OURS}
TEXTS = KEYS - {"number", "times", "made", "hidden", "keep"} - NO_TEXT


@dataclass
class Bundle:
    """One card on its way through the stages.

    ``card`` is card.json, ``front`` the person's front matter, ``pinned`` that card.json itself was
    edited by hand, ``stored`` the digest of its bytes as they were last read or written,
    ``given_up`` digests of a person's files that may be replaced, ``picture`` the digest of the
    picture it holds, once known. ``number`` is None for a card added by hand, ``position`` the
    card's place among all, from 1; ``parents`` are those that it names, each as often as it does,
    ``ancestors`` they and theirs, each once. ``message`` is the text on its back.
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
    position: int = 1
    parents: list["Bundle"] = field(default_factory=list, compare=False, repr=False)
    ancestors: list["Bundle"] = field(default_factory=list, compare=False, repr=False)
    message: str = field(default="", compare=False, repr=False)

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
    def voice(self) -> dict[str, Any]:
        """What the person asks of the beast's voice, by name."""
        return VoiceWish.model_validate(self.front.get("voice") or {}).asked

    @property
    def wish(self) -> dict[str, Any]:
        """What the person asks of the picture, by name (`read_wish`)."""
        return read_wish(self.front, self.number is not None, [p.card for p in self.parents])

    @property
    def subject(self) -> dict[str, Any]:
        """Caption, traits and hour that phrase and voice are made from.

        They are what is shown, unless that was captioned anew: card.json's "about" then keeps them.
        A person's own go first; where the caption is theirs, only their traits are of it.
        """
        names = ("caption", "traits", "hour")
        about = self.card.get("about") or {name: self.card.get(name) for name in names}
        own = {name: self.front[name] for name in names if self.front.get(name)}
        if own and "caption" not in own:
            own["traits"] = {**(about.get("traits") or {}), **own.get("traits", {})}
        elif own:
            own.setdefault("traits", {})
        return {**about, **own}

    def digest_picture(self) -> str | None:
        """Digest of the picture in the bundle, read once; None where there is none."""
        if self.picture is None and (path := self.find("picture")):
            self.picture = digest_file(path)
        return self.picture

    def find(self, medium: str) -> Path | None:
        """The bundle's picture, sound or notes."""
        return find_file(self.folder, FILES[medium], self.made(medium))

    def made(self, medium: str) -> dict[str, Any]:
        """What card.json records of a medium, empty if nothing."""
        return dict(self.card.get("made", {}).get(medium, {}))

    def sign(self) -> None:
        """Say in card.json which card this is, so that it stays that in a folder of another name.

        A card added by hand keeps the name that its seed comes from.
        """
        if self.number is None:
            number = self.card.get("number")
            self.card.setdefault("origin", self.slug if number is None else str(number))
        self.card |= {"number": self.number, "seed": self.seed}


def read_card(folder: Path) -> dict[str, Any]:
    """card.json of a bundle as the stages wrote it; empty where there is none."""
    path = folder / CARD
    if not path.is_file():
        return {}
    if re.search(rb"^<{7} ", path.read_bytes(), re.MULTILINE):
        raise Refusal(
            f"{path}: holds git's conflict markers; take the whole card of one side: "
            f"git checkout HEAD -- '{folder}' (yours) or git checkout MERGE_HEAD -- '{folder}'"
        )
    card = read_json(path, deepest=50)
    if not has_objects(card):
        raise Refusal(f"{path}: must hold one JSON object; delete it to have it made again")
    return card


def has_objects(card: Any) -> bool:
    """Whether the value of a card.json holds an object wherever the stages read one."""
    if not isinstance(card, dict):
        return False
    made = card.get("made", {})
    return isinstance(made, dict) and all(
        isinstance(part, dict) for part in (card.get("about", {}), *made.values())
    )


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


def list_files(folder: Path, names: tuple[str, ...]) -> list[Path]:
    """The files of a folder that are called one of ``names``, in their order.

    Capitals are as good as small letters: cameras write Picture.JPG.
    """
    try:
        entries = os.listdir(folder)
    except (FileNotFoundError, NotADirectoryError):
        return []
    known = {name: place for place, name in enumerate(names)}
    # A link in a circle is no file. A name that stands there letter for letter comes before one in
    # capitals.
    held = [n for n in entries if n.lower() in known and (folder / n).is_file()]
    ranked = [(known[n.lower()], n.lower() != n, n) for n in held]
    return [folder / name for *_, name in sorted(ranked)]


def find_file(
    folder: Path, names: tuple[str, ...], made: Mapping[str, Any] | None = None
) -> Path | None:
    """The file among ``names`` that the bundle shows.

    Of several, one that is not ours by card.json's record ``made`` wins, so that a picture.jpg put
    beside our picture.png is shown; after that the first.
    """
    found = list_files(folder, names)
    if len(found) > 1 and made and made.get("sha256"):
        ours = {made["sha256"], made.get("was")}
        found = [path for path in found if digest_file(path) not in ours] or found
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


def read_message(folder: Path) -> tuple[Front, str]:
    """Front matter and Markdown body of postcard.md, both empty where the file is missing.

    Raises `Refusal` with file and line for front matter that is not a YAML mapping.
    """
    path = folder / MESSAGE
    return split_front_matter(path, TEXTS) if path.is_file() else (Front(), "")


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
