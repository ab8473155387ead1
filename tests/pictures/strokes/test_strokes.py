"""Strokes: simplified, cut where hidden, inked, written as SVG and read again, traced."""

import xml.etree.ElementTree as ET

import numpy as np
import pytest
from PIL import Image, ImageDraw

from generate.pictures.fieldguide.scene import choose_tags, draw
from generate.pictures.strokes import outlines
from generate.pictures.strokes.colouring import read_svg
from generate.pictures.strokes.ink import INK, PAPER, draw_ink, take_first, take_share, write_svg
from generate.pictures.strokes.lines import (
    count_points,
    fill_square,
    fit_points,
    from_lists,
    simplify,
    to_lists,
)
from generate.pictures.strokes.steps import ENDS, LIFTS, NONE, to_steps, to_strokes
from generate.pictures.strokes.tracing import trace_picture

ANGLE = np.array([[0.2, 0.2], [0.8, 0.2], [0.8, 0.7]])


def test_what_is_simplified_keeps_its_corners_and_strays_no_further():
    share = np.linspace(0, 1, 50)[:, None]
    line = np.concatenate([ANGLE[0] + share * (ANGLE[1] - ANGLE[0]), ANGLE[1:]])
    assert np.allclose(simplify(line, 0.001), ANGLE)
    angles = np.linspace(0, 2 * np.pi, 200)
    ring = 0.5 + 0.3 * np.stack([np.cos(angles), np.sin(angles)], 1)
    few = simplify(ring, 0.01)
    assert 6 < len(few) < 30
    middles = (few[1:] + few[:-1]) / 2
    assert np.abs(np.hypot(*(middles - 0.5).T) - 0.3).max() <= 0.0101
    fitted = fit_points([ring, ANGLE, ring * 0.1], 20)
    assert count_points(fitted) <= 20


def test_strokes_come_back_from_lists_steps_and_svg():
    strokes = [ANGLE, ANGLE[::-1] * 0.5 + 0.1]
    for one, other in zip(from_lists(to_lists(strokes)), strokes, strict=True):
        assert np.abs(one - other).max() <= 0.5 / 255
    steps = to_steps(strokes, 12, 16.0)
    assert steps[:, 2].tolist() == [0, 0, LIFTS, 0, 0, LIFTS, ENDS, *[NONE] * 5]
    for one, other in zip(to_strokes(steps, 16.0), strokes, strict=True):
        assert np.allclose(one, other, atol=1e-6)
    for one, other in zip(read_svg(write_svg(strokes)), strokes, strict=True):
        assert np.abs(one - other).max() < 0.001
    assert to_steps(strokes, 4, 16.0)[:, 2].tolist() == [0, 0, LIFTS, ENDS]
    assert to_strokes(to_steps([], 4, 16.0), 16.0) == []


@pytest.mark.parametrize("lists", [[[1, 2]], [[[1, 2], [3]]], [[[], []]], ["ab"], [{}]])
def test_lists_that_are_no_strokes_are_refused(lists):
    with pytest.raises((ValueError, TypeError, LookupError)):
        from_lists(lists)


def test_ink_lies_where_the_pen_went_and_the_paper_is_plain():
    picture = np.asarray(draw_ink([ANGLE], 100))
    assert (picture[20, 50] == INK).all() and (picture[60, 20] == PAPER).all()
    half = np.asarray(draw_ink(take_share([ANGLE, ANGLE * 0.5], 0.5), 100))
    assert (half != picture).sum() < 30 and take_first([ANGLE], 0) == []
    svg = ET.fromstring(write_svg([ANGLE], "a <beast>"))
    assert svg[0].text == "a <beast>" and len(svg[1]) == 1


def test_a_square_is_filled_and_a_drawing_keeps_its_proportions():
    filled = np.concatenate(fill_square([ANGLE * 30 + 7]))
    assert filled.min() == pytest.approx(0.06) and filled.max() == pytest.approx(0.94)
    width, height = np.ptp(filled, axis=0)
    assert height / width == pytest.approx(0.5 / 0.6)


def test_outlines_lie_on_the_border_of_what_the_field_guide_paints():
    for seed in (0, 1, 5, 9):
        mask = np.asarray(draw(seed, 128).mask, float) / 255
        strokes = outlines.draw_outlines(seed)
        assert 40 < count_points(strokes) <= outlines.POINTS
        points = np.concatenate(strokes)
        assert points.min() >= 0 and points.max() <= 1
        rows, columns = (points[:, ::-1] * 128).astype(int).clip(2, 125).T
        near = [
            mask[r - 2 : r + 3, c - 2 : c + 3].max() for r, c in zip(rows, columns, strict=True)
        ]
        assert np.mean(np.array(near) > 0.5) > 0.97, "no ink beside the beast"
        ink = np.asarray(draw_ink(strokes, 128).convert("L")) < 128
        edge = (mask > 0.5) & ~(np.roll(mask, 2, 0) > 0.5)
        seen = [
            ink[max(0, r - 4) : r + 5, max(0, c - 4) : c + 5].any() for r, c in np.argwhere(edge)
        ]
        assert np.mean(seen) > 0.85, "no border without ink"
        assert len(write_svg(strokes)) < 8192


def test_what_is_behind_is_not_drawn():
    line = np.stack([np.linspace(0.05, 0.95, 40), np.full(40, 0.5)], 1)
    hidden = np.zeros((100, 100), bool)
    hidden[40:60, 40:60] = True
    parts = outlines.cut_hidden(line, hidden)
    assert len(parts) == 2
    inside = [((part[:, 0] > 0.4) & (part[:, 0] < 0.6)).any() for part in parts]
    assert not any(inside)
    angles = np.linspace(0, 2 * np.pi, 60)
    ring = 0.5 + 0.3 * np.stack([np.cos(angles), np.sin(angles)], 1)
    ring[-1] = ring[0]
    hidden[:, 70:] = True
    assert len(outlines.cut_hidden(ring, hidden)) == 1, "a ring begins where it comes out"


def test_the_same_words_belong_to_outline_and_drawing():
    from generate.pictures.strokes.source import draw_one

    _, _, text, tags = draw_one(3)
    drawing = draw(3, 16)
    assert (text, tags) == (drawing.text, drawing.tags) and tags == choose_tags(3)


def test_a_traced_disc_is_a_ring():
    picture = Image.new("RGB", (200, 200), "white")
    ImageDraw.Draw(picture).ellipse((50, 50, 150, 150), "black")
    strokes = trace_picture(picture)
    assert strokes
    radii = np.hypot(*(np.concatenate(strokes) - 0.5).T)
    assert np.abs(radii - 0.25).max() < 0.03
    assert trace_picture(Image.new("RGB", (64, 64), "grey")) == []
