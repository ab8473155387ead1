"""Replace files of content/: what a person put there meanwhile stays, what goes is kept."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from generate.files import replacing
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
) -> None:
    """See that the bytes of ``path`` are in the trash, where there are any.

    Raises `Changed` unless their digest is ``known`` (None: any will do); those among ``ours``
    count as made by the stages.
    """
    kept = None
    while path.is_file() and (found := digest_file(path)) != kept:
        if known is not None and found not in known:
            raise Changed(path)
        kept = keep(home, path, why, found in ours)
