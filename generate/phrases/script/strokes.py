"""The strokes of letters: stems, bows and vowels.

The notation of a stroke is its knots, ``x,y`` or ``x,y@direction``. x is in bow widths from the
stem; y is 0 at the baseline, 1 at the waist, 2 at the top of an ascender, -1 at the foot of a
descender; directions are in degrees. ``~`` at an end means that the end lies within another
stroke, ``o`` that it is free and may have a drop.
"""

from __future__ import annotations

from dataclasses import dataclass

from generate.phrases.script.nib import Knot


@dataclass(frozen=True)
class Stroke:
    """One movement of the pen.

    joins: which ends lie within another stroke. drop: the end with a drop, 0, -1 or None.
    """

    knots: tuple[Knot, ...]
    joins: tuple[bool, bool]
    drop: int | None


@dataclass(frozen=True)
class Shape:
    """Part of a letter: its name, its strokes, and the height ``head`` where its stem begins."""

    told: str
    strokes: tuple[Stroke, ...]
    head: float | None = None


def read_stroke(text: str) -> Stroke:
    """A stroke from its notation."""
    tokens = text.split()
    knots = [read_knot(token) for token in tokens if token not in "~o"]
    drop = 0 if tokens[0] == "o" else -1 if tokens[-1] == "o" else None
    return Stroke(tuple(knots), (tokens[0] == "~", tokens[-1] == "~"), drop)


def read_knot(token: str) -> Knot:
    """``x,y`` or ``x,y@direction``."""
    place, _, way = token.partition("@")
    x, y = map(float, place.split(","))
    return (x, y, float(way)) if way else (x, y)


def part(told: str, *strokes: str, head: float | None = None) -> Shape:
    """A shape from the notation of its strokes."""
    return Shape(told, tuple(map(read_stroke, strokes)), head)


