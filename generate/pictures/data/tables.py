"""Files that say what classes are called: translate.py, words.txt, classes.txt, data.yaml, JSON.

They are known by what they hold, not by their names: a line or an entry for at least half of the
set's classes. Nothing in them is run.
"""

import ast
import json
import re
import warnings
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import yaml

from generate.pictures.data.tree import Tree, ending_of

LARGEST = 16 * 2**20
MOST = 100
PAIR = re.compile(r"\s*([^\s:=,;]+)[\s:=,;]+(.+?)\s*")
# What a text file must be called if its lines stand for words rather than ids or numbers.
NAMED = re.compile(r"name|class|categor|label|synset|word|mapping|translat|species|dict", re.I)
# Paths, files, code and measures.
NO_NAME = re.compile(r"[/\\{}<>|=]|\w\.(jpe?g|png|txt|xml)\b|\d[\s,]+\d|\d{7}", re.IGNORECASE)
QUOTES = " \t\"'"
ID = re.compile(r"n?\d+")


@dataclass(frozen=True)
class Table:
    """What one file calls the classes: pairs that hold either way round, or a list by number."""

    file: str
    pairs: Mapping[str, str] = field(default_factory=dict)
    listed: tuple[str, ...] = ()

    def translate(self, raws: Collection[str]) -> dict[str, str]:
        """The names of those of ``raws`` that this table knows; {} if it knows less than half."""
        both = [*self.forms, self.number(raws)]
        found: dict[str, str] = {}
        for raw in raws:
            told = (pairs.get(form) for pairs in both for form in (raw, raw.casefold()))
            name = next((name for name in told if name and is_name(name)), None)
            if name and name.casefold() != raw.casefold():
                found[raw] = name
        return found if raws and len(found) >= len(raws) / 2 else {}

    @cached_property
    def forms(self) -> list[Mapping[str, str]]:
        """The pairs as they stand, the other way round, and both by small letters."""
        back = {value: key for key, value in reversed(list(self.pairs.items()))}
        folded = [{key.casefold(): to for key, to in p.items()} for p in (self.pairs, back)]
        return [self.pairs, back, *folded]

    def number(self, raws: Collection[str]) -> dict[str, str]:
        """A list's names by the numbers of the classes, which begin at 0 or at 1."""
        numbers = {int(raw) for raw in raws if raw.isdecimal() and len(raw) < 6}
        if not numbers or not self.listed:
            return {}
        first = 1 if 0 not in numbers and max(numbers) == len(self.listed) else 0
        places = {raw: int(raw) - first for raw in raws if raw.isdecimal() and len(raw) < 6}
        return {
            raw: self.listed[place] for raw, place in places.items() if place < len(self.listed)
        }


def is_name(text: str) -> bool:
    """Whether ``text`` may name a class: a few words with letters, no path and no measures."""
    if not re.search(r"[^\W\d_]{2}|[^\W\d_a-zA-Z]", text) or len(text.split()) > 12:
        return False
    return not NO_NAME.search(text)


def find_tables(tree: Tree, files: Collection[str]) -> list[Table]:
    """The tables among ``files``: all that can be read as one, without a word about the others."""
    found: list[Table] = []
    for file in files:
        reader = READERS.get(ending_of(file))
        if reader is None or tree.sizes[file] > LARGEST or len(found) > MOST:
            continue
        try:
            table = reader(tree.read(file).decode("utf-8-sig"), file)
        except (OSError, ValueError, SyntaxError, RecursionError, MemoryError, yaml.YAMLError):
            continue
        if table and (table.pairs or table.listed):
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
    found = yaml.safe_load(text)
    return as_table(found.get("names"), file) if isinstance(found, dict) else None


def read_text(text: str, file: str) -> Table:
    """A line for each class: its id or number and its name, or its name alone."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    pairs = read_lines(text, "," if file.endswith(".csv") else "\t")
    ids = {key: to for key, to in pairs.items() if ID.fullmatch(key) or ID.fullmatch(to)}
    if not NAMED.search(file.rpartition("/")[2]):
        pairs = ids
    return Table(file, pairs, tuple(lines) if len(ids) < len(lines) / 2 else ())


def read_lines(text: str, separator: str = "\t") -> dict[str, str]:
    """The pairs of lines such as "n01443537<tab>goldfish", the first for each key."""
    pairs: dict[str, str] = {}
    for line in text.splitlines():
        key, cut, value = line.partition(separator)
        found = None if cut else PAIR.fullmatch(line)
        if found:
            key, value = found[1], found[2]
        if cut or found:
            pairs.setdefault(key.strip(QUOTES), value.split(separator)[0].strip(QUOTES))
    return pairs


def as_table(value: Any, file: str) -> Table | None:
    """A table from a literal: a dict of names, of [id, name], or a list of names or of rows."""
    if isinstance(value, list) and value and all(isinstance(item, str) for item in value):
        return Table(file, listed=tuple(value))
    if isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
        value = {row["id"]: row["name"] for row in value if {"id", "name"} <= row.keys()}
    if not isinstance(value, dict):
        return None
    for key in ("names", "classes", "categories", "labels"):
        if isinstance(value.get(key), list | dict):
            return as_table(value[key], file)
    pairs: dict[str, str] = {}
    for key, item in value.items():
        if isinstance(item, list) and len(item) == 2 and all(isinstance(i, str) for i in item):
            pairs[item[0]] = item[1]
            item = item[1]
        if isinstance(item, str | int) and not isinstance(item, bool):
            pairs[str(key)] = str(item)
    return Table(file, pairs) if pairs else None


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
