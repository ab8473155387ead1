"""Draw a jungle's letters by rule from its sounds; reads and writes nothing.

The manner of a consonant gives its stem and the place its bow; a vowel is a ring or a bowl that
opens to where the tongue is, with a tail up for a close vowel and down for an open one. The nib,
the proportions, which stem and bow stand for what, and the way the letters hold together are
drawn from the jungle's seed, so that every jungle has a hand of its own.
"""

from __future__ import annotations

import math
import random
from collections.abc import Mapping
from dataclasses import dataclass

from generate.phrases.nib import Contour, Knot, Nib, Point, dot
from generate.phrases.phonemes import Phoneme
from generate.recipe import derive_seed

Stroke = tuple[tuple[Knot, ...], bool, bool]

# Coordinates: x in bow widths from the stem, y 0 the baseline, 1 the waist, 2 the top of an
# ascender, -1 the foot of a descender.
STEMS: dict[str, tuple[tuple[Knot, ...], ...]] = {
    "short": (((0, 1.02), (0, 0)),),
    "down": (((0, 1.02), (0, 0), (-0.02, -1)),),
    "down-hook": (((0, 1.02, -90), (0, 0.0, -90), (0.42, -0.92), (0.95, -0.62)),),
    "up": (((-0.02, 2), (0, 1), (0, 0)),),
    "up-hook": (((0.98, 1.6), (0.46, 1.94), (0, 1.15, -90), (0, 0, -90)),),
    "swan": (((0.6, 1.78), (0.22, 1.9), (0.02, 1.35), (0, 0)),),
    "foot": (((0, 1.02, -90), (0, 0.3, -90), (0.3, -0.02), (0.62, 0.16)),),
    "both": (((0.02, 1.9), (0, 1), (0, 0), (-0.02, -0.92)),),
    "serpent": (
        ((0.55, 1.72), (0.2, 1.92), (0, 1.3, -90), (0, -0.2, -90), (-0.2, -0.9), (-0.5, -0.7)),
    ),
    "crossed": (((0, 1.9), (0, 0)), ((-0.42, 1.42), (0.0, 1.5), (0.5, 1.6))),
}
BOWS: dict[str, tuple[tuple[Knot, ...], ...]] = {
    "closed": (((0, 0.62), (0.48, 1.02, 0), (1, 0.5, -90), (0.5, -0.02, 180), (0, 0.26)),),
    "curl": (
        ((0, 0.6), (0.5, 1.02, 0), (1.02, 0.5, -90), (0.68, -0.02), (0.42, 0.3), (0.62, 0.5)),
    ),
    "wave": (
        (
            (0, 0.7),
            (0.42, 1.02, 0),
            (0.86, 0.76, -90),
            (0.48, 0.5),
            (0.96, 0.24, -90),
            (0.5, -0.02, 180),
            (0.12, 0.12),
        ),
    ),
    "arch": (((0, 0.55), (0.52, 1.02, 0), (0.9, 0.6, -90), (0.92, 0.2), (1.2, 0.0)),),
    "cup": (((0, 0.42), (0.45, -0.02, 0), (0.98, 0.5, 90), (0.72, 1.0), (0.46, 0.78)),),
    "twin": (
        ((0, 0.55), (0.4, 1.02, 0), (0.72, 0.6, -90), (0.72, 0.0, -90)),
        ((0.72, 0.55), (1.12, 1.02, 0), (1.44, 0.6, -90), (1.44, 0.0, -90)),
    ),
    "arm": (((0, 0.42), (0.4, 0.34), (0.86, 0.6), (0.92, 1.02)),),
}
RINGS: dict[str, tuple[tuple[Knot, ...], ...]] = {}


