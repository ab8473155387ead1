"""Coat patterns: where the accent colour lies on a body, at one bold scale for every plan."""

from __future__ import annotations

import math
import random

import numpy as np

COATS = (
    "plain",
    "stripes",
    "spots",
    "rosettes",
    "patches",
    "belly",
    "gradient",
    "scales",
    "rings",
    "freckles",
    "zigzag",
)


def smoothstep(low: float, high: float, x: np.ndarray) -> np.ndarray:
    """Cubic step from 0 at low to 1 at high."""
    t = np.clip((x - np.float32(low)) / np.float32(high - low), 0, 1)
    return t * t * (3 - 2 * t)


class Coat:
    """A pattern. Its random numbers are drawn at first, so all layers and sizes show the same."""

    def __init__(self, name: str, rng: random.Random) -> None:
        self.name = name
        self.phase = rng.uniform(0, 1)
        self.period = rng.uniform(0.95, 1.15)
        self.duty = rng.uniform(-0.1, 0.15)
        self.turn = rng.uniform(-0.3, 0.3)
        self.waves = [
            (rng.uniform(5, 13), rng.uniform(0, 2 * math.pi), rng.uniform(0, 2 * math.pi))
            for _ in range(4)
        ]
        shaken = [
            (rng.uniform(-0.22, 0.22), rng.uniform(-0.22, 0.22), rng.uniform(0.75, 1.15))
            for _ in range(256)
        ]
        self.jitter = np.array(shaken, dtype=np.float32)

    def noise(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Smooth noise of about -1..1."""
        total = np.zeros(np.broadcast(x, y).shape, np.float32)
        for rate, angle, phase in self.waves:
            u = np.float32(rate * math.cos(angle)) * x + np.float32(rate * math.sin(angle)) * y
            total += np.sin(u * np.float32(2.2) + np.float32(phase))
        return total * np.float32(0.4)

    def cells(self, x: np.ndarray, y: np.ndarray, pitch: float) -> tuple[np.ndarray, np.ndarray]:
        """Distance to the nearest point of a jittered grid in units of its pitch, and its size."""
        v = y / np.float32(pitch)
        u = x / np.float32(pitch)
        base_v = np.floor(v)
        best = np.full(u.shape, np.float32(9))
        size = np.ones(u.shape, np.float32)
        for dv in (-1, 0, 1):
            row = base_v + dv
            shifted = u + np.float32(0.5) * (row % 2)
            base_u = np.floor(shifted)
            for du in (-1, 0, 1):
                column = base_u + du
                jitter = self.jitter[(column * 57 + row * 131).astype(np.int32) % 256]
                d = np.hypot(
                    shifted - column - np.float32(0.5) - jitter[..., 0],
                    v - row - np.float32(0.5) - jitter[..., 1],
                )
                nearer = d < best
                best = np.where(nearer, d, best)
                size = np.where(nearer, jitter[..., 2], size)
        return best, size

    def accent(self, x: np.ndarray, y: np.ndarray, along: np.ndarray, ny: np.ndarray) -> np.ndarray:
        """Share of accent colour 0..1 at picture coordinates x, y from the body's middle."""
        name = self.name
        turn = np.float32(2 * np.pi)
        if name == "stripes":
            phase = along / np.float32(0.082 * self.period) + np.float32(self.phase)
            wave = np.sin(phase * turn + np.float32(0.9) * self.noise(x, y))
            back = np.float32(0.15 + self.duty) + np.float32(0.9) * np.maximum(ny, 0)
            return smoothstep(-0.15, 0.25, wave - back)
        if name == "rings":
            phase = along / np.float32(0.125 * self.period) + np.float32(self.phase)
            return smoothstep(-0.15, 0.15, np.sin(phase * turn) + np.float32(self.duty))
        if name == "spots":
            d, size = self.cells(x, y, 0.088 * self.period)
            return 1 - smoothstep(0.24, 0.36, d / size)
        if name == "rosettes":
            d, size = self.cells(x, y, 0.118 * self.period)
            d = d / size
            return smoothstep(0.12, 0.2, d) * (1 - smoothstep(0.34, 0.42, d))
        if name == "freckles":
            d, size = self.cells(x, y, 0.044)
            sown = 1 - smoothstep(-0.3, 0.2, ny + np.float32(0.3) * self.noise(x, y))
            return (1 - smoothstep(0.2, 0.34, d / size)) * sown
        if name == "patches":
            return smoothstep(0.02, 0.14, self.noise(x * 1.25, y * 1.25) + np.float32(self.duty))
        if name == "gradient":
            u = x * np.float32(math.cos(self.turn)) + y * np.float32(0.5)
            return 1 - smoothstep(-0.26, 0.2, u)
        if name == "scales":
            pitch = np.float32(0.062)
            v = y / pitch
            row = np.floor(v)
            u = x / pitch + np.float32(0.5) * (row % 2)
            fu, fv = u - np.floor(u) - np.float32(0.5), v - row
            arc = np.hypot(fu * np.float32(1.5), fv * np.float32(0.95))
            return smoothstep(0.55, 0.85, arc) * np.float32(0.85)
        if name == "zigzag":
            saw = np.abs((x / np.float32(0.09) + np.float32(self.phase)) % 1 - np.float32(0.5)) * 2
            wave = (y / np.float32(0.1) + saw * np.float32(0.55)) % 1
            return smoothstep(0.5, 0.58, wave) * (1 - smoothstep(0.92, 1.0, wave))
        return np.zeros(np.broadcast(x, y).shape, np.float32)

    def pale(self, ny: np.ndarray) -> np.ndarray:
        """Share of the pale underside 0..1, by how far the surface normal points down."""
        if self.name == "belly":
            return smoothstep(0.0, 0.3, ny)
        return smoothstep(0.3, 0.95, ny) * np.float32(0.45)
