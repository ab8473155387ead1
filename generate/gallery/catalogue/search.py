"""Write search.js: what the rack's search, sorting and listening walk know of each card.

A classic script and no JSON file, since pages opened from disk may not fetch.
"""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from generate.gallery.catalogue.neighbours import HOURS, opponent
from generate.gallery.catalogue.views import View


def write_search(rows: Iterable[Sequence[Any]], near: Iterable[Sequence[int]]) -> str:
    """`jungle([...])` with one row for each card, in the order of the rack, and its neighbours."""
    whole = [[*row, list(others)] for row, others in zip(rows, near, strict=True)]
    text = json.dumps(whole, ensure_ascii=False, separators=(",", ":"))
    # Two line separators were line ends in scripts before 2019.
    text = text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    return f"jungle({text});\n"


def search_row(view: View) -> list[Any]:
    """One card: url, title, haystack, hour (0 to 3), warmth (a sort key by colour), small picture,
    sound, phrase, translation. `write_search` adds the indices of near cards."""
    shown = view.picture_from("")
    haystack = (
        view.alt,
        view.name,
        view.card.place,
        view.card.date,
        " ".join(word.meaning for word in view.words),
        " ".join(view.card.traits.values()),
    )
    return [
        view.url,
        view.title,
        " ".join(part for part in haystack if part),
        HOURS.index(view.card.hour),
        sort_colour(view.tint),
        shown.small if shown else "",
        view.sound.path if view.sound else "",
        view.card.phrase,
        view.card.translation,
    ]


def sort_colour(tint: str) -> int:
    """A place from 0 to 999 on the way from warm to cold colours."""
    _, red, yellow = opponent(tint)
    return round(500 - 250 * max(-2.0, min(2.0, red + yellow)))
