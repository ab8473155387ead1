"""What every creature is made of: painted layers, eyes, and places where features are attached.

Body coordinates: the creature faces right, y runs downwards, the ground is y = 0 and a standing
beast is about 1 high.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from generate.pictures.fieldguide.shapes import Layer, Limb, Oval, Place, Point


@dataclass
class Eye:
    """An eye: centre, radius, and which way it looks (-1..1, along x)."""

    x: float
    y: float
    r: float
    look: float = 0.35


@dataclass
class Creature:
    """Layers from back to front, and where the head and the back are, for features."""

    layers: list[Layer] = field(default_factory=list)
    eyes: list[Eye] = field(default_factory=list)
    head: tuple[float, float, float] = (0.0, 0.0, 0.2)
    frontal: bool = False
    spine: list[Point] = field(default_factory=list)
    airborne: bool = False
    wrap: bool = False
    crown: tuple[float, float, float] | None = None
    body: int = 0

    def add(self, role: str, flat: float = 0.0, shade: float = 1.0, cast: float = 1.0) -> Layer:
        """A new layer in front of all others."""
        layer = Layer(role, [], flat, shade, cast)
        self.layers.append(layer)
        return layer

    def trunk(self) -> Layer:
        """The main body's layer; its number is kept, so that features can be put behind it."""
        self.body = len(self.layers)
        return self.add("coat")

    def behind(self, role: str, flat: float = 0.0, shade: float = 1.0, cast: float = 1.0) -> Layer:
        """A new layer just behind the main body."""
        layer = Layer(role, [], flat, shade, cast)
        self.layers.insert(self.body, layer)
        self.body += 1
        return layer

    def bounds(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom of everything painted, in body coordinates."""
        boxes = [shape.bounds() for layer in self.layers for shape in layer.shapes]
        boxes += [np.array([e.x - e.r, e.y - e.r, e.x + e.r, e.y + e.r]) for e in self.eyes]
        stack = np.array(boxes)
        low, high = stack[:, :2].min(axis=0), stack[:, 2:].max(axis=0)
        return float(low[0]), float(low[1]), float(high[0]), float(high[1])

    def settle(self, rng: random.Random, side: int) -> Place:
        """Scale and place the creature: large, whole, centred, its feet on the ground."""
        left, top, right, bottom = self.bounds()
        width, height = right - left, bottom - top
        scale = min(0.80 / width, 0.72 / height) * rng.uniform(0.93, 1.0)
        middle = (left + right) / 2
        slack = max(0.0, 0.88 - width * scale) / 2
        x = 0.5 + rng.uniform(-0.5, 0.5) * min(slack, 0.05) - side * scale * middle
        floor = rng.uniform(0.845, 0.875)
        if self.airborne:
            floor = 0.47 + height * scale / 2
        elif height * scale < 0.5:
            floor -= (0.5 - height * scale) * 0.38
        return Place(x, floor - scale * bottom, scale, side)


Plan = Callable[[random.Random, Creature], None]


def smile(
    creature: Creature, x: float, y: float, width: float, bend: float, thick: float = 0.014
) -> None:
    """A mouth: a dark curve centred on (x, y); positive bend smiles."""
    layer = creature.add("dark", flat=1.0, cast=0.0)
    points = [(x - width / 2, y - bend), (x, y), (x + width / 2, y - bend)]
    layer.limb(points, (thick * 0.7, thick, thick * 0.7), k=0.001)


def side_eye(
    creature: Creature, rng: random.Random, forward: float = 0.2, up: float = 0.18
) -> None:
    """One large eye on a head seen from the side."""
    x, y, r = creature.head
    size = r * rng.uniform(0.36, 0.44)
    creature.eyes.append(Eye(x + forward * r, y - up * r, size))


def front_eyes(creature: Creature, rng: random.Random, apart: float = 0.5, up: float = 0.1) -> None:
    """Two large eyes on a head seen from the front."""
    x, y, r = creature.head
    size = r * rng.uniform(0.27, 0.33)
    look = rng.choice((-0.3, 0.0, 0.3))
    for side in (-1, 1):
        creature.eyes.append(Eye(x + side * apart * r, y - up * r, size, look))


def leg(layer: Layer, x: float, hip: float, thick: float, foot: float, knee: float = 0.0) -> None:
    """A standing leg from the hip (a height above ground) to a foot that points forward."""
    layer.limb(
        [(x, -hip), (x + knee, -hip * 0.48), (x, -thick * 0.7)],
        (thick * 1.45, thick * 1.0, thick * 0.8),
        k=0.06,
    )
    layer.oval(x + foot * 0.35, -thick * 0.62, foot * 0.75 + thick * 0.4, thick * 0.62, 0.0, 0.03)


def fan(
    layer: Layer,
    root: Point,
    length: float,
    angles: tuple[float, float],
    count: int,
    width: float,
    taper: float = 0.6,
) -> None:
    """Feathers or fin rays spread from a root; angles in degrees, 0 forward, 90 up."""
    for i in range(count):
        share = i / max(count - 1, 1)
        angle = math.radians(angles[0] + (angles[1] - angles[0]) * share)
        reach = length * (1 - 0.18 * abs(2 * share - 1))
        tip = (root[0] + reach * math.cos(angle), root[1] - reach * math.sin(angle))
        mid = ((root[0] + tip[0] * 1.6) / 2.6, (root[1] + tip[1] * 1.6) / 2.6)
        layer.limb([root, mid, tip], (width * 0.5, width, width * taper), k=0.012)


__all__ = [
    "Creature",
    "Eye",
    "Limb",
    "Oval",
    "Plan",
    "fan",
    "front_eyes",
    "leg",
    "side_eye",
    "smile",
]
