"""Strokes as ink on paper: pictures of any size, and SVG."""

from html import escape

import numpy as np
from PIL import Image, ImageDraw

from generate.pictures.strokes.lines import Strokes, count_points

PAPER, INK = (250, 246, 236), (38, 34, 46)
# Width of a line, as a share of the drawing's side.
WIDTH = 0.013
# Pictures are drawn larger by this and made smaller, so that lines are smooth.
FINER = 3
# The side of the drawing in an SVG's own units.
UNITS = 256


def draw_ink(strokes: Strokes, side: int) -> Image.Image:
    """Ink on paper, ``side`` pixels square."""
    finer = FINER if side < 512 else 2
    sheet = Image.new("RGB", (side * finer, side * finer), PAPER)
    pen = ImageDraw.Draw(sheet)
    width = max(1, round(max(WIDTH * side, 1.2) * finer))
    for stroke in strokes:
        points = [(float(x), float(y)) for x, y in bend(stroke) * side * finer]
        if len(points) > 1:
            pen.line(points, INK, width, joint="curve")
        for x, y in (points[0], points[-1]):
            reach = width / 2
            pen.ellipse((x - reach, y - reach, x + reach, y + reach), INK)
    return sheet.resize((side, side), Image.Resampling.BOX)


def bend(stroke: np.ndarray, parts: int = 4) -> np.ndarray:
    """A smooth line along a stroke: from middle to middle of its sides, its corners rounded.

    Sharp corners stay: only turns of less than a right angle are rounded.
    """
    if len(stroke) < 3:
        return stroke
    share = np.linspace(0, 1, parts + 1)[1:, None]
    points = [stroke[:1]]
    for before, here, after in zip(stroke, stroke[1:], stroke[2:], strict=False):
        start, end = (before + here) / 2, (here + after) / 2
        if np.dot(here - before, after - here) <= 0:
            points.append(np.stack([here, end]))
            continue
        if len(points) == 1:
            points.append(start[None])
        curve = (1 - share) ** 2 * start + 2 * share * (1 - share) * here + share**2 * end
        points.append(curve)
    return np.concatenate([*points, stroke[-1:]])


def take_first(strokes: Strokes, count: int) -> Strokes:
    """The first ``count`` points of a drawing: the pen at work."""
    taken: Strokes = []
    for stroke in strokes:
        if count <= 0:
            break
        taken.append(stroke[:count])
        count -= len(stroke)
    return taken


def take_share(strokes: Strokes, share: float) -> Strokes:
    """The first ``share`` in [0, 1] of a drawing."""
    return take_first(strokes, round(share * count_points(strokes)))


def write_svg(strokes: Strokes, title: str = "") -> str:
    """An SVG with one path for each stroke, in the order in which they were drawn."""
    lines = []
    for stroke in strokes:
        x, y = (stroke * UNITS).round(1).T
        places = [f"{a:g} {b:g}" for a, b in zip(x, y, strict=True)]
        lines.append(f'<path d="M{" L".join(places)}"/>')
    ink = "#" + bytes(INK).hex()
    named = f"<title>{escape(title)}</title>" if title else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {UNITS} {UNITS}">{named}'
        f'<g fill="none" stroke="{ink}" stroke-width="{WIDTH * UNITS:.1f}" '
        f'stroke-linecap="round" stroke-linejoin="round">\n' + "\n".join(lines) + "\n</g></svg>\n"
    )
