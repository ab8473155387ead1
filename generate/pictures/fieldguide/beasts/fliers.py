"""Body plans with wings, and the round one: bird, owl-like ball, bat, moth."""

from __future__ import annotations

import math
import random

from generate.pictures.fieldguide.beasts.creature import Creature, Eye, fan, front_eyes, smile


def bird(rng: random.Random, c: Creature) -> None:
    """A long-billed bird on thin legs, from finch to toucan."""
    lift = rng.uniform(0.3, 0.48)
    stout = rng.uniform(0.25, 0.31)
    by = -lift - stout * 0.8
    tail = c.add("accent", flat=0.4)
    tilt = rng.uniform(-25, 30)
    fan(tail, (-0.28, by + 0.02), rng.uniform(0.45, 0.62), (172 - tilt, 196 - tilt), 3, 0.075, 0.05)
    for x, shade in ((0.12, 0.72), (0.0, 1.0)):
        foot = c.add("beak", shade=shade)
        foot.limb([(x - 0.03, by + stout * 0.6), (x, -0.04)], (0.04, 0.028))
        foot.limb([(x, -0.035), (x + 0.13, -0.022)], (0.03, 0.022))
        foot.limb([(x, -0.035), (x - 0.08, -0.022)], (0.028, 0.02))
    r = rng.uniform(0.21, 0.245)
    hx, hy = 0.3, by - stout - rng.uniform(0.04, 0.2)
    beak = c.add("beak")
    kind = rng.randrange(3)
    reach = (0.3, 0.44, 0.52)[kind]
    droop = (0.02, 0.16, -0.02)[kind]
    thick = (0.1, 0.13, 0.07)[kind]
    beak.limb(
        [
            (hx + r * 0.5, hy + 0.03),
            (hx + r * 0.6 + reach * 0.6, hy + 0.02 + droop * 0.1),
            (hx + r * 0.6 + reach, hy + 0.05 + droop),
        ],
        (thick, thick * 0.72, 0.016),
        k=0.01,
    )
    trunk = c.trunk()
    trunk.limb([(-0.32, by + 0.03), (0.08, by)], (stout * 0.42, stout), k=0.03)
    trunk.limb([(0.1, by - 0.04), (hx, hy)], (stout * 0.75, r * 0.82), k=0.08)
    trunk.oval(hx, hy, r, r, 0.0, k=0.06)
    wing = c.add("wing", flat=0.35)
    drop = rng.uniform(-6, 14)
    fan(wing, (0.1, by - 0.06), 0.5, (176 + drop, 212 + drop), 4, 0.085, 0.05)
    wing.oval(0.06, by - 0.03, 0.16, 0.12, 0.3, k=0.03)
    c.head = (hx, hy, r)
    c.add("belly", flat=0.4, cast=0.0).oval(hx + r * 0.34, hy - r * 0.02, r * 0.5, r * 0.46)
    c.eyes.append(Eye(hx + r * 0.32, hy - r * 0.06, r * 0.38))
    c.spine = [(-0.25, by - 0.14), (-0.05, by - stout), (0.12, by - stout - 0.1)]


def puffball(rng: random.Random, c: Creature) -> None:
    """A ball of fluff that is all face, on two small feet."""
    r = rng.uniform(0.42, 0.48)
    cy = -r - 0.08
    feet = c.add("beak")
    for s in (-1, 1):
        for toe in (-0.08, 0.0, 0.08):
            feet.limb([(s * 0.17, -0.09), (s * 0.18 + toe, -0.028)], (0.05, 0.035), k=0.02)
    trunk = c.trunk()
    trunk.oval(0, cy, r, r * rng.uniform(0.95, 1.08), 0.0, k=0.03)
    for s in (-1, 1):
        arm = c.add("wing", flat=0.2, shade=0.92)
        arm.limb(
            [(s * r * 0.86, cy - 0.04), (s * (r + 0.06), cy + 0.12), (s * (r * 0.94), cy + 0.3)],
            (0.085, 0.105, 0.05),
            k=0.02,
        )
    c.add("belly", flat=0.55, cast=0.0).oval(0, cy + r * 0.45, r * 0.56, r * 0.42)
    c.head = (0, cy, r)
    c.frontal = True
    front_eyes(c, rng, 0.38, 0.22)
    if rng.random() < 0.6:
        c.add("beak").limb([(0, cy + 0.01), (0, cy + 0.12)], (0.06, 0.016))
    else:
        smile(c, 0, cy + r * 0.16, r * 0.4, r * 0.08, 0.016)


