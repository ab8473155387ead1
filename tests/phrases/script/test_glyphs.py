"""The pen against closed forms, and letters that are whole, apart and of one hand."""

import math
from itertools import combinations

import numpy as np
import pytest
from PIL import Image, ImageDraw

from generate.phrases.language.phonemes import PHONEMES
from generate.phrases.script.glyphs import (
    describe_letter,
    draw_bowl,
    draw_letter,
    make_hand,
)
from generate.phrases.script.nib import Nib, dot, join_knots, sample
from generate.phrases.script.spacing import cross, flatten, space_out
from generate.phrases.script.strokes import BOWLS, BOWS, STEMS, read_stroke

MOODS = ("soft", "bright", "dark")
HANDS = [make_hand("Mossish", seed, MOODS[seed % 3]) for seed in range(12)]


def measure_area(contour):
    """Signed area of an outline, positive anticlockwise (shoelace formula)."""
    line = flatten(contour)
    return (
        sum(
            x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in zip(line, [*line[1:], line[0]], strict=True)
        )
        / 2
    )


def wind(lines, x, y):
    """Winding number of polygons about a point."""
    turns = 0
    for line in lines:
        for (x0, y0), (x1, y1) in zip(line, [*line[1:], line[0]], strict=True):
            if (y0 <= y) != (y1 <= y) and x0 + (x1 - x0) * (y - y0) / (y1 - y0) > x:
                turns += 1 if y1 > y0 else -1
    return turns


def paint(contours):
    """A small picture of a letter where it stands, ink True."""
    ink = np.zeros((150, 160), bool)
    for contour in contours:
        image = Image.new("1", (160, 150))
        line = [(x / 10 + 70, 95 - y / 10) for x, y in flatten(contour)]
        ImageDraw.Draw(image).polygon(line, fill=1)
        ink |= np.asarray(image)
    return ink


def test_spline_passes_its_knots_and_draws_a_circle():
    knots = [(100, 0, 90), (0, 100, 180), (-100, 0, 270)]
    line = sample(join_knots(knots))
    for x, y, _ in knots:
        assert min(abs(line - complex(x, y))) < 1e-9
    assert np.abs(np.abs(line) - 100).max() < 0.1


def test_spline_of_two_free_knots_is_straight():
    line = sample(join_knots([(0, 0), (30, 40)]))
    assert np.abs((line / (30 + 40j)).imag).max() < 1e-12


def test_spline_is_smooth_at_knots():
    line = sample(join_knots([(0, 0), (50, 80), (120, 40), (200, 90)]))
    turns = np.abs(np.angle(np.diff(line)[1:] / np.diff(line)[:-1]))
    assert turns.max() < 0.2


def test_nib_is_thick_across_and_thin_along():
    nib = Nib(math.radians(30), 80, 20)
    assert nib.reach(math.radians(30)) == pytest.approx(10)
    assert nib.reach(math.radians(120)) == pytest.approx(40)
    assert nib.reach(math.radians(75)) == pytest.approx(math.hypot(40, 10) / math.sqrt(2))


def test_straight_stroke_is_a_rectangle():
    outline = Nib(0.0, 80, 20).sweep([(0, 0), (0, 300)])
    assert measure_area(outline) == pytest.approx(-80 * 300)
    assert {(p.x, p.y) for p in outline if p.on} >= {(-40, 0), (40, 0), (-40, 300), (40, 300)}


def test_free_end_is_cut_along_the_nib():
    outline = Nib(math.radians(45), 80, 20).sweep([(0, 300), (0, 0)])
    low = sorted((p.y, p.x) for p in outline)[:2]
    (y0, x0), (y1, x1) = low
    assert abs(y1 - y0) > 20
    assert (y1 - y0) * (x1 - x0) > 0  # rises to the right, as the nib does


def test_dot_is_round():
    outline = dot(5, 7, 50)
    assert -measure_area(outline) == pytest.approx(math.pi * 2500, rel=0.01)


def test_strokes_are_read():
    stroke = read_stroke("~ 0,.5@78 .5,1.02@0 -.3,0 o")
    assert stroke.knots == ((0, 0.5, 78), (0.5, 1.02, 0), (-0.3, 0))
    assert (stroke.joins, stroke.drop) == ((True, False), -1)


@pytest.mark.parametrize("hand", HANDS, ids=range(len(HANDS)))
def test_outlines_run_one_way_and_nothing_is_knocked_out(hand):
    for phoneme in PHONEMES.values():
        contours = draw_letter(hand, phoneme)
        assert all(measure_area(contour) < 0 for contour in contours), phoneme.symbol
        lines = [flatten(contour) for contour in contours]
        strokes = draw_bowl(phoneme) if phoneme.is_vowel else None
        if strokes is None:
            shapes = (hand.stem_of(phoneme), hand.bows[phoneme.place])
            strokes = [stroke for shape in shapes for stroke in shape.strokes]
        for stroke in strokes:
            line = sample(join_knots([hand.place(knot) for knot in stroke.knots]))
            for point in line[3:-3:5]:
                assert wind(lines, point.real, point.imag) < 0, phoneme.symbol


@pytest.mark.parametrize("hand", HANDS, ids=range(len(HANDS)))
def test_no_two_letters_are_alike(hand):
    drawn = {s: paint(draw_letter(hand, p)) for s, p in PHONEMES.items()}
    for a, b in combinations(drawn, 2):
        either, both = drawn[a] | drawn[b], drawn[a] & drawn[b]
        assert both.sum() / either.sum() < 0.93, (a, b)


def test_jungles_have_hands_of_their_own():
    words = [np.hstack([paint(draw_letter(h, PHONEMES[s])) for s in "namosi"]) for h in HANDS]
    for a, b in combinations(words, 2):
        assert (a & b).sum() / (a | b).sum() < 0.8


def test_a_jungle_keeps_its_hand():
    assert make_hand("Mossish", 7, "soft") == make_hand("Mossish", 7, "soft")
    assert make_hand("Mossish", 7, "soft") != make_hand("Fernish", 7, "soft")


def test_every_sound_has_strokes():
    for phoneme in PHONEMES.values():
        if not phoneme.is_vowel:
            assert phoneme.kind in STEMS
            assert phoneme.place in BOWS
        assert describe_letter(HANDS[0], phoneme)
    assert len({shape.told for shape in BOWLS.values()}) == len(BOWLS)


def test_letters_are_spaced_alike():
    hand = HANDS[0]
    stem = [hand.nib.sweep([(0, hand.waist), (0, 0)])]
    moved, advance = space_out(hand, stem)
    low, high = cross([flatten(moved[0])], hand.waist / 2)
    assert low == pytest.approx(advance - high, abs=12)
    # The same letter drawn elsewhere is spaced the same.
    again, same = space_out(hand, [hand.nib.sweep([(500, hand.waist), (500, 0)])])
    assert (same, again) == (advance, moved)
