"""Write sampled pictures to work/pictures/: beast-001.png and the files beside it.

beast-001.png is the postcard's picture, beast-001.frames.webp how it came out of the noise, side by
side, beast-001.nearest.webp the training picture most like it; metadata.jsonl has a row for each.
Also writes work/pictures.zip and the sheets work/report/contact.png and nearest.png.
"""

import io
import json
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from generate.bundles.folders import slug_of
from generate.files import format_json_lines, replacing, split_lines, write_bytes, write_text
from generate.pictures.captioning.measured import caption_picture
from generate.pictures.choosing.choose import Round
from generate.pictures.data.pixels import open_image
from generate.pictures.families.base import PRINT
from generate.pictures.refining.refiner import refine
from generate.pictures.sheets import as_images, enlarge, write_image, write_sheet
from generate.settings import Settings


def caption_print(asked: dict[str, Any], followed: bool, picture: np.ndarray) -> dict[str, Any]:
    """The caption, traits and hour of a picture: what was asked, else what is measured in it.

    ``followed``: the model could follow the prompt.
    """
    measured = caption_picture(as_images(picture[None])[0])
    text, tags = asked["text"], asked["tags"]
    if not (text and followed):
        row = {"text": measured.text, "traits": measured.traits, "hour": measured.traits["hour"]}
        return {**row, "how": "measured"}
    hour = str(tags.get("hour", "")) or measured.traits["hour"]
    row = {"text": text, "prompt": text, "traits": measured.traits | tags, "hour": hour}
    return {**row, "how": "asked"}


def write_print(settings: Settings, name: str, chosen: Round, place: int) -> dict[str, Any]:
    """Write a picture at the postcard's size, its frames as a strip, and the files beside it.

    It is the one at ``place`` in the round ``chosen``. Returns the files' names.
    """
    folder, beside = settings.work / "pictures", chosen.beside[place]
    if PRINT in beside:
        large = enlarge(open_image(io.BytesIO(beside[PRINT])), settings.pictures.postcard)
        beside = {ending: data for ending, data in beside.items() if ending != PRINT}
    else:
        large = enlarge(refine(chosen.pictures[place]), settings.pictures.postcard)
    write_image(folder / f"{name}.png", large)
    strip = Image.fromarray(np.concatenate(list(chosen.frames[place].transpose(0, 2, 3, 1)), 1))
    write_image(folder / f"{name}.frames.webp", strip, quality=82, method=4)
    for ending, data in beside.items():
        write_bytes(folder / f"{name}{ending}", data)
    row: dict[str, Any] = {"file_name": f"{name}.png", "frames": f"{name}.frames.webp"}
    return row | ({"beside": [f"{name}{ending}" for ending in beside]} if beside else {})


def write_nearest(folder: Path, name: str, neighbour: Any) -> dict[str, Any]:
    """Write the training picture most like the card's; what its row records."""
    name = f"{name}.nearest.webp"
    write_image(folder / name, as_images(neighbour.picture[None])[0], lossless=True)
    return {"nearest": neighbour.facts(), "nearest_file": name}


def record_rows(folder: Path, rows: Iterable[dict[str, Any]]) -> None:
    """Add ``rows`` to metadata.jsonl; rows whose picture is missing are dropped."""
    path = folder / "metadata.jsonl"
    named = {
        row["file_name"]: row for row in read_rows(path) if (folder / row["file_name"]).is_file()
    }
    named |= {row["file_name"]: row for row in rows}
    write_text(path, format_json_lines(named[name] for name in sorted(named)))


def read_rows(path: Path) -> Iterator[dict[str, Any]]:
    """The rows of a metadata.jsonl; damaged lines are skipped, and their pictures made again."""
    if path.is_file():
        text = path.read_text(encoding="utf-8", errors="replace")
        for line in split_lines(text):
            try:
                row = json.loads(line)
            except (ValueError, RecursionError):
                continue
            if isinstance(row, dict) and isinstance(row.get("file_name"), str):
                yield row


def lay_out_cards(settings: Settings) -> None:
    """Write a sheet of all cards, one of each picture beside its nearest, and the zip of them.

    With the cards drawn in earlier runs, but without pictures beyond the count.
    """
    folder = settings.work / "pictures"
    side = min(256, settings.pictures.postcard)
    found = {row["file_name"]: row for row in read_rows(folder / "metadata.jsonl")}
    names = [f"{slug_of(number)}.png" for number in range(1, settings.count + 1)]
    names = [name for name in names if name in found and (folder / name).is_file()]
    shown, pairs = [], []
    for name in names:
        picture = read_square(folder / name, side)
        shown.append(picture)
        nearest = folder / str(found[name].get("nearest_file", ""))
        if nearest.is_file():
            pairs += [picture, read_square(nearest, side)]
    if shown:
        write_sheet(settings.work / "report/contact.png", shown)
        write_zip(settings, [found[name] for name in names])
    if pairs:
        write_sheet(settings.work / "report/nearest.png", pairs, 8)


def write_zip(settings: Settings, rows: list[dict[str, Any]]) -> None:
    """Write work/pictures.zip: the pictures that ``rows`` name, and ``rows`` as metadata.jsonl.

    The same pictures give the same bytes.
    """
    folder = settings.work / "pictures"
    with (
        replacing(settings.work / "pictures.zip") as temporary,
        zipfile.ZipFile(temporary, "w") as archive,
    ):
        for name in sorted(row["file_name"] for row in rows):
            # PNG is compressed already, and a fixed date keeps the archive reproducible.
            archive.writestr(zipfile.ZipInfo(name), (folder / name).read_bytes())
        archive.writestr(zipfile.ZipInfo("metadata.jsonl"), format_json_lines(rows))


def read_square(path: Path, side: int) -> Image.Image:
    """A picture file at ``side`` pixels."""
    with open_image(path) as picture:
        return picture.convert("RGB").resize((side, side))