@dataclass(frozen=True)
class Hand:
    """How a jungle writes. Lengths are in font units of 1000 to the em."""

    nib: Nib
    waist: float
    top: float
    foot: float
    width: float
    slant: float
    mirrored: bool
    line: str
    stems: Mapping[str, str]
    bows: Mapping[str, str]

    def place(self, knot: Knot) -> Knot:
        """A knot of a skeleton in font units, turned and sloped as this hand does."""
        x, y, *way = knot
        if y > 1:
            height = self.waist + (y - 1) * (self.top - self.waist)
        else:
            height = y * self.waist if y >= 0 else y * -self.foot
        x *= self.width * (-1 if self.mirrored else 1)
        if not way:
            return (x + height * self.slant, height)
        angle = math.radians(way[0])
        dx, dy = math.cos(angle) * (-1 if self.mirrored else 1), math.sin(angle)
        return (x + height * self.slant, height, math.degrees(math.atan2(dy, dx + dy * self.slant)))


KIND_STEMS = {
    "stop": "down",
    "voiced-stop": "down-hook",
    "fricative": "up",
    "voiced-fricative": "up-hook",
    "aspirate": "swan",
    "nasal": "short",
    "glide": "foot",
    "liquid": "swan",
    "trill": "serpent",
    "click": "crossed",
}
PLACE_BOWS = {
    "bilabial": "closed",
    "labiodental": "curl",
    "alveolar": "arch",
    "postalveolar": "wave",
    "palatal": "cup",
    "velar": "twin",
    "glottal": "arm",
}


def make_hand(name: str, seed: int, mood: str) -> Hand:
    rng = random.Random(derive_seed("script", name, seed, mood))
    thick = rng.uniform(72, 96)
    nib = Nib(math.radians(rng.uniform(24, 46)), thick, thick * rng.uniform(0.26, 0.38))
    waist = rng.uniform(430, 500)
    return Hand(
        nib,
        waist,
        waist + rng.uniform(230, 300),
        -rng.uniform(230, 290),
        rng.uniform(250, 330),
        rng.uniform(-0.02, 0.12),
        rng.random() < 0.5,
        rng.choice(("none", "serif", "line")),
        KIND_STEMS,
        PLACE_BOWS,
    )


def draw_letter(hand: Hand, phoneme: Phoneme) -> list[Contour]:
    """The outlines of one letter; x is not yet spaced."""
    strokes = skeleton(hand, phoneme)
    contours = [hand.nib.sweep([hand.place(k) for k in s]) for s in strokes]
    return contours


def describe_letter(hand: Hand, phoneme: Phoneme) -> str:
    """What the letter is and how it is drawn, for the alphabet."""
    return ""


def skeleton(hand: Hand, phoneme: Phoneme):
    if phoneme.is_vowel:
        return vowel(phoneme)
    return [*STEMS[hand.stems[phoneme.kind]], *BOWS[hand.bows[phoneme.place]]]


def vowel(phoneme: Phoneme):
    h, b, rounded = phoneme.height, phoneme.backness, phoneme.rounded
    if rounded:
        ring = (
            (0.45, 1.02, 180),
            (0, 0.5, -90),
            (0.45, -0.02, 0),
            (0.9, 0.5, 90),
            (0.45, 1.02, 180),
        )
        if h > 0.8:
            ring = (
                (1.0, 1.7),
                (0.5, 1.5),
                (0, 0.6, -90),
                (0.45, -0.02, 0),
                (0.9, 0.48, 90),
                (0.5, 1.0, 180),
                (0.1, 0.7),
            )
        strokes = [ring]
    else:
        bowl = ((0.82, 0.8), (0.46, 1.02, 180), (0, 0.48, -90), (0.48, -0.02, 0), (0.85, 0.2))
        if h > 0.8:
            bowl = ((0.75, 1.75), (0.2, 1.35), (0, 0.5, -90), (0.48, -0.02, 0), (0.85, 0.2))
        if h < 0.2:
            bowl = (
                (0.82, 0.8),
                (0.46, 1.02, 180),
                (0, 0.48, -90),
                (0.3, 0.02),
                (0.75, -0.3),
                (0.5, -0.9),
                (0.1, -0.75),
            )
        strokes = [bowl]
    if phoneme.long:
        strokes.append(((0.1, -0.42), (0.35, -0.3), (0.6, -0.42), (0.85, -0.3)))
    return strokes


