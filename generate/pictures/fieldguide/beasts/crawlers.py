"""Body plans close to the ground: snake, snail, frog, caterpillar, beetle."""

from __future__ import annotations

import math
import random

from generate.pictures.fieldguide.beasts.creature import Creature, Eye, side_eye, smile


def snake(rng: random.Random, c: Creature) -> None:
    """A serpent, winding along the ground or resting on its coils."""
    thick = rng.uniform(0.13, 0.15)
    c.wrap = True
    if rng.random() < 0.5:
        waves = rng.choice((1.5, 2.0))
        points, radii = [], []
        for i in range(12):
            share = i / 11
            sway = math.sin(share * waves * 2 * math.pi) * 0.15
            points.append((-0.85 + 1.15 * share, -0.32 + sway))
            radii.append(thick * min(1.0, 0.25 + share * 2.2))
        trunk = c.trunk()
        trunk.limb(points, radii, k=0.02)
        hx, hy = 0.66, -0.82 - rng.uniform(0, 0.14)
        x, y = points[-1]
        trunk.limb(
            [(x, y), (x + 0.22, y - 0.02), (x + 0.27, y - 0.24), (hx - 0.04, hy)],
            (thick, thick, thick * 0.95, thick * 0.9),
            k=0.03,
            start=2.0,
        )
    else:
        for i, (wide, y) in enumerate(((0.6, -0.13), (0.5, -0.32), (0.38, -0.5))):
            ring = c.trunk() if i == 0 else c.add("coat")
            ring.limb(
                [
                    (-wide, y - 0.03),
                    (-wide * 0.5, y + 0.04),
                    (wide * 0.5, y + 0.04),
                    (wide, y - 0.03),
                ],
                (thick * 1.05, thick * 1.25, thick * 1.25, thick * 1.05),
                k=0.02,
                start=i * 0.3,
            )
            if i == 0:
                ring.limb(
                    [(-wide + 0.1, y), (-wide - 0.22, y + 0.05), (-wide - 0.38, y - 0.06)],
                    (thick * 0.8, thick * 0.5, 0.02),
                    k=0.03,
                )
        hx, hy = 0.34, -1.12 - rng.uniform(0, 0.1)
        neck = c.add("coat")
        neck.limb(
            [(-0.05, -0.56), (-0.16, -0.78), (0.02, -0.98), (hx - 0.08, hy)],
            (thick * 1.1, thick * 1.05, thick * 0.95, thick * 0.9),
            k=0.03,
        )
    r = thick * 1.5
    head = c.add("coat")
    head.oval(hx, hy, r * 1.12, r * 0.92, 0.0, k=0.05)
    head.limb([(hx, hy + 0.03), (hx + r * 1.1, hy + 0.06)], (r * 0.75, r * 0.5), k=0.06)
    c.head = (hx, hy, r)
    tongue = c.add("tongue", cast=0.0)
    tip = hx + r * 1.75
    tongue.limb([(hx + r * 1.4, hy + 0.09), (tip, hy + 0.11)], (0.022, 0.02), k=0.002)
    for fork in (-0.05, 0.05):
        tongue.limb([(tip, hy + 0.11), (tip + 0.09, hy + 0.11 + fork)], (0.02, 0.012), k=0.002)
    smile(c, hx + r * 0.95, hy + r * 0.5, r * 0.9, r * 0.08, 0.013)
    side_eye(c, rng, 0.18, 0.22)
    c.spine = [(hx - r * 1.2, hy + 0.12), (hx - r * 0.9, hy - r * 0.4), (hx - 0.05, hy - r * 0.9)]


