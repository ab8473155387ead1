"""Pictures of every kind as plain ones: turned, and whatever their files hold never a traceback."""

import io
import struct
import warnings
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps

from generate.cards import Card
from generate.errors import Refusal
from generate.evaluation.scoring.sets import open_picture
from generate.gallery.media.decode import BrokenPicture
from generate.gallery.media.decode import open_picture as open_for_gallery
from generate.pictures.captioning.telling import open_picture as open_to_caption
from generate.pictures.data.dataset import build_dataset, read_dataset
from generate.pictures.data.pixels import make_plain, quiet, turn_upright


def encode(picture, kind, **options):
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def noise(seed=0, size=(48, 40)):
    levels = np.random.default_rng(seed).integers(0, 256, (5, 6, 3), np.uint8)
    return Image.fromarray(levels).resize(size, Image.Resampling.BICUBIC)


def odd_exif():
    """EXIF with orientation 6 whose tag 257, a number by the standard, is a text."""
    exif = Image.Exif()
    exif[0x0112], exif[0x0101] = 6, 7
    data = bytearray(exif.tobytes())
    place = data.index((257).to_bytes(2, "big"))
    data[place + 2 : place + 12] = b"\0\2\0\0\0\4odd\0"
    return bytes(data)


def break_avif():
    """An AVIF whose item is renamed, which opens with a RuntimeError."""
    data = encode(noise(), "AVIF")
    return data.replace(b"iloc", b"ilok")


def break_tiff():
    """A TIFF whose strip lies at a text, which loads with a TypeError."""
    data = bytearray(encode(noise(), "TIFF"))
    place = data.index((273).to_bytes(2, "little") + b"\4\0")
    data[place + 2] = 2
    return bytes(data)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_turns_as_pillow_does(orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = encode(noise(), "PNG", exif=exif)
    with Image.open(io.BytesIO(data)) as one, Image.open(io.BytesIO(data)) as other:
        assert np.array_equal(turn_upright(one), ImageOps.exif_transpose(other))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_an_odd_tag_costs_neither_the_picture_nor_its_turn(tmp_path, kind):
    path = tmp_path / "p"
    path.write_bytes(encode(noise(), kind, exif=odd_exif()))
    with Image.open(path) as picture, pytest.raises(struct.error):
        ImageOps.exif_transpose(picture)
    with Image.open(path) as picture:
        expected = np.asarray(picture.transpose(Image.Transpose.ROTATE_270))
    with Image.open(path) as picture:
        assert np.array_equal(make_plain(picture), expected)
    assert open_to_caption(path).size == expected.shape[1::-1]
    shown = open_picture(Card(slug="a", folder=tmp_path, picture=path), 40)
    assert np.array_equal(shown, expected[4:44].transpose(2, 0, 1))
    assert np.array_equal(open_for_gallery(path), expected)


@pytest.mark.parametrize("exif", [b"Exif\0\0", b"Exif\0\0MM\0*\0\0\0\x08\xff\xff", b"junk"])
def test_without_readable_exif_a_picture_stays_as_it_lies(exif):
    data = encode(noise(), "PNG", exif=exif)
    with Image.open(io.BytesIO(data)) as picture, quiet():
        assert np.array_equal(make_plain(picture), noise())


@pytest.mark.parametrize("make", [break_avif, break_tiff])
def test_a_broken_picture_is_left_out_or_one_clear_line(tmp_path, write_settings, make):
    (tmp_path / "set").mkdir()
    for number in range(2):
        noise(number).save(tmp_path / f"set/{number}.png")
    path = tmp_path / "set/broken.png"
    path.write_bytes(make())
    with pytest.raises((RuntimeError, TypeError)), Image.open(path) as picture:
        picture.load()
    rows = read_dataset(build_dataset(write_settings('[pictures]\nsource = "set"\nsize = 32\n')))
    assert [row["file_name"] for row in rows.rows] == ["0.png", "1.png"]
    refuse(path)


def test_a_bomb_is_left_out_or_one_clear_line(tmp_path, write_settings, monkeypatch, capsys):
    for number, size in enumerate([(40, 40), (40, 40), (50, 50), (80, 80)]):
        (tmp_path / "set").mkdir(exist_ok=True)
        noise(number, size).save(tmp_path / f"set/{number}.png")
    # Pillow warns above its limit, and refuses twice as much.
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 2000)
    rows = read_dataset(build_dataset(write_settings('[pictures]\nsource = "set"\nsize = 32\n')))
    assert [row["file_name"] for row in rows.rows] == ["0.png", "1.png", "2.png"]
    assert "left out: 1 too large" in capsys.readouterr().out
    refuse(tmp_path / "set/3.png")


def refuse(path: Path) -> None:
    with pytest.raises(Refusal, match=path.name) as refusal:
        open_to_caption(path)
    assert "\n" not in str(refusal.value)
    with pytest.raises(Refusal, match=path.name):
        open_picture(Card(slug="a", folder=path.parent, picture=path), 32)
    with pytest.raises(BrokenPicture):
        open_for_gallery(path)


def test_no_complaint_of_pillow_reaches_the_screen():
    with warnings.catch_warnings(record=True) as heard, quiet():
        warnings.warn("Corrupt EXIF data", UserWarning, stacklevel=1)
    assert not heard
