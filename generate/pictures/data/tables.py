"""Files that say what classes are called: translate.py, words.txt, classes.txt, data.yaml, JSON.

They are known by what they hold, not by their names: a line or an entry for at least half of the
set's classes. Nothing in them is run.
"""

import ast
import csv
import json
import re
import warnings
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import yaml

from generate.pictures.data.tree import Tree, decode_text, ending_of
from generate.safety.plain_yaml import load_yaml

LARGEST = 16 * 2**20
MOST = 100
PAIR = re.compile(r"\s*([^\s:=,;]+)[\s:=,;]+(.+?)\s*")
# Columns that hold a name in the reader's language, and those that do not.
COMMON = re.compile(r"common|english|name|class|label|title")
LATIN = re.compile(r"latin|scientific|binomial")
# Columns that say where, when, by whom or what for: neither classes nor names of any.
OTHER = re.compile(
    r"author|camera|city|country|date|deploy|file|height|is_|latitude|licen[cs]e|location|longitude"
    r"|path|photograph|place|project|session|site|size|split|station|time|url|user|valid|width"
)
# What a text file must be called if its lines stand for words rather than ids or numbers.
NAMED = re.compile(r"name|class|categor|label|synset|word|mapping|translat|species|dict", re.I)
# Paths, files, code and measures.
NO_NAME = re.compile(r"[/\\{}<>|=]|\w\.(jpe?g|png|txt|xml)\b|\d[\s,]+\d|\d{7}", re.IGNORECASE)
# Whatever the readers of such files were seen to raise for what is none.
FAULTS = (
    OSError,
    ValueError,
    SyntaxError,
    RecursionError,
    MemoryError,
    TypeError,
    csv.Error,
    yaml.YAMLError,
)
QUOTES = " \t\"'"
ID = re.compile(r"n?\d+")


@dataclass(frozen=True)
class Table:
    """What one file calls the classes: rows of an id and names in any order, or names by number.

    ``keys`` are the names of the columns where the file has a line for them.
    """

    file: str
    rows: Sequence[Sequence[str]] = ()
    keys: Sequence[str] = ()
    listed: Sequence[str] = ()

    def translate(self, raws: Collection[str]) -> dict[str, str]:
        """The names of those of ``raws`` that this table knows; {} if it knows less than half.

        It is read from whatever column holds a class to whatever column has the best names, since
        such files stand either way round, and some both.
        """
        width = max(map(len, self.rows), default=0)
        found: dict[str, str] = self.number(raws)
        ways = []
        likely = [at for at in range(width) if not OTHER.search(self.key(at))]
        for column in likely:
            places = self.find_rows(raws, column)
            # Most classes stand in a table, or most of its rows are of classes: one word of a file
            # may be called like a folder by chance.
            if len(places) > min(0.6 * len(raws), 0.5 * len(self.rows)):
                ways += [self.name(places, other) for other in likely if other != column]
        for _, names in sorted(ways, key=lambda way: way[0], reverse=True):
            found = {**names, **found}
        found = {raw: name for raw, name in found.items() if name.casefold() != raw.casefold()}
        return found if len(found) >= max(1, len(raws) / 2) and tells_apart(found) else {}

    def find_rows(self, raws: Collection[str], column: int) -> dict[str, Sequence[str]]:
        """The row of each of ``raws`` that stands in ``column``.

        Folders that are numbered from 0 and rows that are numbered from 1, as many of both, belong
        together one by one; and the other way round.
        """
        places = self.columns[column]
        moved = self.find_offset(raws, column)
        found = {raw: places.get(str(int(raw) + moved) if moved else fold(raw)) for raw in raws}
        return {raw: row for raw, row in found.items() if row is not None}

    def key(self, column: int) -> str:
        """The name of a column, "" where the file gives none."""
        return self.keys[column] if column < len(self.keys) else ""

    def find_offset(self, raws: Collection[str], column: int) -> int:
        """What to add to the numbers of ``raws`` to have those of the rows: 0, 1 or -1."""
        told = {int(cell) for cell in self.columns[column] if cell.isdecimal() and len(cell) < 9}
        asked = {int(raw) for raw in raws if raw.isdecimal() and len(raw) < 9}
        if not asked or len(asked) < len(raws) or asked <= told:
            return 0
        return next((by for by in (1, -1) if {number + by for number in asked} == told), 0)

    @cached_property
    def columns(self) -> list[dict[str, Sequence[str]]]:
        """The rows by the cells of each column, the first for each."""
        width = max(map(len, self.rows), default=0)
        return [
            {fold(row[column]): row for row in reversed(self.rows) if column < len(row)}
            for column in range(width)
        ]

    def name(
        self, rows: Mapping[str, Sequence[str]], column: int
    ) -> tuple[tuple[int, int, int], dict[str, str]]:
        """The names in a column of ``rows``, by class, and how good they are."""
        key = self.key(column)
        cells = {raw: row[column] for raw, row in rows.items() if column < len(row)}
        likely = -1 if LATIN.search(key) else int(bool(COMMON.search(key)))
        # A Latin name is better than a number, and worse than any other.
        names = {
            raw: cell
            for raw, cell in cells.items()
            if is_name(cell) and (likely >= 0 or not is_name(raw))
        }
        return (likely, len(names), -column), names

    def number(self, raws: Collection[str]) -> dict[str, str]:
        """A list's names by the numbers of the classes, which begin at 0 or at 1."""
        numbers = {raw: int(raw) for raw in raws if raw.isdecimal() and len(raw) < 6}
        if not numbers or not self.listed:
            return {}
        from_one = 0 not in numbers.values() and max(numbers.values()) == len(self.listed)
        places = {raw: number - from_one for raw, number in numbers.items()}
        return {
            raw: self.listed[place] for raw, place in places.items() if place < len(self.listed)
        }


