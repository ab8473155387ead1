"""The model of a taste: Bayesian logistic regression over words, pairs of words, and looks.

Its posterior is a normal one around the most probable weights (Laplace's approximation: MacKay,
The evidence framework applied to classification networks, 1992). No more than some hundred weights.
"""

import itertools
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

# Deviations of the weights before anything is known: of words, of pairs of them, of looks.
OF_WORD, OF_PAIR, OF_LOOK, OF_ALL = 1.0, 0.5, 1.5, 1.0
# Pictures that must show a pair of words before it is looked at; pairs at most.
LEAST, MOST = 3, 150
# What is usual of a look, and how much looks differ.
USUAL = {"bright": (0.45, 0.15), "warm": (0.52, 0.08), "colourful": (0.3, 0.12)}


@dataclass(frozen=True)
class Taste:
    """``names`` of the features, first "" for how much is liked at all, then "group=token",
    "group=token&group=token" and "look:name"; ``mean`` (F,) and ``spread`` (F, F), the covariance
    of their weights; ``seen`` (F,), how many judged pictures have each, ``liked`` (F,), how many of
    these are liked; the first is all of them."""

    names: list[str]
    mean: np.ndarray
    spread: np.ndarray
    seen: np.ndarray
    liked: np.ndarray

    @cached_property
    def places(self) -> dict[str, int]:
        """The place of each feature by its name."""
        return {name: place for place, name in enumerate(self.names)}

    @cached_property
    def root(self) -> np.ndarray:
        """A root of the covariance."""
        root: np.ndarray = np.linalg.cholesky(self.spread + 1e-9 * np.eye(len(self.mean)))
        return root

    def weigh(self, rows: np.ndarray, off: Sequence[str] = ()) -> np.ndarray:
        """How much each of ``rows`` (N, F) is liked, (N,): the logit, without features ``off``."""
        keep = np.array([name not in off for name in self.names], np.float64)
        weighed: np.ndarray = rows @ (self.mean * keep)
        return weighed

    def imagine(self, generator: np.random.Generator, off: Sequence[str] = ()) -> np.ndarray:
        """Weights (F,) that may be true, drawn at random; those of features ``off`` are 0."""
        keep = np.array([name not in off for name in self.names], np.float64)
        drawn: np.ndarray = (
            self.mean + self.root @ generator.standard_normal(len(self.mean))
        ) * keep
        return drawn

    def describe(self, words: Mapping[str, str], looks: Mapping[str, float]) -> np.ndarray:
        """The features (F,) of a picture that shows ``words`` {token: group}."""
        held = sorted(f"{group}={token}" for token, group in words.items())
        names = ["", *held, *("&".join(pair) for pair in itertools.combinations(held, 2))]
        row = np.zeros(len(self.names))
        row[[self.places[name] for name in names if name in self.places]] = 1
        for name in looks:
            if (place := self.places.get(f"look:{name}")) is not None:
                row[place] = scale_look(name, looks[name])
        return row


def learn_taste(
    words: Sequence[Mapping[str, str]], looks: Sequence[Mapping[str, float]], likes: Sequence[bool]
) -> Taste:
    """The taste of somebody who ``likes`` pictures or not that show ``words`` {token: group}."""
    single, pairs = Counter[str](), Counter[str]()
    for one in words:
        names = sorted(f"{group}={token}" for token, group in one.items())
        single.update(names)
        pairs.update("&".join(pair) for pair in itertools.combinations(names, 2))
    common = [name for name, count in pairs.most_common(MOST) if count >= LEAST]
    seen_looks = sorted({name for one in looks for name in one if name in USUAL})
    names = ["", *sorted(single), *common, *(f"look:{name}" for name in seen_looks)]
    deviations = np.array([find_deviation(name) for name in names])
    none = np.zeros(len(names))
    empty = Taste(names, none, np.diag(deviations**2), none, none)
    if not likes:
        return empty
    rows = np.stack([empty.describe(one, look) for one, look in zip(words, looks, strict=True)])
    mean, spread = fit(rows, np.array(likes, np.float64), 1 / deviations**2)
    held = rows != 0
    return Taste(names, mean, spread, held.sum(0), held[np.array(likes, bool)].sum(0))


def fit(
    rows: np.ndarray, likes: np.ndarray, precision: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The most probable weights (F,) and their covariance (F, F), by Newton's method."""
    weights = np.zeros(rows.shape[1])
    for _ in range(50):
        chance = 1 / (1 + np.exp(-rows @ weights))
        slope = rows.T @ (chance - likes) + precision * weights
        bend = (rows * (chance * (1 - chance))[:, None]).T @ rows + np.diag(precision)
        step = np.linalg.solve(bend, slope)
        weights = weights - step * min(1.0, 2 / (1e-12 + np.abs(step).max()))
        if np.abs(step).max() < 1e-8:
            break
    return weights, np.linalg.inv(bend)


def find_deviation(name: str) -> float:
    """How large a weight may be before anything is known."""
    if not name:
        return OF_ALL
    return OF_LOOK if name.startswith("look:") else OF_PAIR if "&" in name else OF_WORD


def scale_look(look: str, value: float) -> float:
    """A look against what is usual."""
    usual, deviation = USUAL[look]
    return float(np.clip((value - usual) / deviation, -2, 2))
