"""Open a picture and make it plain: upright, RGB, on white where it was see-through.

Light: the gallery opens its pictures by the same rules, and nothing opens one in any other way.
"""

import struct
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import numpy as np
from PIL import AvifImagePlugin, ExifTags, Image, TiffImagePlugin, WebPImagePlugin

# The formats of the nine endings that the project takes. Pillow has readers of forty others, goes
# by what a file begins with whatever its ending, and starts another program for one of them.
FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "AVIF")
# Loaded here, these spare Pillow a search through all forty.
READERS = (AvifImagePlugin, TiffImagePlugin, WebPImagePlugin)
# Pillow warns of pictures with more pixels than its limit, and refuses those with twice as many.
MOST_PIXELS = 50_000_000
Image.MAX_IMAGE_PIXELS = MOST_PIXELS // 2

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

WHITES = (255, 65_535)
# A floating picture of 0 … 1 that was sharpened or enlarged strays a little beyond.
OVERSHOOT = 1.1


def open_image(source: Path | BinaryIO) -> Image.Image:
    """The picture in a file of one of `FORMATS`, not decoded yet; to be closed by the caller.

    Raises one of `FAULTS`: UnidentifiedImageError for another format, DecompressionBombError for
    more than `MOST_PIXELS`.
    """
    with quiet():
        # pillow-heif has registered its own reader, where it is installed and was wanted.
        return Image.open(source, formats=[*FORMATS, *Image.OPEN.keys() & {"HEIF"}])


@contextmanager
def quiet() -> Iterator[None]:
    """A block in which Pillow does not complain of what keeps no picture from being shown.

    Odd EXIF and palettes, and large photographs; it still refuses those beyond `MOST_PIXELS`.
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
    if is_deep(upright):
        upright = reduce_depth(upright)
    if {"A", "a"} & set(upright.getbands()) or "transparency" in upright.info:
        upright = upright.convert("RGBA")
        ground = Image.new("RGBA", upright.size, "white")
        upright = Image.alpha_composite(ground, upright)
    return upright.convert("RGB")


def is_deep(picture: Image.Image) -> bool:
    """Whether ``picture`` is a grey of more than 8 bits, which Pillow's ``convert`` would clip."""
    return picture.mode in ("I", "F") or picture.mode.startswith("I;16")


def reduce_depth(picture: Image.Image) -> Image.Image:
    """A deep grey as "L", or as "LA" where one level of it is see-through.

    No file says which level is white: it is taken for the least of `WHITES` that none exceeds, or
    else for the highest level. ValueError for numbers that are not finite.
    """
    levels = np.asarray(picture, np.float64)
    if not np.isfinite(levels).all():
        raise ValueError("holds numbers that are not finite")
    top = float(levels.max())
    if picture.mode == "F" and top <= OVERSHOOT:
        white = 1.0
    else:
        white = next((white for white in WHITES if top <= white), top)
    grey = Image.fromarray(np.rint(levels / white * 255).clip(0, 255).astype(np.uint8))
    clear = picture.info.get("transparency")
    if isinstance(clear, int):
        grey.putalpha(Image.fromarray(np.where(levels == clear, 0, 255).astype(np.uint8)))
    return grey