def bat(rng: random.Random, c: Creature) -> None:
    """A furry flier with scalloped wings spread wide."""
    rise = rng.uniform(0.12, 0.32)
    for s in (-1, 1):
        wing = c.add("wing", flat=0.55, shade=0.9)
        sx, sy = s * 0.12, -0.52
        wx, wy = s * 0.42, -0.62 - rise
        for i in range(4):
            angle = math.radians(8 - rise * 40 + i * 31)
            reach = 0.42 - 0.02 * i
            tip = (wx + s * reach * math.cos(angle), wy + reach * math.sin(angle))
            wing.limb([(wx, wy), tip], (0.05, 0.028), k=0.05)
            wing.limb([(sx, sy), ((wx + tip[0]) / 2, (wy + tip[1]) / 2)], (0.11, 0.11), k=0.05)
        bone = c.add("deep", flat=0.3, cast=0.3)
        bone.limb([(sx, sy), (wx, wy)], (0.04, 0.03), k=0.01)
        for i in range(4):
            angle = math.radians(8 - rise * 40 + i * 31)
            reach = 0.36 - 0.02 * i
            tip = (wx + s * reach * math.cos(angle), wy + reach * math.sin(angle))
            bone.limb([(wx, wy), tip], (0.026, 0.012), k=0.005)
    feet = c.add("deep")
    for s in (-1, 1):
        feet.limb([(s * 0.08, -0.18), (s * 0.09, -0.06)], (0.035, 0.025))
    r = rng.uniform(0.25, 0.28)
    hy = -0.74
    for s in (-1, 1):
        ear = c.add("coat", shade=0.9)
        ear.limb([(s * 0.12, hy - 0.1), (s * 0.2, hy - 0.42)], (0.11, 0.025), k=0.02)
        c.add("inner", flat=0.7, cast=0.0).limb(
            [(s * 0.135, hy - 0.16), (s * 0.185, hy - 0.34)], (0.055, 0.014)
        )
    trunk = c.trunk()
    trunk.oval(0, -0.4, 0.23, 0.29, 0.0, k=0.04)
    trunk.oval(0, hy, r, r * 0.95, 0.0, k=0.08)
    c.add("belly", flat=0.5, cast=0.0).oval(0, -0.36, 0.12, 0.17)
    c.head = (0, hy, r)
    c.frontal = True
    c.airborne = True
    front_eyes(c, rng, 0.42, 0.06)
    c.add("dark", cast=0.0).oval(0, hy + r * 0.28, 0.035, 0.025)
    smile(c, 0, hy + r * 0.56, r * 0.5, r * 0.1, 0.012)


def moth(rng: random.Random, c: Creature) -> None:
    """A large moth with eye spots on its wings, seen from the front."""
    wide = rng.uniform(0.4, 0.46)
    for s in (-1, 1):
        low = c.add("accent", flat=0.55)
        low.limb([(s * 0.05, -0.5), (s * wide * 0.85, -0.24)], (0.1, 0.22), k=0.05)
        low.oval(s * wide * 0.8, -0.1, 0.12, 0.14, 0.0, k=0.08)
        top = c.add("coat", flat=0.5)
        top.limb(
            [(s * 0.06, -0.6), (s * wide, -0.78), (s * wide * 1.42, -0.94)],
            (0.1, 0.24, 0.16),
            k=0.08,
        )
        spot = c.add("accent", flat=0.8, cast=0.0)
        spot.oval(s * wide * 1.12, -0.8, 0.125, 0.125)
        c.add("dark", flat=0.8, cast=0.0).oval(s * wide * 1.12, -0.8, 0.075, 0.075)
        c.add("tooth", flat=0.8, cast=0.0).oval(s * wide * 1.12 - 0.02, -0.825, 0.024, 0.024)
        c.add("coat", flat=0.7, cast=0.0).oval(s * wide * 0.82, -0.2, 0.085, 0.085)
    trunk = c.trunk()
    trunk.limb([(0, -0.62), (0, -0.36), (0, -0.1)], (0.12, 0.105, 0.05), k=0.03)
    r = rng.uniform(0.165, 0.19)
    head = c.add("coat")
    head.oval(0, -0.82, r, r * 0.94)
    c.body = len(c.layers) - 1
    feelers = c.behind("deep", flat=0.2)
    for s in (-1, 1):
        feelers.limb([(s * 0.06, -0.93), (s * 0.16, -1.1), (s * 0.3, -1.16)], (0.03, 0.04, 0.018))
    c.head = (0, -0.82, r)
    c.frontal = True
    c.airborne = True
    front_eyes(c, rng, 0.48, 0.02)
    smile(c, 0, -0.82 + r * 0.5, r * 0.45, r * 0.12, 0.012)


FLIERS = {"bird": bird, "puffball": puffball, "bat": bat, "moth": moth}
