"""Refuse links among recordings of a jungle that lead out of it: the site plays what they name.

A jungle that somebody else made could otherwise publish sounds of its reader's own.
"""

import os
from collections.abc import Iterator
from pathlib import Path

from generate.errors import Refusal


def require_within(home: Path, folder: Path) -> None:
    """Raise `Refusal` for a link in ``folder`` that leads out of the jungle in ``home``.

    A folder that lies elsewhere is its owner's, and may hold any link; so may a link to one, but
    not in content/.
    """
    inside = os.path.join(os.path.realpath(home), "")
    if not os.path.realpath(folder).startswith(inside):
        if os.path.abspath(folder).startswith(os.path.join(os.path.abspath(home), "content", "")):
            raise refuse(folder)
        return
    for path in list_links(folder):
        if not os.path.realpath(path).startswith(inside):
            raise refuse(path)


def list_links(folder: Path) -> Iterator[Path]:
    """Every link below a folder."""
    for place, folders, files in os.walk(folder):
        for name in sorted((*folders, *files)):
            if os.path.islink(path := Path(place, name)):
                yield path


def refuse(path: Path) -> Refusal:
    """What is said of a link that leads out."""
    return Refusal(
        f"{path}: is a link that leads out of the jungle; put a copy of what it names there instead"
    )
