"""Draw the letters of a jungle by rule from its sounds.

The manner of a consonant gives its stem, the place its bow. A front vowel is a bowl, a central one
an arch, a rounded one a ring; the tail rises for a close vowel and falls for an open one. The seed
of the jungle decides the nib, the proportions, the shape for each manner and place, and how stems
begin, so that every jungle has a hand of its own.
"""

from __future__ import annotations

import cmath
import math
import random
from collections.abc import Mapping
from dataclasses import dataclass

from generate.phrases.language.phonemes import Phoneme
from generate.phrases.script.nib import Contour, Knot, Nib, Point, dot, snap
from generate.phrases.script.strokes import BOWLS, BOWS, LENGTHS, STEMS, Shape, Stroke
from generate.recipe import derive_seed


@dataclass(frozen=True)
class Hand:
    """How a jungle writes. Lengths are in font units, 1000 to the em.

    heads: how stems begin, "plain", "diamond" or "line" (letters hang from a line). drops: hooks
    and curls end in a drop. mirrored: bows stand to the left of their stems. stems, bows: the
    shape for each manner and place.
    """

    nib: Nib
    waist: float
    top: float
    foot: float
    width: float
    slant: float
    mirrored: bool
    flipped: bool
    heads: str
    drops: bool
    stems: Mapping[str, Shape]
    bows: Mapping[str, Shape]

    def stem_of(self, phoneme: Phoneme) -> Shape:
        """The stem of a consonant; the tap, one of two alveolar liquids, has its own."""
        return self.stems["tap" if phoneme.ipa == "ɾ" else phoneme.kind]

    def place(self, knot: Knot) -> Knot:
        """A knot of a stroke in font units, mirrored, flipped and slanted as this hand does."""
        x, y, *way = knot
        if self.flipped:
            y = 1 - y
        if y > 1:
            height = self.waist + (y - 1) * (self.top - self.waist)
        else:
            height = y * self.waist if y >= 0 else y * -self.foot
        x *= self.width * (-1 if self.mirrored else 1)
        if not way:
            return (x + height * self.slant, height)
        dx, dy = math.cos(math.radians(way[0])), math.sin(math.radians(way[0]))
        dx, dy = dx * (-1 if self.mirrored else 1), dy * (-1 if self.flipped else 1)
        return (x + height * self.slant, height, math.degrees(math.atan2(dy, dx + dy * self.slant)))


def make_hand(name: str, seed: int, mood: str) -> Hand:
    """The hand of a language: soft ones are wide, bright ones light, dark ones heavy."""
    rng = random.Random(derive_seed("script", name, seed, mood))
    heavy = {"soft": 82.0, "bright": 72.0, "dark": 92.0}.get(mood, 80.0)
    thick = heavy * rng.uniform(0.92, 1.1)
    angle = math.radians(rng.uniform(24, 44))
    mirrored, flipped = rng.random() < 0.5, rng.random() < 0.4
    if mirrored != flipped:  # strokes that leave a stem are thin, whichever way they go
        angle = math.pi - angle
    waist = rng.uniform(430, 490)
    return Hand(
        nib=Nib(angle, thick, thick * rng.uniform(0.28, 0.4)),
        waist=waist,
        top=waist + rng.uniform(230, 290),
        foot=-rng.uniform(230, 280),
        width=waist
        * {"soft": 0.7, "bright": 0.6, "dark": 0.66}.get(mood, 0.66)
        * rng.uniform(0.9, 1.1),
        slant=rng.choice((-1, 1)) * rng.uniform(0.0, 0.1),
        mirrored=mirrored,
        flipped=flipped,
        heads=rng.choice(("plain", "diamond", "diamond" if flipped else "line")),
        drops=rng.random() < 0.5,
        stems={kind: rng.choice(shapes) for kind, shapes in STEMS.items()},
        bows={place: rng.choice(shapes) for place, shapes in BOWS.items()},
    )


