"""Add a card that is drawn from words: ``make card PROMPT="a striped snake at night" PICK=3``."""

from contextlib import suppress
from pathlib import Path
from typing import Any

from generate.bundles.folders import OURS
from generate.cards import MESSAGE, read_card, read_message
from generate.errors import Refusal
from generate.files import replacing
from generate.keeping.line import find_seen, spell
from generate.keeping.replace import Changed, taking_over
from generate.keeping.steps import recorded, renew
from generate.pictures.sampling.words import name_sheet, require_words, tell_words, understand
from generate.pictures.wording.words import read_known
from generate.settings import Settings
from generate.wishes.drawing import clean


def add_card(settings: Settings, prompt: str, pick: int | None) -> tuple[Path, str]:
    """Write the postcard.md of a card that is to be drawn from the words ``prompt``.

    ``pick`` is the number of a picture on the sheet of `make beast`; None: the best of the card's
    candidates. A card of the same words and number is not added twice. `Refusal`, before anything
    is written to content/, where the model knows none of the words. Returns the file's path, and
    what a new one holds.
    """
    try:
        prompt = clean(prompt)
    except ValueError as error:
        raise Refusal(f"card: PROMPT {error}") from None
    require_words(settings.pictures.recipe, "card")
    from generate.pictures.training.stage import train_model

    vocabulary = read_known(train_model(settings))
    print(f"{'card':<9} {tell_words(vocabulary, understand(vocabulary, prompt))}")
    return begin_worded(settings, prompt, pick)


def begin_worded(settings: Settings, prompt: str, take: int | None) -> tuple[Path, str]:
    """`begin_card` of a card of the words ``prompt``, in a folder that is named after them."""
    name = name_sheet(prompt)
    name = f"words-{name}" if OURS.match(name) else name
    return begin_card(settings, name, {"prompt": prompt} | ({"take": take} if take else {}))


def begin_card(settings: Settings, name: str, wish: dict[str, Any]) -> tuple[Path, str]:
    """Write the postcard.md of a card that asks for ``wish``, in a folder called ``name`` or, where
    that is taken, the next one free; its path, and what a new one holds.

    The folder of a card that asks for the same is taken as it is.
    """
    folder, again = settings.bundles / name, 1
    while folder.exists() and not asks_for(folder, wish):
        again += 1
        folder = settings.bundles / f"{name}-{again}"
    lines = [f"{key}: {spell(value)}\n" for key, value in wish.items()]
    path, front = folder / MESSAGE, f"---\n{''.join(lines)}---\n"

    def look() -> None:
        if path.exists():
            raise Refusal(f"{path}: was put there meanwhile; run it again")

    if not path.exists():
        with (
            recorded(settings.home, f"add {folder.name}", [path]),
            replacing(path, look=look) as temporary,
        ):
            temporary.write_bytes(front.encode())
    return path, front


def asks_for(folder: Path, wish: dict[str, Any]) -> bool:
    """Whether a folder's front matter asks for the picture of ``wish``."""
    try:
        front, _ = read_message(folder)
    except Refusal:
        return False
    keys = ("prompt", "take", "parents", "stranger")
    return {key: front[key] for key in keys if front.get(key) not in (None, "", [])} == wish


def write_back(settings: Settings, path: Path, front: str) -> None:
    """Give the back of a new card the message that was written for it, if it is still empty."""
    message = read_card(path.parent).get("made", {}).get("phrase", {}).get("message", "")
    if message and path.read_bytes() == front.encode():
        known, why = {str(find_seen(path))}, "the message was written into it"
        with suppress(Changed), taking_over(settings.home, path, why, known) as new:
            new.write_bytes(f"{front}\n{message.strip()}\n".encode())
        renew(settings.home, path)
