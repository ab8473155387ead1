"""The figures of an account, each looked up in the record that it names, by these tests alone."""

import html
import json
import re
import statistics
import tomllib
from typing import Any

import pytest

from generate.settings import Settings
from tests.account.recorded import read_json

ROW = re.compile(r"^\| (.+) \| (.+) \| (.+) \|$", re.MULTILINE)


def dig(record: Any, key: str) -> Any:
    for part in key.split("."):
        record = record.get(part) if isinstance(record, dict) else None
    return record


def look_up(settings: Settings, name: str, record: str) -> Any:
    """The figure of a row, read from the record that the row names by nothing but this test."""
    home = settings.home
    if record == "content/postcards: folders shown":
        return len(list((home / "content/postcards").iterdir()))
    file, key = record.split(": ", 1)
    cards = [read_json(p) for p in sorted((home / "content/postcards").glob("*/card.json"))]
    if file == "settings":
        return dig(settings.model_dump(), key)
    if file == "card.json" and ", " in key:
        key, how = key.split(", ", 1)
        values = [dig(card, key) for card in cards]
        if how == "median":
            return statistics.median(v for v in values if v is not None)
        if how == "below a third":
            return sum(3 * value < 1 for value in values)
        return sum(bool(value) for value in values) if how == "given" else values.count(None)
    if file == "card.json":
        return sum(dig(card, key) == name for card in cards)
    if file.endswith(".jsonl"):
        rows = [json.loads(line) for line in (home / file).read_text().splitlines()]
        if " = " in key:
            key, wanted = key.split(" = ")
            return sum(row[key] == wanted for row in rows)
        return sum(dig(row, key) == name for row in rows)
    if file.endswith(".md"):
        found = re.search(rf"^\| {key} \| (.*) \|$", (home / file).read_text(), re.MULTILINE)
        return found and found[1]
    if file.endswith(".toml"):
        key, _, how = key.partition(", ")
        value = dig(tomllib.loads((home / file).read_text()), key)
        if how == "how many":
            parts = value.values() if isinstance(value, dict) else [0] * len(value)
            return sum(len(part) if isinstance(part, dict) else 1 for part in parts)
        return " ".join(value) if isinstance(value, list) else value
    key, _, place = key.partition(", ")
    if place:
        return dig(read_json(home / file), key)[0 if place == "first" else -1][1]
    record = read_json(home / file)
    for part in ("skipped.", ""):
        if key.startswith(part) and part:
            return record["skipped"][key.removeprefix(part)]
    return record[key] if key in record else dig(record, key)


def list_rows(page: str) -> list[tuple[str, str, str]]:
    """(name, figure, record) of all rows of the page's tables, as people read them."""
    rows = [tuple(html.unescape(part.strip("`")) for part in row) for row in ROW.findall(page)]
    return [row for row in rows if row[2] not in ("recorded in", "---")]


def check_figures(settings: Settings, page: str) -> None:
    """Assert that every figure in the page's tables is the one in the record beside it."""
    rows = list_rows(page)
    assert len(rows) > 30
    for name, figure, record in rows:
        if record == "content/jungle.toml: pictures.source":
            continue
        found = look_up(settings, name, record)
        number = re.fullmatch(r"(-?[\d,]+(?:\.\d+)?(?:e-?\d+)?)(?: [a-zA-Z]+)?", figure)
        if isinstance(found, int | float):
            assert number, (name, figure)
            shown = float(number[1].replace(",", ""))
            exact = 0 if isinstance(found, int) else 6e-4
            assert shown == pytest.approx(found, rel=exact, abs=0), (name, figure, record)
        else:
            assert figure == found, (name, figure, record)
