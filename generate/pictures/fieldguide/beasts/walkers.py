"""Body plans that walk: four legs, two legs, long necks, trunks and low lizards."""

from __future__ import annotations

import random

from generate.pictures.fieldguide.beasts.creature import Creature, Eye, leg, side_eye, smile


def _tail(c: Creature, rng: random.Random, x: float, y: float, length: float, thick: float) -> None:
    """One of four tails, rooted at (x, y), pointing backwards."""
    kind = rng.randrange(4)
    layer = c.add("coat")
    if kind == 0:
        points = [(x + 0.08, y), (x - length * 0.5, y + 0.02), (x - length, y - length * 0.55)]
        layer.limb(points, (thick, thick * 0.75, thick * 0.5), k=0.03)
        c.add("accent").oval(x - length * 1.02, y - length * 0.62, thick * 1.25, thick * 1.5, 0.5)
    elif kind == 1:
        points = [
            (x + 0.08, y),
            (x - length * 0.45, y - length * 0.1),
            (x - length * 0.72, y - length * 0.62),
            (x - length * 0.5, y - length * 1.02),
        ]
        layer.limb(points, (thick, thick * 1.4, thick * 1.9, thick * 0.5), k=0.03)
    elif kind == 2:
        points = [(x + 0.08, y), (x - length * 0.4, y + 0.1), (x - length * 0.72, y + 0.36)]
        layer.limb(points, (thick, thick * 0.8, thick * 0.5), k=0.03)
        c.add("deep").oval(x - length * 0.74, y + 0.38, thick * 1.0, thick * 1.4, 0.5)
    else:
        points = [
            (x + 0.08, y),
            (x - length * 0.55, y - 0.02),
            (x - length * 0.82, y - length * 0.42),
            (x - length * 0.55, y - length * 0.62),
            (x - length * 0.42, y - length * 0.4),
        ]
        layer.limb(points, (thick, thick * 0.8, thick * 0.7, thick * 0.6, thick * 0.4), k=0.02)


def _snout(c: Creature, rng: random.Random, length: float, nose: str = "dark") -> None:
    """A muzzle on the head in the topmost layer, with nose and mouth."""
    x, y, r = c.head
    tip = x + r * 0.75 + length
    c.layers[c.body].limb(
        [(x + r * 0.35, y + r * 0.22), (tip, y + r * 0.34)], (r * 0.66, r * 0.4), k=0.07
    )
    c.add(nose, cast=0.0).oval(tip + r * 0.28, y + r * 0.16, r * 0.19, r * 0.15, 0.3)
    smile(c, tip - r * 0.05, y + r * 0.55, r * 0.7, r * 0.07, 0.012)


def quadruped(rng: random.Random, c: Creature) -> None:
    """A four-legged beast, between fox, bear and tapir."""
    half = rng.uniform(0.36, 0.46)
    height = rng.uniform(0.55, 0.68)
    stout = rng.uniform(0.19, 0.25)
    thick = rng.uniform(0.075, 0.1)
    far = c.add("coat", shade=0.72)
    leg(far, -half + 0.17, height, thick, 0.1, -0.03)
    leg(far, half + 0.1, height, thick, 0.1, 0.02)
    _tail(c, rng, -half - stout * 0.7, -height - 0.06, rng.uniform(0.4, 0.52), 0.06)
    trunk = c.trunk()
    trunk.limb(
        [(-half, -height), (0, -height + 0.01), (half, -height - 0.02)],
        (stout * 1.0, stout * 0.92, stout * 1.06),
        k=0.03,
    )
    r = rng.uniform(0.22, 0.26)
    hx, hy = half + rng.uniform(0.2, 0.27), -height - rng.uniform(0.3, 0.4)
    trunk.limb([(half - 0.02, -height - 0.03), (hx, hy)], (stout * 0.9, r * 0.72), k=0.1)
    trunk.oval(hx, hy, r * 1.05, r, 0.0, k=0.06)
    leg(trunk, -half - 0.02, height, thick, 0.1, -0.05)
    leg(trunk, half - 0.05, height, thick, 0.1, 0.03)
    c.head = (hx, hy, r)
    _snout(c, rng, rng.uniform(-0.02, 0.12))
    side_eye(c, rng, 0.18, 0.2)
    for shift, behind in ((0.32, True), (-0.42, False)):
        ear = c.behind("deep", shade=0.85) if behind else c.add("coat")
        x, y = hx + shift * r, hy - r * 0.72
        ear.limb([(x, y + 0.04), (x - 0.03, y - r * 0.38)], (r * 0.34, r * 0.2), k=0.02)
    c.spine = [
        (-half - 0.05, -height - stout),
        (0, -height - stout * 0.9),
        (half * 0.8, -height - stout),
    ]


