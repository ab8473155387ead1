"""Move a broad nib along smooth curves: strokes become outlines.

A stroke is a list of knots joined by Hobby's spline. The nib keeps one angle, so the direction of
the stroke makes it thick or thin. Outlines are quadratic, as TrueType needs them. All run
clockwise, so that crossing strokes do not cancel each other.
"""

from __future__ import annotations

import cmath
import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

Knot = tuple[float, float] | tuple[float, float, float]
Cubic = tuple[complex, complex, complex, complex]
ALONG = np.linspace(0, 1, 13)
STEPS = 24  # samples of a cubic
NEAR = 2.0  # largest error of an outline, in font units
SPRING, THINNEST = 2.2, 0.3  # length of a thin join in nib widths, and its width at the end
TURN = math.radians(60)  # largest turn of one quadratic


@dataclass(frozen=True)
class Point:
    """A point of an outline in font units; ``on`` is False for the control of a quadratic."""

    x: int
    y: int
    on: bool = True


Contour = tuple[Point, ...]


@dataclass(frozen=True)
class Nib:
    """The edge of a pen: ``angle`` in radians from the horizontal, widths in font units."""

    angle: float
    thick: float
    thin: float

    def reach(self, direction: float) -> float:
        """Half the width of a stroke that runs in ``direction`` (radians)."""
        across = direction - self.angle
        return math.hypot(self.thick * math.sin(across), self.thin * math.cos(across)) / 2

    def sweep(self, knots: Sequence[Knot], joins: tuple[bool, bool] = (False, False)) -> Contour:
        """The outline of a stroke through ``knots`` (x, y[, direction in degrees]).

        ``joins`` tells which ends lie within another stroke: they are thin, so that the join does
        not clog. A free end is cut along the nib.
        """
        centre = sample(join_knots(knots))
        ways = turn_of(centre)
        reach = np.array([self.reach(way) for way in ways])
        run = np.concatenate([[0.0], np.cumsum(np.abs(np.diff(centre)))])
        for end, joined in enumerate(joins):
            if joined:
                away = (run[-1] - run if end else run) / (SPRING * self.thick)
                reach *= THINNEST + (1 - THINNEST) * np.clip(away, 0, 1) ** 2 * (
                    3 - 2 * np.clip(away, 0, 1)
                )
        aside = 1j * np.exp(1j * ways) * reach
        left, right = centre + aside, centre - aside
        for end, joined in ((0, joins[0]), (-1, joins[1])):
            if not joined:
                left, right = self._cut(left, right, end, float(ways[end]), float(reach[end]))
        points = [*fit(left), *fit(right[::-1])]
        return tidy(points)

    def _cut(
        self, left: np.ndarray, right: np.ndarray, end: int, way: float, reach: float
    ) -> tuple[np.ndarray, np.ndarray]:
        """The two sides, one of them longer, so that the end lies along the nib."""
        lean = self.angle - way
        across = math.sin(lean)
        longer = 2 * reach * math.cos(lean) / across if abs(across) > 0.45 else 0.0
        limit = 0.5 * self.thick
        longer = max(-limit, min(limit, longer)) * (1 if end else -1)
        grown = cmath.exp(1j * way) * abs(longer) * (1 if end else -1)
        if abs(longer) < 1:
            return left, right
        side = left if longer > 0 else right
        ends = np.array([side[end] + grown])
        side = np.concatenate([side, ends] if end else [ends, side])
        return (side, right) if longer > 0 else (left, side)


def dot(x: float, y: float, radius: float) -> Contour:
    """A round dot."""
    ring = [cmath.rect(radius, -math.tau * k / 8) + complex(x, y) for k in range(8)]
    outer = [
        cmath.rect(radius / math.cos(math.pi / 8), -math.tau * (k + 0.5) / 8) + complex(x, y)
        for k in range(8)
    ]
    pairs = zip(ring, outer, strict=True)
    return tidy([point for on, off in pairs for point in (snap(on), snap(off, False))])


def snap(at: complex, on: bool = True) -> Point:
    """The nearest point of the font's grid."""
    return Point(round(at.real), round(at.imag), on)


def tidy(points: list[Point]) -> Contour:
    """An outline of ``points`` without those that repeat the one before."""
    kept: list[Point] = []
    for point in points:
        if kept and (point.x, point.y) == (kept[-1].x, kept[-1].y):
            continue
        kept.append(point)
    while len(kept) > 1 and (kept[0].x, kept[0].y) == (kept[-1].x, kept[-1].y):
        kept.pop()
    return tuple(kept)


def join_knots(knots: Sequence[Knot]) -> list[Cubic]:
    """Cubics through all knots, smooth at each; a knot may give the direction there."""
    found: list[Cubic] = []
    start = 0
    for index in range(1, len(knots)):
        if index == len(knots) - 1 or len(knots[index]) == 3:
            found += join_hobby(knots[start : index + 1])
            start = index
    return found


