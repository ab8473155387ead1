"""Finish sampled pictures: work/pictures/beast-001.png and what lies beside it.

Writes beast-001.png (the postcard's picture), beast-001.frames.webp (its way from noise, side by
side), beast-001.nearest.webp (the training picture most like it), metadata.jsonl with a row each,
and the sheets work/report/contact.png and nearest.png.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from generate.bundles.folders import slug_of
from generate.files import format_json_lines, replacing, split_lines, write_bytes, write_text
from generate.pictures.captioning.measured import caption_picture, hour_of
from generate.pictures.refining.refiner import refine
from generate.pictures.sampling.export import export_zip
from generate.pictures.sheets import as_images, write_sheet
from generate.settings import Settings


def describe(asked: dict[str, Any], heeds: bool, picture: np.ndarray) -> dict[str, Any]:
    """The caption, traits and hour of a picture: what it was asked to show, else what is seen.

    ``heeds``: the model could heed what it was asked.
    """
    image = as_images(picture[None])[0]
    measured = caption_picture(image)
    if not (asked["text"] and heeds):
        return {
            "text": measured.text,
            "traits": measured.traits,
            "hour": hour_of(image),
            "how": "measured",
        }
    return {
        "text": asked["text"],
        "prompt": asked["text"],
        "traits": {**measured.traits, **asked["tags"]},
        "hour": str(asked["tags"].get("hour", "")) or hour_of(image),
        "how": "asked",
    }


def publish(
    settings: Settings, folder: Path, number: int, picture: np.ndarray, frames: np.ndarray
) -> dict[str, Any]:
    """Write one picture at the postcard's size, and its frames as a strip; the files' names."""
    name = slug_of(number)
    side = settings.pictures.postcard
    with replacing(folder / f"{name}.png") as temporary:
        enlarge(refine(picture), side).save(temporary)
    strip = Image.fromarray(np.concatenate(list(frames.transpose(0, 2, 3, 1)), 1))
    with replacing(folder / f"{name}.frames.webp") as temporary:
        strip.save(temporary, quality=82, method=4)
    return {"file_name": f"{name}.png", "frames": f"{name}.frames.webp"}


def publish_beside(folder: Path, number: int, files: dict[str, bytes]) -> dict[str, Any]:
    """Write what else came of a picture, such as its SVG; the files' names, if there are any."""
    names = [f"{slug_of(number)}{ending}" for ending in files]
    for name, data in zip(names, files.values(), strict=True):
        write_bytes(folder / name, data)
    return {"beside": names} if names else {}


def publish_nearest(folder: Path, number: int, neighbour: Any) -> dict[str, Any]:
    """Write the training picture most like card ``number``'s, as it was learnt from."""
    name = f"{slug_of(number)}.nearest.webp"
    with replacing(folder / name) as temporary:
        as_images(neighbour.picture[None])[0].save(temporary, lossless=True)
    return {"nearest": neighbour.facts(), "nearest_file": name}


def enlarge(picture: Image.Image, side: int) -> Image.Image:
    """``picture`` at ``side`` pixels."""
    if picture.size == (side, side):
        return picture
    return picture.resize((side, side), Image.Resampling.LANCZOS)


def record(folder: Path, rows: dict[int, dict[str, Any]]) -> None:
    """Write metadata.jsonl, with the rows of earlier runs whose pictures still lie there."""
    path = folder / "metadata.jsonl"
    named = {
        row["file_name"]: row for row in read_rows(path) if (folder / row["file_name"]).is_file()
    }
    named |= {row["file_name"]: row for row in rows.values()}
    write_text(path, format_json_lines(named[name] for name in sorted(named)))


def read_rows(path: Path) -> Iterator[dict[str, Any]]:
    """The rows of a metadata.jsonl; damaged lines are passed over, since they are made again."""
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
    """Write the contact sheet of all cards, each picture beside its nearest, and the zip of them.

    Cards drawn in earlier runs belong to them; pictures beyond the count do not.
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
        export_zip(settings, [found[name] for name in names])
    if pairs:
        write_sheet(settings.work / "report/nearest.png", pairs, 8)


def read_square(path: Path, side: int) -> Image.Image:
    """A picture file at ``side`` pixels."""
    with Image.open(path) as picture:
        return picture.convert("RGB").resize((side, side))