def biped(rng: random.Random, c: Creature) -> None:
    """An upright, two-legged runner with a heavy tail and small arms."""
    hip = rng.uniform(0.46, 0.56)
    stout = rng.uniform(0.2, 0.25)
    lean = rng.uniform(0.05, 0.16)
    far = c.add("coat", shade=0.72)
    leg(far, 0.1, hip, 0.085, 0.17, 0.07)
    tail = c.add("coat")
    lift = rng.uniform(-0.15, 0.2)
    tail.limb(
        [(-0.05, -hip), (-0.38, -hip * 0.62), (-0.68, -0.2 - lift * 0.6), (-0.92, -0.24 - lift)],
        (stout * 0.8, stout * 0.5, stout * 0.3, 0.03),
        k=0.05,
    )
    arm = c.add("coat", shade=0.78)
    arm.limb([(lean + 0.12, -0.86), (lean + 0.3, -0.72), (lean + 0.38, -0.8)], (0.055, 0.045, 0.04))
    trunk = c.trunk()
    r = rng.uniform(0.2, 0.24)
    hx, hy = lean + 0.18, -1.2
    trunk.limb(
        [(-0.06, -hip - 0.04), (lean * 0.6, -hip - 0.26), (lean + 0.06, -0.96), (hx, hy)],
        (stout, stout * 1.02, stout * 0.66, r * 0.7),
        k=0.05,
    )
    trunk.oval(hx, hy, r * 1.06, r, 0.0, k=0.06)
    c.head = (hx, hy, r)
    _snout(c, rng, rng.uniform(0.0, 0.18))
    near = c.add("coat")
    near.oval(-0.07, -hip + 0.0, stout * 0.72, stout * 0.85, 0.3, k=0.04)
    near.limb(
        [(-0.1, -hip + 0.06), (0.02, -hip * 0.5), (-0.1, -0.07)], (0.12, 0.085, 0.065), k=0.06
    )
    near.oval(0.0, -0.05, 0.17, 0.055, 0.0, k=0.03)
    hand = c.add("coat")
    hand.limb(
        [(lean + 0.02, -0.84), (lean + 0.2, -0.66), (lean + 0.32, -0.7)], (0.065, 0.05, 0.045)
    )
    side_eye(c, rng, 0.15, 0.2)
    c.spine = [
        (-0.45, -hip * 0.62 - 0.1),
        (-0.26, -hip - 0.1),
        (-0.2, -hip - 0.34),
        (lean - 0.12, -1.0),
    ]


def longneck(rng: random.Random, c: Creature) -> None:
    """A long-necked grazer on four straight legs."""
    height, stout = rng.uniform(0.52, 0.62), rng.uniform(0.19, 0.23)
    half = rng.uniform(0.26, 0.34)
    far = c.add("coat", shade=0.72)
    leg(far, -half + 0.13, height, 0.062, 0.05)
    leg(far, half + 0.08, height, 0.062, 0.05)
    drop = rng.uniform(-0.1, 0.25)
    c.add("coat").limb(
        [(-half, -height - 0.04), (-half - 0.32, -height + 0.0), (-half - 0.55, -height + drop)],
        (0.09, 0.05, 0.025),
        k=0.04,
    )
    trunk = c.trunk()
    trunk.limb([(-half, -height), (half, -height - 0.04)], (stout, stout * 1.05), k=0.03)
    bend = rng.uniform(-0.1, 0.12)
    r = rng.uniform(0.14, 0.165)
    hx, hy = half + 0.34, -rng.uniform(1.45, 1.62)
    trunk.limb(
        [
            (half - 0.02, -height - 0.06),
            (half + 0.2 + bend * 0.3, -height - 0.32),
            (half + 0.22 + bend, -1.15),
            (hx - 0.04, hy),
        ],
        (stout * 0.85, 0.115, 0.085, 0.085),
        k=0.09,
    )
    trunk.oval(hx, hy, r * 1.1, r, 0.12, k=0.05)
    leg(trunk, -half - 0.02, height, 0.068, 0.05)
    leg(trunk, half - 0.05, height, 0.068, 0.05)
    c.head = (hx, hy, r)
    _snout(c, rng, rng.uniform(0.02, 0.1))
    c.eyes.append(Eye(hx + r * 0.12, hy - r * 0.25, r * 0.46))
    ear = c.add("coat")
    ear.limb([(hx - r * 0.5, hy - r * 0.4), (hx - r * 1.15, hy - r * 0.85)], (r * 0.28, r * 0.14))
    c.spine = [
        (-half, -height - stout),
        (0.1, -height - stout),
        (half + 0.1, -1.0),
        (half + 0.14, -1.25),
    ]


