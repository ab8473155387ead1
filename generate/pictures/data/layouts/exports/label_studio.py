"""What Label Studio writes, the same in its full JSON, in JSON-MIN and in CSV.

In its full JSON a row has ``annotations``, each with a list of results; JSON-MIN and CSV have a
column for each tag, called as the person called it, beside columns that are always the same. A
value is a text, {"choices": […]}, {"text": […]}, or a list of such and of what was drawn around.

Source: labelstud.io/guide/export, label-studio-sdk's converter (`convert_to_json_min`, `csv`).
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from generate.pictures.data.columns import (
    CAPTIONS,
    FILES,
    LABELS,
    NUMBERED,
    PLAIN,
    fold_key,
    guess_caption,
    is_of_sight,
    list_texts,
)
from generate.pictures.data.layouts.json_rows import are_classes
from generate.pictures.data.naming import is_known, tidy

# Columns that are always there, whatever was asked; of the first two are in a row of JSON-MIN.
MARKS = frozenset("annotation_id annotator lead_time".split())
FIXED = MARKS | frozenset(
    """agreement annotations cancelled_annotations comment_authors comment_count completed_by
    completions created_at created_username data drafts file_upload history id inner_id last_comment
    meta predictions project sentiment total_annotations total_predictions unresolved_comment_count
    updated_at updated_by""".split()
)
# Tags that ask how good a picture is, and not what it shows.
GRADED = re.compile(r"quality|usable|blur|^ok$|keep|valid|good|review|difficult|rating|grade")


@dataclass
class Value:
    """What one tag says of one picture: ``named`` classes, ``told`` texts, ``plain`` either."""

    named: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    plain: list[str] = field(default_factory=list)

    def add(self, value: Any) -> None:
        """Take in a value of any shape; what was written into a part of a picture is no caption."""
        if isinstance(value, str):
            if value[:1] + value[-1:] in ("[]", "{}"):
                try:
                    return self.add(json.loads(value))
                except (ValueError, RecursionError):
                    pass
            if re.search(r"[^\W\d_]", value) and not PLAIN.search(value):
                self.plain.append(tidy(value))
        elif isinstance(value, list):
            for item in value:
                self.add(item)
        elif isinstance(value, Mapping):
            paths = value.get("taxonomy")
            for path in paths if isinstance(paths, list) else ():
                self.named += list_texts(path)[-1:]
            for key, some in value.items():
                if key == "choices" or str(key).endswith("labels"):
                    self.named += list_texts(some)
                elif key == "text" and not {"x", "start"} & value.keys():
                    self.told += list_texts(some)


Cells = dict[str, Value]


def is_annotated(rows: Sequence[Mapping[str, Any]]) -> bool:
    """Whether ``rows`` are Label Studio's, by the columns that it always writes."""
    return any(len(row.keys() & MARKS) > 1 or any(list_results(row)) for row in rows[:50])


def list_results(row: Mapping[str, Any]) -> list[list[Mapping[str, Any]]]:
    """The results of each annotation in a row of the full JSON, the best trusted one first."""
    found = row.get("annotations") or row.get("completions")
    some = [one for one in found if isinstance(one, Mapping)] if isinstance(found, list) else []
    some = [one for one in some if isinstance(one.get("result"), list)]
    kept = [one for one in some if not (one.get("was_cancelled") or one.get("skipped"))]
    kept.sort(key=lambda one: not one.get("ground_truth"))
    return [[item for item in one["result"] if isinstance(item, Mapping)] for one in kept]


def read_annotated(
    rows: Sequence[Mapping[str, Any]],
) -> list[tuple[tuple[str, ...], list[str]]] | None:
    """The captions and the classes of each of ``rows``; None where they are not Label Studio's."""
    if not is_annotated(rows):
        return None
    cells = [read_row(row) for row in rows]
    named, told = choose_tags(cells)
    return [
        (
            tuple(
                dict.fromkeys(text for key in told if key in row for text in list_said(row[key]))
            ),
            next(filter(None, (list_named(row[key]) for key in named if key in row)), []),
        )
        for row in cells
    ]


def list_said(value: Value) -> list[str]:
    """The texts of a tag that is for captions."""
    return [*value.told, *value.plain]


def list_named(value: Value) -> list[str]:
    """The classes of a tag that is for classes, each once."""
    return list(dict.fromkeys([*value.named, *value.plain]))


def read_row(row: Mapping[str, Any]) -> Cells:
    """The values of a row by tag; of several annotations the first counts for each tag.

    Captions of the others are kept as well: people say the same thing in different words.
    """
    cells: Cells = {}
    for key, value in row.items():
        if key not in FIXED and key not in FILES:
            cells.setdefault(key, Value()).add(value)
    for number, results in enumerate(list_results(row)):
        for result in results:
            value = Value()
            value.add(result.get("value"))
            kept = cells.setdefault(fold_key(result.get("from_name")), Value())
            kept.told += value.told
            if not number:
                kept.named += value.named
    return cells


def choose_tags(rows: Sequence[Cells]) -> tuple[list[str], list[str]]:
    """The tags that tell classes, the best one first, and those that hold captions.

    A tag is known by the shapes of its values. Where they are texts alone, a few that come again
    are classes, and sentences are captions.
    """
    keys = list(dict.fromkeys(key for row in rows for key in row))
    values = {key: [row[key] for row in rows if key in row] for key in keys}
    told = [key for key in keys if any(value.told for value in values[key])]
    named = [key for key in keys if any(value.named for value in values[key])]
    plain = [key for key in keys if key not in told + named and any_plain(values[key])]
    for key in plain:
        if is_caption(key):
            told.append(key)
        elif key in LABELS or (is_of_sight(key) and name_classes(values[key])):
            named.append(key)
    free = [key for key in plain if key not in named]
    rest = [{key: " ".join(row[key].plain) for key in free if key in row} for row in rows]
    rest = [row for row in rest if any(row.values())]
    if not told and (guessed := guess_caption(rest)):
        told.append(guessed)
    return rank_named({key: values[key] for key in named if not GRADED.search(key)}), told


def rank_named(values: Mapping[str, Sequence[Value]]) -> list[str]:
    """Those tags that tell animals; the likeliest one alone, where none does."""
    known = {key: count_known(some) for key, some in values.items()}
    best = sorted(values, key=lambda key: (known[key] <= 0.5, key not in LABELS))
    return [key for key in best if known[key] > 0.5] or best[:1]


def count_known(values: Iterable[Value]) -> float:
    """The share of a tag's classes that are animals, 0 … 1."""
    words = {word for value in values for word in list_named(value)}
    return sum(map(is_known, words)) / max(1, len(words))


def is_caption(key: str) -> bool:
    """Whether a tag's name is one of a caption."""
    return key in CAPTIONS or bool(NUMBERED.fullmatch(key)) or key.endswith("caption")


def any_plain(values: Iterable[Value]) -> bool:
    """Whether a tag has texts of no other shape."""
    return any(value.plain for value in values)


def name_classes(values: Sequence[Value]) -> bool:
    """Whether a tag's texts are classes: a few that come again, or animals for the most part."""
    words = [text for value in values for text in value.plain]
    short = max(len(word.split()) for word in words) < 4
    return are_classes(words) or (short and count_known(values) > 0.5)
