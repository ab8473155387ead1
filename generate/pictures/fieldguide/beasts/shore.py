"""Body plans from the water's edge: fish out of water, crab, octopus and turtle."""

from __future__ import annotations

import random

from generate.pictures.fieldguide.beasts.creature import (
    Creature,
    Eye,
    fan,
    front_eyes,
    leg,
    side_eye,
    smile,
)


def fish(rng: random.Random, c: Creature) -> None:
    """A fish that walks ashore on two webbed feet."""
    long, tall = rng.uniform(0.46, 0.56), rng.uniform(0.29, 0.36)
    cy = -0.2 - tall
    tail = c.add("accent", flat=0.5)
    root = (-long * 0.85, cy)
    fan(tail, root, rng.uniform(0.4, 0.48), (128, 232), 5, 0.075, 0.045)
    top = c.add("accent", flat=0.5)
    fan(top, (0.0, cy - tall * 0.7), rng.uniform(0.3, 0.4), (150, 75), 5, 0.07, 0.03)
    for x, shade in ((0.2, 0.7), (-0.1, 1.0)):
        foot = c.add("beak", shade=shade)
        foot.limb([(x, cy + tall * 0.8), (x + 0.01, -0.06)], (0.06, 0.045))
        foot.oval(x + 0.08, -0.04, 0.14, 0.045)
    trunk = c.trunk()
    trunk.oval(0.0, cy, long, tall, 0.0, k=0.05)
    trunk.limb([(-long * 0.4, cy), (-long * 1.05, cy)], (tall * 0.6, 0.08), k=0.1)
    hx, r = long * 0.52, tall * 0.7
    lips = c.add("inner", flat=0.2, cast=0.6)
    lips.oval(long * 0.97, cy + tall * 0.12, 0.055, 0.06)
    lips.oval(long * 0.94, cy + tall * 0.34, 0.05, 0.05)
    fin = c.add("accent", flat=0.45)
    fan(fin, (-0.02, cy + tall * 0.2), 0.3, (178, 232), 4, 0.055, 0.04)
    c.head = (hx, cy - tall * 0.12, r)
    c.eyes.append(Eye(hx, cy - tall * 0.2, r * 0.44))


def crab(rng: random.Random, c: Creature) -> None:
    """A broad shell on bent legs, two raised claws, eyes on stalks."""
    wide, tall = rng.uniform(0.4, 0.46), rng.uniform(0.25, 0.3)
    cy = -0.2 - tall
    for s in (-1, 1):
        legs = c.add("coat", shade=0.82)
        for i, (out, knee) in enumerate(((0.72, -0.36), (0.66, -0.28), (0.5, -0.2))):
            legs.limb(
                [(s * 0.2, cy + 0.12), (s * (out - 0.08), knee), (s * (out + 0.05), -0.02)],
                (0.06, 0.055, 0.018),
                k=0.01,
                start=i * 0.3,
            )
    for s in (-1, 1):
        arm = c.add("coat", shade=0.92)
        grow = rng.uniform(0.9, 1.15)
        ex, ey = s * (wide + 0.24), cy - 0.12
        arm.limb([(s * wide * 0.7, cy), (ex, ey), (ex - s * 0.02, ey - 0.16)], (0.07, 0.065, 0.075))
        claw = c.add("accent")
        px, py = ex - s * 0.02, ey - 0.24
        claw.oval(px, py, 0.13 * grow, 0.12 * grow, 0.0, k=0.03)
        claw.limb(
            [(px + s * 0.06, py - 0.06), (px + s * 0.1, py - 0.2), (px, py - 0.29 * grow)],
            (0.07, 0.055, 0.015),
            k=0.04,
        )
        claw.limb(
            [(px - s * 0.06, py - 0.05), (px - s * 0.13, py - 0.15), (px - s * 0.09, py - 0.24)],
            (0.06, 0.045, 0.015),
            k=0.03,
        )
    stalk = c.add("coat", shade=0.95)
    look = rng.choice((-0.25, 0.25))
    for s in (-1, 1):
        stalk.limb(
            [(s * 0.13, cy - tall * 0.6), (s * 0.16, cy - tall - 0.14)], (0.045, 0.04), k=0.01
        )
        c.eyes.append(Eye(s * 0.16, cy - tall - 0.17, 0.088, look))
    trunk = c.trunk()
    trunk.oval(0, cy, wide, tall, 0.0, k=0.03)
    c.head = (0, cy - tall * 0.42, 0.26)
    c.frontal = True
    smile(c, 0, cy + 0.09, 0.26, 0.045, 0.016)
    c.spine = [(-wide * 0.7, cy - tall * 0.7), (0, cy - tall), (wide * 0.7, cy - tall * 0.7)]


