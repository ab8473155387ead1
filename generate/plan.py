"""Work out which cards need what, by content: keys of what was asked against what was made.

A picture, phrase or sound is fresh while the key that card.json records equals the key that the
settings give today. Only stale ones send the build to work/, so a clone whose bundles are
committed renders its pages without a model.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from generate.cards import (
    MESSAGE,
    PICTURES,
    SOUNDS,
    find_file,
    is_edited,
    list_bundles,
    number_of,
    read_card,
    read_message,
    state_of,
)
from generate.errors import Refusal
from generate.pictures.families.registry import find_spec
from generate.pictures.model_folder import digest_model
from generate.recipe import derive_seed, digest, digest_file, digest_folder
from generate.settings import Settings

# Raise a number when a stage's own method changes so much that old products should be remade.
REVISIONS = {"picture": 3, "phrase": 2, "sound": 2}

State = Literal["fresh", "stale", "theirs"]


@dataclass
class Bundle:
    """One card on its way through the stages.

    ``card`` is card.json, ``front`` the person's front matter, ``pinned`` that card.json itself was
    edited by hand, ``picture`` the digest of the picture it holds, once known.
    """

    folder: Path
    number: int | None
    seed: int
    card: dict[str, Any]
    front: dict[str, Any]
    pinned: bool
    picture: str | None = None

    @property
    def slug(self) -> str:
        return self.folder.name

    def digest_picture(self) -> str | None:
        """Digest of the picture in the bundle, read once; None where there is none."""
        if self.picture is None and (path := find_file(self.folder, PICTURES)):
            self.picture = digest_file(path)
        return self.picture

    def made(self, medium: str) -> dict[str, Any]:
        """What card.json records of a medium, empty if nothing."""
        return dict(self.card.get("made", {}).get(medium, {}))


def read_bundles(settings: Settings, force: bool = False, keep_going: bool = False) -> list[Bundle]:
    """All cards of the jungle, existing or yet to be made.

    Raises `Refusal` for a broken file; with ``keep_going`` its card is left as it is.
    """
    bundles = []
    for folder in list_bundles(settings):
        number = number_of(folder.name)
        try:
            card = read_card(folder)
            front, _ = read_message(folder)
            if number is None and find_file(folder, PICTURES) is None:
                raise Refusal(
                    f"{folder}: has no picture; add picture.png or picture.jpg, "
                    "or remove the folder"
                )
        except Refusal:
            if keep_going:
                continue
            raise
        name = str(number) if number else folder.name
        seed = derive_seed("card", settings.seed, name)
        pinned = is_edited(card) and not force
        bundles.append(Bundle(folder, number, seed, card, front, pinned))
    return bundles


def find_stale_pictures(
    settings: Settings, bundles: list[Bundle], force: bool = False
) -> list[int]:
    """Numbers of the cards whose picture must be sampled."""
    return [
        bundle.number
        for bundle in bundles
        if bundle.number and judge_picture(settings, bundle, force) == "stale"
    ]


def judge_picture(settings: Settings, bundle: Bundle, force: bool = False) -> State:
    """Whether a bundle's picture holds, must be made, or was put there by a person."""
    made = bundle.made("picture")
    state = state_of(bundle.folder, PICTURES, made, bundle.digest_picture())
    if state == "theirs" and not (force and bundle.number):
        return "theirs"
    if bundle.number is None:
        raise Refusal(
            f"{bundle.folder}: has no picture; add picture.png or picture.jpg, or remove the folder"
        )
    if bundle.pinned:
        return "fresh"
    if state != "ours" or made.get("key") != picture_key(settings, bundle.number):
        return "stale"
    now = {"source": read_source(settings), "start": read_start(settings)}
    changed = any(value is not None and value != made.get(name) for name, value in now.items())
    return "stale" if changed else "fresh"


