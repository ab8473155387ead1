"""Make a plain picture of what a file holds: upright, RGB, on white where it was see-through.

Light: the gallery opens its pictures by the same rules.
"""

import struct
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from PIL import ExifTags, Image

# Whatever Pillow's readers were seen to raise for damaged files. Its own promise is OSError.
FAULTS = (
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
    TypeError,
    KeyError,
    IndexError,
    OverflowError,
    RuntimeError,
    struct.error,
    zlib.error,
    Image.DecompressionBombError,
)
# What brings a picture upright, by the EXIF orientation.
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


@contextmanager
def quiet() -> Iterator[None]:
    """A block in which Pillow does not complain of what keeps no picture from being shown.

    Odd EXIF and palettes, and photographs of 100 megapixels; it still refuses twice its own limit.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        warnings.simplefilter("ignore", UserWarning)
        yield


def turn_upright(picture: Image.Image) -> Image.Image:
    """``picture`` turned as its EXIF says; as it lies where the EXIF cannot be read.

    Raises one of `FAULTS` if the pixels cannot be decoded. Pillow's own ``exif_transpose`` writes
    the EXIF anew besides, which fails at a single odd tag of it.
    """
    picture.load()
    try:
        turn = TURNS.get(picture.getexif().get(ExifTags.Base.Orientation, 1))
    except FAULTS:
        return picture
    return picture if turn is None else picture.transpose(turn)


def make_plain(picture: Image.Image) -> Image.Image:
    """``picture`` of any mode as upright "RGB"; raises one of `FAULTS` if it is broken."""
    upright = turn_upright(picture)
    if {"A", "a"} & set(upright.getbands()) or "transparency" in upright.info:
        upright = upright.convert("RGBA")
        ground = Image.new("RGBA", upright.size, "white")
        upright = Image.alpha_composite(ground, upright)
    elif upright.mode in ("I", "F") or upright.mode.startswith("I;16"):
        levels = np.asarray(upright, np.float64)
        top = max(float(levels.max()), 1.0)
        scale = 255 / (65_535 if top > 255 else 255)
        upright = Image.fromarray((levels.clip(0) * scale).clip(0, 255).astype(np.uint8))
    return upright.convert("RGB")