def tells_apart(names: Mapping[str, str]) -> bool:
    """Whether ``names`` differ about as the classes do: "False" for each of ten tells nothing."""
    return len(set(names.values())) > len(names) / 2


def fold(text: str) -> str:
    """``text`` as classes are compared: in small letters, a number without its noughts."""
    return str(int(text)) if text.isdecimal() and len(text) < 9 else text.casefold()


def is_name(text: str) -> bool:
    """Whether ``text`` may name a class: a few words with letters, no path and no measures."""
    if not re.search(r"[^\W\d_]{2}|[^\W\d_a-zA-Z]", text) or len(text.split()) > 12:
        return False
    return not NO_NAME.search(text)


def find_tables(tree: Tree, files: Collection[str]) -> list[Table]:
    """The tables among ``files``: all that can be read as one, without a word about the others."""
    found: list[Table] = []
    # Such a file lies above the classes; inside them there may be one for each.
    likely = [f for f in files if ending_of(f) in READERS and tree.sizes[f] <= LARGEST]
    for file in sorted(likely, key=lambda file: (file.count("/"), file))[:MOST]:
        try:
            table = READERS[ending_of(file)](decode_text(tree.read(file)), file)
        except FAULTS:
            continue
        if table and (table.rows or table.listed):
            found.append(table)
    return found


def read_code(text: str, file: str) -> Table | None:
    """A Python file's dict literal, read and never run."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)
        statements = ast.parse(text).body
    for statement in statements:
        if isinstance(statement, ast.Assign | ast.AnnAssign | ast.Expr) and statement.value:
            try:
                table = as_table(ast.literal_eval(statement.value), file)
            except ValueError:
                continue
            if table:
                return table
    return None


def read_json(text: str, file: str) -> Table | None:
    """A JSON file: names by class or number, either way round, or a list of names."""
    return as_table(json.loads(text), file)


def read_yaml(text: str, file: str) -> Table | None:
    """A data.yaml of detectors: "names", a list or by number."""
    found = load_yaml(text)
    return as_table(found.get("names"), file) if isinstance(found, dict) else None


def read_text(text: str, file: str) -> Table:
    """A line for each class: its id or number and its name, or its name alone."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    rows = [[cell.strip(QUOTES) for cell in cells] for cells in split_rows(lines, file)]
    numbered = [row for row in rows if any(map(ID.fullmatch, row))]
    listed = lines if len(numbered) < len(lines) / 2 else ()
    if not NAMED.search(file.rpartition("/")[2]):
        rows = rows[:1] + numbered
    return Table(file, rows, [key.casefold() for key in rows[0]] if rows else (), listed)


def split_rows(lines: Sequence[str], file: str) -> list[list[str]]:
    """The cells of ``lines``, parted by tabs or commas, else an id and the rest of its line."""
    commas = {line.count(",") for line in lines}
    if "\t" in lines[0] if lines else False:
        return [line.split("\t") for line in lines]
    if file.lower().endswith(".csv") or (len(commas) == 1 and min(commas) > 1):
        return list(csv.reader(lines))
    return [list(found.groups()) for line in lines if (found := PAIR.fullmatch(line))]


def as_table(value: Any, file: str) -> Table | None:
    """A table from a literal: a dict of names, of [id, name], or a list of names or of rows."""
    if isinstance(value, list) and value and all(isinstance(item, str) for item in value):
        return Table(file, listed=value)
    if isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
        value = {row["id"]: row["name"] for row in value if {"id", "name"} <= row.keys()}
    if not isinstance(value, dict):
        return None
    for key in ("names", "classes", "categories", "labels", "id2label", "label2id"):
        if isinstance(value.get(key), list | dict):
            return as_table(value[key], file)
    rows = [
        [str(key), *map(str, item if isinstance(item, list) else [item])]
        for key, item in value.items()
        if isinstance(item, str | int | list) and not isinstance(item, bool)
    ]
    return Table(file, rows) if rows else None


READERS: dict[str, Callable[[str, str], Table | None]] = {
    ".py": read_code,
    ".json": read_json,
    ".yaml": read_yaml,
    ".yml": read_yaml,
    ".txt": read_text,
    ".tsv": read_text,
    ".csv": read_text,
    ".names": read_text,
}