def elephant(rng: random.Random, c: Creature) -> None:
    """An elephant with large ears."""
    height, stout = rng.uniform(0.5, 0.58), rng.uniform(0.31, 0.35)
    far = c.add("coat", shade=0.72)
    leg(far, -0.2, height, 0.11, 0.04)
    leg(far, 0.36, height, 0.11, 0.04)
    c.add("coat").limb(
        [(-0.5, -height - 0.2), (-0.68, -height), (-0.72, -height + 0.2)], (0.045, 0.035, 0.03)
    )
    trunk = c.trunk()
    trunk.limb([(-0.3, -height - 0.12), (0.2, -height - 0.14)], (stout, stout), k=0.03)
    hx, hy, r = 0.5, -height - 0.38, 0.27
    trunk.oval(hx, hy, r, r * 1.02, 0.0, k=0.1)
    lift = rng.choice((0, 1))
    if lift:
        nose = [
            (hx + 0.18, hy + 0.06),
            (hx + 0.42, hy + 0.28),
            (hx + 0.62, hy + 0.1),
            (hx + 0.58, hy - 0.16),
        ]
    else:
        nose = [
            (hx + 0.18, hy + 0.06),
            (hx + 0.36, hy + 0.34),
            (hx + 0.34, hy + 0.66),
            (hx + 0.48, hy + 0.74),
        ]
    trunk.limb(nose, (0.15, 0.105, 0.078, 0.065), k=0.06)
    leg(trunk, -0.42, height, 0.125, 0.04)
    leg(trunk, 0.2, height, 0.125, 0.04)
    tusk = c.add("tooth")
    tusk.limb(
        [(hx + 0.12, hy + 0.22), (hx + 0.26, hy + 0.36), (hx + 0.4, hy + 0.34)],
        (0.045, 0.035, 0.012),
    )
    ear = c.add("wing", flat=0.4, shade=0.97)
    ear.oval(hx - 0.24, hy + 0.02, 0.22, 0.27, 0.25)
    ear.oval(hx - 0.22, hy + 0.2, 0.12, 0.17, 0.1, k=0.1)
    c.add("inner", flat=0.8, cast=0.0).oval(hx - 0.24, hy + 0.06, 0.12, 0.165, 0.25)
    c.head = (hx, hy, r)
    c.eyes.append(Eye(hx + 0.1, hy - 0.07, 0.082))
    c.spine = [(-0.4, -height - 0.12 - stout), (-0.05, -height - 0.13 - stout)]


def lizard(rng: random.Random, c: Creature) -> None:
    """A low, long-tailed, long-jawed crawler."""
    height, stout = rng.uniform(0.31, 0.37), rng.uniform(0.19, 0.23)
    far = c.add("coat", shade=0.72)
    for x in (-0.28, 0.5):
        far.limb([(x, -height), (x + 0.14, -0.2), (x + 0.1, -0.06)], (0.09, 0.07, 0.05), k=0.05)
    trunk = c.trunk()
    curl = rng.uniform(0.1, 0.45)
    trunk.limb(
        [
            (-0.92, -0.22 - curl),
            (-0.98, -0.12 - curl * 0.4),
            (-0.72, -0.17),
            (-0.4, -height),
            (0.05, -height - 0.04),
            (0.45, -height - 0.04),
        ],
        (0.025, 0.05, 0.1, stout * 0.9, stout, stout * 0.9),
        k=0.03,
    )
    r = rng.uniform(0.21, 0.235)
    hx, hy = 0.68, -height - rng.uniform(0.2, 0.32)
    trunk.limb([(0.42, -height - 0.03), (hx, hy)], (stout * 0.8, r * 0.8), k=0.08)
    trunk.oval(hx, hy, r * 1.05, r * 0.92, 0.0, k=0.05)
    jaw = rng.uniform(0.28, 0.38)
    trunk.limb([(hx, hy + 0.06), (hx + jaw + 0.1, hy + 0.09)], (r * 0.68, r * 0.36), k=0.07)
    trunk.limb([(-0.4, -height), (-0.5, -0.22), (-0.38, -0.06)], (0.11, 0.085, 0.06), k=0.05)
    trunk.oval(-0.32, -0.05, 0.12, 0.05, 0.0, k=0.03)
    trunk.limb([(0.38, -height), (0.3, -0.22), (0.4, -0.06)], (0.1, 0.08, 0.06), k=0.05)
    trunk.oval(0.46, -0.05, 0.12, 0.05, 0.0, k=0.03)
    c.head = (hx, hy, r)
    teeth = c.add("tooth", flat=0.6, cast=0.0)
    for i in range(4):
        x = hx + 0.16 + (jaw - 0.06) * i / 4
        teeth.limb([(x, hy + 0.11), (x + 0.01, hy + 0.155)], (0.024, 0.008), k=0.002)
    smile(c, hx + jaw * 0.62, hy + 0.105, jaw * 0.95, -0.005, 0.011)
    c.add("coat", cast=0.3).oval(hx + 0.02, hy - r * 0.62, r * 0.55, r * 0.52)
    c.eyes.append(Eye(hx + 0.04, hy - r * 0.62, r * 0.4))
    c.spine = [
        (-0.7, -0.25),
        (-0.4, -height - stout * 0.9),
        (0, -height - stout),
        (0.4, -height - stout),
    ]


WALKERS = {
    "quadruped": quadruped,
    "biped": biped,
    "longneck": longneck,
    "elephant": elephant,
    "lizard": lizard,
}
