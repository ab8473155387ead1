"""The ground of each habitat and what stands in its middle distance."""

from __future__ import annotations

import math
import random
from collections.abc import Callable

import numpy as np

from generate.pictures.fieldguide.palette import Palette
from generate.pictures.fieldguide.places.foliage import Screen
from generate.pictures.fieldguide.places.sky import glow, paint_ground, ridge

HABITATS = ("canopy", "river", "clearing", "cave", "swamp", "camp", "waterfall", "ruins")
WARM = np.array([1.0, 0.84, 0.45], np.float32)


def ripples(rng: random.Random, screen: Screen, top: float, foot: float, count: int) -> None:
    """Thin level streaks on water."""
    for _ in range(count):
        x, y = rng.random(), rng.uniform(top, foot)
        screen.ellipse(x, y, rng.uniform(0.05, 0.15), 0.006, rng.choice((0.05, 1.0)))


def canopy(rng: random.Random, p: Palette, canvas: np.ndarray, floor: float) -> None:
    """A great mossy bough among leaves."""
    size = canvas.shape[0]
    back = Screen(size)
    for side in (-1, 1):
        for i in range(5):
            x, y = 0.5 + side * rng.uniform(0.40, 0.52), 0.08 + 0.16 * i
            angle = math.pi / 2 - side * rng.uniform(-1.5, -0.4)
            length, tone = rng.uniform(0.18, 0.27), rng.uniform(0.3, 0.7)
            back.leaf(x, y, angle, length, 0.045, tone, side * 0.5)
    back.wash(canvas, p.deep[2], p.depth[2], p.mist, (0.0, 1.0), 0.25)
    low = Screen(size)
    low.plain(ridge(rng, 0.93, 0.01), 0.3)
    for i in range(8):
        low.blob(rng, i / 7, 0.97 + rng.uniform(-0.02, 0.02), 0.09, 0.4)
    low.wash(canvas, p.deep[1], p.depth[1], p.mist, (0.8, 1.3), 0.3)
    bough = Screen(size)
    wave = rng.uniform(0, 6)
    xs = np.linspace(-0.05, 1.05, 26)
    top = [(x, floor - 0.025 + 0.006 * math.sin(9 * x + wave)) for x in xs]
    under = [(x, y + 0.11 + 0.012 * math.sin(7 * x + wave)) for x, y in top[::-1]]
    moss = [(x, y + 0.045 + 0.014 * math.sin(23 * x + wave)) for x, y in top[::-1]]
    bough.polygon(top + under, 0.3)
    bough.polygon(top + moss, 0.95)
    bough.wash(canvas, p.deep[3], p.ground, p.deep[3], (floor + 0.02, floor + 0.13), 0.75)


def river(rng: random.Random, p: Palette, canvas: np.ndarray, floor: float) -> None:
    """A bright river behind the bank."""
    size = canvas.shape[0]
    water = Screen(size)
    water.polygon([(-0.1, 0.61), (1.1, 0.61), (1.1, 0.84), (-0.1, 0.84)], 0.5)
    ripples(rng, water, 0.63, 0.78, 10)
    water.wash(canvas, p.water * 0.84, np.minimum(p.water * 1.2, 1))
    paint_ground(rng, p, canvas, floor - 0.06)
    reeds = Screen(size)
    for side in (-1, 1):
        for _ in range(3):
            x = 0.5 + side * rng.uniform(0.36, 0.5)
            reeds.tuft(rng, x, floor - 0.02, rng.uniform(0.16, 0.26), 0.5)
    reeds.wash(canvas, p.deep[2], p.depth[2])


