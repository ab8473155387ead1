"""Refuse names that are one name on disks that ignore the case of letters (macOS, Windows)."""

import unicodedata
from collections.abc import Iterable

from generate.errors import Refusal
from generate.gallery.incremental.inputs import list_parents


def refuse_collisions(paths: Iterable[str]) -> None:
    """Raise `Refusal` if two of ``paths`` below site/, or folders of them, differ in case alone."""
    spelt: dict[str, str] = {}
    known: set[str] = set()
    for whole in paths:
        for path in (whole, *list_parents(whole)):
            if path in known:
                continue
            known.add(path)
            other = spelt.setdefault(fold(path), path)
            if other != path:
                raise Refusal(
                    f"{path}: the site has {other} too, and on disks that ignore the case of "
                    f"letters the two are one; rename the {name_kind(path)}"
                )


def fold(path: str) -> str:
    """The spelling that such disks compare: without case, and letters taken apart (APFS, NTFS)."""
    if path.isascii():
        return path.lower()
    return unicodedata.normalize("NFD", unicodedata.normalize("NFD", path).casefold())


def name_kind(path: str) -> str:
    """What of a person's a path below site/ comes from."""
    folder, _, name = path.rpartition("/")
    if name.endswith(".html") and folder in ("", "cards"):
        stem = name.removesuffix(".html")
        return f"folder postcards/{stem}" if folder else f"page {stem}.md, or the static file"
    return "file of static/ or templates/"
