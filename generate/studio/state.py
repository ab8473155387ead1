"""What the studio shows: cards, sheets and words, read anew from the files each time."""

import os
from pathlib import Path
from typing import Any

from generate.cards import CARD, MESSAGE, Bundle
from generate.errors import Refusal
from generate.keeping.line import find_seen
from generate.keeping.steps import INDEX, list_steps, open_steps
from generate.pictures.families.registry import find_spec
from generate.pictures.wording.words import FILE as WORD
from generate.pictures.wording.words import LEARNT, read_known
from generate.plan import read_bundles
from generate.settings import FILE, Settings
from generate.studio.painter import Painter
from generate.studio.sheets import ASKED, DRAWN, list_sheets
from generate.studio.taste.choices import find_choices
from generate.studio.taste.telling import tell_taste
from generate.studio.taste.wishes import find_wishes
from generate.studio.taste.wording import tell_words
from generate.studio.training import Training, tell_training
from generate.wishes.descent import read_descent
from generate.wishes.shelf import rank
from generate.words.voices import FAMILIES, FEELINGS

Sign = tuple[str, int, int]


def read_state(settings: Settings, painter: Painter, training: Training) -> dict[str, Any]:
    """All that a tab shows, as JSON knows it."""
    bundles = read_bundles(settings, keep_going=True)
    return {
        "title": settings.title,
        "guidance": settings.pictures.guidance,
        "words": list_words(settings),
        "sheets": [tell_sheet(row, painter) for row in list_sheets(settings)],
        "cards": [tell_card(bundle) for bundle in sorted(bundles, key=place)],
        "undo": steps[-1].what if (steps := list_steps(settings.home)) else None,
        "taste": tell_taste(settings),
        "wording": tell_words(settings, painter),
        "training": tell_training(settings, training),
        "families": list(FAMILIES),
        "moods": [words[0] for words in FEELINGS],
        "faults": bundles.faults,
    }


def list_words(settings: Settings) -> dict[str, list[str]]:
    """Every word that the model knows, by group; none for a recipe that draws without words."""
    if not find_spec(settings.pictures.recipe).reads_words:
        return {}
    try:
        vocabulary = read_known(settings.work / "model")
    except Refusal:
        return {}
    words: dict[str, list[str]] = {}
    for token, group in zip(vocabulary.tokens, vocabulary.groups, strict=True):
        words.setdefault(group, []).append(token)
    return words


def tell_sheet(row: dict[str, Any], painter: Painter) -> dict[str, Any]:
    """A sheet with its "state": drawn, drawing, waiting, stopped; and the "fault", if any."""
    state = "drawn" if row["drawn"] else "stopped"
    if row["name"] in painter.waiting:
        state = "waiting" if row["name"] != painter.waiting[0] else "drawing"
    return row | {"state": state, "fault": painter.faults.get(row["name"], "")}


def tell_card(bundle: Bundle) -> dict[str, Any]:
    """A card: its name, what it says, what is asked of it, and the digest of its postcard.md."""
    front, card, path = bundle.front, bundle.card, bundle.find("picture")
    names = ("title", "caption", "phrase", "translation")
    texts = {name: str(front.get(name) or card.get(name) or "") for name in names}
    asked = {
        name: front.get(name)
        for name in ("prompt", "take", "parents", "stranger", "order", "series", "take_sound")
    }
    return {
        "slug": bundle.slug,
        **texts,
        **{name: value for name, value in asked.items() if value is not None},
        "message": bundle.message,
        "breeds": read_descent(card) is not None,
        "place": place(bundle)[0],
        "voice": bundle.voice,
        "beast": bundle.made("sound").get("beast", {}),
        "keep": bundle.keeps,
        "hidden": bool(front.get("hidden")),
        "picture": path.stat().st_mtime_ns if path else None,
        "seen": find_seen(bundle.folder / MESSAGE),
    }


def place(bundle: Bundle) -> tuple[float, bool, int]:
    """What cards are sorted by, on the rack as here."""
    return rank(bundle.front.get("order"), bundle.position)


def sign_files(settings: Settings) -> list[Sign]:
    """Signatures of the files that decide what is shown: another list, and tabs are told."""
    found = [*sign(settings.home / FILE), *sign(settings.work / "model" / "recipe.json")]
    found += sign(open_steps(settings.home) / INDEX)
    found += sign(settings.work / LEARNT)
    for path in sorted(settings.content.glob(f"words/*/{WORD}")):
        found += sign(path)
    found += [*sign(find_choices(settings)), *sign(find_wishes(settings))]
    for folder, names in (
        (settings.bundles, (CARD, MESSAGE)),
        (settings.work / "studio", (ASKED, DRAWN)),
    ):
        if folder.is_dir():
            for entry in sorted(os.scandir(folder), key=lambda one: one.name):
                for name in names:
                    found += sign(Path(entry.path, name))
    return found


def sign(path: Path) -> list[Sign]:
    """Name, time and size of a file; nothing where there is none."""
    try:
        status = path.stat()
    except OSError:
        return []
    return [(str(path), status.st_mtime_ns, status.st_size)]
