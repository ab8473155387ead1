"""The outlines of the field guide's beasts, as strokes: it knows the shapes that it paints.

Each layer of a creature gives the outline of what is seen of it. What lies behind another layer is
left out, as a draughtsman would. Eyes are circles, mouths single lines.
"""

import math

import numpy as np
from contourpy import contour_generator

from generate.pictures.fieldguide.beasts.creature import Eye
from generate.pictures.fieldguide.scene import Posed, choose_tags, pose
from generate.pictures.fieldguide.shapes import Layer, Limb, Place, mould
from generate.pictures.strokes.lines import Strokes, begin_at_top, fit_points, measure_length

# Shapes are evaluated on a grid of this many places a side.
GRID = 160
# Shorter strokes are dots, and left out.
SHORTEST = 0.05
# A drawing has this many points at most.
POINTS = 160


def draw_outlines(seed: int) -> Strokes:
    """The strokes of the field guide's drawing of ``seed``: the body first, the eyes last."""
    posed = pose(seed, choose_tags(seed))
    return fit_points(trace_creature(posed), POINTS)


def trace_creature(posed: Posed) -> Strokes:
    """What is seen of a creature's outlines, in picture coordinates."""
    creature, place = posed.creature, posed.place
    covers = [cover_grid(layer, place) for layer in creature.layers]
    eyes = [circle(eye, place, 1.0) for eye in creature.eyes]
    hidden = np.zeros((GRID, GRID), bool)
    for eye in creature.eyes:
        hidden |= fill_circle(eye, place)
    found: dict[int, Strokes] = {}
    for number in reversed(range(len(covers))):
        layer, cover = creature.layers[number], covers[number]
        if layer.role == "dark":
            lines = [line for shape in layer.shapes for line in draw_middle(shape, place)]
        else:
            lines = [begin_at_top(loop) for loop in find_loops(cover)]
        found[number] = [part for line in lines for part in cut_hidden(line, hidden)]
        hidden |= cover > 0.5
    order = [creature.body, *(n for n in reversed(range(len(covers))) if n != creature.body)]
    strokes = [stroke for number in order for stroke in found.get(number, [])]
    looks = [circle(eye, place, 0.45, 7) for eye in creature.eyes]
    return [s for s in strokes if measure_length(s) > SHORTEST] + eyes + looks


def cover_grid(layer: Layer, place: Place) -> np.ndarray:
    """How much of each place of the grid a layer covers, (GRID, GRID) in [0, 1]."""
    cover = np.zeros((GRID, GRID), np.float32)
    relief = mould(layer, place, GRID)
    if relief is not None:
        cover[relief.window] = relief.cover
    return cover


def find_loops(cover: np.ndarray, level: float = 0.5) -> Strokes:
    """The closed lines around what is covered, in [0, 1]; the grid's border closes them."""
    size = cover.shape[0]
    padded = np.pad(cover.astype(np.float64), 1)
    lines = contour_generator(z=padded).lines(level)
    return [(np.asarray(line) - 0.5) / size for line in lines if len(line) > 3]


def cut_hidden(line: np.ndarray, hidden: np.ndarray) -> Strokes:
    """The parts of ``line`` that are seen."""
    places = (line * len(hidden)).astype(int).clip(0, len(hidden) - 1)
    seen = ~hidden[places[:, 1], places[:, 0]]
    if seen.all():
        return [line]
    if not seen.any():
        return []
    if np.array_equal(line[0], line[-1]):  # a loop begins where it comes out from behind
        start = int(np.flatnonzero(seen & ~np.roll(seen, 1))[0])
        line, seen = np.roll(line[:-1], -start, 0), np.roll(seen[:-1], -start)
    edges = np.flatnonzero(np.diff(seen)) + 1
    parts = zip(np.split(line, edges), np.split(seen, edges), strict=True)
    return [part for part, shown in parts if shown[0] and len(part) > 1]


def draw_middle(shape: object, place: Place) -> Strokes:
    """A thin shape as a single line."""
    return [shape.placed(place).joints[:, :2]] if isinstance(shape, Limb) else []


def circle(eye: Eye, place: Place, share: float, corners: int = 11) -> np.ndarray:
    """A ring of ``share`` of an eye's radius; a small one lies where the eye looks."""
    x, y, r = locate(eye, place)
    x += (1 - share) * eye.look * place.side * r * 0.6
    angles = np.linspace(-math.pi / 2, 1.5 * math.pi, corners)
    return np.stack([x + share * r * np.cos(angles), y + share * r * np.sin(angles)], 1)


def fill_circle(eye: Eye, place: Place) -> np.ndarray:
    """bool (GRID, GRID): where an eye lies."""
    x, y, r = locate(eye, place)
    middles = (np.arange(GRID) + 0.5) / GRID
    return np.hypot(middles[None] - x, middles[:, None] - y) < r


def locate(eye: Eye, place: Place) -> tuple[float, float, float]:
    """Middle and radius of an eye in the picture, as it is painted."""
    x, y = place.x + place.scale * place.side * eye.x, place.y + place.scale * eye.y
    return x, y, min(max(place.scale * eye.r, 0.033), 0.066)