def snail(rng: random.Random, c: Creature) -> None:
    """A snail with a large spiral shell."""
    big = rng.uniform(0.4, 0.48)
    trunk = c.trunk()
    trunk.limb(
        [(-0.74, -0.05), (-0.35, -0.1), (0.3, -0.12), (0.56, -0.2)], (0.04, 0.1, 0.12, 0.13), k=0.03
    )
    hx, hy, r = 0.66, -rng.uniform(0.46, 0.56), 0.18
    trunk.limb([(0.5, -0.16), (0.6, -0.3), (hx, hy)], (0.14, 0.13, 0.13), k=0.07)
    trunk.oval(hx + 0.02, hy, r * 1.1, r, 0.0, k=0.06)
    shell = c.add("shell")
    sx, sy = -0.12, -0.16 - big
    shell.oval(sx, sy, big, big * 0.97, 0.0)
    whorl = c.add("accent", flat=0.35, cast=0.45)
    points, radii = [], []
    for i in range(15):
        turn = 0.5 + i / 14 * 2 * math.pi * 1.75
        reach = big * (0.8 - 0.72 * i / 14)
        points.append((sx + reach * math.cos(turn), sy + reach * math.sin(turn)))
        radii.append(big * (0.13 - 0.045 * i / 14))
    whorl.limb(points, radii, k=0.004)
    stalk = c.add("coat")
    for x, shade in ((hx - 0.06, 0), (hx + 0.13, 0.02)):
        stalk.limb([(x, hy - 0.08), (x + 0.03, hy - 0.32 - shade)], (0.045, 0.038), k=0.03)
        c.eyes.append(Eye(x + 0.04, hy - 0.37 - shade, 0.088))
    c.head = (hx, hy, r)
    smile(c, hx + r * 0.55, hy + r * 0.3, r * 0.8, r * 0.14, 0.014)
    c.spine = [(sx - big * 0.8, sy - big * 0.55), (sx, sy - big), (sx + big * 0.7, sy - big * 0.65)]


def frog(rng: random.Random, c: Creature) -> None:
    """A broad, sitting frog with eyes on top, seen from the front."""
    wide, tall = rng.uniform(0.46, 0.54), rng.uniform(0.5, 0.58)
    for side in (-1, 1):
        thigh = c.add("coat", shade=0.88)
        thigh.limb(
            [(side * 0.3, -0.22), (side * 0.64, -0.36), (side * 0.62, -0.12)],
            (0.18, 0.15, 0.1),
            k=0.06,
        )
        thigh.oval(side * 0.68, -0.055, 0.2, 0.06, 0.0, k=0.03)
    trunk = c.trunk()
    trunk.oval(0, -0.36, wide * 0.82, 0.34, 0.0)
    trunk.oval(0, -tall, wide, tall * 0.52, 0.0, k=0.14)
    r = wide
    c.head = (0.0, -tall, r)
    for side in (-1, 1):
        trunk.oval(side * wide * 0.58, -tall - tall * 0.46, 0.17, 0.17, 0.0, k=0.06)
    c.add("belly", flat=0.55, cast=0.0).oval(0, -0.25, wide * 0.55, 0.19)
    for side in (-1, 1):
        arm = c.add("coat")
        arm.limb(
            [(side * 0.32, -0.34), (side * 0.36, -0.16), (side * 0.28, -0.05)],
            (0.085, 0.07, 0.06),
            k=0.03,
        )
        for toe in (-0.09, 0.0, 0.09):
            arm.oval(side * 0.28 + toe, -0.045, 0.055, 0.045, 0.0, k=0.02)
        c.eyes.append(Eye(side * wide * 0.58, -tall - tall * 0.48, 0.135, rng.choice((-0.2, 0.2))))
        c.add("dark", cast=0.0).oval(side * 0.055, -tall - 0.08, 0.02, 0.014)
    c.eyes[1].look = c.eyes[0].look
    smile(c, 0, -tall + tall * 0.2, wide * 1.25, 0.085, 0.017)
    c.frontal = True
    c.crown = (0.0, -tall * 1.46, 0.13)
    c.spine = [(-wide * 0.3, -tall * 1.45), (wide * 0.3, -tall * 1.45)]


