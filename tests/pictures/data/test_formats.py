"""One place opens pictures: in the formats of nine endings and no others, and none too large."""

import io
import re
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from generate.cards import Card
from generate.errors import Refusal
from generate.evaluation.scoring.sets import open_picture as open_for_judge
from generate.gallery.media.decode import BrokenPicture
from generate.gallery.media.decode import open_picture as open_for_gallery
from generate.pictures.captioning.telling import open_picture as open_to_caption
from generate.pictures.data.dataset import build_dataset, read_dataset
from generate.pictures.data.endings import ENDINGS
from generate.pictures.data.pixels import FORMATS, MOST_PIXELS, open_image

GENERATE = Path(__file__).parents[3] / "generate"


def noise(seed: int = 0) -> Image.Image:
    return Image.fromarray(np.random.default_rng(seed).integers(0, 256, (40, 40, 3), np.uint8))


def save(kind: str) -> bytes:
    file = io.BytesIO()
    noise().save(file, kind)
    return file.getvalue()


@pytest.mark.parametrize("suffix", sorted(ENDINGS))
def test_each_ending_has_its_format(tmp_path, suffix):
    path = tmp_path / f"p{suffix}"
    # Pillow knows not every ending of JPEG, but the bytes.
    noise().save(path, "JPEG" if suffix in (".pjp", ".pjpeg") else None)
    with open_image(path) as picture:
        assert picture.format in FORMATS and picture.size == (40, 40)
        picture.load()


def claim(width: int, height: int) -> bytes:
    """A PNG that says how large it is and ends there."""
    header = width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x08\x02\0\0\0"
    chunk = b"IHDR" + header
    crc = zlib.crc32(chunk).to_bytes(4, "big")
    return b"\x89PNG\r\n\x1a\n\0\0\0\r" + chunk + crc + b"\0\0\0\x10IDAT"


# What Pillow reads besides, and what would be a program's input: none of it is opened.
OTHERS = {kind: save(kind) for kind in ("EPS", "PPM", "TGA", "ICO", "PCX", "SGI", "DDS")}
OTHERS["WMF"] = b"\xd7\xcd\xc6\x9a\0\0" + b"\0" * 40
TOO_LARGE = {"large": claim(MOST_PIXELS // 5000, 5001), "huge": claim(2**31 - 1, 2**31 - 1)}


@pytest.mark.parametrize("kind", [*OTHERS, *TOO_LARGE])
def test_others_are_broken_pictures_in_one_line(tmp_path, write_settings, capsys, kind):
    folder = tmp_path / "set"
    folder.mkdir()
    path = folder / "3.png"
    path.write_bytes({**OTHERS, **TOO_LARGE}[kind])
    said = "too many pixels" if kind in TOO_LARGE else "not a picture in a known format"
    with pytest.raises(BrokenPicture, match=said):
        open_for_gallery(path)
    with pytest.raises(Refusal, match=r"3\.png: cannot be read as a picture") as refusal:
        open_to_caption(path)
    assert "\n" not in str(refusal.value)
    with pytest.raises(Refusal, match=r"3\.png: cannot be opened as a picture"):
        open_for_judge(Card(slug="a", folder=folder, picture=path), 32)
    for number in (1, 2):
        noise(number).save(folder / f"{number}.png")
    rows = read_dataset(build_dataset(write_settings('[pictures]\nsource = "set"\nsize = 32\n')))
    assert [row["file_name"] for row in rows.rows] == ["1.png", "2.png"]
    assert f"1 {'too large' if kind in TOO_LARGE else 'broken'}" in capsys.readouterr().out


def test_the_largest_picture_is_opened():
    with open_image(io.BytesIO(claim(MOST_PIXELS // 5000, 5000))) as picture:
        assert picture.width * picture.height == MOST_PIXELS


def test_pictures_are_opened_in_one_place():
    opening = {
        path.relative_to(GENERATE).as_posix()
        for path in GENERATE.rglob("*.py")
        if re.search(r"\bImage\.open\(", path.read_text())
    }
    # The bench measures what Pillow alone costs, on pictures that it made itself.
    assert opening == {"pictures/data/pixels.py", "bench/gallery.py", "bench/album.py"}
