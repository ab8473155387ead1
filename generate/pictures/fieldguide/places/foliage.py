"""Cut-paper shapes of the jungle: leaves, fronds, blobs, grass and rocks drawn on a screen.

A screen holds a mask and a tone for one depth of the picture, drawn at four times the picture's
size. `Screen.wash` paints it in the colours of its depth, paler towards the mist at the bottom.
"""

from __future__ import annotations

import math
import random

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

Point = tuple[float, float]


class Screen:
    """One depth of scenery in unit coordinates; `fine` is the drawing grid, `size` the result's."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.fine = size * 2
        self.mask = Image.new("L", (self.fine, self.fine))
        self.tone = Image.new("L", (self.fine, self.fine), 128)
        self._mask, self._tone = ImageDraw.Draw(self.mask), ImageDraw.Draw(self.tone)

    def polygon(self, points: list[Point], tone: float) -> None:
        """A filled polygon with a tone 0 (dark) to 1 (light)."""
        spots = [(x * self.fine, y * self.fine) for x, y in points]
        self._mask.polygon(spots, fill=255)
        self._tone.polygon(spots, fill=int(255 * min(max(tone, 0), 1)))

    def ellipse(self, x: float, y: float, rx: float, ry: float, tone: float) -> None:
        """A filled ellipse."""
        f = self.fine
        box = ((x - rx) * f, (y - ry) * f, (x + rx) * f, (y + ry) * f)
        self._mask.ellipse(box, fill=255)
        self._tone.ellipse(box, fill=int(255 * min(max(tone, 0), 1)))

    def leaf(
        self,
        x: float,
        y: float,
        angle: float,
        length: float,
        width: float,
        tone: float,
        bend: float = 0.0,
    ) -> None:
        """A pointed leaf from its stem at (x, y); angle in radians, 0 right, pi/2 up."""
        left: list[Point] = []
        right: list[Point] = []
        spine: list[Point] = []
        for i in range(9):
            t = i / 8
            a = angle + bend * t
            px, py = x + length * t * math.cos(a), y - length * t * math.sin(a)
            w = width * math.sin(math.pi * t**0.75) ** 0.9
            ox, oy = math.sin(a) * w, math.cos(a) * w
            spine.append((px, py))
            left.append((px - ox, py - oy))
            right.append((px + ox, py + oy))
        self.polygon(left + spine[::-1], tone + 0.12)
        self.polygon(right + spine[::-1], tone - 0.12)

    def frond(
        self,
        x: float,
        y: float,
        angle: float,
        length: float,
        tone: float,
        bend: float,
        fat: float = 0.055,
    ) -> None:
        """A feather-leaved frond that bends along its length."""
        count = 9
        for i in range(1, count):
            t = i / count
            a = angle + bend * t
            px, py = x + length * t * math.cos(a), y - length * t * math.sin(a)
            reach = length * 0.42 * math.sin(math.pi * (0.15 + 0.8 * t))
            for side in (-1, 1):
                self.leaf(
                    px,
                    py,
                    a + side * 0.95 * (1.1 - 0.5 * t),
                    reach,
                    length * fat,
                    tone + 0.08 * side,
                )
        self.leaf(x, y, angle, length, length * 0.025, tone, bend)

    def blob(self, rng: random.Random, x: float, y: float, r: float, tone: float) -> None:
        """A rounded bush of overlapping ellipses, lighter on top."""
        for _ in range(7):
            a = rng.uniform(0, 2 * math.pi)
            d = r * rng.uniform(0.3, 0.7)
            dy = d * math.sin(a) * 0.7
            s = r * rng.uniform(0.42, 0.62)
            self.ellipse(x + d * math.cos(a), y + dy, s, s * 0.9, tone - 0.45 * dy / r)

    def tuft(self, rng: random.Random, x: float, y: float, height: float, tone: float) -> None:
        """A tuft of grass blades."""
        for i in range(5):
            angle = math.pi / 2 + (i - 2) * rng.uniform(0.16, 0.3)
            self.leaf(
                x + (i - 2) * height * 0.1,
                y,
                angle,
                height * rng.uniform(0.7, 1),
                height * 0.07,
                tone,
                -(i - 2) * 0.12,
            )

    def trunk(
        self, x: float, top: float, foot: float, width: float, lean: float, tone: float
    ) -> None:
        """A tree trunk with a flared foot, its lit side lighter."""
        w = width / 2
        self.polygon(
            [
                (x + lean - w * 0.8, top),
                (x + lean + w * 0.8, top),
                (x + w, foot - 0.08),
                (x + w * 2, foot),
                (x - w * 2, foot),
                (x - w, foot - 0.08),
            ],
            tone,
        )
        self.polygon(
            [
                (x + lean - w * 0.8, top),
                (x + lean - w * 0.1, top),
                (x - w * 0.2, foot - 0.06),
                (x - w * 0.6, foot),
                (x - w * 2, foot),
                (x - w, foot - 0.08),
            ],
            tone + 0.16,
        )

    def plain(self, points: list[Point], tone: float = 0.5) -> None:
        """Everything below a line of points."""
        self.polygon([*points, (1.1, 1.1), (-0.1, 1.1)], tone)

    def wash(
        self,
        canvas: np.ndarray,
        dark: np.ndarray,
        light: np.ndarray,
        mist: np.ndarray | None = None,
        fade: tuple[float, float] = (0.0, 1.0),
        strength: float = 0.0,
        blur: float = 0.0,
        opacity: float = 1.0,
    ) -> None:
        """Paint the screen on the canvas (S, S, 3); mist grows between the heights of `fade`."""
        mask, tone = self.mask, self.tone
        if blur:
            mask = mask.filter(ImageFilter.GaussianBlur(blur * self.fine))
        share = np.asarray(mask.reduce(2), np.float32)[..., None] * np.float32(opacity / 255)
        level = (
            np.asarray(tone.filter(ImageFilter.BoxBlur(1)).reduce(2), np.float32)[..., None] / 255
        )
        colour = dark + (light - dark) * level
        if mist is not None and strength:
            y = ((np.arange(self.size) + 0.5) / self.size).astype(np.float32)[:, None, None]
            haze = np.clip((y - fade[0]) / (fade[1] - fade[0]), 0, 1) * np.float32(strength)
            colour = colour + (mist - colour) * haze
        canvas += (colour - canvas) * share
