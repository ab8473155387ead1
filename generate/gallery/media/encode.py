"""Encode a picture for its page: several sizes in AVIF and WebP, and one JPEG or PNG."""

import base64
import io
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from PIL import Image, features

from generate.files import write_bytes
from generate.gallery.media.decode import open_picture
from generate.recipe import digest_bytes

REVISION = 1  # raise it when the same options should give other files than before
MIME = {"avif": "image/avif", "webp": "image/webp", "jpg": "image/jpeg", "png": "image/png"}


@dataclass(frozen=True)
class Options:
    """How pictures are encoded.

    ``widths`` are in pixels; a picture is never enlarged. At these settings AVIF of speed 8 needs
    at most 7/8 of WebP's bytes at the same butteraugli distance and takes the same time. Slower
    speeds take several times as long and save a few per cent. Sources up to ``pixelated`` pixels
    wide are encoded without loss, since pages show each of their pixels as a square. ``paper`` is
    the RGB colour behind transparent pixels.
    """

    # In CSS pixels, a picture is 228 wide in the rack and up to 540 on a card's page.
    widths: tuple[int, ...] = (240, 512, 1024)
    avif_quality: int = 60
    avif_speed: int = 8
    webp_quality: int = 80
    webp_method: int = 4
    jpeg_quality: int = 84
    pixelated: int = 128
    paper: tuple[int, int, int] = (247, 241, 228)


def list_picture_facts(options: Options) -> dict[str, Any]:
    """What decides a picture's files besides its source: revision, options and encoders."""
    return {"revision": REVISION, **asdict(options), "encoders": list_encoders()}


def list_encoders() -> dict[str, str | None]:
    """Versions of Pillow and of the codecs inside it."""
    import PIL

    names = {"avif": "avif", "webp": "webp", "jpg": "jpg", "zlib": "zlib", "lcms": "littlecms2"}
    versions = {name: features.version(feature) for name, feature in names.items()}
    return {"pillow": PIL.__version__, **versions}


def encode_picture(source: Path, out: Path, stem: str, options: Options) -> dict[str, Any]:
    """Encode ``source`` as ``out``/``stem``.<width>.<format>; raises `BrokenPicture`.

    The source is decoded once, and each size is reduced from the next larger one. Returns a JSON
    object: ``files``, ``sources`` ({mime: [[name, width], …]}, the better format first),
    ``fallback``, ``width``, ``height``, ``placeholder``, ``tint``, ``pixelated``.
    """
    image = open_picture(source, longest=2 * max(options.widths))
    pixelated = image.width <= options.pixelated
    files: list[dict[str, Any]] = []
    names: dict[str, list[list[Any]]] = {}
    largest: Image.Image | None = None
    for width in choose_widths(image.size, options):
        image = reduce_to_width(image, width)
        largest = largest or image
        for kind in ("webp",) if pixelated else ("avif", "webp"):
            name = f"{stem}.{width}.{kind}"
            files.append(write_encoded(out, name, encode_image(image, kind, options, pixelated)))
            names.setdefault(MIME[kind], []).insert(0, [name, width])
    assert largest is not None
    kind = "png" if pixelated or largest.mode == "RGBA" else "jpg"
    fallback = f"{stem}.{largest.width}.{kind}"
    files.append(write_encoded(out, fallback, encode_image(largest, kind, options, pixelated)))
    return {
        "files": files,
        "sources": names,
        "fallback": fallback,
        "width": largest.width,
        "height": largest.height,
        "placeholder": make_placeholder(image, options),
        "tint": measure_tint(image, options),
        "pixelated": pixelated,
    }


def choose_widths(size: tuple[int, int], options: Options) -> list[int]:
    """Widths to make of a picture of ``size`` (width, height), largest first, never enlarged.

    A very tall picture is limited by its height. A width is left out if the source is less than
    1.2 times as wide.
    """
    width, height = size
    top = max(1, min(width, max(options.widths), round(2 * max(options.widths) * width / height)))
    return [top, *(w for w in sorted(options.widths, reverse=True) if w * 1.2 <= top)]


