"""Strokes of a pen: lists of points, made simple, and kept as Quick, Draw! keeps them.

A drawing is a list of strokes, a stroke float (n, 2) of x, y in [0, 1], y downwards.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

Strokes = list[np.ndarray]
# Files of Quick, Draw! count in 256ths of the drawing's side.
LEVELS = 255


def simplify(stroke: np.ndarray, reach: float) -> np.ndarray:
    """The points of ``stroke`` that matter: without the others it strays by ``reach`` at most.

    Ramer's and Douglas and Peucker's method.
    """
    kept = np.zeros(len(stroke), bool)
    kept[[0, -1]] = True
    waiting = [(0, len(stroke) - 1)]
    while waiting:
        first, last = waiting.pop()
        if last - first < 2:
            continue
        strays = measure_distance(stroke[first + 1 : last], stroke[first], stroke[last])
        if strays.max() > reach:
            middle = first + 1 + int(strays.argmax())
            kept[middle] = True
            waiting += [(first, middle), (middle, last)]
    return stroke[kept]


def measure_distance(points: np.ndarray, start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """How far ``points`` (n, 2) are from the line between two points."""
    along = end - start
    length = float(np.hypot(*along))
    away = points - start
    if length < 1e-9:
        return np.hypot(away[:, 0], away[:, 1])
    return np.abs(away[:, 0] * along[1] - away[:, 1] * along[0]) / length


def fit_points(strokes: Strokes, most: int, reach: float = 0.004) -> Strokes:
    """``strokes`` in ``most`` points at most: coarser step by step, then without the shortest."""
    found = [simplify(stroke, reach) for stroke in strokes]
    while count_points(found) > most and reach < 0.03:
        reach *= 1.25
        found = [simplify(stroke, reach) for stroke in strokes]
    while count_points(found) > most and len(found) > 1:
        found.pop(int(np.argmin([measure_length(stroke) for stroke in found])))
    return [found[0][:most]] if count_points(found) > most else found


def count_points(strokes: Strokes) -> int:
    """The number of points of all strokes."""
    return sum(map(len, strokes))


def measure_length(stroke: np.ndarray) -> float:
    """The length of the line that ``stroke`` draws."""
    steps = np.diff(stroke, axis=0)
    return float(np.hypot(steps[:, 0], steps[:, 1]).sum())


def begin_at_top(loop: np.ndarray) -> np.ndarray:
    """A closed stroke, begun at its highest point: one habit for all is easier to learn."""
    top = int(loop[:-1, 1].argmin())
    turned = np.roll(loop[:-1], -top, axis=0)
    return np.concatenate([turned, turned[:1]])


def fill_square(strokes: Strokes, margin: float = 0.06) -> Strokes:
    """``strokes`` scaled and centred in the unit square, with a ``margin``."""
    points = np.concatenate(strokes)
    low, high = points.min(0), points.max(0)
    scale = (1 - 2 * margin) / max(float((high - low).max()), 1e-6)
    return [(stroke - (low + high) / 2) * scale + 0.5 for stroke in strokes]


def to_lists(strokes: Strokes) -> list[list[list[int]]]:
    """Strokes as Quick, Draw! writes them: [[x, …], [y, …]] of each, in whole numbers."""
    return [(stroke * LEVELS).round().clip(0, LEVELS).astype(int).T.tolist() for stroke in strokes]


def from_lists(lists: Sequence[Any]) -> Strokes:
    """What `to_lists` wrote; ValueError, TypeError or LookupError for what it never writes."""
    strokes = []
    for stroke in lists:
        points = np.array([stroke[0], stroke[1]], np.float64).T / LEVELS
        if points.ndim != 2 or not len(points) or not np.isfinite(points).all():
            raise ValueError("no stroke")
        strokes.append(points)
    return strokes
