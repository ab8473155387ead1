"""Deep greys: 16 bits, whole and floating numbers, compared with the ramp that they hold."""

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from generate.gallery.media.decode import BrokenPicture
from generate.gallery.media.decode import open_picture as open_for_gallery
from generate.pictures.data.dataset import build_dataset, read_dataset
from generate.pictures.data.pixels import make_plain

RAMP = np.linspace(0, 1, 64 * 64).reshape(64, 64)


def reopen(picture, kind="TIFF"):
    file = io.BytesIO()
    picture.save(file, kind)
    return Image.open(file)


def add_transparency(level):
    """A 16-bit grey PNG of the ramp in which ``level`` is see-through (a tRNS chunk)."""
    file = io.BytesIO()
    Image.fromarray((RAMP * 65535).astype(np.uint16)).save(file, "PNG")
    data = file.getvalue()
    chunk = b"tRNS" + struct.pack(">H", level)
    place = data.index(b"IDAT") - 4
    chunk = struct.pack(">I", 2) + chunk + struct.pack(">I", zlib.crc32(chunk))
    return data[:place] + chunk + data[place:]


@pytest.mark.parametrize(
    ("top", "kind"),
    [
        (1, np.float32),
        (1.05, np.float32),  # as sharpening leaves it
        (255, np.float32),
        (65535, np.float32),
        (1e6, np.float32),
        (255, np.uint16),
        (65535, np.uint16),
        (255, np.int32),
        (65535, np.int32),
        (70_000, np.int32),
        (10**9, np.int32),
    ],
)
def test_a_deep_ramp_stays_a_ramp(tmp_path, top, kind):
    levels = (RAMP * top).astype(kind)
    with reopen(Image.fromarray(levels)) as picture:
        assert picture.mode in ("F", "I", "I;16")
        found = np.asarray(make_plain(picture)).astype(float)
        picture.save(tmp_path / "p.tif")
    assert np.abs(found - (RAMP * 255)[..., None]).max() <= 1 + 13 * (top == 1.05)
    assert np.array_equal(np.asarray(open_for_gallery(tmp_path / "p.tif")), found)


def test_a_dark_picture_is_not_lit():
    with reopen(Image.fromarray((RAMP * 100).astype(np.float32))) as picture:
        assert np.asarray(make_plain(picture)).max() == 100
    for kind in (np.float32, np.int32, np.uint16):
        with reopen(Image.fromarray(np.zeros((4, 4), kind))) as picture:
            assert np.asarray(make_plain(picture)).max() == 0
    with reopen(Image.fromarray(np.full((4, 4), -7, np.int32))) as picture:
        assert np.asarray(make_plain(picture)).max() == 0


def test_what_is_see_through_of_a_deep_grey_alone_is_white(tmp_path):
    path = tmp_path / "p.png"
    path.write_bytes(add_transparency(0))
    with Image.open(path) as picture:
        found = np.asarray(make_plain(picture)).astype(float)
    assert found[0, 0].tolist() == [255] * 3
    assert np.abs(found - (RAMP * 255)[..., None]).reshape(-1, 3)[1:].max() <= 1
    assert open_for_gallery(path).getpixel((0, 0)) == (0, 0, 0, 0)


@pytest.mark.parametrize("number", [np.nan, np.inf])
def test_numbers_without_end_make_a_picture_broken(tmp_path, write_settings, number, capfd):
    folder = tmp_path / "set"
    folder.mkdir()
    for place in range(2):
        Image.fromarray((np.roll(RAMP, place * 9) * 255).astype(np.uint8)).save(
            folder / f"{place}.png"
        )
    levels = RAMP.astype(np.float32)
    levels[3, 3] = number
    Image.fromarray(levels).save(folder / "deep.tif")
    rows = read_dataset(build_dataset(write_settings('[pictures]\nsource = "set"\nsize = 32\n')))
    assert [row["file_name"] for row in rows.rows] == ["0.png", "1.png"]
    heard = capfd.readouterr()
    assert "left out: 1 broken" in heard.out and "Warning" not in heard.err
    with pytest.raises(BrokenPicture, match="not finite"):
        open_for_gallery(folder / "deep.tif")
