"""Read the metadata.jsonl of an ImageFolder: captions, and fields that sort the pictures.

Such a field (the illustrator, the style, the place) is told to the model beside the caption: the
same words drawn in two styles are two kinds of picture, and a model told of words alone draws
neither but something between.
"""

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any, NamedTuple

from generate.errors import Refusal
from generate.files import split_lines

CAPTIONS = ("text", "caption")
# A field sorts if it has a few values, each of so many pictures at least and no longer than that.
FEW, SHARED, LONG = 24, 8, 40


class Caption(NamedTuple):
    """What a row says of its picture; ``fields`` by their names in the file."""

    text: str
    fields: dict[str, str]


def read_captions(data: bytes, under: str, where: str) -> dict[str, Caption]:
    """``file_name`` → caption of a metadata.jsonl that lies in the folder ``under``.

    Raises `Refusal` naming ``where`` and the line for one that is no such row, or is not UTF-8.
    """
    rows: dict[str, tuple[str, dict[str, str]]] = {}
    prefix = PurePosixPath(under)
    try:
        lines = split_lines(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise Refusal(f"{where}: is not UTF-8 text; save it as UTF-8") from None
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            text = row.get("text", row.get("caption"))
            name = (prefix / str(row["file_name"])).as_posix()
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raise Refusal(
                f'{where}: line {number} is not {{"file_name": …, "text": …}}; mend or remove it'
            ) from None
        if isinstance(text, str) and (told := tidy(text)):
            rows[name] = told, read_fields(row)
    sorting = find_sorting([fields for _, fields in rows.values()])
    return {
        name: Caption(text, {key: value for key, value in fields.items() if key in sorting})
        for name, (text, fields) in rows.items()
    }


def read_fields(row: Mapping[str, Any]) -> dict[str, str]:
    """The short texts of a row beside its name and caption."""
    return {
        tidy(key): told
        for key, value in row.items()
        if key not in ("file_name", *CAPTIONS)
        and isinstance(value, str)
        and (told := tidy(value))
        and len(told) <= LONG
    }


def find_sorting(rows: list[dict[str, str]]) -> set[str]:
    """The fields that every row has and that sort the rows into a few large groups."""
    counts: dict[str, Counter[str]] = {}
    for fields in rows:
        for key, value in fields.items():
            counts.setdefault(key, Counter())[value.casefold()] += 1
    return {
        key
        for key, values in counts.items()
        if values.total() == len(rows)
        and 2 <= len(values) <= FEW
        and min(values.values()) >= SHARED
    }


def tidy(text: str) -> str:
    """``text`` on one line, its words one space apart, without halves of characters.

    JSON may spell half an emoji, which UTF-8 cannot hold.
    """
    return " ".join(text.encode("utf-8", "ignore").decode("utf-8").split())
