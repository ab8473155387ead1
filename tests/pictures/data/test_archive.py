"""Zips as sources, damaged in every way that a zip can be: a line, or a picture left out."""

import io
import zipfile

import numpy as np
import pytest
from PIL import Image

from generate.errors import Refusal
from generate.pictures.data import archive
from generate.pictures.data.dataset import build_dataset, read_dataset

CAPTIONS = b'{"file_name": "0.png", "text": "a red cat"}\n{"file_name": "1.png", "text": "a dog"}\n'
LISTING = "metadata.jsonl"


def pack(path, method=zipfile.ZIP_STORED, listing=CAPTIONS):
    """A zip of 0.png, 1.png, 2.png and their captions; its bytes."""
    with zipfile.ZipFile(path, "w", method) as written:
        for number in range(3):
            levels = np.random.default_rng(number).integers(0, 256, (32, 32, 3), np.uint8)
            file = io.BytesIO()
            Image.fromarray(levels).save(file, "PNG")
            written.writestr(f"{number}.png", file.getvalue())
        written.writestr(LISTING, listing)
    return bytearray(path.read_bytes())


def spoil(data, name, offset=10, count=20):
    """``data`` with bytes of the member ``name`` overwritten, ``offset`` after its local header."""
    start = data.find(name.encode()) + len(name) + offset
    return data[:start] + b"\xff" * count + data[start + count :]


def flag(data, signature, field, value):
    """``data`` with ``value`` set in a 16-bit field of every header that begins so."""
    place = data.find(signature)
    while place >= 0:
        data[place + field] |= value
        place = data.find(signature, place + 4)
    return data


@pytest.fixture
def settings(write_settings):
    return write_settings('[pictures]\nsource = "set.zip"\nsize = 32\n')


@pytest.fixture
def path(tmp_path):
    return tmp_path / "set.zip"


def test_a_listing_with_a_bad_checksum_is_one_clear_line(path, settings):
    path.write_bytes(pack(path).replace(b"a red cat", b"a bed cat", 1))
    refuse(settings, rf"set\.zip:{LISTING}: cannot be read \(.*CRC")


def test_an_encrypted_listing_is_one_clear_line(path, settings):
    data = flag(pack(path), b"PK\x01\x02", 8, 1)
    path.write_bytes(flag(data, b"PK\x03\x04", 6, 1))
    refuse(settings, rf"set\.zip:{LISTING}: cannot be read \(.*encrypted")


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_listing_that_does_not_unpack_is_one_clear_line(path, settings, method):
    path.write_bytes(spoil(pack(path, method), LISTING, offset=0))
    refuse(settings, rf"set\.zip:{LISTING}: cannot be read \(.+\); mend or remove it")


@pytest.mark.parametrize(("field", "value"), [(0, 9), (6, 0xFF)])
def test_a_damaged_directory_is_one_clear_line(path, settings, field, value):
    data = pack(path)
    data[data.find(b"PK\x01\x02") + field] = value
    path.write_bytes(data)
    assert zipfile.is_zipfile(path)
    refuse(settings, r"set\.zip: is a damaged zip \(.+\); pack it again")


def test_a_listing_larger_than_any_is_one_clear_line(path, settings, monkeypatch):
    monkeypatch.setattr(archive, "LARGEST", 5000)
    pack(path, zipfile.ZIP_DEFLATED, CAPTIONS + b" " * 5000)
    refuse(settings, rf"set\.zip:{LISTING}: cannot be read \(it unpacks to more than 5,000 bytes")


def test_no_more_is_unpacked_than_was_told(path, monkeypatch):
    """A member that lies about its size gives no more bytes than it tells."""
    data = pack(path, zipfile.ZIP_DEFLATED, b" " * 10**6)
    size = (10**6).to_bytes(4, "little")
    assert data.count(size) == 2
    path.write_bytes(data.replace(size, (10).to_bytes(4, "little")))
    with zipfile.ZipFile(path) as opened, pytest.raises(OSError, match="CRC"):
        archive.read_member(opened, opened.getinfo(LISTING))


@pytest.mark.parametrize(
    "method",
    [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA],
)
def test_a_picture_that_does_not_unpack_is_left_out(path, settings, method, capsys):
    path.write_bytes(spoil(pack(path, method), "0.png"))
    rows = read_dataset(build_dataset(settings)).rows
    assert [row["file_name"] for row in rows] == ["1.png", "2.png"]
    assert "left out: 1 broken" in capsys.readouterr().out


def test_a_member_without_a_name_is_passed_over(path, settings):
    path.write_bytes(pack(path).replace(b"2.png", b"\0.png"))
    rows = read_dataset(build_dataset(settings)).rows
    assert [row["file_name"] for row in rows] == ["0.png", "1.png"]


def refuse(settings, line):
    with pytest.raises(Refusal, match=line) as refusal:
        build_dataset(settings)
    assert "\n" not in str(refusal.value)
