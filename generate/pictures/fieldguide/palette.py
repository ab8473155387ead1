"""Colours chosen together: a creature's paints and the jungle's, in the OKLCH space.

OKLab after Björn Ottosson, "A perceptual color space for image processing" (2020). Colours are
float arrays of sRGB in 0..1.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass

import numpy as np

# Lightness, chroma and hue (degrees) of each named coat colour.
NAMED: dict[str, tuple[float, float, float]] = {
    "red": (0.57, 0.20, 26),
    "orange": (0.70, 0.17, 52),
    "gold": (0.80, 0.155, 86),
    "green": (0.66, 0.17, 138),
    "teal": (0.64, 0.115, 192),
    "blue": (0.55, 0.165, 258),
    "violet": (0.51, 0.18, 300),
    "pink": (0.73, 0.15, 356),
    "white": (0.94, 0.025, 90),
    "brown": (0.46, 0.085, 52),
}

# Foliage colours: hue, chroma factor, and weight in the random choice.
FOLIAGE: tuple[tuple[float, float, float], ...] = (
    (142, 1.0, 4.0),
    (122, 1.0, 2.5),
    (172, 0.9, 3.0),
    (205, 0.9, 2.0),
    (255, 0.8, 1.2),
    (300, 0.8, 1.0),
    (75, 0.9, 1.0),
    (30, 0.8, 0.5),
)

# Lightness of sky, far, middle, near, ground, foreground; chroma; hues of sky top and sky low.
HOURS: dict[str, tuple[tuple[float, ...], float, tuple[tuple[float, float], ...]]] = {
    "dawn": (
        (0.89, 0.82, 0.73, 0.60, 0.62, 0.38),
        0.08,
        ((20, 70), (350, 60), (310, 40), (200, 70)),
    ),
    "day": ((0.90, 0.84, 0.74, 0.60, 0.65, 0.40), 0.085, ((225, 200), (235, 110), (205, 100))),
    "dusk": (
        (0.66, 0.60, 0.49, 0.38, 0.42, 0.28),
        0.085,
        ((305, 45), (280, 30), (350, 60), (25, 75)),
    ),
    "night": ((0.36, 0.34, 0.29, 0.25, 0.30, 0.21), 0.082, ((265, 235), (280, 250), (225, 195))),
}


def oklch(lightness: float, chroma: float, hue: float) -> np.ndarray:
    """sRGB (3,) of an OKLCH colour, its chroma reduced until it fits the gamut."""
    lightness = min(max(lightness, 0.02), 0.99)
    for _ in range(24):
        a = chroma * math.cos(math.radians(hue))
        b = chroma * math.sin(math.radians(hue))
        long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
        mid = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
        short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
        linear = (
            4.0767416621 * long - 3.3077115913 * mid + 0.2309699292 * short,
            -1.2684380046 * long + 2.6097574011 * mid - 0.3413193965 * short,
            -0.0041960863 * long - 0.7034186147 * mid + 1.7076147010 * short,
        )
        if all(-1e-3 <= v <= 1.001 for v in linear):
            break
        chroma *= 0.92
    rgb = [min(max(v, 0.0), 1.0) for v in linear]
    return np.array(
        [12.92 * v if v <= 0.0031308 else 1.055 * v ** (1 / 2.4) - 0.055 for v in rgb],
        dtype=np.float32,
    )


def hue_distance(a: float, b: float) -> float:
    """Angle between two hues, 0..180 degrees."""
    return abs((a - b + 180) % 360 - 180)


@dataclass
class Palette:
    """Paints by role, the jungle's colours from far to near, and the light of the hour."""

    paints: dict[str, np.ndarray]
    sky_top: np.ndarray
    sky_low: np.ndarray
    disc: np.ndarray
    depth: list[np.ndarray]
    deep: list[np.ndarray]
    mist: np.ndarray
    ground: np.ndarray
    ground_low: np.ndarray
    flower: np.ndarray
    water: np.ndarray
    bark: np.ndarray
    bark_low: np.ndarray
    rock: np.ndarray
    rock_low: np.ndarray
    stone: np.ndarray
    veil: np.ndarray
    light: np.ndarray
    shadow: np.ndarray
    rim: np.ndarray


