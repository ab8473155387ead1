"""The shapes of creatures: limbs and ovals, joined smoothly into rounded volumes.

A layer of a creature is a list of shapes. Evaluated on a grid it gives a signed distance, a local
thickness and a coordinate along the body. Coverage and surface normals are computed from the first
two. Smooth minimum after Inigo Quilez, "smooth minimum" (polynomial form).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy import ndimage

Point = tuple[float, float]
FAR = np.float32(9.0)


@dataclass
class Limb:
    """A chain of round cones: joints (n, 3) of x, y, radius; `k` is the softness of its union."""

    joints: np.ndarray
    k: float
    start: float = 0.0

    def placed(self, place: Place) -> Limb:
        """The same limb in picture coordinates."""
        joints = self.joints.copy()
        joints[:, 0] = place.x + place.scale * place.side * joints[:, 0]
        joints[:, 1] = place.y + place.scale * joints[:, 1]
        joints[:, 2] *= place.scale
        return Limb(joints, self.k * place.scale, self.start)

    def bounds(self) -> np.ndarray:
        """Left, top, right, bottom."""
        low = (self.joints[:, :2] - self.joints[:, 2:]).min(axis=0)
        high = (self.joints[:, :2] + self.joints[:, 2:]).max(axis=0)
        return np.concatenate([low, high])

    def distance(self, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Signed distance, local radius and length along the chain, each of the grid's shape."""
        best: tuple[np.ndarray, np.ndarray, np.ndarray] | None = None
        along = self.start
        for (ax, ay, ar), (bx, by, br) in zip(self.joints[:-1], self.joints[1:], strict=True):
            dx, dy = np.float32(bx - ax), np.float32(by - ay)
            length2 = np.float32(dx * dx + dy * dy + 1e-9)
            px, py = x - np.float32(ax), y - np.float32(ay)
            h = np.clip((px * dx + py * dy) / length2, 0, 1)
            radius = np.float32(ar) + np.float32(br - ar) * h
            d = np.hypot(px - h * dx, py - h * dy) - radius
            length = float(np.sqrt(length2))
            s = np.float32(along) + h * np.float32(length)
            along += length
            if best is None:
                best = (d, radius, s)
            else:
                nearer = d < best[0]
                best = (
                    np.where(nearer, d, best[0]),
                    np.where(nearer, radius, best[1]),
                    np.where(nearer, s, best[2]),
                )
        assert best is not None
        return best