def clearing(rng: random.Random, p: Palette, canvas: np.ndarray, floor: float) -> None:
    """Grass, flowers and slanting beams."""
    size = canvas.shape[0]
    beams = Screen(size)
    lean = rng.choice((-0.18, 0.18))
    for i in range(3):
        x, w = 0.1 + 0.3 * i + rng.uniform(-0.06, 0.06), rng.uniform(0.05, 0.1)
        beams.polygon([(x, -0.05), (x + w, -0.05), (x + w * 1.7 + lean, 0.8), (x + lean, 0.8)], 1.0)
    beams.wash(canvas, p.disc, p.disc, blur=0.012, opacity=0.2)
    paint_ground(rng, p, canvas, floor - 0.11)
    grass = Screen(size)
    for i in range(9):
        x, y = i / 8 + rng.uniform(-0.04, 0.04), floor - 0.07 + rng.uniform(-0.01, 0.01)
        grass.tuft(rng, x, y, rng.uniform(0.05, 0.09), 0.6)
    grass.wash(canvas, p.ground_low, p.ground)
    flowers = Screen(size)
    for _ in range(7):
        x = 0.5 + rng.choice((-1, 1)) * rng.uniform(0.2, 0.48)
        y, r = rng.uniform(floor - 0.04, 0.97), rng.uniform(0.012, 0.02)
        for k in range(5):
            a = k * 1.2566
            flowers.ellipse(x + r * math.cos(a), y + r * 0.8 * math.sin(a), r * 0.75, r * 0.65, 0.8)
        flowers.ellipse(x, y, r * 0.5, r * 0.45, 0.0)
    flowers.wash(canvas, p.disc, p.flower)


def cave(rng: random.Random, p: Palette, canvas: np.ndarray, floor: float) -> None:
    """The mouth of a cave, seen from inside."""
    size = canvas.shape[0]
    paint_ground(rng, p, canvas, floor - 0.1)
    a, b = rng.uniform(0, 6.28), rng.uniform(0, 6.28)

    def rim(t: float, grow: float) -> tuple[float, float]:
        wobble = 1 + 0.03 * math.sin(5 * t + a) + 0.02 * math.sin(11 * t + b)
        wide, tall = (0.47 - grow) * wobble, (0.86 - grow) * wobble
        return 0.5 - wide * math.cos(t), 0.94 - tall * math.sin(t) ** 0.6

    outer = [(1.1, 1.1), (1.1, -0.1), (-0.1, -0.1), (-0.1, 1.1)]
    for grow, tone in ((0.045, 0.85), (0.0, 0.25)):
        rock = Screen(size)
        rock.polygon([rim(math.pi * i / 40, grow) for i in range(41)] + outer, tone)
        for i in (11, 15, 26, 30):
            x, y = rim(math.pi * (i + rng.uniform(-1, 1)) / 40, grow)
            drop = rng.uniform(0.03, 0.07)
            rock.polygon([(x - 0.028, y - 0.03), (x + 0.028, y - 0.03), (x, y + drop)], tone)
        rock.wash(canvas, p.deep[3], p.depth[2] * 0.62 + p.deep[3] * 0.38)


def swamp(rng: random.Random, p: Palette, canvas: np.ndarray, floor: float) -> None:
    """Still water, lily pads, bare trunks with hanging moss."""
    size = canvas.shape[0]
    trees = Screen(size)
    for side in (-1, 1):
        x, lean = 0.5 + side * rng.uniform(0.36, 0.46), rng.uniform(-0.06, 0.06)
        trees.trunk(x, -0.05, 0.76, rng.uniform(0.05, 0.08), lean, 0.3)
        for _ in range(4):
            mx = x + rng.uniform(-0.12, 0.12)
            trees.leaf(mx, -0.02, -math.pi / 2, rng.uniform(0.14, 0.28), 0.018, 0.5)
    trees.wash(canvas, p.deep[2], p.depth[2], p.mist, (0.3, 0.85), 0.5)
    water = Screen(size)
    water.polygon([(-0.1, 0.69), (1.1, 0.69), (1.1, 1.1), (-0.1, 1.1)], 0.7)
    ripples(rng, water, 0.72, 0.98, 8)
    low = p.water * 0.55 + p.ground_low * 0.3
    high = p.water * 0.6 + p.ground * 0.4
    water.wash(canvas, low, high, low, (0.72, 1.0), 0.5)
    pads = Screen(size)
    for _ in range(6):
        x = 0.5 + rng.choice((-1, 1)) * rng.uniform(0.25, 0.5)
        y = rng.choice((rng.uniform(0.73, 0.77), rng.uniform(0.93, 0.98)))
        pads.ellipse(x, y, rng.uniform(0.04, 0.08), 0.014, rng.uniform(0.5, 1))
    pads.wash(canvas, p.deep[2], p.depth[2])
    islet = Screen(size)
    islet.ellipse(0.5, floor + 0.035, 0.47, 0.06, 0.2)
    islet.ellipse(0.5, floor + 0.02, 0.46, 0.055, 0.85)
    islet.wash(canvas, p.ground_low, p.ground)


