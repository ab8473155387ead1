"""What a creature wears besides its body: horns, antlers, crests, manes, spines and the like."""

from __future__ import annotations

import itertools
import math
import random

from generate.pictures.fieldguide.beasts.creature import Creature

FEATURES = ("none", "horns", "antlers", "crest", "mane", "antennae", "spines", "ears", "frill")


def _roots(c: Creature) -> list[tuple[float, float, int, bool]]:
    """Where a pair of features grows on the head: x, y, outward side, whether it is the far one."""
    x, y, r = c.head
    if c.frontal:
        return [(x - 0.5 * r, y - 0.72 * r, -1, False), (x + 0.5 * r, y - 0.72 * r, 1, False)]
    return [(x + 0.26 * r, y - 0.8 * r, 1, True), (x - 0.22 * r, y - 0.82 * r, -1, False)]


def _size(c: Creature) -> float:
    """The head size that features are scaled by, within limits: on small heads they look larger."""
    return max(0.17, min(c.head[2], 0.3))


def horns(rng: random.Random, c: Creature) -> None:
    """A pair of curved horns."""
    s = _size(c)
    curl = rng.uniform(0.1, 0.75)
    for x, y, side, far in _roots(c):
        out = side if c.frontal else -0.55
        layer = c.behind("horn", shade=0.75 if far else 0.95)
        layer.limb(
            [
                (x, y + 0.3 * s),
                (x + out * 0.45 * s, y - 0.55 * s),
                (x + out * (0.45 - curl * 0.6) * s, y - 1.35 * s),
            ],
            (0.25 * s, 0.19 * s, 0.03 * s),
            k=0.01,
        )


def antlers(rng: random.Random, c: Creature) -> None:
    """A pair of branching antlers."""
    s = _size(c) * rng.uniform(1.05, 1.2)
    for x, y, side, far in _roots(c):
        out = side if c.frontal else (0.35 if far else -0.7)
        layer = c.behind("horn", shade=0.75 if far else 0.95)
        mid = (x + out * 0.55 * s, y - 0.75 * s)
        tip = (x + out * 0.5 * s, y - 1.6 * s)
        layer.limb([(x, y + 0.3 * s), mid, tip], (0.13 * s, 0.11 * s, 0.05 * s), k=0.01)
        layer.limb([mid, (x + out * 1.3 * s, y - 1.15 * s)], (0.1 * s, 0.045 * s), k=0.02)
        inner = (x + (out * 0.55 - math.copysign(0.4, out)) * s, y - 1.3 * s)
        layer.limb([mid, inner], (0.09 * s, 0.04 * s), k=0.02)


def crest(rng: random.Random, c: Creature) -> None:
    """A fan of plumes on the crown."""
    x, y, r = c.head
    s = _size(c)
    count = rng.choice((3, 4, 5))
    layer = c.behind("accent", flat=0.2)
    spread = (45, 135) if c.frontal else (70, 165)
    for i in range(count):
        angle = math.radians(spread[0] + (spread[1] - spread[0]) * i / (count - 1))
        base = (x + 0.6 * r * math.cos(angle), y - 0.6 * r * math.sin(angle))
        reach = r + s * (1.0 if i % 2 == 0 else 0.85)
        tip = (x + reach * math.cos(angle), y - reach * math.sin(angle))
        layer.limb([base, tip], (0.09 * s + 0.02, 0.12 * s + 0.16 * r), k=0.012)


def mane(rng: random.Random, c: Creature) -> None:
    """A ring of thick tufts around the head."""
    x, y, r = c.head
    back = 0.0 if c.frontal else 0.3 * r
    layer = c.behind("accent", shade=0.95)
    count = 11
    for i in range(count):
        angle = 2 * math.pi * (i + rng.uniform(-0.15, 0.15)) / count
        reach = r * rng.uniform(1.03, 1.13)
        tuft = (x + reach * math.cos(angle) - back, y + 0.08 * r - reach * math.sin(angle))
        layer.oval(*tuft, 0.4 * r, 0.4 * r, 0.0, k=0.02)
    layer.oval(x - back, y, r, r, 0.0, k=0.03)


