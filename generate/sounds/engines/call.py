"""A call before it is mastered: what every engine gives, and the number of its card."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Call:
    """A sound before mastering: samples (n,) or (n, 2), and the times of its words if it speaks.

    times: start and end of each word in seconds. facts: what made it, for card.json. notes: lines
    for the user. others: other clips that could have been it, by number from 1, and ``before``: it
    without what enhancing did; both to be heard in the report.
    """

    samples: NDArray[np.float32]
    rate: int
    times: list[tuple[float, float]] | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    others: dict[int, NDArray[np.float32]] = field(default_factory=dict)
    before: NDArray[np.float32] | None = None


def number_brief(brief: Mapping[str, Any]) -> int:
    """The number of a card or that in its slug; for one added by hand, a number from its seed."""
    found = re.fullmatch(r"beast-(\d+)", str(brief["slug"]))
    return int(brief.get("number") or (found[1] if found else 1 + int(brief["seed"])))
