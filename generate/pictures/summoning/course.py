"""The solver's steps as numbers: what `families/flow.py` asks of diffusers, for a browser.

SDE-DPM-Solver++(2M) on straight paths (Lu et al., arXiv 2211.01095). Each step is linear in the
picture, its two last estimates of the clean one, and the noise.
"""

import math
from itertools import pairwise

import numpy as np

# As in families/flow.py, which needs torch; a test compares them.
GUIDED, SHIFT = 0.3, 0.6
TIMES = 1000  # noise levels of the training schedule


def plan_steps(steps: int, shift: float) -> list[list[float]]:
    """[level, a, b, c, d] of each step, where e is the estimate of the clean picture.

    e = x - level v(x, level); the next x is a x + b e + c (e - e of the step before) + d noise.
    """
    even = 1 - np.linspace(1, 1 / TIMES, steps + 1)
    shifted = np.flip(shift * even / (1 + (shift - 1) * even))[:-1]
    levels = [float(level) for level in shifted.astype(np.float32)] + [0.0]
    rows, before = [], 0.0
    for step, (now, then) in enumerate(pairwise(levels)):
        if then == 0:
            rows.append([now, 0.0, 1.0, 0.0, 0.0])
            continue
        height = lift(then) - lift(now)
        pull = (1 - then) * -math.expm1(-2 * height)
        row = [now, then / now * math.exp(-height), pull, 0.0]
        if step:
            row[3] = pull * height / before / 2
        rows.append([*row, then * math.sqrt(-math.expm1(-2 * height))])
        before = height
    return rows


def lift(level: float) -> float:
    """Half of the logarithm of the ratio of signal to noise at a noise level."""
    return math.log(1 - level) - math.log(level)
