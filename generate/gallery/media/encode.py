"""Encode one picture for the page: a cascade of sizes in AVIF and WebP beside a JPEG or PNG."""

import base64
import io
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from PIL import Image, features

from generate.files import write_bytes
from generate.gallery.media.decode import open_picture
from generate.recipe import digest_bytes

# Raise it when the same options should give other files than before.
REVISION = 1
MIME = {"avif": "image/avif", "webp": "image/webp", "jpg": "image/jpeg", "png": "image/png"}


@dataclass(frozen=True)
class Options:
    """How pictures are encoded.

    ``widths`` in pixels, never beyond the source. At these settings AVIF of speed 8 saves an
    eighth or more of the bytes of WebP at the same butteraugli distance, for the same time; its
    slower speeds cost several times as much for a few per cent. Sources up to ``pixelated``
    pixels wide are kept free of loss: they are drawn pixel by pixel.
    """

    # The rack draws a picture 228 CSS pixels wide, a card's page up to 540.
    widths: tuple[int, ...] = (240, 512, 1024)
    avif_quality: int = 60
    avif_speed: int = 8
    webp_quality: int = 80
    webp_method: int = 4
    jpeg_quality: int = 84
    pixelated: int = 128
    paper: tuple[int, int, int] = (247, 241, 228)

    def describe(self) -> dict[str, Any]:
        """What beside the source decides the bytes: these options and the encoders' versions."""
        return {"revision": REVISION, **asdict(self), "encoders": read_encoders()}


@dataclass(frozen=True)
class Encoded:
    """A file made from a source: its name below site/, digest and size in bytes."""

    name: str
    sha256: str
    bytes: int


def read_encoders() -> dict[str, str | None]:
    """Versions of the codecs inside Pillow, which decide the bytes as much as the options do."""
    import PIL

    names = {"avif": "avif", "webp": "webp", "jpg": "jpg", "zlib": "zlib", "lcms": "littlecms2"}
    versions = {name: features.version(feature) for name, feature in names.items()}
    return {"pillow": PIL.__version__, **versions}


