"""Refuse links among the folders that the stages write to and delete from.

A jungle that somebody else made could otherwise have its builder's own files replaced or deleted,
or files of its choice written where programs look for them.
"""

import os
from pathlib import Path

from generate.errors import Refusal


def require_no_link(path: Path) -> None:
    """Raise `Refusal` if ``path``, a folder that the stages write to, is a link."""
    if path.is_symlink():
        raise Refusal(
            f"{path}: is a link, and what is made would be written where it leads; remove it "
            "(the whole jungle may lie elsewhere)"
        )


def require_no_linked_folders(folder: Path) -> None:
    """`require_no_link` for ``folder`` and every folder below it."""
    require_no_link(folder)
    for place, names, _ in os.walk(folder):
        for name in names:
            require_no_link(Path(place, name))
