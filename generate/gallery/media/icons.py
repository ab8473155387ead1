"""Draw the site's icons from its first beast: favicon.ico and assets/icon-*.png."""

import io
from dataclasses import asdict
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw

from generate.gallery.incremental.ledger import Ledger
from generate.gallery.media.card_media import Job
from generate.gallery.media.decode import BrokenPicture, open_picture
from generate.gallery.media.encode import Options, encode, flatten, read_encoders, write_encoded
from generate.gallery.media.jobs import run_jobs
from generate.recipe import digest

REVISION = 1
# 180 for iOS, 192 and 512 for the web manifest.
SIZES = (180, 192, 512)


def prepare_icons(picture: Path | None, out: Path, ledger: Ledger) -> None:
    """Bring the icons below ``out`` (site/) up to date; without a picture they show a stamp."""
    source = ledger.digest(picture) if picture else None
    key = digest(["icons", REVISION, source, read_encoders()])
    run_jobs([Job("icons", key, picture or Path(), "icon", draw_icons)], out, ledger)


def draw_icons(source: Path, out: Path, stem: str) -> dict[str, Any]:
    """Write every icon; returns {"files": […]}."""
    options = Options()
    try:
        beast = flatten(open_picture(source), options) if source.is_file() else None
    except BrokenPicture:
        beast = None
    files = []
    for size in SIZES:
        data = encode(draw_icon(beast, size, options), "png", options, lossless=True)
        files.append(write_encoded(out, f"assets/{stem}-{size}.png", data))
    buffer = io.BytesIO()
    # 32 pixels are what browsers show in a tab; the perforation would be noise at that size.
    crop(beast, 32, options).save(buffer, "ICO", sizes=[(32, 32)])
    files.append(write_encoded(out, "favicon.ico", buffer.getvalue()))
    return {"files": [asdict(file) for file in files]}


def crop(beast: Image.Image | None, size: int, options: Options) -> Image.Image:
    """The middle square of a picture at ``size`` pixels; plain green without one."""
    if beast is None:
        return Image.new("RGB", (size, size), (86, 112, 78))
    side = min(beast.size)
    left, top = (beast.width - side) // 2, (beast.height - side) // 2
    square = beast.crop((left, top, left + side, top + side))
    small = side <= options.pixelated < size
    how = Image.Resampling.NEAREST if small else Image.Resampling.LANCZOS
    return square.resize((size, size), how)


def draw_icon(beast: Image.Image | None, size: int, options: Options) -> Image.Image:
    """A postage stamp of the beast that fills the icon.

    The beast keeps within the middle four fifths, which launchers that mask icons always show.
    """
    scale = 4
    whole = size * scale
    icon = Image.new("RGB", (whole, whole), tuple(round(v * 0.82) for v in options.paper))
    draw = ImageDraw.Draw(icon)
    edge, hole = round(whole * 0.06), whole * 0.022
    draw.rectangle((edge, edge, whole - edge, whole - edge), fill=options.paper)
    for at in range(13):
        along = edge + (whole - 2 * edge) * at / 12
        for x, y in ((along, edge), (along, whole - edge), (edge, along), (whole - edge, along)):
            box = (x - hole, y - hole, x + hole, y + hole)
            draw.ellipse(box, fill=icon.getpixel((0, 0)))
    icon = icon.resize((size, size), Image.Resampling.LANCZOS)
    inside = round(size * 0.72)
    icon.paste(crop(beast, inside, options), ((size - inside) // 2, (size - inside) // 2))
    return icon
