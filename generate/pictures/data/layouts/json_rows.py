"""The rows in JSON: lines of it, a list, or a dict by the names of pictures or of classes."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from generate.files import split_lines
from generate.pictures.data.columns import FILES, fold_keys
from generate.pictures.data.layouts.reading import Index

BETWEEN = re.compile(r"[ \t\r\n,]*")
ROW = '{"file_name": …, "text": …}'


def read_loose_rows(text: str, index: Index, file: str) -> Iterator[dict[str, Any]]:
    """The rows of JSON values one after the other, over as many lines as they like.

    ValueError where something else stands among them.
    """
    values = [*list_values(text)]
    yield from list_rows(values[0] if len(values) == 1 else values, index, file)


def list_values(text: str) -> Iterator[Any]:
    """JSON values one after the other; ValueError where something else stands among them."""
    decoder, text, at = json.JSONDecoder(), text.strip(), 0
    while at < len(text):
        value, end = decoder.raw_decode(text, at)
        yield value
        at = BETWEEN.match(text, end).end()  # type: ignore[union-attr]  # it may be empty


def read_json_rows(text: str) -> Iterator[dict[str, Any]]:
    """The rows of a file of JSON lines; ValueError names the line that is none."""
    for number, line in enumerate(split_lines(text), 1):
        if line.strip():
            try:
                row = fold_keys(json.loads(line))
                if not any(row.get(key) for key in FILES):
                    raise ValueError
            except (ValueError, TypeError, AttributeError, RecursionError):
                raise ValueError(f"line {number} is not {ROW}") from None
            yield row


def list_rows(value: Any, index: Index, file: str) -> Iterator[dict[str, Any]]:
    """The rows in a JSON value: a list of them, also within a dict, or a dict of them by file.

    Captions or classes may stand by file, and files by class. A row's own "data" belongs to it
    (Label Studio). What names pictures by number, as COCO does, is none.
    """
    if isinstance(value, dict) and isinstance(value.get("images"), list):
        value = [] if "annotations" in value else value["images"]
    if isinstance(value, dict):
        inside = [some for some in value.values() if holds_rows(some)]
        value = [row for some in inside for row in some] or [*name_rows(value, index, file)]
    if isinstance(value, list) and value and all(map(is_pair, value)):
        value = [*name_rows(dict(value), index, file)] if index.find(value[0][0], file) else []
    if isinstance(value, list):
        for row in value:
            if isinstance(row, dict):
                data = row.get("data")
                yield fold_keys({**row, **data} if isinstance(data, dict) else row)


def is_pair(value: Any) -> bool:
    """Whether a value is a list of two texts: a picture's name, and what is said of it."""
    return isinstance(value, list) and len(value) == 2 and all(isinstance(v, str) for v in value)


def holds_rows(value: Any) -> bool:
    """Whether a value is a list of rows that have a column for files."""
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(row, dict) and fold_keys(row).keys() & {*FILES} for row in value)
    )


def name_rows(value: Mapping[str, Any], index: Index, file: str) -> Iterator[dict[str, Any]]:
    """The rows of a dict: of rows, captions or classes by file, or of lists of files by class."""
    told = [row for row in value.values() if isinstance(row, str)]
    # A few single words again and again are classes.
    few = bool(told) and len(told) == len(value) and are_classes(told)
    for name, row in value.items():
        if isinstance(row, dict):
            yield {**row, "file_name": name}
        elif isinstance(row, list) and any(
            isinstance(one, str) and index.find(one, file) for one in row
        ):
            yield from ({"file_name": one, "label": name} for one in row if isinstance(one, str))
        else:
            yield {"file_name": name, "label" if few else "text": row}


def are_classes(told: Sequence[str]) -> bool:
    """Whether texts are classes rather than captions: one word each, or a few that come again."""
    longest = max(len(words.split()) for words in told)
    return longest <= 1 or (longest < 4 and len(set(told)) <= len(told) / 2)
