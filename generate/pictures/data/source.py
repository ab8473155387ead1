"""What every source of training pictures gives: entries, each with its words, not opened yet."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from PIL import Image

FIELD_GUIDE = "field-guide"


@dataclass(frozen=True)
class Entry:
    """One picture before it is opened.

    ``open`` returns the picture, or raises OSError, ValueError or SyntaxError where it is broken.
    """

    name: str
    open: Callable[[], Image.Image]
    text: str | None = None
    tags: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Source:
    """Training pictures: how many at most (None: not known beforehand), and an iterator of them.

    ``unmatched`` are the names that captions were given for and that no picture bears.
    """

    name: str
    total: int | None
    entries: Iterator[Entry]
    known: dict[str, tuple[str, ...]] = field(default_factory=dict)
    synonyms: dict[str, str] = field(default_factory=dict)
    unmatched: tuple[str, ...] = ()