def antennae(rng: random.Random, c: Creature) -> None:
    """Two feelers with bobbles."""
    s = _size(c)
    reach = rng.uniform(1.3, 1.7)
    for x, y, side, far in _roots(c):
        out = side * 0.7 if c.frontal else (0.75 if far else 0.05)
        layer = c.behind("deep", shade=0.8 if far else 1.0)
        tip = (x + out * s, y - reach * s)
        layer.limb(
            [(x, y + 0.2 * s), (x + out * 0.35 * s, y - reach * 0.6 * s), tip],
            (0.085 * s, 0.075 * s, 0.065 * s),
            k=0.01,
        )
        c.behind("accent").oval(*tip, 0.21 * s, 0.21 * s)


def spines(rng: random.Random, c: Creature) -> None:
    """A row of plates along the back."""
    layer = c.behind("accent", flat=0.3)
    points = c.spine
    count = rng.choice((6, 7, 8))
    lengths = [math.dist(a, b) for a, b in itertools.pairwise(points)]
    total = sum(lengths)
    for i in range(count):
        at = total * (i + 0.3) / (count - 0.4)
        j = 0
        while j < len(lengths) - 1 and at > lengths[j]:
            at -= lengths[j]
            j += 1
        (ax, ay), (bx, by) = points[j], points[j + 1]
        share = min(at / lengths[j], 1.0)
        x, y = ax + (bx - ax) * share, ay + (by - ay) * share
        nx, ny = (by - ay) / lengths[j], -(bx - ax) / lengths[j]
        tall = total * (0.9 / count) * (0.75 + 0.4 * math.sin(math.pi * (i + 0.5) / count))
        tall = min(max(tall, 0.12), 0.24)
        layer.limb(
            [(x - nx * 0.1, y - ny * 0.1), (x + nx * tall, y + ny * tall)],
            (tall * 0.5, tall * 0.08),
            k=0.01,
        )


def ears(rng: random.Random, c: Creature) -> None:
    """Tall, hare-like ears."""
    s = _size(c)
    tall = rng.uniform(1.35, 1.75)
    for x, y, side, far in _roots(c):
        out = side * 0.45 if c.frontal else (0.1 if far else -0.5)
        shade = 0.78 if far else 1.0
        points = [
            (x, y + 0.25 * s),
            (x + out * 0.5 * s, y - tall * 0.55 * s),
            (x + out * s, y - tall * s),
        ]
        c.behind("coat", shade=shade).limb(points, (0.26 * s, 0.33 * s, 0.1 * s), k=0.02)
        inner = [((p[0] + points[1][0]) / 2, (p[1] + points[1][1]) / 2) for p in points]
        c.behind("inner", flat=0.7, shade=shade, cast=0.0).limb(
            inner, (0.1 * s, 0.16 * s, 0.05 * s), k=0.02
        )


def frill(rng: random.Random, c: Creature) -> None:
    """A broad pleated collar standing behind the head."""
    x, y, r = c.head
    layer = c.behind("accent", flat=0.35)
    span = (-15, 195) if c.frontal else (55, 225)
    count = rng.choice((7, 8, 9))
    for i in range(count):
        angle = math.radians(span[0] + (span[1] - span[0]) * i / (count - 1))
        reach = r + _size(c) * 0.62
        tip = (x + reach * math.cos(angle), y - reach * math.sin(angle))
        layer.limb([(x, y), tip], (0.3 * r, 0.17 * r + 0.02), k=0.012)


WEAR = {
    "horns": horns,
    "antlers": antlers,
    "crest": crest,
    "mane": mane,
    "antennae": antennae,
    "spines": spines,
    "ears": ears,
    "frill": frill,
}

# Features that would hide the plan, or have no place to grow.
UNSUITED: dict[str, tuple[str, ...]] = {
    "snake": ("spines", "mane"),
    "snail": ("horns", "antlers", "crest", "mane", "antennae", "ears", "frill"),
    "frog": ("spines", "mane", "frill", "ears", "crest"),
    "crab": ("horns", "antlers", "mane", "ears", "frill", "antennae", "crest"),
    "octopus": ("mane",),
    "puffball": ("spines", "mane", "frill"),
    "bat": ("spines", "ears", "antennae", "antlers", "horns"),
    "moth": ("spines", "ears", "antennae", "antlers", "horns", "frill", "crest"),
    "fish": ("mane", "spines", "ears", "frill", "crest"),
    "elephant": ("ears", "frill", "mane"),
    "lizard": ("mane", "ears"),
    "caterpillar": ("antennae",),
    "beetle": ("antennae", "mane", "ears"),
}


def suits(plan: str) -> list[str]:
    """The features that suit a plan, including 'none'."""
    return [name for name in FEATURES if name not in UNSUITED.get(plan, ())]