def camp(rng: random.Random, p: Palette, canvas: np.ndarray, floor: float) -> None:
    """A naturalist's camp: a lit tent, and a string of lanterns."""
    size = canvas.shape[0]
    paint_ground(rng, p, canvas, floor - 0.13)
    x, base = 0.5 + rng.choice((-1, 1)) * 0.35, floor - 0.06
    tent = Screen(size)
    tent.polygon([(x - 0.2, base), (x, base - 0.34), (x + 0.2, base)], 0.8)
    tent.polygon([(x + 0.02, base), (x, base - 0.34), (x + 0.2, base)], 0.4)
    tent.wash(canvas, p.flower * 0.5, p.flower * 0.45 + p.mist * 0.55)
    door = Screen(size)
    door.polygon([(x - 0.06, base), (x, base - 0.26), (x + 0.06, base)], 0.5)
    door.wash(canvas, WARM, WARM)
    glow(canvas, x, base - 0.1, 0.09, WARM, 0.4)
    lamps = [(i / 24 * 1.1 - 0.05, 0.045 + 0.09 * math.sin(math.pi * i / 24)) for i in range(25)]
    wire = Screen(size)
    wire.polygon(lamps + [(lx, ly + 0.007) for lx, ly in lamps[::-1]], 0.2)
    wire.wash(canvas, p.deep[3], p.deep[3])
    bulbs = Screen(size)
    for lx, ly in lamps[3::4]:
        glow(canvas, lx, ly + 0.025, 0.03, WARM, 0.55)
        bulbs.ellipse(lx, ly + 0.024, 0.016, 0.02, 1.0)
    bulbs.wash(canvas, WARM, np.array([1.0, 0.93, 0.68], np.float32))


def waterfall(rng: random.Random, p: Palette, canvas: np.ndarray, floor: float) -> None:
    """A tall fall between cliffs, with spray at its foot."""
    size = canvas.shape[0]
    side = rng.choice((-1, 1))
    x = 0.5 + side * rng.uniform(0.26, 0.31)

    def slab(near: float, top: float, out: float) -> list[tuple[float, float]]:
        edge = x + side * out
        return [
            (x + side * near, 0.72),
            (x + side * (near + 0.04), top),
            (edge, 0.04),
            (edge, 0.76),
        ]

    cliff = Screen(size)
    cliff.polygon(slab(-0.2, 0.12, 0.6), 0.35)
    cliff.polygon(slab(0.11, 0.08, 0.6), 0.65)
    for i in range(4):
        cliff.blob(rng, x + side * (0.14 + 0.13 * i), 0.07 - 0.02 * i, 0.09, 0.55)
    cliff.blob(rng, x - side * 0.16, 0.14, 0.075, 0.5)
    cliff.blob(rng, x - side * 0.19, 0.68, 0.08, 0.5)
    dark = p.deep[1] * 0.6 + p.deep[2] * 0.4
    cliff.wash(canvas, dark, p.depth[1] * 0.6 + p.depth[2] * 0.4, p.mist, (0.2, 0.8), 0.45)
    fall = Screen(size)
    fall.polygon([(x - 0.075, 0.09), (x + 0.075, 0.09), (x + 0.1, 0.74), (x - 0.1, 0.74)], 0.75)
    for i in range(5):
        fx, spread = x + (i - 2) * 0.03 + rng.uniform(-0.01, 0.01), (i - 2) * 0.008
        streak = [(fx, 0.09), (fx + 0.01, 0.09), (fx + 0.016 + spread, 0.74), (fx + spread, 0.74)]
        fall.polygon(streak, rng.choice((0.2, 1.0)))
    bright = np.minimum(p.water * 0.4 + p.mist * 0.6 + np.float32(0.15), 0.98)
    fall.wash(canvas, p.water * 0.5 + bright * 0.5, bright, bright, (0.4, 0.75), 0.7)
    glow(canvas, x, 0.71, 0.1, bright, 0.75)
    brow = Screen(size)
    for i in (-2, -1, 1, 2):
        brow.blob(rng, x + 0.075 * i, 0.085 - 0.012 * abs(i), 0.055, 0.45)
    brow.wash(canvas, dark, p.depth[1] * 0.4 + p.depth[2] * 0.6)
    pool = Screen(size)
    pool.polygon([(-0.1, 0.69), (1.1, 0.69), (1.1, 0.88), (-0.1, 0.88)], 0.5)
    ripples(rng, pool, 0.7, 0.8, 6)
    pool.wash(canvas, p.water * 0.85, bright, opacity=0.9)
    paint_ground(rng, p, canvas, floor - 0.06)


