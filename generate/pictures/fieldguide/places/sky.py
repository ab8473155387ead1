"""Sky and distance: gradient, sun or moon, clouds or stars, far and middle trees, forest floor."""

from __future__ import annotations

import math
import random

import numpy as np

from generate.pictures.fieldguide.palette import Palette
from generate.pictures.fieldguide.places.foliage import Screen


def rows(size: int) -> np.ndarray:
    """Heights of pixel centres, shape (S, 1)."""
    return ((np.arange(size) + 0.5) / size).astype(np.float32)[:, None]


def columns(size: int) -> np.ndarray:
    """Horizontal pixel centres, shape (1, S)."""
    return rows(size).T


def glow(
    canvas: np.ndarray, x: float, y: float, r: float, colour: np.ndarray, power: float
) -> None:
    """A soft round light, painted within three of its radii."""
    size = canvas.shape[0]
    top, foot = max(int((y - 3 * r) * size), 0), min(int((y + 3 * r) * size) + 1, size)
    left, right = max(int((x - 3 * r) * size), 0), min(int((x + 3 * r) * size) + 1, size)
    if top >= foot or left >= right:
        return
    u = (columns(size)[:, left:right] - np.float32(x)) / np.float32(r)
    v = (rows(size)[top:foot] - np.float32(y)) / np.float32(r)
    share = np.exp(-0.5 * u * u) * np.exp(-0.5 * v * v) * np.float32(power)
    part = canvas[top:foot, left:right]
    part += (colour - part) * share[..., None]


def ridge(rng: random.Random, y: float, swell: float) -> list[tuple[float, float]]:
    """A rolling line across the picture at about height y."""
    a, b = rng.uniform(0, 6.28), rng.uniform(0, 6.28)
    return [
        (x, y + swell * (math.sin(x * 4.2 + a) * 0.6 + math.sin(x * 9.1 + b) * 0.4))
        for x in np.linspace(-0.05, 1.05, 30)
    ]


def paint_sky(rng: random.Random, p: Palette, hour: str, sun: float, size: int) -> np.ndarray:
    """Gradient, clouds or stars, and the sun or moon on its side; colours (S, S, 3)."""
    t = np.clip(rows(size)[..., None] / np.float32(0.62), 0, 1)
    ramp = p.sky_top + (p.sky_low - p.sky_top) * t
    canvas = np.broadcast_to(ramp, (size, size, 3)).astype(np.float32)
    night = hour == "night"
    x, y, r = 0.5 + sun * rng.uniform(0.26, 0.36), rng.uniform(0.13, 0.2), rng.uniform(0.055, 0.08)
    glow(canvas, x, y, r * 2.6, p.disc, 0.35 if night else 0.55)
    if hour in ("dawn", "dusk"):
        glow(canvas, x, 0.5, 0.34, p.rim, 0.4)
    above = Screen(size)
    if night:
        for _ in range(14):
            dot = rng.uniform(0.004, 0.008)
            above.ellipse(rng.random(), rng.uniform(0.02, 0.42), dot, dot, 1.0)
    else:
        for _ in range(2):
            cx, cy = rng.uniform(0, 1), rng.uniform(0.08, 0.3)
            for i in range(4):
                lift = rng.uniform(-0.01, 0.01)
                above.ellipse(cx + 0.06 * (i - 1.5), cy + lift, 0.07, 0.022, 0.9)
    above.wash(canvas, p.sky_low, p.disc, blur=0.0 if night else 0.01, opacity=0.6)
    disc = Screen(size)
    disc.ellipse(x, y, r, r, 0.9)
    if night:
        disc.ellipse(x - 0.3 * r, y - 0.2 * r, 0.22 * r, 0.2 * r, 0.65)
        disc.ellipse(x + 0.3 * r, y + 0.3 * r, 0.16 * r, 0.15 * r, 0.65)
    disc.wash(canvas, p.sky_low, p.disc)
    return canvas


def paint_depths(rng: random.Random, p: Palette, canvas: np.ndarray) -> None:
    """Far and middle distance: tree crowns and trunks fading into mist."""
    size = canvas.shape[0]
    far = Screen(size)
    far.plain(ridge(rng, 0.5, 0.035), 0.35)
    for i in range(9):
        x, y = i / 8 + rng.uniform(-0.04, 0.04), 0.47 + rng.uniform(-0.05, 0.04)
        far.blob(rng, x, y, 0.1, 0.5)
    far.wash(canvas, p.deep[0], p.depth[0], p.mist, (0.42, 0.74), 0.8)
    middle = Screen(size)
    for side in (-1, 1):
        for _ in range(2):
            x, lean = 0.5 + side * rng.uniform(0.33, 0.5), rng.uniform(-0.04, 0.04)
            middle.trunk(x, -0.05, 0.78, rng.uniform(0.025, 0.05), lean, 0.3)
            top = rng.uniform(-0.03, 0.05)
            middle.blob(rng, x + rng.uniform(-0.03, 0.05) * side, top, 0.12, 0.45)
        outer, inner = rng.uniform(0.4, 0.52), rng.uniform(0.22, 0.34)
        middle.blob(rng, 0.5 + side * outer, rng.uniform(0.58, 0.64), 0.14, 0.5)
        middle.blob(rng, 0.5 + side * inner, rng.uniform(0.67, 0.7), 0.09, 0.5)
    middle.wash(canvas, p.deep[1], p.depth[1], p.mist, (0.4, 0.8), 0.6)


def paint_ground(rng: random.Random, p: Palette, canvas: np.ndarray, y: float) -> None:
    """The forest floor with soft dapples."""
    floor = Screen(canvas.shape[0])
    floor.plain(ridge(rng, y, 0.012), 0.8)
    for _ in range(7):
        x, depth = rng.random(), rng.uniform(y + 0.06, 1.0)
        floor.ellipse(x, depth, rng.uniform(0.08, 0.2), 0.016, rng.choice((0.6, 1.0)))
    floor.wash(canvas, p.ground_low, p.ground, p.ground_low, (0.8, 1.02), 0.85)