def encode_picture(source: Path, out: Path, stem: str, options: Options) -> dict[str, Any]:
    """Encode ``source`` into ``out``/``stem``.<width>.<format>; raises `BrokenPicture`.

    Decoded once; each size is reduced from the next larger one. Returns a JSON object with
    ``files`` (of every `Encoded`), ``sources`` ({mime: [[name, width], …]}, the better format
    first), ``fallback``, ``width``, ``height``, ``placeholder``, ``tint``, ``pixelated``.
    """
    image = open_picture(source, longest=2 * max(options.widths))
    pixelated = image.width <= options.pixelated
    files: list[Encoded] = []
    names: dict[str, list[list[Any]]] = {}
    largest: Image.Image | None = None
    for width in choose_widths(image.size, options):
        image = scale(image, width)
        largest = largest or image
        for kind in ("webp",) if pixelated else ("avif", "webp"):
            name = f"{stem}.{width}.{kind}"
            files.append(write_encoded(out, name, encode(image, kind, options, pixelated)))
            names.setdefault(MIME[kind], []).insert(0, [name, width])
    assert largest is not None
    kind = "png" if pixelated or largest.mode == "RGBA" else "jpg"
    fallback = f"{stem}.{largest.width}.{kind}"
    files.append(write_encoded(out, fallback, encode(largest, kind, options, pixelated)))
    return {
        "files": [asdict(file) for file in files],
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

    A very tall picture is limited by its height; a size that hardly differs from the next larger
    one is left out.
    """
    width, height = size
    top = max(1, min(width, max(options.widths), round(2 * max(options.widths) * width / height)))
    return [top, *(w for w in sorted(options.widths, reverse=True) if w * 1.2 <= top)]


def scale(image: Image.Image, width: int) -> Image.Image:
    """Reduce a picture to ``width`` pixels (Lanczos; Pillow premultiplies alpha)."""
    if width == image.width:
        return image
    height = max(1, round(image.height * width / image.width))
    return image.resize((width, height), Image.Resampling.LANCZOS)


def encode(image: Image.Image, kind: str, options: Options, lossless: bool = False) -> bytes:
    """The bytes of a picture as "avif", "webp", "jpg" or "png", without any metadata."""
    buffer = io.BytesIO()
    if kind == "avif":
        image.save(
            buffer,
            "AVIF",
            quality=options.avif_quality,
            speed=options.avif_speed,
            max_threads=1,
        )
    elif kind == "webp" and lossless:
        image.save(buffer, "WEBP", lossless=True, quality=80, method=options.webp_method)
    elif kind == "webp":
        image.save(buffer, "WEBP", quality=options.webp_quality, method=options.webp_method)
    elif kind == "jpg":
        flatten(image, options).save(
            buffer, "JPEG", quality=options.jpeg_quality, optimize=True, progressive=True
        )
    else:
        image.save(buffer, "PNG", optimize=lossless)
    return buffer.getvalue()


def flatten(image: Image.Image, options: Options) -> Image.Image:
    """Lay a see-through picture on paper, for formats that know no alpha."""
    if image.mode != "RGBA":
        return image
    paper = Image.new("RGBA", image.size, (*options.paper, 255))
    return Image.alpha_composite(paper, image).convert("RGB")


def make_placeholder(image: Image.Image, options: Options, longest: int = 16) -> str:
    """A data URI of some 150 characters that stands for the picture until it is there."""
    small = flatten(image, options).copy()
    small.thumbnail((longest, longest), Image.Resampling.BOX)
    buffer = io.BytesIO()
    small.save(buffer, "WEBP", quality=20, method=6)
    return "data:image/webp;base64," + base64.b64encode(buffer.getvalue()).decode()


def measure_tint(image: Image.Image, options: Options) -> str:
    """The mean colour as "#rrggbb"."""
    dot: Any = flatten(image, options).resize((1, 1), Image.Resampling.BOX).getpixel((0, 0))
    red, green, blue = dot
    return f"#{red:02x}{green:02x}{blue:02x}"


def encode_frames(source: Path, out: Path, stem: str, options: Options) -> dict[str, Any]:
    """Publish the path from noise to picture: one row of square frames, left to right.

    A WebP without metadata is published byte for byte: it was encoded once already.
    """
    strip = open_picture(source, longest=16_383)
    count = max(1, round(strip.width / strip.height))
    width, height = strip.width // count, strip.height
    data = source.read_bytes()
    if not is_bare_webp(data):
        data = encode(strip, "webp", options)
    file = write_encoded(out, f"{stem}.webp", data)
    first = strip.crop((0, 0, width, height))
    return {
        "files": [asdict(file)],
        "path": file.name,
        "count": count,
        "width": width,
        "height": height,
        "placeholder": make_placeholder(first, options, longest=32),
    }


def encode_nearest(source: Path, out: Path, stem: str, options: Options) -> dict[str, Any]:
    """Publish the small training picture that is most like a card's, a bare WebP byte for byte."""
    image = open_picture(source)
    data = source.read_bytes()
    if not is_bare_webp(data):
        data = encode(image, "webp", options, lossless=image.width <= options.pixelated)
    file = write_encoded(out, f"{stem}.webp", data)
    return {"files": [asdict(file)], "path": file.name}


def is_bare_webp(data: bytes) -> bool:
    """True for a WebP whose RIFF chunks are pixels alone: no EXIF, XMP or ICC profile."""
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP":
        return False
    position = 12
    while position + 8 <= len(data):
        name, size = data[position : position + 4], data[position + 4 : position + 8]
        if name in (b"EXIF", b"XMP ", b"ICCP", b"ANIM"):
            return False
        position += 8 + (int.from_bytes(size, "little") + 1) // 2 * 2
    return True


def write_encoded(out: Path, name: str, data: bytes) -> Encoded:
    """Write one product atomically and say what was written."""
    write_bytes(out / name, data, durable=False)
    return Encoded(name, digest_bytes(data), len(data))
