"""How likely a caption is right, fitted on pictures that were held out."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize


@dataclass(frozen=True)
class Scale:
    """Platt's scaling (1999): the chance is 1 / (1 + exp(-(slope · belief + shift))).

    A belief is the logit of the least certain concept that a caption names.
    """

    slope: float = 1.0
    shift: float = 0.0

    def weigh(self, belief: float) -> float:
        """The chance in [0, 1] that a caption of this belief is right; 0 for minus infinity."""
        if belief == -math.inf:
            return 0.0
        return float(1 / (1 + math.exp(-min(max(self.slope * belief + self.shift, -60), 60))))


def fit_scale(beliefs: Sequence[float], right: Sequence[bool]) -> Scale:
    """The scale under which ``right`` is most likely; the plain one for fewer than 8 captions.

    Platt's targets are used, which stay off 0 and 1 by how few there are. The slope is never
    below 0: a stronger belief must not count for less.
    """
    pairs = [(x, y) for x, y in zip(beliefs, right, strict=True) if math.isfinite(x)]
    if len(pairs) < 8:
        return Scale()
    seen = np.array([x for x, _ in pairs])
    good = np.array([y for _, y in pairs])
    yes, no = int(good.sum()), int((~good).sum())
    wanted = np.where(good, (yes + 1) / (yes + 2), 1 / (no + 2))

    def loss(numbers: np.ndarray) -> float:
        power = numbers[0] * seen + numbers[1]
        return float((np.logaddexp(0, power) - wanted * power).mean())

    found = minimize(loss, np.array([1.0, 0.0]), bounds=[(0.0, 20.0), (-40.0, 40.0)])
    return Scale(float(found.x[0]), float(found.x[1]))


def measure_gap(chances: Sequence[float], right: Sequence[bool], bins: int = 10) -> float:
    """The expected calibration error in [0, 1] (Naeini et al., 2015), over ``bins`` of chances."""
    given, good = np.asarray(chances, float), np.asarray(right, float)
    places = np.minimum((given * bins).astype(int), bins - 1)
    gaps = [
        (places == place).mean() * abs(good[places == place].mean() - given[places == place].mean())
        for place in np.unique(places)
    ]
    return float(sum(gaps))