def judge_sound(settings: Settings, bundle: Bundle, key: str, force: bool = False) -> State:
    """Whether a bundle's sound holds, must be made, or was put there by a person."""
    made = bundle.made("sound")
    state = state_of(bundle.folder, SOUNDS, made)
    if state == "theirs" and not force:
        return "theirs"
    if bundle.pinned and state == "ours":
        return "fresh"
    return "fresh" if state == "ours" and made.get("key") == key else "stale"


def picture_key(settings: Settings, number: int) -> str:
    """Digest of all that decides the picture of card ``number``; COUNT is not among it."""
    asked = settings.pictures.model_dump(exclude_none=True)
    return digest(["picture", REVISIONS["picture"], asked, settings.seed, number])


def phrase_key(settings: Settings, bundle: Bundle, language: str) -> str:
    """Digest of what decides a phrase: writer, language, caption, hour, or the person's words."""
    if text := bundle.front.get("phrase"):
        return digest(["phrase by hand", REVISIONS["phrase"], language, str(text)])
    asked = settings.phrases.model_dump(exclude={"timeout", "retries", "max_tokens"})
    if settings.phrases.writer == "offline":
        asked = {"writer": "offline", "mood": settings.phrases.mood}
    subject = [bundle.card.get(key) for key in ("caption", "traits", "hour")]
    return digest(["phrase", REVISIONS["phrase"], asked, language, bundle.seed, subject])


def sound_key(settings: Settings, bundle: Bundle) -> str:
    """Digest of what decides a sound: the engine's own settings, the phrase, the beast."""
    asked = settings.sounds
    relevant: dict[str, Any] = {"engine": asked.engine, "loudness": asked.loudness}
    if asked.engine == "stable-audio":
        names = ("model", "prompts", "negative_prompt", "seconds", "steps", "candidates")
        relevant |= {name: getattr(asked, name) for name in names}
    if asked.engine == "folder":
        relevant["recordings"] = read_recordings(settings)
    subject = [bundle.card.get(key) for key in ("phrase", "mood", "caption", "traits")]
    return digest(["sound", REVISIONS["sound"], relevant, bundle.seed, subject])


def read_source(settings: Settings) -> str | None:
    """Digest of the training pictures where they lie on this disk, else None."""
    path = settings.home / settings.pictures.source
    return digest_path(path) if settings.pictures.source != "field-guide" else None


def read_start(settings: Settings) -> str | None:
    """Digest of the user's own weights to begin from, where they lie on this disk, else None."""
    asked = settings.pictures
    if not find_spec(asked.recipe).begins or asked.start in ("starter", "scratch"):
        return None
    return digest_path(settings.home / asked.start, digest_model)


def read_recordings(settings: Settings) -> str | None:
    """Digest of the folder of recordings, None where it is missing."""
    return digest_path(settings.home / settings.sounds.folder) if settings.sounds.folder else None


@lru_cache(maxsize=8)
def digest_path(path: Path, digest_inside: Callable[[Path], str] = digest_folder) -> str | None:
    """Digest of a file or folder, taken once a run."""
    if path.is_dir():
        return digest_inside(path)
    return digest_file(path) if path.is_file() else None


def needs_model(
    settings: Settings, stage: str, force: bool = False, keep_going: bool = False
) -> bool:
    """Whether ``stage`` has work that needs torch: pictures to sample, Stable Audio to run.

    With that engine any card whose sound is not known to hold counts, since its phrase may change.
    """
    bundles = read_bundles(settings, force, keep_going)
    if find_stale_pictures(settings, bundles, force):
        return True
    if settings.sounds.engine != "stable-audio" or stage not in ("build", "sounds"):
        return False
    return any(
        judge_sound(settings, bundle, sound_key(settings, bundle), force) == "stale"
        or str(bundle.front.get("phrase", bundle.card.get("phrase"))) != bundle.card.get("phrase")
        for bundle in bundles
    )


def has_message(bundle: Bundle) -> bool:
    """True if the person's file is there already."""
    return (bundle.folder / MESSAGE).exists()
