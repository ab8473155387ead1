"""A figure with the record that it stands in, and how records are read."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from generate.account.plain import plain
from generate.files import read_json


@dataclass(frozen=True)
class Fact:
    """A figure or a word, what it is of, and where it is recorded.

    ``record`` is a file below the jungle's folder and the key in it, "work/model/jungle.json:
    exposures"; of all cards together "card.json: made.sound.loudness, median".
    """

    name: str
    value: int | float | str
    record: str
    unit: str = ""

    @property
    def text(self) -> str:
        """The value as the page shows it, in Markdown."""
        told = show(self.value) if is_number(self.value) else plain(self.value)
        return f"{told} {self.unit}".strip()


@dataclass(frozen=True)
class Count:
    """How many of each there are, the commonest first, and where that is recorded."""

    name: str
    counts: Mapping[str, int]
    record: str


def show(value: int | float | str) -> str:
    """A number as people read it, four digits of it where it is none of a count."""
    if isinstance(value, float):
        return f"{value:.4g}" if abs(value) < 10_000 else f"{value:,.0f}"
    return f"{value:,}" if isinstance(value, int) else value


def read_record(home: Path, name: str) -> dict[str, Any]:
    """What the JSON file ``name`` below ``home`` holds, {} if there is none or it is no table.

    Raises `Refusal` for one that cannot be read.
    """
    path = home / name
    found = read_json(path) if path.is_file() else {}
    return found if isinstance(found, dict) else {}


def dig(record: Any, key: str) -> Any:
    """The value under a dotted key, None where there is none."""
    for part in key.split("."):
        if not isinstance(record, Mapping):
            return None
        record = record.get(part)
    return record


def is_number(value: Any) -> bool:
    """Whether a value of a record is a finite number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return abs(value) != float("inf") and value == value


def take(home: Path, name: str, asked: Sequence[tuple[str, str, str]]) -> list[Fact]:
    """The facts of one JSON record: of each (name, key, unit) that is there."""
    record = read_record(home, name)
    return [
        Fact(told, value, f"{name}: {key}", unit)
        for told, key, unit in asked
        if is_number(value := dig(record, key)) or (isinstance(value, str) and value)
    ]


def tally(values: Iterable[Any]) -> dict[str, int]:
    """How often each text among ``values`` comes, the commonest first."""
    told = Counter(value for value in values if isinstance(value, str) and value)
    return dict(sorted(told.items(), key=lambda pair: (-pair[1], pair[0])))


def take_middle(name: str, cards: Sequence[Mapping[str, Any]], key: str, unit: str) -> list[Fact]:
    """The median of a number over all cards that have it, as one fact; none if none has it."""
    values = [value for card in cards if is_number(value := dig(card, key))]
    if not values:
        return []
    return [Fact(name, round(float(median(values)), 4), f"card.json: {key}, median", unit)]


def find(facts: Iterable[Fact], name: str) -> Any:
    """The value of the fact called ``name``, None where there is none."""
    return next((fact.value for fact in facts if fact.name == name), None)
