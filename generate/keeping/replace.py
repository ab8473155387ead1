"""Replace files of content/: what a person put there meanwhile stays, what goes is kept."""

import os
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from generate.files import name_part, replacing, writing
from generate.keeping.trash import keep
from generate.recipe import digest_file


class Changed(Exception):
    """A person put or changed a file while the build ran; theirs stays."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} was put there or changed while the build ran; it stays")


@contextmanager
def taking_over(
    home: Path, path: Path, why: str, known: Collection[str] | None, ours: Collection[str] = ()
) -> Iterator[Path]:
    """`replacing` a file of content/, with `set_aside` right before the rename."""
    with replacing(path, look=lambda: set_aside(home, path, why, known, ours)) as temporary:
        yield temporary


def set_aside(
    home: Path, path: Path, why: str, known: Collection[str] | None, ours: Collection[str] = ()
) -> str | None:
    """See that the bytes of ``path`` are in the trash, where there are any; their digest.

    Raises `Changed` unless their digest is ``known`` (None: any will do); those among ``ours``
    count as made by the stages.
    """
    kept = None
    while path.is_file() and (found := digest_file(path)) != kept:
        if known is not None and found not in known:
            raise Changed(path)
        kept = keep(home, path, why, found in ours)
    return kept


def take_away(
    home: Path, path: Path, why: str, known: Collection[str] | None, ours: Collection[str] = ()
) -> None:
    """Remove a file of content/ whose bytes are in the trash, by the rules of `set_aside`.

    It is moved first and looked at once more, so that what a person puts there in the last moment
    is not removed unseen. Raises `Changed` then; theirs stays.
    """
    kept, moved = set_aside(home, path, why, known, ours), name_part(path)
    if kept is None:
        return
    writing.add(moved)
    try:
        os.replace(path, moved)
        if digest_file(moved) == kept:
            moved.unlink()
            return
        if path.exists():  # and yet another one lies there by now
            keep(home, moved, "was put there while the build ran, and replaced by hand")
            moved.unlink()
        else:
            os.replace(moved, path)
    finally:
        writing.discard(moved)
    raise Changed(path)
