"""Social pictures: the words are drawn, in a face that has them, and fit."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from generate.gallery.media.social import (
    CARD,
    PRINT,
    SANS,
    SERIF,
    choose_face,
    draw_social,
    open_font,
    truncate,
    wrap_text,
)
from tests.bundles import draw_picture

LONG = "Supercalifragilistic " * 40


def draw(tmp_path: Path, **texts: str) -> np.ndarray:
    draw_picture(np.random.default_rng(1), 64).save(tmp_path / "p.png")
    empty = {"title": "", "phrase": "", "translation": "", "place": ""}
    made = draw_social(tmp_path / "p.png", tmp_path, "s", empty | texts)
    return np.asarray(Image.open(tmp_path / made["path"]).convert("L"), float)


def ink(pixels: np.ndarray, box: tuple[int, int, int, int]) -> float:
    """How much darker than paper a part of the card is."""
    left, top, right, bottom = box
    return float((240 - pixels[top:bottom, left:right]).clip(0).mean())


def test_words_are_drawn(tmp_path: Path) -> None:
    words = (PRINT[2] + 30, CARD[1] + 10, CARD[2] - 10, CARD[3] - 10)
    assert ink(draw(tmp_path), words) < 0.5
    assert ink(draw(tmp_path, title="Mela", phrase="mela soru"), words) > 2


@pytest.mark.parametrize("text", [LONG, "x" * 3000, "مرحبا بالعالم " * 30, "<script>" * 50])
def test_long_words_stay_on_the_card(tmp_path: Path, text: str) -> None:
    pixels = draw(tmp_path, title=text, phrase=text, translation=text, place=text)
    margin = (CARD[2] - 30, CARD[1] + 10, CARD[2] - 2, CARD[3] - 10)
    below = (PRINT[2] + 30, CARD[3] - 25, CARD[2] - 10, CARD[3] - 2)
    assert ink(pixels, margin) < 0.5 and ink(pixels, below) < 0.5


def test_rows_fit() -> None:
    font = open_font(SERIF, 30)
    rows = wrap_text(LONG, font, 400)
    assert all(font.getlength(row) <= 400 for row in rows)
    assert " ".join(rows).split() == LONG.split()
    assert truncate("x" * 500, font, 200).endswith("…")


@pytest.mark.parametrize(
    ("text", "face", "kept"),
    [
        ("Ordinary é", SERIF, "Ordinary é"),
        ("مرحبا", SANS, "مرحبا"),
        ("frog 🐸 pond", SERIF, "frog  pond"),
        ("老虎", None, ""),
        ("", None, ""),
    ],
)
def test_faces(text: str, face: str | None, kept: str) -> None:
    found = choose_face(SERIF, text)
    assert found[1] == kept and (face is None or found[0] == face)
