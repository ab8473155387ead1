"""Lines that cards may use, each with what its picture must hold; read from the .txt files here."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Line:
    """A line: the words one of which must hold of the picture, its mood (of messages), its text."""

    asks: tuple[str, ...]
    mood: str
    text: str

    def fits(self, holds: Iterable[str]) -> bool:
        """Whether the line may be used for a picture of which ``holds`` are true."""
        return self.asks == ("any",) or not set(self.asks).isdisjoint(holds)

    @property
    def is_plain(self) -> bool:
        """Whether it tells one thing, so that another may follow."""
        telling = self.mood in ("statement", "joyful", "wistful")
        return telling and not re.search(r" ; |\.(?:IMP|OPT|Q)\b|\bx=", self.text)


def read_lines(text: str) -> list[Line]:
    """Lines of the form ``asks | mood | text`` or ``asks | text``; ``#`` begins a comment."""
    found = []
    for row in text.strip().splitlines():
        if not row.startswith("#"):
            asks, *mood, said = (part.strip() for part in row.split(" | "))
            found.append(Line(tuple(asks.split(",")), mood[0] if mood else "", said))
    return found


def open_lines(name: str) -> list[Line]:
    """The lines of a file of this folder."""
    return read_lines(Path(__file__).with_name(f"{name}.txt").read_text(encoding="utf-8"))