@dataclass
class Oval:
    """An ellipse: centre, radii, turn in radians; `k` is the softness of its union."""

    x: float
    y: float
    rx: float
    ry: float
    turn: float
    k: float
    start: float = 0.0

    def placed(self, place: Place) -> Oval:
        """The same oval in picture coordinates."""
        s = place.scale
        return Oval(
            place.x + s * place.side * self.x,
            place.y + s * self.y,
            s * self.rx,
            s * self.ry,
            place.side * self.turn,
            s * self.k,
            self.start,
        )

    def bounds(self) -> np.ndarray:
        """Left, top, right, bottom."""
        c, s = np.cos(self.turn), np.sin(self.turn)
        w, h = np.hypot(self.rx * c, self.ry * s), np.hypot(self.rx * s, self.ry * c)
        return np.array([self.x - w, self.y - h, self.x + w, self.y + h])

    def distance(self, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Signed distance (first order), local radius and coordinate along the long axis."""
        c, s = np.float32(np.cos(self.turn)), np.float32(np.sin(self.turn))
        px, py = x - np.float32(self.x), y - np.float32(self.y)
        u, v = px * c + py * s, py * c - px * s
        rx, ry = np.float32(self.rx), np.float32(self.ry)
        ru, rv = u / rx, v / ry
        k0 = np.sqrt(ru * ru + rv * rv)
        k1 = np.sqrt((ru / rx) ** 2 + (rv / ry) ** 2) + np.float32(1e-6)
        small = np.float32(min(self.rx, self.ry))
        d = np.maximum(k0 * (k0 - 1) / k1, small * (k0 - 1))
        return d, np.full_like(d, small), u + np.float32(self.start)


Shape = Limb | Oval


@dataclass
class Place:
    """Where a creature stands: scale, shift and side (1 faces right, -1 faces left)."""

    x: float
    y: float
    scale: float
    side: int


@dataclass
class Layer:
    """Shapes painted together. `role` names the paint; `flat` (0 to 1) makes them bulge less."""

    role: str
    shapes: list[Shape] = field(default_factory=list)
    flat: float = 0.0
    shade: float = 1.0
    cast: float = 1.0

    def limb(
        self, points: Sequence[Point], radii: Sequence[float], k: float = 0.03, start: float = 0.0
    ) -> Layer:
        """Add a limb through points with the given radii, smoothed by a Catmull-Rom spline."""
        path = np.array([(*p, r) for p, r in zip(points, radii, strict=True)], dtype=np.float64)
        self.shapes.append(Limb(smooth_path(path), k, start))
        return self

    def oval(
        self, x: float, y: float, rx: float, ry: float, turn: float = 0.0, k: float = 0.03
    ) -> Layer:
        """Add an ellipse."""
        self.shapes.append(Oval(x, y, rx, ry, turn, k))
        return self


def smooth_path(path: np.ndarray) -> np.ndarray:
    """Resample joints (n, 3) along a Catmull-Rom spline; two joints stay a straight cone."""
    if len(path) < 3:
        return path
    pad = np.vstack([2 * path[0] - path[1], path, 2 * path[-1] - path[-2]])
    steps = 3 if len(path) < 7 else 2
    t = np.linspace(0, 1, steps, endpoint=False)[:, None]
    pieces = []
    for p0, p1, p2, p3 in zip(pad, pad[1:], pad[2:], pad[3:], strict=False):
        pieces.append(
            p1
            + 0.5 * t * (p2 - p0)
            + t * t * (p0 - 2.5 * p1 + 2 * p2 - 0.5 * p3)
            + t**3 * (1.5 * (p1 - p2) + 0.5 * (p3 - p0))
        )
    out = np.vstack([*pieces, path[-1:]])
    out[:, 2] = np.clip(out[:, 2], 0.5 * path[:, 2].min(), path[:, 2].max())
    return out


@dataclass
class Relief:
    """A layer on the grid: coverage 0..1, normal x, y (z follows), edge 0..1, length along."""

    cover: np.ndarray
    nx: np.ndarray
    ny: np.ndarray
    along: np.ndarray
    window: tuple[slice, slice]


def mould(layer: Layer, place: Place, size: int) -> Relief | None:
    """Evaluate a layer on a grid of size x size pixels spanning the unit square."""
    shapes = [shape.placed(place) for shape in layer.shapes]
    if not shapes:
        return None
    boxes = np.array([shape.bounds() for shape in shapes])
    soft = max(shape.k for shape in shapes)
    rim = 0.012 + soft
    window = _window(boxes.min(axis=0)[:2], boxes.max(axis=0)[2:], rim, size)
    rows, cols = window
    height, width = rows.stop - rows.start, cols.stop - cols.start
    if height < 2 or width < 2:
        return None
    ys = ((np.arange(rows.start, rows.stop) + 0.5) / size).astype(np.float32)[:, None]
    xs = ((np.arange(cols.start, cols.stop) + 0.5) / size).astype(np.float32)[None, :]
    d = np.full((height, width), FAR)
    radius = np.full((height, width), np.float32(0.05))
    along = np.zeros((height, width), np.float32)
    for shape, box in zip(shapes, boxes, strict=True):
        r, c = _window(box[:2], box[2:], rim, size)
        part = (
            slice(max(r.start - rows.start, 0), r.stop - rows.start),
            slice(max(c.start - cols.start, 0), c.stop - cols.start),
        )
        if d[part].size == 0:
            continue
        new, new_radius, new_along = shape.distance(xs[:, part[1]], ys[part[0]])
        old = d[part]
        k = np.float32(max(shape.k, 1e-4))
        w = np.clip(0.5 + 0.5 * (old - new) / k, 0, 1)
        d[part] = old + (new - old) * w - k * w * (1 - w)
        radius[part] += (new_radius - radius[part]) * w
        along[part] += (new_along - along[part]) * (w > 0.5)
    cover = np.clip(0.5 - d * np.float32(size), 0, 1)
    q = np.clip(1 + d / radius, 0, 1)
    inside = np.clip(d, -1, np.float32(0.012))
    gy, gx = np.gradient(inside)
    norm = np.sqrt(gx * gx + gy * gy) + np.float32(1e-7)
    soften = 0.006 * size
    nx = ndimage.gaussian_filter(gx / norm * q, soften, mode="nearest")
    ny = ndimage.gaussian_filter(gy / norm * q, soften, mode="nearest")
    bulge = np.float32(1.0 - layer.flat)
    return Relief(cover, nx * bulge, ny * bulge, along, window)


def _window(low: np.ndarray, high: np.ndarray, rim: float, size: int) -> tuple[slice, slice]:
    left, top = np.floor((low - rim) * size).astype(int)
    right, bottom = np.ceil((high + rim) * size).astype(int) + 1
    clip = [int(np.clip(v, 0, size)) for v in (top, bottom, left, right)]
    return slice(clip[0], clip[1]), slice(clip[2], clip[3])