# The stems for each manner; a hand has one of them.
STEMS: dict[str, tuple[Shape, ...]] = {
    "stop": (
        part("a stem that falls", "0,1.02 .02,0 -.03,-1", head=1),
        part("a stem that sweeps down", "0,1.02@-90 0,.15@-90 -.17,-.62 -.5,-1", head=1),
    ),
    "voiced-stop": (
        part("a falling stem with a hook", "0,1.02@-90 0,0@-90 .42,-.95 .95,-.6 o", head=1),
        part(
            "a falling stem with a knot",
            "0,1.02@-90 0,-.1@-90 .3,-1 .72,-.62 .3,-.38 -.35,-.62",
            head=1,
        ),
    ),
    "fricative": (
        part("a stem that rises", "-.03,2 .02,1 0,0", head=2),
        part("a stem that leans up", "-.5,1.95 -.18,1.72 0,1.1@-90 0,0@-90"),
    ),
    "voiced-fricative": (
        part("a rising stem with a hook", "o .98,1.64 .5,1.95@180 0,1.1@-90 0,0@-90"),
        part("a rising stem with a flag", "0,1.96 0,1 0,0", "~ 0,1.8 .28,1.92 .6,1.68 .98,1.8 o"),
    ),
    "aspirate": (
        part(
            "a stem with a breath above", "0,1.02 0,0", "-.1,1.42 .2,1.6 .5,1.44 .82,1.62", head=1
        ),
        part("a stem with a roof", "0,1.02 0,0", "-.12,1.4 .02,1.7 .4,1.84 .78,1.56", head=1),
    ),
    "nasal": (
        part("a short stem", "0,1.02 0,0", head=1),
        part("a short curved stem", ".04,1.02 -.05,.5 .04,0", head=1),
    ),
    "glide": (
        part("a short stem with a flying tail", "o -.62,.72 -.3,1 0,.55@-90 0,0@-90"),
        part(
            "a short stem with a trailing foot", "0,1.02@-90 0,.35@-90 -.22,-.08 -.6,.1 o", head=1
        ),
    ),
    "liquid": (
        part("a tall swan's neck", ".62,1.72 .28,1.95 .02,1.4 0,0"),
        part("a tall neck turned back", "o -.62,1.62 -.34,1.95 0,1.25@-90 0,0@-90"),
    ),
    "tap": (
        part(
            "a stem that dips and turns back",
            "0,1.02@-90 0,0@-90 -.36,-.74@180 -.72,-.44 o",
            head=1,
        ),
        part("a stem over a stroke", "0,1.02 0,0", "-.1,-.4 .22,-.54 .6,-.36", head=1),
    ),
    "trill": (
        part(
            "a serpent's stem",
            ".76,1.72 .38,1.95@180 0,1.15@-90 0,-.1@-90 -.38,-.95@180 -.76,-.72 o",
        ),
        part("a stem through all", ".02,1.9 0,1 0,0 -.02,-.92", head=2),
    ),
    "click": (
        part("a crossed stem", "0,1.9 0,0", "-.42,1.4 .02,1.5 .48,1.6", head=1.9),
        part("a twice crossed stem", "0,1.9 0,0", "-.4,1.26 .4,1.4", "-.4,1.66 .4,1.8", head=1.9),
    ),
}
# The bows for each place; a hand has one of them.
BOWS: dict[str, tuple[Shape, ...]] = {
    "bilabial": (
        part("a closed bow", "~ 0,.6@78 .48,1.02@0 1,.5@-90 .46,-.02@180 -.08,.2 -.46,.42"),
        part("a closed bow", "~ 0,.56@78 .5,1.02@0 1.02,.52@-90 .55,-.02@180 0,.4 ~"),
    ),
    "labiodental": (
        part("a curled bow", "~ 0,.56@78 .52,1.02@0 1.08,.5@-90 .76,-.02 .46,.28 .66,.5 o"),
        part("an inner curl", "~ 0,.4@-78 .5,-.02@0 1.06,.5@90 .76,1.02 .46,.74 .66,.5 o"),
    ),
    "alveolar": (
        part("an open arch", "~ 0,.5@78 .5,1.02@0 .94,.55@-90 .8,-.12 .42,-.3 o"),
        part("an arch with a flick", "~ 0,.5@78 .5,1.02@0 .9,.58@-90 .98,.12 1.36,.16"),
    ),
    "postalveolar": (
        part(
            "a double wave",
            "~ 0,.66@78 .44,1.02@0 .92,.76@-90 .46,.52 1,.24@-90 .52,-.02@180 .2,.14",
        ),
        part("a wave", "~ 0,.55@78 .42,1.02 .84,.72 .7,.25 1.02,-.02 1.38,.3"),
    ),
    "palatal": (
        part("a cup", "~ 0,.42@-78 .45,-.02@0 .98,.5@90 .74,1.02 .42,.84 o"),
        part("a cup with a flag", "~ 0,.42@-78 .45,-.02@0 .94,.5@90 1.08,.96 1.4,.94"),
    ),
    "velar": (
        part(
            "twin arches",
            "~ 0,.55@78 .4,1.02@0 .72,.6@-90 .72,0@-90",
            "~ .72,.5@78 1.16,1.02@0 1.52,.55@-90 1.4,-.1 1.08,-.3 o",
        ),
        part(
            "twin cups",
            "~ 0,.42@-78 .38,-.02@0 .76,.45@90 .76,1@90",
            "~ .76,.42@-78 1.14,-.02@0 1.54,.5@90 1.4,1.02",
        ),
    ),
    "glottal": (
        part("an arm", "~ 0,.36 .42,.3 .86,.56 .94,1.02"),
        part("a lifted arm", "~ 0,.7 .4,.62 .86,.36 .94,-.02"),
    ),
}
# The vowels, by shape of the mouth and direction of the tail.
BOWLS: dict[tuple[str, str], Shape] = {
    ("front", "up"): part(
        "a bowl, its tail up", ".84,1.78 .26,1.42 0,.55@-90 .46,-.02@0 .9,.3@90 .58,.54 o"
    ),
    ("front", "level"): part("a bowl", ".86,.8 .46,1.02@180 0,.5@-90 .46,-.02@0 .86,.26 .56,.5 o"),
    ("front", "down"): part(
        "a bowl, its tail down", ".86,.8 .46,1.02@180 0,.5@-90 .34,-.02 .76,-.34 .5,-.92 .08,-.74 o"
    ),
    ("central", "up"): part(
        "an arch, its tail up", ".84,.8 .46,1.02@180 0,.5@-90 .46,-.02@0 .9,.6@90 .7,1.6"
    ),
    ("central", "level"): part(
        "an arch", ".04,.04 0,.55@90 .46,1.02@0 .92,.52@-90 .64,.02 .42,.3 o"
    ),
    ("central", "down"): part(
        "an arch, its tail down", ".02,.2 .02,.62 .46,1.02@0 .92,.4@-90 .66,-.6 .2,-.92 -.08,-.62 o"
    ),
    ("round", "up"): part(
        "a ring, its tail up",
        "o .02,1.58 .44,1.86 .9,1 .92,.46@-90 .46,-.02@180 0,.44@90 .46,.94@0 .9,.62 ~",
    ),
    ("round", "level"): part(
        "a ring", "1.2,1.06 .5,1.01@180 0,.48@-90 .46,-.02@0 .92,.48@90 .5,1.01@180 .03,.68 ~"
    ),
    ("round", "down"): part(
        "a ring, its tail down",
        ".5,1.02@180 0,.5@-90 .46,-.02@0 .92,.5@90 .5,1.02@180 .03,.68 ~",
        "~ .46,-.02 .42,-.4 .1,-.7",
    ),
}
# A wave above or below a long vowel.
LENGTHS = {
    "above": read_stroke("0,1.45 .28,1.59 .6,1.45 .9,1.59"),
    "below": read_stroke("0,-.5 .28,-.36 .6,-.5 .9,-.36"),
}
