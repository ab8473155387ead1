"""Weather over the finished scene, the leafy frame in front of it, and the paper's grain."""

from __future__ import annotations

import math
import random

import numpy as np
from PIL import Image

from generate.pictures.fieldguide.palette import Palette
from generate.pictures.fieldguide.places.foliage import Screen
from generate.pictures.fieldguide.places.sky import columns, glow, rows

WEATHERS = ("clear", "mist", "rain", "fireflies", "petals")


def frame(rng: random.Random, p: Palette, canvas: np.ndarray, habitat: str) -> None:
    """Dark leaves in the lower corners and some from above, away from the creature."""
    near = Screen(canvas.shape[0])
    for side in (-1, 1):
        if rng.random() < 0.25:
            continue
        x, kind = 0.5 + side * rng.uniform(0.48, 0.53), rng.randrange(3)
        out = math.pi / 2 + side * 0.1
        if kind == 0:
            for i in range(4):
                angle, long = out + side * (i - 1.2) * 0.42, rng.uniform(0.18, 0.27)
                near.leaf(x, 1.04, angle, long, 0.036, rng.uniform(0.35, 0.8), side * 0.2)
        elif kind == 1:
            for i in range(2):
                angle, long = out + side * (0.5 * i - 0.1), rng.uniform(0.24, 0.32)
                near.frond(x, 1.03, angle, long, rng.uniform(0.35, 0.7), side * 0.5)
        else:
            for i in range(3):
                angle, long = out + side * (i * 0.5 - 0.4), rng.uniform(0.19, 0.25)
                near.leaf(x, 1.05, angle, long, 0.062, rng.uniform(0.4, 0.7), side * 0.25)
    if rng.random() < 0.6 and habitat not in ("cave", "camp"):
        side = rng.choice((-1, 1))
        x = 0.5 + side * 0.53
        for i in range(4):
            angle = -math.pi / 2 - side * (0.75 - 0.3 * i)
            long, tone = rng.uniform(0.14, 0.23), rng.uniform(0.35, 0.8)
            near.leaf(x - side * 0.03 * i, -0.03, angle, long, 0.034, tone, side * 0.3)
    near.wash(canvas, p.deep[3], p.depth[3])


def grass_over_feet(rng: random.Random, p: Palette, canvas: np.ndarray, floor: float) -> None:
    """A few short blades in front of the feet, so that the creature stands in the grass."""
    near = Screen(canvas.shape[0])
    for _ in range(5):
        x, y = rng.uniform(0.12, 0.88), floor + rng.uniform(0.015, 0.04)
        near.tuft(rng, x, y, rng.uniform(0.03, 0.05), rng.uniform(0.2, 0.8))
    near.wash(canvas, p.ground_low, p.ground)


def back_weather(rng: random.Random, p: Palette, canvas: np.ndarray, weather: str) -> None:
    """Weather behind the creature: banks of mist."""
    if weather != "mist":
        return
    size = canvas.shape[0]
    y, x = rows(size), columns(size)
    for _ in range(3):
        height, thick = np.float32(rng.uniform(0.42, 0.72)), np.float32(rng.uniform(0.045, 0.08))
        rate, phase = np.float32(rng.uniform(4, 8)), np.float32(rng.uniform(0, 6))
        wave = np.float32(rng.uniform(0.01, 0.03)) * np.sin(x * rate + phase)
        bank = np.exp(-(((y - height - wave) / thick) ** 2)) * np.float32(0.65)
        canvas += (p.mist - canvas) * bank[..., None]


def front_weather(
    rng: random.Random,
    p: Palette,
    canvas: np.ndarray,
    weather: str,
    face: tuple[float, float, float],
) -> None:
    """Weather in front of everything but the face (a circle x, y, radius)."""
    size = canvas.shape[0]
    if weather == "mist":
        low = np.exp(-(((rows(size) - np.float32(0.97)) / np.float32(0.07)) ** 2))
        canvas += (p.mist - canvas) * (low * np.float32(0.6))[..., None]
    elif weather == "rain":
        canvas += (p.mist * np.float32(0.9) - canvas) * np.float32(0.08)
        drops = Screen(size)
        for _ in range(44):
            x, y, long = rng.uniform(-0.1, 1.1), rng.uniform(-0.1, 1.0), rng.uniform(0.05, 0.1)
            dx = long * 0.3
            drops.polygon(
                [(x, y), (x + 0.006, y), (x + 0.006 - dx, y + long), (x - dx, y + long)], 1
            )
        white = np.array([0.95, 0.97, 1.0], np.float32)
        drops.wash(canvas, white, white, opacity=0.4)
    elif weather == "fireflies":
        warm = np.array([1.0, 0.93, 0.5], np.float32)
        sparks = Screen(size)
        for _ in range(12):
            x, y = rng.uniform(0.05, 0.95), rng.uniform(0.15, 0.9)
            if math.dist((x, y), face[:2]) > face[2]:
                glow(canvas, x, y, 0.018, warm, 0.7)
                sparks.ellipse(x, y, 0.009, 0.009, 1.0)
        sparks.wash(canvas, warm, np.array([1.0, 1.0, 0.82], np.float32))
    elif weather == "petals":
        fall = Screen(size)
        for _ in range(13):
            x, y = rng.uniform(0.03, 0.97), rng.uniform(0.04, 0.95)
            angle, tone = rng.uniform(0, 6.28), rng.uniform(0.4, 1.0)
            if math.dist((x, y), face[:2]) > face[2]:
                fall.leaf(x, y, angle, 0.045, 0.013, tone)
        fall.wash(canvas, p.flower, np.minimum(p.flower * 0.6 + np.float32(0.4), 1))


def paper(seed: int, canvas: np.ndarray) -> np.ndarray:
    """The look of gouache on rough paper: faint broad and fine grain, and a soft vignette."""
    size = canvas.shape[0]
    noise = np.random.default_rng(seed)
    broad = Image.fromarray(noise.standard_normal((12, 12)).astype(np.float32))
    fine = Image.fromarray(noise.standard_normal((160, 160)).astype(np.float32))
    wash = np.asarray(broad.resize((size, size), Image.Resampling.BICUBIC))
    tooth = np.asarray(fine.resize((size, size), Image.Resampling.BILINEAR))
    canvas *= (1 + np.float32(0.016) * wash + np.float32(0.016) * tooth)[..., None]
    y, x = rows(size) - np.float32(0.5), columns(size) - np.float32(0.5)
    corner = np.clip((x * x + y * y) * 2 - np.float32(0.35), 0, 1)
    canvas *= (1 - np.float32(0.22) * corner)[..., None]
    return np.clip(canvas, 0, 1)
