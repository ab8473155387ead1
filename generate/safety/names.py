"""Refuse names of files that are no text: no page can link to them, and no list can hold them."""

from collections.abc import Iterable
from pathlib import Path

from generate.errors import Refusal


def require_text(paths: Iterable[Path]) -> None:
    """Raise `Refusal` for the first of ``paths`` whose name is not UTF-8."""
    for path in paths:
        try:
            str(path).encode("utf-8")
        except UnicodeEncodeError:
            shown = str(path).encode("utf-8", "backslashreplace").decode("utf-8")
            raise Refusal(f"{shown}: its name is not UTF-8; rename it") from None