def draw_letter(hand: Hand, phoneme: Phoneme) -> list[Contour]:
    """The outlines of one letter; x is not yet spaced."""
    if phoneme.is_vowel:
        strokes, head = draw_bowl(phoneme), None
    else:
        body = hand.stem_of(phoneme)
        strokes, head = [*body.strokes, *hand.bows[phoneme.place].strokes], body.head
    contours = []
    for stroke in strokes:
        knots = [hand.place(knot) for knot in stroke.knots]
        contours.append(hand.nib.sweep(knots, stroke.joins))
        if hand.drops and stroke.drop is not None:
            x, y, *_ = knots[stroke.drop]
            contours.append(dot(x, y, 0.56 * hand.nib.thick))
    if hand.heads == "diamond" and head is not None:
        contours.append(draw_head(hand, head))
    return contours


def draw_head(hand: Hand, head: float) -> Contour:
    """A diamond where a stem begins: the nib moved a little across itself."""
    x, y, *_ = hand.place((0, head))
    y += (0.1 if hand.flipped else -0.1) * hand.nib.thick
    along, across = (cmath.rect(hand.nib.thick, hand.nib.angle + a) for a in (0, math.pi / 2))
    corners = ((-0.68, -0.4), (-0.68, 0.4), (0.68, 0.4), (0.68, -0.4))
    return tuple(snap(complex(x, y) + a * along + b * across) for a, b in corners)


def draw_line(hand: Hand, advance: int) -> Contour:
    """The line from which letters hang, as long as the advance of one."""
    half = min(hand.nib.reach(0), 0.26 * hand.nib.thick)
    y = hand.place((0, 1.02))[1] + half
    low, high, past = round(y - half), round(y + half), 3
    corners = ((-past, low), (-past, high), (advance + past, high), (advance + past, low))
    return tuple(Point(x, y) for x, y in corners)


def tail_of(phoneme: Phoneme) -> str:
    """Direction of a vowel's tail: "up" for a close one, "down" for an open one, or "level"."""
    height = phoneme.height or 0.0
    return "up" if height > 0.8 else "down" if height < 0.2 else "level"


def bowl_of(phoneme: Phoneme) -> Shape:
    """The shape of a vowel, long or short."""
    if phoneme.rounded:
        return BOWLS["round", "down" if phoneme.place == "front" else tail_of(phoneme)]
    return BOWLS["front" if phoneme.place == "front" else "central", tail_of(phoneme)]


def draw_bowl(phoneme: Phoneme) -> list[Stroke]:
    """The strokes of a vowel; a long one has a wave, on the side where its tail is not."""
    wave = LENGTHS["below" if tail_of(phoneme) == "up" else "above"]
    return [*bowl_of(phoneme).strokes, *([wave] if phoneme.long else [])]


def describe_letter(hand: Hand, phoneme: Phoneme) -> str:
    """The drawing in words, for the alphabet: "a falling stem with a hook, an open arch"."""
    if phoneme.is_vowel:
        return bowl_of(phoneme).told + (", a wave for its length" if phoneme.long else "")
    return f"{hand.stem_of(phoneme).told}, {hand.bows[phoneme.place].told}"


def draw_mark(hand: Hand, mark: str) -> list[Contour]:
    """The outlines of a punctuation mark."""
    full, waist, slope = hand.nib.thick * 0.6, hand.waist, hand.slant

    def stroke(*knots: Knot) -> Contour:
        return hand.nib.sweep([(k[0] + k[1] * slope, *k[1:]) for k in knots])

    low = dot(0, full, full)
    high = dot((waist - full) * slope, waist - full, full)
    tail = stroke((12, full * 1.4), (8, -20), (-50, -110))
    top, mid = hand.top, 0.42 * waist
    return {
        ".": [low],
        ",": [tail],
        "!": [stroke((0, top), (0, mid)), low],
        "?": [stroke((-120, top - 60), (0, top, 0), (120, top - 110, -90), (0, mid)), low],
        "…": [dot(x, full, full) for x in (0, 170, 340)],
        "’": [stroke((0, top), (-10, top - 90), (-60, top - 190))],
        "-": [stroke((0, waist * 0.5), (200, waist * 0.5))],
        "–": [stroke((0, waist * 0.5), (420, waist * 0.5))],
        ":": [high, low],
        ";": [high, tail],
        "·": [dot(0, waist / 2, full)],
    }[mark]