def mix_palette(rng: random.Random, colour: str, hour: str, habitat: str) -> Palette:
    """Choose every colour of a picture so that the creature stands out from its surroundings."""
    lightness, chroma, hue = NAMED[colour]
    hue += rng.uniform(-5, 5)
    lightness += rng.uniform(-0.02, 0.02)
    if hour == "night":
        lightness = 0.80 if colour == "white" else lightness + 0.03
    accent_hue = hue + rng.choice((-150, 180, 150, -60, 60, -35, 35, 120, -120))
    accent_light = lightness + (0.20 if lightness < 0.62 else -0.24)
    accent_chroma = 0.12 if colour != "white" else 0.15
    bright_light = lightness + (0.16 if lightness < 0.66 else -0.14)
    paints = {
        "coat": oklch(lightness, chroma, hue),
        "accent": oklch(accent_light, accent_chroma, accent_hue),
        "belly": oklch(min(lightness + 0.21, 0.95), chroma * 0.38, hue + (70 - hue) * 0.15),
        "deep": oklch(lightness - 0.17, chroma * 0.95, hue - 8),
        "band": oklch(lightness + 0.08, chroma * 0.8, hue + 14),
        "horn": oklch(rng.choice((0.88, 0.84, 0.42)), 0.06, rng.choice((80, 65, 50))),
        "beak": oklch(0.76, 0.15, rng.choice((70, 58, 82, 38))),
        "dark": oklch(0.22, 0.035, hue),
        "inner": oklch(0.72, 0.10, 15),
        "iris": oklch(rng.choice((0.80, 0.72)), 0.15, rng.choice((90, 130, 60, 200))),
        "tooth": oklch(0.95, 0.02, 90),
        "tongue": oklch(0.58, 0.2, 12),
        "sclera": oklch(0.97, 0.015, 95),
        "pupil": oklch(0.14, 0.03, 280),
        "lid": oklch(lightness - 0.10, chroma * 0.9, hue - 6),
        "shell": oklch(lightness - 0.07, chroma * 0.9, hue + 16),
        "fur": oklch(lightness - 0.07, chroma * 0.9, hue + 6),
        "bright": oklch(bright_light, 0.15, accent_hue + rng.choice((0, 0, 40, -40))),
        "leaf": oklch(0.6, 0.14, 140),
    }
    levels, hour_chroma, skies = HOURS[hour]
    weights = [
        weight * min(1.0, (hue_distance(h, hue) / 75) ** 2 if chroma > 0.05 else 1.0) + 1e-3
        for h, _, weight in FOLIAGE
    ]
    if hour == "night":
        weights = [
            w * (1.0 if 130 < f[0] < 310 else 0.05) for w, f in zip(weights, FOLIAGE, strict=True)
        ]
    leaf_hue, leaf_chroma, _ = rng.choices(FOLIAGE, weights)[0]
    leaf_hue += rng.uniform(-9, 9)
    top_hue, low_hue = rng.choice(skies)
    leaf = hour_chroma * leaf_chroma
    # The middle distance surrounds the creature: its lightness must differ from the coat's.
    sky, far, middle, near, floor, front = levels
    pale = lightness > 0.74
    shift = 0.0
    if hour in ("dawn", "day"):
        shift = -0.17 if pale else (0.07 if lightness > 0.62 else 0.0)
    elif hour == "dusk":
        shift = -0.05 if lightness > 0.6 else 0.12
    far, middle, near = far + shift * 0.8, middle + shift, near + shift * 0.6
    sky += shift * 0.45
    floor += shift * 0.35
    haze_hue = low_hue if hour != "day" else leaf_hue
    night = hour == "night"
    veil = middle - 0.12 if middle < lightness else min(middle + 0.14, 0.95)
    mist_light = min(0.95, far + (0.10 if night else 0.06))
    return Palette(
        paints=paints,
        sky_top=oklch(sky - 0.05, hour_chroma * 1.0, top_hue),
        sky_low=oklch(min(sky + 0.06, 0.97), hour_chroma * 0.8, low_hue),
        disc=oklch(0.96 if hour != "dusk" else 0.88, 0.05 if night else 0.09, 95 if night else 72),
        depth=[
            oklch(far, leaf * 0.55, _between(leaf_hue, haze_hue, 0.45)),
            oklch(middle, leaf * 0.85, _between(leaf_hue, haze_hue, 0.2)),
            oklch(near, leaf * 1.2, leaf_hue),
            oklch(front, leaf * 1.1, leaf_hue + 6),
        ],
        deep=[
            oklch(far - 0.05, leaf * 0.6, _between(leaf_hue, top_hue, 0.3)),
            oklch(middle - 0.07, leaf * 0.9, leaf_hue + 8),
            oklch(near - 0.10, leaf * 1.1, leaf_hue + 12),
            oklch(front - 0.08, leaf * 0.9, leaf_hue + 18),
        ],
        mist=oklch(mist_light, hour_chroma * 0.5, haze_hue),
        ground=oklch(floor, leaf * 1.0, leaf_hue - 12),
        ground_low=oklch(floor - 0.14, leaf * 1.0, leaf_hue + 6),
        flower=oklch(0.72 if not night else 0.55, 0.15, accent_hue),
        water=oklch(sky * 0.93, hour_chroma * 0.9, 215 if hour == "day" else top_hue),
        bark=oklch(near - 0.03, 0.05, 55),
        bark_low=oklch(near - 0.17, 0.045, 40),
        rock=oklch(front + 0.03, leaf * 0.55, top_hue),
        rock_low=oklch(front - 0.10, leaf * 0.5, top_hue),
        stone=oklch(near + 0.09, 0.03, 75),
        veil=oklch(veil, hour_chroma * 0.7, _between(leaf_hue, haze_hue, 0.5)),
        light={
            "dawn": np.array([1.06, 1.00, 0.93]),
            "day": np.array([1.06, 1.04, 0.98]),
            "dusk": np.array([1.06, 0.96, 0.86]),
            "night": np.array([0.90, 0.97, 1.06]),
        }[hour].astype(np.float32),
        shadow={
            "dawn": np.array([0.60, 0.52, 0.66]),
            "day": np.array([0.50, 0.52, 0.62]),
            "dusk": np.array([0.52, 0.42, 0.60]),
            "night": np.array([0.32, 0.38, 0.60]),
        }[hour].astype(np.float32),
        rim={
            "dawn": np.array([1.0, 0.86, 0.66]),
            "day": np.array([1.0, 0.98, 0.84]),
            "dusk": np.array([1.0, 0.72, 0.44]),
            "night": np.array([0.62, 0.82, 1.0]),
        }[hour].astype(np.float32),
    )


def _between(a: float, b: float, share: float) -> float:
    """Hue a moved towards hue b by a share of the shorter arc between them."""
    return a + ((b - a + 180) % 360 - 180) * share
