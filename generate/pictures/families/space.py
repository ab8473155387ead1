"""What may be tried of a family's own settings: the ranges in which `make tune` searches. Light."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Span:
    """Numbers from ``low`` to ``high``, evenly, or evenly by their logarithm.

    Whole numbers go in steps of ``step``. ``compares``: held-out losses under different values
    compare. Where they do not, as when the setting is a part of the loss, the key is searched by
    KID alone.
    """

    low: float
    high: float
    log: bool = False
    step: int | None = None
    compares: bool = True


@dataclass(frozen=True)
class Choice:
    """One of ``values``; ``compares`` as in `Span`."""

    values: tuple[Any, ...]
    compares: bool = True


# By name of the key in [pictures.NAME].
Space = Mapping[str, Span | Choice]
# What a family is judged by while it is tuned.
BY_LOSS, BY_KID = "loss", "kid"
