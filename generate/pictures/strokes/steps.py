"""Drawings as rows of steps, which the pen learns: how far it goes, and what it does then."""

import numpy as np

from generate.pictures.strokes.lines import Strokes

# What the pen does after a step; as in `networks.pen`. The states of steps that are none are -1.
STAYS, LIFTS, ENDS, NONE = 0, 1, 2, -1
MIDDLE = 0.5


def to_steps(strokes: Strokes, length: int, units: float) -> np.ndarray:
    """``strokes`` as float32 (length, 3): dx, dy in ``units`` of the side, state; NONE at the end.

    The pen begins over the middle. A drawing that is too long is cut, and still ends.
    """
    steps = np.zeros((length, 3), np.float32)
    steps[:, 2] = NONE
    if not strokes:
        return steps
    points = np.concatenate(strokes)[: length - 1]
    states = np.concatenate([[STAYS] * (len(s) - 1) + [LIFTS] for s in strokes])[: length - 1]
    steps[: len(points), :2] = np.diff(points, axis=0, prepend=[[MIDDLE, MIDDLE]]) * units
    steps[: len(points), 2] = states
    steps[len(points), 2] = ENDS
    return steps


def to_strokes(steps: np.ndarray, units: float) -> Strokes:
    """The strokes of ``steps`` (n, 3), within the paper's edges; dots are left out."""
    ends = np.flatnonzero((steps[:, 2] == ENDS) | (steps[:, 2] == NONE))
    steps = steps[: ends[0]] if len(ends) else steps
    if not len(steps):
        return []
    points = (MIDDLE + np.cumsum(steps[:, :2], 0) / units).clip(0.01, 0.99)
    lifts = np.flatnonzero(steps[:, 2] == LIFTS) + 1
    return [stroke for stroke in np.split(points, lifts) if len(stroke) > 1]