def ruins(rng: random.Random, p: Palette, canvas: np.ndarray, floor: float) -> None:
    """Mossy steps and a broken column of a lost temple."""
    size = canvas.shape[0]
    side = rng.choice((-1, 1))
    x = 0.5 + side * 0.22
    stone = Screen(size)
    for i in range(5):
        w, top = 0.4 - 0.07 * i, 0.70 - 0.085 * i
        for tall, tone in ((0.09, 0.4), (0.024, 1.0)):
            box = [(x - w, top), (x + w, top), (x + w, top + tall), (x - w, top + tall)]
            stone.polygon(box, tone)
    stone.polygon([(x - 0.04, 0.29), (x + 0.04, 0.29), (x + 0.04, 0.36), (x - 0.04, 0.36)], 0.0)
    pale = p.depth[1] * 0.7 + p.mist * 0.3
    stone.wash(canvas, p.deep[1], pale, p.mist, (0.3, 0.85), 0.45)
    paint_ground(rng, p, canvas, floor - 0.1)
    column = Screen(size)
    cx, foot = 0.5 - side * rng.uniform(0.39, 0.43), floor - 0.04
    shaft = [(cx - 0.05, 0.14), (cx + 0.05, 0.19), (cx + 0.055, foot), (cx - 0.055, foot)]
    lit = [(cx - 0.05, 0.14), (cx - 0.01, 0.16), (cx - 0.01, foot), (cx - 0.055, foot)]
    base = [
        (cx - 0.08, foot - 0.05),
        (cx + 0.08, foot - 0.05),
        (cx + 0.085, foot + 0.02),
        (cx - 0.085, foot + 0.02),
    ]
    column.polygon(shaft, 0.35)
    column.polygon(lit, 0.85)
    column.polygon(base, 0.6)
    for _ in range(4):
        angle = -math.pi / 2 + rng.uniform(-0.3, 0.3)
        column.leaf(cx + rng.uniform(-0.05, 0.05), 0.15, angle, rng.uniform(0.1, 0.22), 0.02, 0.3)
    pale = p.depth[2] * 0.6 + p.mist * 0.4
    column.wash(canvas, p.deep[2], pale, p.mist, (0.2, 1.0), 0.2)


SCENES: dict[str, Callable[[random.Random, Palette, np.ndarray, float], None]] = {
    "canopy": canopy,
    "river": river,
    "clearing": clearing,
    "cave": cave,
    "swamp": swamp,
    "camp": camp,
    "waterfall": waterfall,
    "ruins": ruins,
}
