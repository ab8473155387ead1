"""Pictures of every kind come out upright, in sRGB, with 8 bits: compared with closed forms."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from generate.gallery.media.decode import BrokenPicture, open_picture
from tests.gallery.media.profiles import ADOBE, make_profile

CORNERS = {"red": (255, 0, 0), "green": (0, 255, 0), "blue": (0, 0, 255), "white": (255,) * 3}


def corner_picture() -> Image.Image:
    """40 × 20 pixels: red and green above, blue and white below."""
    image = Image.new("RGB", (40, 20))
    for at, colour in enumerate(CORNERS.values()):
        x, y = at % 2 * 20, at // 2 * 10
        image.paste(colour, (x, y, x + 20, y + 10))
    return image


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation(tmp_path: Path, orientation: int) -> None:
    upright = corner_picture()
    undo = {
        2: [Image.Transpose.FLIP_LEFT_RIGHT],
        3: [Image.Transpose.ROTATE_180],
        4: [Image.Transpose.FLIP_TOP_BOTTOM],
        5: [Image.Transpose.TRANSPOSE],
        6: [Image.Transpose.ROTATE_90],
        7: [Image.Transpose.TRANSVERSE],
        8: [Image.Transpose.ROTATE_270],
    }.get(orientation, [])
    stored = upright
    for step in undo:
        stored = stored.transpose(step)
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored.save(tmp_path / "p.png", exif=exif)
    assert np.array_equal(np.asarray(open_picture(tmp_path / "p.png")), np.asarray(upright))


def expect_srgb(colour: tuple[int, ...], primaries: np.ndarray, gamma: float) -> np.ndarray:
    """What ``colour`` of a matrix space is in sRGB (IEC 61966-2-1), both relative to D50."""
    to_xyz = np.array(primaries).T
    srgb = np.array(
        [[0.43607, 0.38515, 0.14307], [0.22249, 0.71687, 0.06061], [0.01392, 0.09708, 0.71410]]
    )
    linear = np.linalg.solve(srgb, to_xyz @ (np.array(colour) / 255) ** gamma).clip(0, 1)
    return 255 * np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)


@pytest.mark.parametrize("colour", [(200, 120, 60), (90, 160, 90), (128, 128, 128), (20, 40, 200)])
def test_icc_profile_is_converted_then_dropped(tmp_path: Path, colour: tuple[int, ...]) -> None:
    profile = make_profile(ADOBE, 2.19921875, "RGB ")
    Image.new("RGB", (8, 8), colour).save(tmp_path / "p.png", icc_profile=profile)
    found = open_picture(tmp_path / "p.png")
    assert "icc_profile" not in found.info
    expected = expect_srgb(colour, np.array(ADOBE), 2.19921875)
    assert np.abs(np.asarray(found)[0, 0] - expected).max() <= 1.5


def test_icc_profile_of_a_see_through_picture(tmp_path: Path) -> None:
    profile = make_profile(ADOBE, 2.2, "RGB ")
    Image.new("RGBA", (8, 8), (200, 120, 60, 99)).save(tmp_path / "p.png", icc_profile=profile)
    found = open_picture(tmp_path / "p.png")
    assert found.mode == "RGBA"
    expected = expect_srgb((200, 120, 60), np.array(ADOBE), 2.2)
    assert np.abs(np.asarray(found)[0, 0, :3] - expected).max() <= 1.5
    assert found.getpixel((0, 0))[3] == 99


def test_grey_profile(tmp_path: Path) -> None:
    linear = make_profile([], 1.0, "GRAY")
    Image.new("L", (8, 8), 128).save(tmp_path / "p.png", icc_profile=linear)
    value = 255 * (1.055 * (128 / 255) ** (1 / 2.4) - 0.055)
    assert np.abs(np.asarray(open_picture(tmp_path / "p.png")) - value).max() <= 1.5


@pytest.mark.parametrize("profile", [b"nonsense", make_profile([], 2.2, "GRAY")])
def test_useless_profile_is_passed_over(tmp_path: Path, profile: bytes) -> None:
    Image.new("RGB", (8, 8), (10, 20, 30)).save(tmp_path / "p.png", icc_profile=profile)
    assert open_picture(tmp_path / "p.png").getpixel((0, 0)) == (10, 20, 30)


def test_sixteen_bits_are_scaled(tmp_path: Path) -> None:
    ramp = np.linspace(0, 65535, 256).astype(np.uint16).reshape(16, 16)
    Image.fromarray(ramp).save(tmp_path / "p.png")
    found = np.asarray(open_picture(tmp_path / "p.png"))[..., 0].astype(float)
    assert np.abs(found - ramp / 257).max() <= 0.5


def test_palette_with_transparency(tmp_path: Path) -> None:
    image = Image.new("P", (4, 4), 1)
    image.putpalette([0, 0, 0, 10, 200, 30, 50, 60, 70])
    image.putpixel((0, 0), 2)
    image.save(tmp_path / "p.png", transparency=2)
    found = open_picture(tmp_path / "p.png")
    assert found.mode == "RGBA"
    assert found.getpixel((0, 0)) == (50, 60, 70, 0)
    assert found.getpixel((1, 1)) == (10, 200, 30, 255)


@pytest.mark.parametrize(
    ("mode", "colour", "options", "expected"),
    [
        ("L", 77, {}, (77, 77, 77)),
        ("1", 1, {}, (255, 255, 255)),
        ("LA", (90, 255), {}, (90, 90, 90)),
        ("LA", (90, 30), {}, (90, 90, 90, 30)),
        ("RGBA", (1, 2, 3, 255), {}, (1, 2, 3)),
        ("RGB", (9, 8, 7), {"transparency": (9, 8, 7)}, (9, 8, 7, 0)),
        ("L", 50, {"transparency": 50}, (50, 50, 50, 0)),
        ("I;16", 257 * 50, {"transparency": 257 * 50}, (50, 50, 50, 0)),
    ],
)
def test_modes(
    tmp_path: Path, mode: str, colour: object, options: dict[str, object], expected: tuple[int, ...]
) -> None:
    Image.new(mode, (5, 4), colour).save(tmp_path / "p.png", **options)  # type: ignore[arg-type]
    found = open_picture(tmp_path / "p.png")
    assert found.getpixel((2, 2)) == expected
    assert found.size == (5, 4)


@pytest.mark.parametrize(
    ("ink", "light"),
    [((255, 0, 0, 0), (0, 255, 255)), ((0, 0, 0, 255), (0, 0, 0)), ((0,) * 4, (255, 255, 255))],
)
def test_cmyk(tmp_path: Path, ink: tuple[int, ...], light: tuple[int, ...]) -> None:
    Image.new("CMYK", (16, 16), ink).save(tmp_path / "p.jpg", quality=100)
    found = open_picture(tmp_path / "p.jpg")
    assert found.mode == "RGB"
    assert np.abs(np.array(found.getpixel((8, 8))) - light).max() <= 3


def test_large_jpeg_is_decoded_smaller(tmp_path: Path) -> None:
    Image.new("RGB", (1200, 800), (120, 30, 40)).save(tmp_path / "p.jpg")
    found = open_picture(tmp_path / "p.jpg", longest=200)
    assert 200 <= found.width <= 400
    assert round(found.width / found.height, 2) == 1.5


def spoil(kind: str) -> bytes:
    """A file that is not, or not wholly, a picture."""
    buffer = io.BytesIO()
    noise = np.random.default_rng(1).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    Image.fromarray(noise).save(buffer, "PNG" if kind == "png" else "JPEG")
    data = buffer.getvalue()
    return {
        "png": data[: len(data) // 2],
        "jpg": data[: len(data) // 2],
        "head": data[:12],
        "text": b"not a picture at all\n",
        "none": b"",
    }[kind]


@pytest.mark.parametrize("kind", ["png", "jpg", "head", "text", "none"])
def test_broken_pictures(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "p.png"
    path.write_bytes(spoil(kind))
    with pytest.raises(BrokenPicture, match=r"cannot be decoded|not a picture"):
        open_picture(path)


def test_bomb_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Image.new("L", (40, 40)).save(tmp_path / "p.png")
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1000)
    assert open_picture(tmp_path / "p.png").size == (40, 40)
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    with pytest.raises(BrokenPicture, match="too many pixels"):
        open_picture(tmp_path / "p.png")
