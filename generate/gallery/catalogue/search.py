"""Write search.js, the data of the rack's search, sorting and listening walk.

It is a classic script, not a JSON file, since a page opened from disk may not fetch files.
"""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from generate.gallery.catalogue.neighbours import opponent_colours
from generate.gallery.catalogue.views import View
from generate.gallery.incremental.inputs import HOURS

# What cards can be browsed by, and the trait that tells it.
MARKS = {"colour": "colour", "animal": "plan", "mood": "mood", "place": "habitat"}

MARKED = 9  # the place of the marks in a card's row


def write_search(rows: Iterable[Sequence[Any]], near: Iterable[Sequence[int]]) -> str:
    """`jungle([...])` with the row of each card, in the order of the rack, and its neighbours."""
    whole = [[*row, list(others)] for row, others in zip(rows, near, strict=True)]
    text = json.dumps(whole, ensure_ascii=False, separators=(",", ":"))
    # JavaScript before 2019 took these two separators in a string for line ends.
    text = text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    return f"jungle({text});\n"


def search_row(view: View) -> list[Any]:
    """One card: url, title, text to search, hour (0 to 3), place by colour, small picture, sound,
    phrase, translation, marks. `write_search` adds the indices of its neighbours."""
    shown = view.picture_from("")
    searched = (
        view.alt,
        view.name,
        view.card.place,
        view.card.date,
        view.card.mood,
        " ".join(word.meaning for word in view.words),
        # Stems as the dictionary has them, where a word as spoken may have another sound.
        " ".join(word.morphemes.replace("-", " ") for word in view.words),
        " ".join(view.card.traits.values()),
    )
    return [
        view.url,
        view.title,
        " ".join(part for part in searched if part),
        HOURS.index(view.card.hour),
        sort_colour(view.tint),
        shown.small if shown else "",
        view.sound.path if view.sound else "",
        view.card.phrase,
        view.card.translation,
        list_marks(view),
    ]


def list_marks(view: View) -> list[Any]:
    """What cards can be browsed by: colour, animal, mood, place, and the stems of the phrase."""
    return [
        *(mark_card(view, kind) for kind in MARKS),
        list(dict.fromkeys(word.stem for word in view.words if word.stem)),
    ]


def mark_card(view: View, kind: str) -> str:
    """The card's mark of a kind of `MARKS`, "" if it has none."""
    mark = view.card.traits.get(MARKS[kind], "")
    return mark or {"mood": view.card.mood, "place": view.spot}.get(kind, "")


def sort_colour(tint: str) -> int:
    """A sort key from 0, the warmest colour, to 1000, the coldest."""
    _, red, yellow = opponent_colours(tint)
    return round(500 - 250 * max(-2.0, min(2.0, red + yellow)))
