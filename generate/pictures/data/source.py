"""What every source of training pictures gives: entries, each with its words, not opened yet."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from PIL import Image

FIELD_GUIDE = "field-guide"


@dataclass(frozen=True)
class Entry:
    """One picture before it is opened.

    ``open`` returns the picture, or raises OSError, ValueError or SyntaxError where it is broken.
    ``text`` is its caption, the first of ``texts`` where people gave it several. ``strokes`` are
    those of a drawing, [[x, …], [y, …]] of each in 0 … 255. ``seen`` are classes that a picture
    with captions has besides, ``of`` the picture that it is a part of, and ``testing`` says whether
    the set itself keeps it for testing (None: the set does not say).
    """

    name: str
    open: Callable[[], Image.Image]
    text: str | None = None
    tags: dict[str, str] = field(default_factory=dict)
    texts: tuple[str, ...] = ()
    strokes: list[list[list[int]]] | None = None
    seen: tuple[str, ...] = ()
    of: str | None = None
    testing: bool | None = None


@dataclass(frozen=True)
class Cut:
    """What of a picture is shown: all, or its object by its box (``boxes``), or (``regions``) each
    region of it that is described, as a picture for itself."""

    boxes: bool = False
    regions: bool = False


@dataclass(frozen=True)
class Source:
    """Training pictures: how many at most (None: not known beforehand), and an iterator of them.

    ``notes`` say, a line each, what was recognised and what is not read; ``left_out`` counts
    pictures that cannot be opened here, by reason.
    """

    name: str
    total: int | None
    entries: Iterator[Entry]
    known: dict[str, tuple[str, ...]] = field(default_factory=dict)
    synonyms: dict[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    left_out: Mapping[str, int] = field(default_factory=Counter)
