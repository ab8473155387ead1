"""Space letters evenly."""

from __future__ import annotations

from generate.phrases.script.glyphs import Hand
from generate.phrases.script.nib import Contour, Point

REACH = 0.3  # of a bow's width


def space_out(
    hand: Hand, contours: list[Contour], mark: bool = False
) -> tuple[tuple[Contour, ...], int]:
    """The outlines, moved right by their left side bearing, and their advance.

    Between baseline and waist the mean distance of the ink to the edges is the same for every
    letter, whether a stem or a bow stands there.
    """
    points = [p for c in contours for p in c if p.on]
    left: float
    right: float
    low, high = 0.06 * hand.waist, 0.94 * hand.waist
    rows = [low + (high - low) * k / 14 for k in range(15)]
    lines = [flatten(contour) for contour in contours]
    spans = [span for y in rows if (span := cross(lines, y))]
    if mark or not spans:
        left, right = min(p.x for p in points), max(p.x for p in points)
        before = after = 0.16 * hand.width
    else:
        left, right = min(a for a, _ in spans), max(b for _, b in spans)
        deep, missing = 0.3 * hand.width, len(rows) - len(spans)
        hollow_left = sum(min(a - left, deep) for a, _ in spans) + missing * deep
        hollow_right = sum(min(right - b, deep) for _, b in spans) + missing * deep
        room = 0.30 * hand.width
        before, after = (
            max(room - h / len(rows), 0.06 * hand.width) for h in (hollow_left, hollow_right)
        )
    # A hook may reach over its neighbour, but not into the neighbour's own hook.
    before += max(0.0, left - min(p.x for p in points) - before - REACH * hand.width)
    after += max(0.0, max(p.x for p in points) - right - after - REACH * hand.width)
    shift = round(before - left)
    moved = tuple(tuple(Point(p.x + shift, p.y, p.on) for p in c) for c in contours)
    return moved, round(right - left + before + after)


def cross(lines: list[list[tuple[float, float]]], y: float) -> tuple[float, float] | None:
    """Left and right end of the ink of polygons at height ``y``, None where there is none."""
    found = [
        x0 + (x1 - x0) * (y - y0) / (y1 - y0)
        for line in lines
        for (x0, y0), (x1, y1) in zip(line, [*line[1:], line[0]], strict=True)
        if (y0 <= y) != (y1 <= y)
    ]
    return (min(found), max(found)) if found else None


def flatten(contour: Contour) -> list[tuple[float, float]]:
    """An outline as a polygon, with four chords for each quadratic."""
    line: list[tuple[float, float]] = []
    control = None
    for point in [*contour, contour[0]]:
        if not point.on:
            control = point
            continue
        if control:
            x0, y0 = line[-1]
            for t in (0.25, 0.5, 0.75):
                a, b, c = (1 - t) ** 2, 2 * t * (1 - t), t * t
                line.append(
                    (a * x0 + b * control.x + c * point.x, a * y0 + b * control.y + c * point.y)
                )
            control = None
        line.append((float(point.x), float(point.y)))
    return line[:-1]