def caterpillar(rng: random.Random, c: Creature) -> None:
    """A many-legged crawler of round segments."""
    count = rng.choice((5, 6, 7))
    arch = rng.uniform(0.1, 0.3)
    gap = 1.35 / count
    r = gap * rng.uniform(0.68, 0.76)
    for i in range(count):
        x = -0.8 + gap * i
        y = -0.12 - r - arch * math.sin(math.pi * (i + 0.6) / (count + 0.4))
        legs = c.add("deep")
        for shift in (-0.28, 0.28):
            foot = -0.045 - max(0.0, -y - r - 0.2) * 0.9
            legs.limb(
                [(x + shift * gap, y + r * 0.6), (x + shift * gap + 0.02, foot)],
                (0.055, 0.045),
                k=0.01,
            )
        part = c.trunk() if i == 0 else c.add("coat")
        part.oval(x, y, r * (0.8 + 0.2 * min(i, 2) / 2), r * (0.84 + 0.16 * min(i, 2) / 2), 0.0)
        c.spine.append((x, y - r * 0.9))
    hr = r * 1.18
    hx, hy = x + gap * 0.95, y - r * 0.6
    head = c.add("fur")
    c.body = len(c.layers) - 1
    head.oval(hx, hy, hr * 1.02, hr, 0.0)
    c.head = (hx, hy, hr)
    horn = c.add("dark", cast=0.2)
    for dx in (-0.3, 0.28):
        horn.limb(
            [(hx + dx * hr, hy - hr * 0.85), (hx + dx * hr * 1.7, hy - hr * 1.55)],
            (0.026, 0.022),
            k=0.01,
        )
        horn.oval(hx + dx * hr * 1.75, hy - hr * 1.6, 0.05, 0.05)
    size = hr * 0.33
    c.eyes = [
        Eye(hx - 0.12 * hr, hy - 0.1 * hr, size, 0.3),
        Eye(hx + 0.56 * hr, hy - 0.1 * hr, size, 0.3),
    ]
    smile(c, hx + 0.24 * hr, hy + hr * 0.52, hr * 0.62, hr * 0.14, 0.015)


def beetle(rng: random.Random, c: Creature) -> None:
    """A dome-backed insect with six jointed legs."""
    wide, tall = rng.uniform(0.5, 0.58), rng.uniform(0.4, 0.5)
    for shade, shift in ((0.7, 0.1), (1.0, 0.0)):
        legs = c.add("deep", shade=shade)
        for x in (-0.36, 0.0, 0.36):
            foot = x * 1.6 + shift
            knee = (x * 1.32 + shift, -0.34 + shift * 0.2)
            legs.limb([(x + shift, -0.3), knee, (foot, -0.05)], (0.06, 0.05, 0.034), k=0.01)
            legs.oval(foot + 0.05, -0.035, 0.07, 0.035, 0.0, k=0.02)
    trunk = c.add("fur")
    c.body = len(c.layers) - 1
    r = rng.uniform(0.2, 0.24)
    hx, hy = wide + r * 0.6, -0.42
    trunk.oval(hx, hy, r * 1.05, r, 0.0)
    back = c.add("coat")
    back.oval(0, -0.3, wide * 1.02, 0.14, 0.0)
    back.limb(
        [(-wide * 0.5, -0.36), (0, -0.3 - tall * 0.42), (wide * 0.5, -0.38)],
        (wide * 0.46, tall * 0.62, wide * 0.44),
        k=0.14,
    )
    seam = c.add("deep", flat=1.0, cast=0.0)
    seam.limb(
        [(-wide * 0.9, -0.34), (0, -0.27), (wide * 0.92, -0.34)], (0.014, 0.02, 0.014), k=0.01
    )
    horn = c.add("dark", cast=0.2)
    for dx in (0.1, 0.5):
        horn.limb(
            [
                (hx + dx * r, hy - r * 0.8),
                (hx + dx * r + 0.1, hy - r * 1.7),
                (hx + dx * r + 0.26, hy - r * 1.9),
            ],
            (0.024, 0.02, 0.022),
            k=0.01,
        )
    c.head = (hx, hy, r)
    side_eye(c, rng, 0.25, 0.12)
    smile(c, hx + r * 0.5, hy + r * 0.5, r * 0.6, r * 0.1, 0.013)
    c.spine = [(-0.34, -0.3 - tall * 0.75), (0, -0.32 - tall), (0.3, -0.3 - tall * 0.8)]


CRAWLERS = {
    "snake": snake,
    "snail": snail,
    "frog": frog,
    "caterpillar": caterpillar,
    "beetle": beetle,
}
