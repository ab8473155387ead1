"""What a person liked and what not: content/taste/choices.jsonl, one choice a line.

A picture is named "SHEET/NUMBER" or by its card's folder; its last line counts. A line is
{"picture", "likes": true, false or null, "shows": {token: group}, "looks": {name: value}}.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from generate.errors import Refusal
from generate.files import format_json_lines, read_json_lines, write_bytes
from generate.settings import Settings

FILE = "taste/choices.jsonl"


class Choice(BaseModel):
    """One choice; null takes an earlier one back."""

    model_config = ConfigDict(extra="forbid")
    picture: str = Field(min_length=1, max_length=300)
    likes: bool | None = Field(strict=True)
    shows: dict[str, str] = Field(default_factory=dict)
    looks: dict[str, float] = Field(default_factory=dict)


@dataclass(frozen=True)
class Shown:
    """What a picture shows: its words with their groups, and how it looks, each 0 to 1."""

    words: dict[str, str]
    looks: dict[str, float]


def find_choices(settings: Settings) -> Path:
    """The file of the choices."""
    return settings.content / FILE


def read_choices(settings: Settings) -> dict[str, Choice]:
    """The choices that count, by picture, in the order in which they were first made.

    `Refusal` names file and line of one that cannot be read.
    """
    path, found = find_choices(settings), dict[str, Choice]()
    if not path.is_file():
        return {}
    try:
        rows = read_json_lines(path)
    except ValueError as error:
        raise Refusal(f"{path}: is no list of choices ({error}); mend or delete it") from None
    for number, row in enumerate(rows, 1):
        try:
            choice = Choice.model_validate(row)
        except ValidationError as error:
            fault = error.errors()[0]
            where = ".".join(str(part) for part in fault["loc"])
            raise Refusal(
                f"{path}: choice {number}: {where}: {fault['msg']}; mend or delete it"
            ) from None
        found[choice.picture] = choice
    return {name: choice for name, choice in found.items() if choice.likes is not None}


def write_choice(settings: Settings, choice: Choice) -> None:
    """Add a choice as the last line; a file that cannot be read is not written to."""
    read_choices(settings)
    path = find_choices(settings)
    before = path.read_bytes() if path.is_file() else b""
    gap = b"" if not before or before.endswith(b"\n") else b"\n"
    write_bytes(path, before + gap + format_json_lines([choice.model_dump()]).encode())


def describe_words(weights: dict[str, float], groups: dict[str, str]) -> dict[str, str]:
    """Tokens that are mainly asked for, with their groups."""
    return {token: groups[token] for token, weight in weights.items() if weight > 0.4}


def measure_look(picture: np.ndarray) -> dict[str, float]:
    """How a picture uint8 (3, S, S) looks: "bright", "warm", "colourful", each 0 to 1."""
    red, green, blue = picture.astype(np.float64) / 255
    most, least = picture.max(0) / 255, picture.min(0) / 255
    looks = {
        "bright": float((red + green + blue).mean() / 3),
        "warm": float((red - blue).mean() / 2 + 0.5),
        "colourful": float((most - least).mean()),
    }
    return {name: round(value, 3) for name, value in looks.items()}


def read_shown(known: Any) -> Shown:
    """What a sheet's drawn.json says of one picture."""
    return Shown(dict(known.get("shows", {})), dict(known.get("looks", {})))
