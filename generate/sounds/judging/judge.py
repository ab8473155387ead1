"""Tell how much a clip is like music: a logistic regression on its traits, frozen in judge.json."""

import json
import math
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generate.errors import Refusal
from generate.sounds.judging.traits import Traits, measure_traits

FILE = Path(__file__).with_name("judge.json")
# From here on a clip counts as music.
MUSIC = 0.5


@dataclass(frozen=True)
class Likeness:
    """How likely a clip is music, 0 to 1, and the traits that say so."""

    music: float
    traits: Traits

    @property
    def is_music(self) -> bool:
        return self.music >= MUSIC

    @property
    def why(self) -> str:
        """What speaks for music, in words; "" where nothing does."""
        traits = self.traits
        told = []
        if traits.held > 0.3:
            told.append(f"held tones {traits.held:.0%}")
        if traits.notes > 1 / 8:
            told.append(f"{round(8 * traits.notes)} notes")
        if traits.steps > 0.2:
            told.append("steps of a scale")
        if traits.beat > 0.5:
            told.append("an even beat")
        return ", ".join(told)


def judge_music(samples: NDArray[np.float32], rate: int) -> Likeness:
    """How much a clip (n,) or (n, channels) is like music."""
    traits = measure_traits(samples, rate)
    weights, bias = read_weights()
    return Likeness(weigh(traits.values, weights, bias), traits)


def weigh(values: NDArray[np.float64], weights: NDArray[np.float64], bias: float) -> float:
    """The likelihood of music by the logistic function."""
    return 1 / (1 + math.exp(-float(values @ weights) - bias))


@cache
def read_weights() -> tuple[NDArray[np.float64], float]:
    """The weights of the traits in their order, and the bias. Raises `Refusal`."""
    try:
        record: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
        weights = [float(record["weights"][field.name]) for field in fields(Traits)]
        return np.array(weights), float(record["bias"])
    except (OSError, ValueError, KeyError, TypeError):
        raise Refusal(f"{FILE}: is damaged; install the program again") from None
