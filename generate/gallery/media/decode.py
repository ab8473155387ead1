"""Decode a picture of any kind: upright, in sRGB, 8 bits a channel, without metadata."""

import io
from pathlib import Path
from typing import Any

from PIL import Image, ImageCms

from generate.pictures.data.pixels import (
    FAULTS,
    is_deep,
    open_image,
    quiet,
    reduce_depth,
    turn_upright,
)

SPACES = {"RGB ": "RGB", "GRAY": "L", "CMYK": "CMYK"}


class BrokenPicture(Exception):
    """The file cannot be read as a picture; the message says why."""


def open_picture(path: Path, longest: int = 2048) -> Image.Image:
    """The picture of ``path`` as "RGB", or "RGBA" if any of it is transparent.

    EXIF orientation is applied. Colours are converted to sRGB by the ICC profile (relative
    colorimetric with black point compensation). CMYK without a profile is converted by complement.
    16-bit greys are scaled to 8 bits, palettes resolved. A JPEG that is at least twice ``longest``
    pixels long is decoded at 1/2, 1/4 or 1/8 of its size. Raises `BrokenPicture`.
    """
    try:
        with quiet(), open_image(path) as file:
            if file.format == "JPEG" and max(file.size) >= 2 * longest:
                scale = longest / max(file.size)
                file.draft(None, (int(file.width * scale), int(file.height * scale)))
            return convert_to_srgb(file)
    except Image.DecompressionBombError:
        raise BrokenPicture("has too many pixels (more than 50 million); reduce it") from None
    except Image.UnidentifiedImageError:
        raise BrokenPicture("is not a picture in a known format") from None
    except FAULTS as error:
        raise BrokenPicture(f"cannot be decoded ({str(error) or type(error).__name__})") from None


def convert_to_srgb(file: Image.Image) -> Image.Image:
    """Turn an open picture upright, convert it to 8-bit sRGB and drop its metadata."""
    image = turn_upright(file)
    profile = file.info.get("icc_profile")
    if is_deep(image):
        image = reduce_depth(image)
    if image.mode in ("P", "PA") or "transparency" in image.info:
        # A palette, or one colour that counts as transparent.
        image = image.convert("RGBA")
    alpha = None
    if image.mode in ("LA", "La", "RGBA", "RGBa"):
        image = image.convert("LA" if image.mode in ("LA", "La") else "RGBA")
        alpha = image.getchannel("A")
        image = image.convert("L" if image.mode == "LA" else "RGB")
    if image.mode not in ("L", "RGB", "CMYK"):
        image = image.convert("RGB")
    image = convert_profile(image, profile) if profile else image.convert("RGB")
    if alpha is not None and alpha.getextrema()[0] < 255:  # type: ignore[operator]
        image.putalpha(alpha)
    image.info = {}
    return image


def convert_profile(image: Image.Image, data: bytes) -> Image.Image:
    """Convert "L", "RGB" or "CMYK" by an ICC profile to sRGB; a bad profile is ignored."""
    try:
        profile = ImageCms.ImageCmsProfile(io.BytesIO(data))
        space = SPACES.get(profile.profile.xcolor_space)
        # A grey picture may carry an RGB profile; any other mismatch is a mistake.
        fits = space in (image.mode, "RGB" if image.mode == "L" else None)
        if space is None or not fits or is_srgb(profile):
            return image.convert("RGB")
        flags = ImageCms.Flags.BLACKPOINTCOMPENSATION
        transform = ImageCms.buildTransform(
            profile,
            ImageCms.createProfile("sRGB"),
            space,
            "RGB",
            ImageCms.Intent.RELATIVE_COLORIMETRIC,
            flags,
        )
        converted: Any = ImageCms.applyTransform(image.convert(space), transform)
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return image.convert("RGB")
    return converted


def is_srgb(profile: ImageCms.ImageCmsProfile) -> bool:
    """Whether a profile calls itself sRGB, so that nothing need be converted."""
    description = (profile.profile.profile_description or "").lower()
    return "srgb" in description and "linear" not in description