def draw_mark(hand: Hand, mark: str) -> list[Contour]:
    """The outlines of a punctuation mark."""
    full, waist = hand.nib.thick * 0.62, hand.waist
    low = [dot(0, full, full)]
    tail = hand.nib.sweep([(12, full * 1.4), (8, -20), (-50, -110)])
    bar = hand.nib.sweep([(0, waist * 0.5), (200, waist * 0.5)])
    long_bar = hand.nib.sweep([(0, waist * 0.5), (420, waist * 0.5)])
    high = hand.nib.sweep([(0, hand.top), (-10, hand.top - 90), (-60, hand.top - 190)])
    shaft = hand.nib.sweep([(0, hand.top), (0, waist * 0.42)])
    hook = hand.nib.sweep(
        [(-120, hand.top - 60), (0, hand.top, 0), (120, hand.top - 110, -90), (0, waist * 0.42)]
    )
    return {
        ".": low,
        ",": [tail],
        "!": [shaft, *low],
        "?": [hook, *low],
        "…": [dot(x, full, full) for x in (0, 170, 340)],
        "’": [high],
        "-": [bar],
        "–": [long_bar],
        ":": [dot(0, waist - full, full), *low],
        ";": [dot(0, waist - full, full), tail],
        "·": [dot(0, waist / 2, full)],
    }[mark]


def space_out(
    hand: Hand, contours: list[Contour], mark: bool = False
) -> tuple[tuple[Contour, ...], int]:
    """Move outlines to their left side bearing; also their advance.

    Between baseline and waist every letter keeps the same mean distance to its edges, as the eye
    sees it, whether a stem or a bow stands there.
    """
    points = [p for c in contours for p in c if p.on]
    low, high = 0.06 * hand.waist, 0.94 * hand.waist
    rows = [low + (high - low) * k / 14 for k in range(15)]
    spans = [span for y in rows if (span := cross(contours, y))]
    if mark or not spans:
        left, right = min(p.x for p in points), max(p.x for p in points)
        before = after = 0.16 * hand.width
    else:
        left, right = min(a for a, _ in spans), max(b for _, b in spans)
        deep, missing = 0.3 * hand.width, len(rows) - len(spans)
        hollow_left = sum(min(a - left, deep) for a, _ in spans) + missing * deep
        hollow_right = sum(min(right - b, deep) for _, b in spans) + missing * deep
        room = 0.30 * hand.width
        before, after = (
            max(room - h / len(rows), 0.06 * hand.width) for h in (hollow_left, hollow_right)
        )
    shift = round(before - left)
    moved = tuple(tuple(Point(p.x + shift, p.y, p.on) for p in c) for c in contours)
    return moved, round(right - left + before + after)


def cross(contours: list[Contour], y: float) -> tuple[float, float] | None:
    """Leftmost and rightmost ink at height ``y``, None where there is none."""
    found = []
    for contour in contours:
        line = flatten(contour)
        for (x0, y0), (x1, y1) in zip(line, [*line[1:], line[0]], strict=True):
            if (y0 <= y) != (y1 <= y):
                found.append(x0 + (x1 - x0) * (y - y0) / (y1 - y0))
    return (min(found), max(found)) if found else None


def flatten(contour: Contour) -> list[tuple[float, float]]:
    """An outline as a polygon, four chords to a quadratic."""
    line: list[tuple[float, float]] = []
    control = None
    for point in [*contour, contour[0]]:
        if not point.on:
            control = point
            continue
        if control:
            x0, y0 = line[-1]
            for t in (0.25, 0.5, 0.75):
                a, b, c = (1 - t) ** 2, 2 * t * (1 - t), t * t
                line.append(
                    (a * x0 + b * control.x + c * point.x, a * y0 + b * control.y + c * point.y)
                )
            control = None
        line.append((float(point.x), float(point.y)))
    return line[:-1]
