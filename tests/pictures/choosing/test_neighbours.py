"""The check against training pictures: bounds that hold, verdicts that a full search confirms."""

import numpy as np
import pytest

from generate.pictures.choosing import starter_drawings as starter_copies
from generate.pictures.choosing.copies import estimate_distances, find_nearest
from generate.pictures.choosing.neighbours import Check, open_check
from generate.pictures.choosing.starter_drawings import (
    SIZE,
    read_drawings,
    redraw,
    split_means,
    write_drawings,
)


def paint(seed, count):
    """Soft pictures with a little grain, as drawings are."""
    generator = np.random.default_rng(seed)
    soft = generator.integers(30, 226, (count, 3, 8, 8)).repeat(8, 2).repeat(8, 3)
    return (soft + generator.normal(0, 9, (count, 3, SIZE, SIZE))).clip(0, 255).astype(np.uint8)


@pytest.fixture
def shelf(tmp_path, monkeypatch):
    """Forty drawings that can be 'redrawn', and what is kept of them."""
    pictures = paint(0, 40)
    write_drawings(pictures, tmp_path / "drawings.safetensors")
    monkeypatch.setattr(starter_copies, "redraw", lambda number: pictures[number])
    drawings = read_drawings(tmp_path / "drawings.safetensors")
    assert drawings is not None
    return pictures, drawings


def test_the_bounds_hold_mirrored_or_not(shelf):
    pictures, drawings = shelf
    others = np.concatenate([paint(1, 6), pictures[3:5], pictures[7:9, ..., ::-1]])
    least, most = drawings.bound_distances(others)
    exact = estimate_distances(others, pictures)
    assert (least <= exact + 1e-3).all() and (exact <= most + 1e-3).all()
    assert least[6, 3] < 0.01


def test_verdicts_are_those_of_a_full_search(shelf):
    pictures, drawings = shelf
    half = (pictures[1].astype(int) + pictures[2]) // 2
    faint = (pictures[9] * 0.97).astype(np.uint8)
    mixed = np.stack(
        [
            pictures[5],
            pictures[6][..., ::-1],
            faint,
            half.astype(np.uint8),
            *((1 - w) * pictures[11] + w * pictures[12] for w in (0.1, 0.2, 0.25, 0.3)),
            *paint(2, 4),
        ]
    ).astype(np.uint8)
    wanted = find_nearest(mixed, pictures).copied
    assert wanted[:3].all() and not wanted[-4:].any()
    assert np.array_equal(drawings.find_copies(mixed), wanted)


def test_most_verdicts_need_no_drawing(shelf, monkeypatch):
    drawings = shelf[1]

    def refuse(number):
        raise AssertionError("redrawn")

    monkeypatch.setattr(starter_copies, "redraw", refuse)
    assert not drawings.find_copies(paint(3, 8)).any()


def test_the_nearest_drawing_is_found_with_its_distance(shelf):
    pictures, drawings = shelf
    close = (pictures[20] * 0.9).astype(np.uint8)
    found = drawings.find_nearest(close)
    assert found[0][1] == 20 and len(found) == starter_copies.SHOWN
    exact = find_nearest(close[None], pictures)
    assert found[0][0] == pytest.approx(exact.distance[0])


def test_the_shipped_drawings_are_those_that_the_seeds_draw():
    """Loosely, since another Pillow may round otherwise."""
    drawings = read_drawings()
    assert drawings is not None and len(drawings.means) == len(drawings.rest) == 6144
    for number in (0, 3071, 6143):
        means, rest = split_means(redraw(number)[None])
        assert np.abs(means[0] - drawings.means[number]).max() < 2.5
        assert rest[0] == pytest.approx(drawings.rest[number], abs=0.01)


def test_a_copy_in_either_set_counts_and_the_nearer_set_is_named(shelf):
    pictures, drawings = shelf
    own = paint(4, 30)
    names = [f"{number}.jpg" for number in range(30)]
    check = Check(own, names, drawings, "key")
    asked = np.stack([own[3], pictures[8], *paint(5, 2)])
    assert check.find_copies(asked).tolist() == [True, True, False, False]
    assert Check(own, names, None, "key").find_copies(asked).tolist() == [True] + 3 * [False]
    mine, theirs = check.find_neighbour(own[3]), check.find_neighbour(pictures[8])
    assert (mine.what, theirs.what) == ("3.jpg", "starter drawing 8")
    assert np.array_equal(mine.picture, own[3]) and np.array_equal(theirs.picture, pictures[8])
    assert mine.facts() == {"what": "3.jpg", "distance": 0.0, "ratio": 0.0}
    stranger = check.find_neighbour(paint(6, 1)[0])
    assert stranger.ratio is not None and 0.5 < stranger.ratio <= 1


def test_two_sets_of_other_sizes_can_be_asked_together(shelf):
    check = Check(np.zeros((2, 3, 32, 32), np.uint8), ["a", "b"], shelf[1], "key")
    assert check.find_copies(paint(7, 2)[..., ::2, ::2]).shape == (2,)
    neighbour = check.find_neighbour(paint(7, 1)[0][..., ::2, ::2])
    assert neighbour.what.startswith("starter drawing")


def test_a_set_of_one_picture_makes_no_copies():
    own = paint(8, 1)
    check = Check(own, ["one"], None, "key")
    assert not check.find_copies(own).any()
    assert check.find_neighbour(paint(9, 1)[0]).facts()["ratio"] is None


def test_the_check_reads_training_pictures_alone_and_by_their_names(jungle):
    settings = jungle()
    check = open_check(settings)
    assert check.drawings is None, "this jungle began from scratch"
    assert 20 <= len(check.own) < 24 and len(check.names) == len(check.own)
    assert check.find_copies(check.own[:3]).all()
    assert check.find_neighbour(check.own[4]).what == check.names[4]
    assert open_check(settings).key == check.key