def octopus(rng: random.Random, c: Creature) -> None:
    """A domed head above a skirt of curling arms."""
    r = rng.uniform(0.33, 0.38)
    cy = -0.42 - r
    back = c.add("coat", shade=0.7)
    for s in (-1, 1):
        back.limb(
            [(s * 0.1, -0.42), (s * 0.34, -0.26), (s * 0.62, -0.2), (s * 0.74, -0.32)],
            (0.1, 0.08, 0.055, 0.03),
        )
    trunk = c.trunk()
    trunk.oval(0, cy, r, r * rng.uniform(1.02, 1.18), 0.0, k=0.05)
    trunk.oval(0, -0.42, r * 0.82, 0.17, 0.0, k=0.1)
    for s in (-1, 1):
        flip = rng.choice((-1, 1))
        outer = [
            (s * 0.2, -0.4),
            (s * 0.4, -0.14),
            (s * 0.66, -0.07),
            (s * 0.84, -0.12),
            (s * 0.8, -0.24),
        ]
        trunk.limb(outer, (0.11, 0.095, 0.07, 0.05, 0.03), k=0.06)
        inner = [(s * 0.1, -0.38), (s * 0.17, -0.14), (s * (0.27 + 0.05 * flip), -0.05)]
        trunk.limb(inner, (0.11, 0.085, 0.055), k=0.05)
    front = c.add("coat")
    front.limb([(0.0, -0.4), (-0.02, -0.18), (0.05, -0.05)], (0.1, 0.085, 0.05), k=0.05)
    c.head = (0, cy, r)
    c.frontal = True
    front_eyes(c, rng, 0.42, -0.28)
    smile(c, 0, cy + r * 0.72, r * 0.42, r * 0.1, 0.014)
    c.spine = [(-r * 0.7, cy - r * 0.75), (0, cy - r * 1.05), (r * 0.7, cy - r * 0.75)]


def turtle(rng: random.Random, c: Creature) -> None:
    """A walker beneath a domed shell."""
    wide, tall = rng.uniform(0.56, 0.62), rng.uniform(0.42, 0.52)
    far = c.add("coat", shade=0.72)
    leg(far, -0.22, 0.28, 0.09, 0.06)
    leg(far, 0.42, 0.28, 0.09, 0.06)
    c.add("coat").limb([(-wide + 0.1, -0.24), (-wide - 0.16, -0.14)], (0.08, 0.02))
    trunk = c.trunk()
    r = rng.uniform(0.2, 0.225)
    hx, hy = wide + 0.26, -rng.uniform(0.52, 0.68)
    trunk.limb([(wide - 0.2, -0.3), (wide + 0.08, -0.36), (hx, hy)], (0.16, 0.13, 0.14), k=0.03)
    trunk.oval(hx, hy, r * 1.08, r * 0.96, 0.0, k=0.05)
    trunk.limb([(hx, hy + 0.05), (hx + r * 0.9, hy + 0.07)], (r * 0.6, r * 0.42), k=0.05)
    near = c.add("coat")
    leg(near, -0.4, 0.3, 0.105, 0.07)
    leg(near, 0.3, 0.3, 0.105, 0.07)
    shell = c.add("shell")
    shell.limb(
        [(-wide * 0.55, -0.36), (0, -0.24 - tall * 0.55), (wide * 0.55, -0.36)],
        (wide * 0.36, tall * 0.62, wide * 0.36),
        k=0.12,
    )
    shell.oval(0, -0.36, wide * 0.95, tall * 0.4, 0.0, k=0.1)
    plates = c.add("accent", flat=0.55, cast=0.0)
    top = -0.3 - tall * 0.62
    for x, y, s in ((0.0, top, 0.13), (-0.29, top + 0.13, 0.11), (0.29, top + 0.13, 0.11)):
        plates.oval(x, y, s, s * 0.85, 0.0, k=0.001)
    for x in (-0.16, 0.16):
        plates.oval(x, top + 0.28, 0.09, 0.07, 0.0, k=0.001)
    rim = c.add("accent", shade=0.9)
    rim.limb([(-wide, -0.25), (0, -0.17), (wide, -0.25)], (0.055, 0.065, 0.055), k=0.02)
    c.head = (hx, hy, r)
    smile(c, hx + r * 0.8, hy + r * 0.45, r * 0.7, r * 0.08, 0.012)
    side_eye(c, rng, 0.2, 0.22)
    c.spine = [(-0.4, -0.3 - tall * 0.7), (0, -0.3 - tall), (0.4, -0.3 - tall * 0.7)]


SHORE = {"fish": fish, "crab": crab, "octopus": octopus, "turtle": turtle}
