"""Pictures cut to boxes: squares that stay inside; boxes outside are said in one line."""

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from generate.__main__ import main
from generate.pictures.data.layouts.crops import (
    OutsideError,
    choose_box,
    find_square,
    read_corners,
    read_sides,
)
from tests.pictures.data.sets import lay, paint
from tests.pictures.data.test_known_sets import lay_coco, lay_cub

NUMBERS = st.floats(-50, 250, allow_nan=False)


@settings(max_examples=200, deadline=None)
@given(
    NUMBERS, NUMBERS, st.floats(1, 300), st.floats(1, 300), st.integers(8, 200), st.integers(8, 200)
)
def test_a_square_lies_in_its_picture_or_is_refused(x, y, wide, high, width, height):
    box = (x, y, x + wide, y + high)
    try:
        left, top, right, bottom = find_square(box, (width, height))
    except OutsideError:
        inside = [min(x + wide, width) - max(x, 0), min(y + high, height) - max(y, 0)]
        assert inside[0] < max(1, wide / 2) or inside[1] < max(1, high / 2)
        return
    assert 0 <= left < right <= width and 0 <= top < bottom <= height
    # What of the box lies in the picture is shown, to a pixel.
    assert left <= max(x, 0) + 1 and right >= min(x + wide, width) - 1
    assert top <= max(y, 0) + 1 and bottom >= min(y + high, height) - 1


def test_a_square_is_square_where_it_fits():
    assert find_square((40, 40, 60, 50), (200, 200)) == (39, 34, 61, 56)
    assert find_square((0, 0, 20, 20), (200, 200)) == (0, 0, 22, 22)
    assert find_square((0, 0, 100, 50), (100, 50)) == (0, 0, 100, 50)


NONE = [
    (1, 2, 0, 4),
    (1, 2, "x", 4),
    (1, 2, None, 4),
    (1, 2),
    (1, 2, float("nan"), 3),
    (1, 2, -5, 5),
]


@pytest.mark.parametrize("values", NONE)
def test_what_is_no_box_is_none(values):
    assert read_sides(values) is None


def test_corners_and_sides():
    assert read_sides(["1.5", 2, 3.5, 4]) == (1.5, 2, 5, 6)
    assert read_corners([1, 2, 5, 6]) == (1, 2, 5, 6) and read_corners([5, 2, 1, 6]) is None


def test_an_animal_comes_before_what_is_larger():
    boxes = [("car", (0, 0, 99, 99)), ("dog", (0, 0, 9, 9)), ("cat", (0, 0, 12, 12))]
    assert choose_box(boxes) == (0, 0, 12, 12)
    assert choose_box(boxes[:1]) == (0, 0, 99, 99) and choose_box([]) is None


def run(home, capsys, text):
    (home / "content").mkdir(exist_ok=True)
    (home / "content/jungle.toml").write_text(f"[pictures]\nsize = 32\n{text}")
    status = main(["--home", str(home), "dataset"])
    captured = capsys.readouterr()
    return status, captured.out, captured.err


def test_the_object_fills_the_picture(tmp_path, capsys):
    """A red square on blue: cut to its box, nearly all that is trained on is red."""
    picture = Image.new("RGB", (200, 100), (0, 0, 255))
    picture.paste((255, 0, 0), (150, 60, 190, 100))
    file = io.BytesIO()
    picture.save(file, "PNG")
    files = {"train_test_split.txt": "", "images.txt": "1 a/1.png\n2 a/2.png\n"}
    files["bounding_boxes.txt"] = "1 150.0 60.0 40.0 40.0\n"
    lay(tmp_path / "cub", {"images/a/1.png": file.getvalue(), "images/a/2.png": paint(2)}, files)
    from generate.pictures.data.dataset import read_dataset

    for crop, share in (("middle", 0.0), ("boxes", 0.75)):
        assert run(tmp_path, capsys, f'source = "cub"\ncrop = "{crop}"\n')[0] == 0
        images = read_dataset(tmp_path / "work/dataset").images
        red = (images[0][0] > 128).mean()
        assert red == pytest.approx(share, abs=0.15), np.round(red, 2)


def test_boxes_outside_are_one_clear_line(tmp_path, capsys):
    lay_cub(tmp_path / "cub")
    status, out, _ = run(tmp_path, capsys, 'source = "cub"\ncrop = "boxes"\n')
    assert status == 0
    assert "boxes: 3 of 4 pictures have one and are cut to it" in out
    # Of the second box a quarter lies in its picture, of the third nothing.
    assert "left out: 2 whose box lies outside of them" in out


def test_where_all_boxes_lie_outside_it_ends_in_one_line(tmp_path, capsys):
    root, _ = lay_cub(tmp_path / "cub")
    (root / "bounding_boxes.txt").write_text("".join(f"{n} 900 900 9 9\n" for n in range(1, 5)))
    status, _, error = run(tmp_path, capsys, 'source = "cub"\ncrop = "boxes"\n')
    assert status == 1 and error.count("\n") == 1
    assert "0 usable pictures (4 whose box lies outside of them)" in error


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('source = "plain"\ncrop = "boxes"\n', "no box of a picture that lies here is known"),
        ('source = "plain"\nregions = true\n', "no region of 48 pixels or more is described here"),
        ('crop = "boxes"\n', "boxes are read from folders and zips, not from 'field-guide'"),
        ('source = "owner/name"\nregions = true\n', "not from 'owner/name'"),
        ('source = "plain"\ncrop = "square"\n', "pictures.crop"),
    ],
)
def test_what_cannot_be_cut_is_one_clear_line(tmp_path, capsys, text, line):
    lay(tmp_path / "plain", ["cat/1.jpg", "dog/2.jpg"])
    status, _, error = run(tmp_path, capsys, text)
    assert status == 1 and line in error and error.count("\n") == 1


def test_coco_is_cut_to_the_animal(tmp_path, capsys):
    lay_coco(tmp_path / "coco")
    status, out, _ = run(tmp_path, capsys, 'source = "coco"\ncrop = "boxes"\n')
    assert status == 0 and "boxes: 1 of 3 pictures have one" in out