def join_hobby(knots: Sequence[Knot]) -> list[Cubic]:
    """Hobby's spline (J. D. Hobby, Smooth, Easy to Compute Interpolating Splines, 1986).

    Tension is 1. An end has the direction that its knot gives, or else curl 1.
    """
    z = [complex(k[0], k[1]) for k in knots]
    chords = [b - a for a, b in pairwise(z)]
    n = len(chords)
    d = [abs(chord) for chord in chords]
    psi = [0.0] + [cmath.phase(chords[k] / chords[k - 1]) for k in range(1, n)] + [0.0]
    matrix, right = np.zeros((n + 1, n + 1)), np.zeros(n + 1)
    for k in range(1, n):
        matrix[k, k - 1 : k + 2] = 1 / d[k - 1], 2 / d[k - 1] + 2 / d[k], 1 / d[k]
        right[k] = -2 * psi[k] / d[k - 1] - psi[k + 1] / d[k]
    matrix[0, 0] = matrix[n, n] = 1
    if len(knots[0]) == 3:
        right[0] = cmath.phase(cmath.rect(1, math.radians(knots[0][2])) / chords[0])
    else:
        matrix[0, 1], right[0] = 1, -psi[1]
    if len(knots[-1]) == 3:
        right[n] = cmath.phase(cmath.rect(1, math.radians(knots[-1][2])) / chords[-1])
    else:
        matrix[n, n - 1] = 1
    if n == 1 and len(knots[0]) == len(knots[1]) == 2:
        matrix[1] = 0, 1  # two free ends: a straight line
    theta = np.linalg.solve(matrix, right)
    cubics = []
    for k in range(n):
        out, into = float(theta[k]), float(-psi[k + 1] - theta[k + 1])
        first = z[k] + cmath.rect(1, out) * chords[k] * speed(out, into)
        second = z[k + 1] - cmath.rect(1, -into) * chords[k] * speed(into, out)
        cubics.append((z[k], first, second, z[k + 1]))
    return cubics


def speed(theta: float, phi: float) -> float:
    """Distance of a control point from its knot, as a share of the chord (Hobby 1986)."""
    st, sp, ct, cp = math.sin(theta), math.sin(phi), math.cos(theta), math.cos(phi)
    above = 2 + math.sqrt(2) * (st - sp / 16) * (sp - st / 16) * (ct - cp)
    below = 3 * (1 + (math.sqrt(5) - 1) / 2 * ct + (3 - math.sqrt(5)) / 2 * cp)
    return above / below


def sample(cubics: Sequence[Cubic]) -> np.ndarray:
    """Points along cubics as complex numbers, shape (STEPS * len(cubics) + 1,)."""
    t = np.linspace(0, 1, STEPS, endpoint=False)
    parts = [
        a * (1 - t) ** 3 + 3 * b * t * (1 - t) ** 2 + 3 * c * t**2 * (1 - t) + d * t**3
        for a, b, c, d in cubics
    ]
    return np.concatenate([*parts, [cubics[-1][3]]])


def turn_of(points: np.ndarray) -> np.ndarray:
    """The direction of travel at each point of a dense polyline, unwrapped, in radians."""
    return np.unwrap(np.angle(np.gradient(points)))


def fit(points: np.ndarray) -> list[Point]:
    """Quadratics through a dense polyline; a new one begins at corners, and after each `TURN`."""
    steps = np.diff(points)
    ways = np.unwrap(np.angle(steps))
    breaks, since = [0], 0
    for k in range(1, len(ways)):
        turned = ways[k] - ways[since]
        bend, before = ways[k] - ways[k - 1], ways[k - 1] - ways[since]
        corner = abs(bend) > 0.35
        if corner or abs(turned) > TURN or (bend * before < 0 and abs(before) > 0.06):
            breaks.append(k)
            since = k
    breaks.append(len(points) - 1)
    found = [snap(points[0])]
    for a, b in pairwise(breaks):
        found += fit_piece(points[a : b + 1])
    return found


def fit_piece(points: np.ndarray) -> list[Point]:
    """Quadratics from the first of ``points`` on, halved until their error is below `NEAR`."""
    a, b = points[0], points[-1]
    steps = np.diff(points)
    meeting = meet(a, steps[0], b, steps[-1])
    control = (a + b) / 2 if meeting is None else meeting
    t = ALONG
    curve = a * (1 - t) ** 2 + 2 * control * t * (1 - t) + b * t**2
    if len(points) > 4 and measure_distance(points, curve) > NEAR:
        half = len(points) // 2
        return fit_piece(points[: half + 1]) + fit_piece(points[half:])
    return [snap(b)] if meeting is None else [snap(meeting, False), snap(b)]


def measure_distance(points: np.ndarray, line: np.ndarray) -> float:
    """The largest distance of any of ``points`` from a polyline."""
    sides = np.diff(line)
    sides = np.where(sides == 0, 1e-9, sides)
    offset = points[:, None] - line[None, :-1]
    along = np.clip((offset * sides.conj()).real / np.abs(sides) ** 2, 0, 1)
    return float(np.abs(offset - along * sides).min(axis=1).max())


def meet(a: complex, out: complex, b: complex, into: complex) -> complex | None:
    """Where the tangents of two ends meet; None where the piece is almost straight."""
    across = (out.conjugate() * into).imag
    if abs(across) < 0.03 * abs(out) * abs(into):
        return None
    along = ((b - a) * into.conjugate()).imag / (out * into.conjugate()).imag
    point = a + along * out
    ahead = ((b - point) * into.conjugate()).real
    return point if along > 0 and ahead > 0 else None
