"""The colouring book: a page for each card, from its strokes or traced, and never an empty book."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from generate.errors import Refusal
from generate.pictures.strokes.colouring import read_strokes, read_svg, write_book
from generate.pictures.strokes.ink import write_svg

LINE = np.array([[0.1, 0.1], [0.6, 0.5], [0.9, 0.2]])


def paint(folder, name="picture.png"):
    folder.mkdir(exist_ok=True)
    picture = Image.new("RGB", (128, 128), "white")
    ImageDraw.Draw(picture).rectangle((30, 30, 90, 90), "darkgreen")
    picture.save(folder / name)
    return folder / name


def test_a_page_for_each_card_with_lines_and_no_pixels(tmp_path):
    pages = [("a beast", [LINE]), ("nothing", []), ("another", [LINE, LINE * 0.5])]
    assert write_book(tmp_path / "book.pdf", pages, "A jungle") == 2
    data = (tmp_path / "book.pdf").read_bytes()
    assert data.startswith(b"%PDF") and data.count(b"/Type /Page ") == 2
    assert b"/Subtype /Image" not in data and b"A jungle" in data
    assert write_book(tmp_path / "again.pdf", pages, "A jungle") == 2
    assert (tmp_path / "again.pdf").read_bytes() == data


def test_an_empty_book_is_not_written(tmp_path):
    with pytest.raises(Refusal, match="no card has a picture"):
        write_book(tmp_path / "book.pdf", [("a", [])], "A jungle")
    assert not list(tmp_path.iterdir())


def test_a_drawn_card_gives_its_own_strokes_and_a_painted_one_is_traced(tmp_path):
    picture = paint(tmp_path / "card")
    traced = np.concatenate(read_strokes(tmp_path / "card", picture))
    assert np.abs(traced - 0.47).max() < 0.3
    (tmp_path / "card/picture.svg").write_text(write_svg([LINE]))
    assert np.allclose(read_strokes(tmp_path / "card", picture)[0], LINE, atol=1e-3)
    own = paint(tmp_path / "card", "picture.jpg")
    assert len(np.concatenate(read_strokes(tmp_path / "card", own))) > 3, "not the strokes of ours"
    picture.write_bytes(b"junk")
    (tmp_path / "card/picture.svg").write_text("<svg/>")
    assert read_strokes(tmp_path / "card", picture) == []
    assert read_strokes(tmp_path / "card", None) == []


@pytest.mark.parametrize("path", ["M1 2 C3 4 5 6 7 8", "M1 2 L3", "M1 2 Z"])
def test_an_svg_that_is_not_ours_gives_no_strokes(path):
    assert read_svg(f'<svg><path d="{path}"/></svg>') == []