def reduce_to_width(image: Image.Image, width: int) -> Image.Image:
    """Reduce a picture to ``width`` pixels (Lanczos; Pillow premultiplies alpha)."""
    if width == image.width:
        return image
    height = max(1, round(image.height * width / image.width))
    return image.resize((width, height), Image.Resampling.LANCZOS)


def encode_image(image: Image.Image, kind: str, options: Options, lossless: bool = False) -> bytes:
    """The bytes of a picture as "avif", "webp", "jpg" or "png", without any metadata."""
    buffer = io.BytesIO()
    if kind == "avif":
        quality, speed = options.avif_quality, options.avif_speed
        image.save(buffer, "AVIF", quality=quality, speed=speed, max_threads=1)
    elif kind == "webp" and lossless:
        image.save(buffer, "WEBP", lossless=True, quality=80, method=options.webp_method)
    elif kind == "webp":
        image.save(buffer, "WEBP", quality=options.webp_quality, method=options.webp_method)
    elif kind == "jpg":
        flat, quality = lay_on_paper(image, options), options.jpeg_quality
        flat.save(buffer, "JPEG", quality=quality, optimize=True, progressive=True)
    else:
        image.save(buffer, "PNG", optimize=lossless)
    return buffer.getvalue()


def lay_on_paper(image: Image.Image, options: Options) -> Image.Image:
    """Put a transparent picture on paper, for formats without an alpha channel."""
    if image.mode != "RGBA":
        return image
    paper = Image.new("RGBA", image.size, (*options.paper, 255))
    return Image.alpha_composite(paper, image).convert("RGB")


def make_placeholder(image: Image.Image, options: Options, longest: int = 16) -> str:
    """A data URI of about 150 characters that is shown until the picture is loaded."""
    small = lay_on_paper(image, options).copy()
    small.thumbnail((longest, longest), Image.Resampling.BOX)
    buffer = io.BytesIO()
    small.save(buffer, "WEBP", quality=20, method=6)
    return "data:image/webp;base64," + base64.b64encode(buffer.getvalue()).decode()


def measure_tint(image: Image.Image, options: Options) -> str:
    """The mean colour as "#rrggbb"."""
    dot: Any = lay_on_paper(image, options).resize((1, 1), Image.Resampling.BOX).getpixel((0, 0))
    red, green, blue = dot
    return f"#{red:02x}{green:02x}{blue:02x}"


def encode_frames(source: Path, out: Path, stem: str, options: Options) -> dict[str, Any]:
    """Publish the steps from noise to picture: one row of square frames, left to right.

    A WebP without metadata is copied, since it is encoded already.
    """
    strip = open_picture(source, longest=16_383)
    count = max(1, round(strip.width / strip.height))
    width, height = strip.width // count, strip.height
    data = source.read_bytes()
    if not is_bare_webp(data):
        data = encode_image(strip, "webp", options)
    file = write_encoded(out, f"{stem}.webp", data)
    first = strip.crop((0, 0, width, height))
    return {
        "files": [file],
        "path": file["name"],
        "count": count,
        "width": width,
        "height": height,
        "placeholder": make_placeholder(first, options, longest=32),
    }


def encode_nearest(source: Path, out: Path, stem: str, options: Options) -> dict[str, Any]:
    """Publish the small training picture that is most like a card's; a bare WebP is copied."""
    image = open_picture(source)
    data = source.read_bytes()
    if not is_bare_webp(data):
        data = encode_image(image, "webp", options, lossless=image.width <= options.pixelated)
    file = write_encoded(out, f"{stem}.webp", data)
    return {"files": [file], "path": file["name"]}


def is_bare_webp(data: bytes) -> bool:
    """True for a still WebP without EXIF, XMP and ICC profile."""
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP":
        return False
    position = 12
    while position + 8 <= len(data):
        name, size = data[position : position + 4], data[position + 4 : position + 8]
        if name in (b"EXIF", b"XMP ", b"ICCP", b"ANIM"):
            return False
        position += 8 + (int.from_bytes(size, "little") + 1) // 2 * 2
    return True


def write_encoded(out: Path, name: str, data: bytes) -> dict[str, Any]:
    """Write ``out``/``name`` atomically; returns its ``name``, ``sha256`` and size in ``bytes``."""
    write_bytes(out / name, data, durable=False)
    return {"name": name, "sha256": digest_bytes(data), "bytes": len(data)}
