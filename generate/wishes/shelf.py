"""The keys ``order:`` and ``series:``: a card's place on the rack, and the shelf that it is on."""

import re
import unicodedata
from typing import Annotated

from pydantic import AfterValidator, Field

from generate.recipe import digest

# Letters in the name of a shelf; bytes in the name of its page.
LONGEST, LONGEST_NAME = 80, 200

Order = Annotated[float, Field(strict=True, allow_inf_nan=False)]


def clean(name: str) -> str:
    """The name of a shelf without blanks around and double ones within it; ValueError if long."""
    name = " ".join(name.split())
    if len(name) > LONGEST:
        raise ValueError(f"a shelf's name has {LONGEST} letters at most")
    return name


Series = Annotated[str, AfterValidator(clean)]


def rank(order: float | None, position: int) -> tuple[float, bool, int]:
    """What cards are sorted by; ``position`` is a card's place among all, from 1.

    A card stands at its own position unless ``order`` names another: 1 is before the first card,
    2.5 between the second and the third.
    """
    return (position if order is None else order, order is None, position)


def shelf_path(series: str) -> str:
    """The raw path below site/ of a shelf's page: letters and digits of its name, or a digest.

    Names that differ in capitals and signs alone are one shelf.
    """
    folded = unicodedata.normalize("NFC", unicodedata.normalize("NFKC", series).casefold())
    name = "-".join(re.findall(r"[^\W_]+", folded))
    fits = name and len(name.encode()) <= LONGEST_NAME
    return f"shelves/{name if fits else digest(folded)[:12]}.html"
