"""Draw the site's icons from the first card's picture: favicon.ico and assets/icon-*.png."""

import io
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw

from generate.gallery.incremental.ledger import Ledger
from generate.gallery.media.decode import BrokenPicture, open_picture
from generate.gallery.media.encode import (
    Options,
    encode_image,
    lay_on_paper,
    list_encoders,
    write_encoded,
)
from generate.gallery.media.jobs import Job, run_jobs
from generate.recipe import digest

REVISION = 1
# 180 for iOS, 192 and 512 for the web manifest.
SIZES = (180, 192, 512)


def prepare_icons(picture: Path | None, out: Path, ledger: Ledger) -> None:
    """Bring the icons below ``out`` (site/) up to date; without a picture they show a stamp."""
    source = ledger.digest(picture) if picture else None
    key = digest(["icons", REVISION, source, list_encoders()])
    run_jobs([Job("icons", key, picture or Path(), "icon", draw_icons)], out, ledger)


def draw_icons(source: Path, out: Path, stem: str) -> dict[str, Any]:
    """Write every icon; returns {"files": […]}."""
    options = Options()
    try:
        beast = lay_on_paper(open_picture(source), options) if source.is_file() else None
    except BrokenPicture:
        beast = None
    files = []
    for size in SIZES:
        data = encode_image(draw_icon(beast, size, options), "png", options, lossless=True)
        files.append(write_encoded(out, f"assets/{stem}-{size}.png", data))
    buffer = io.BytesIO()
    # Browsers show 32 pixels in a tab; perforation would only be noise at that size.
    crop_square(beast, 32, options).save(buffer, "ICO", sizes=[(32, 32)])
    files.append(write_encoded(out, "favicon.ico", buffer.getvalue()))
    return {"files": files}


def crop_square(beast: Image.Image | None, size: int, options: Options) -> Image.Image:
    """The middle square of a picture at ``size`` pixels; plain green without a picture."""
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

    The beast lies within the middle 4/5, which launchers show even if they cut icons to a shape.
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
    icon.paste(crop_square(beast, inside, options), ((size - inside) // 2, (size - inside) // 2))
    return icon
