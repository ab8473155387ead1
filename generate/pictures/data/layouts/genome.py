"""Visual Genome: image_data.json numbers the pictures, region_descriptions.json says what is where.

A picture has some fifty regions, each a box with a phrase. Boxes of whole objects are in
objects.json. Source: visualgenome.org (Krishna et al., arXiv 1602.07332), versions 1.2 and 1.4.
"""

import json
import posixpath
import re
from collections.abc import Iterator
from typing import Any

from generate.pictures.data.layouts.crops import read_sides
from generate.pictures.data.layouts.reading import Index, Reading
from generate.pictures.data.naming import tidy
from generate.pictures.data.tree import Tree

IMAGES, REGIONS, OBJECTS = "image_data.json", "region_descriptions.json", "objects.json"
BETWEEN = re.compile(r"[\s,\[]*")


def read_genome(tree: Tree, index: Index, reading: Reading) -> None:
    """Add the phrases of regions as captions, and the regions themselves.

    Of a picture that does not lie here nothing is kept: the files are those of 108,077 pictures.
    """
    for file in [name for name in tree.sizes if posixpath.basename(name) == REGIONS]:
        folder = posixpath.dirname(file)
        pictures = find_pictures(tree, index, posixpath.join(folder, IMAGES), reading)
        if (beside := posixpath.join(folder, OBJECTS)) in tree.sizes:
            reading.files.add(beside)  # `read_objects` reads it, where it is wanted
        for row in list_values(tree, file, reading):
            name = find_name(row, pictures, index, file)
            if name is None:
                reading.strays.update(list_stray(row, reading))
                continue
            for region in list_rows(row, "regions"):
                read_region(region, name, file, reading)


def read_objects(tree: Tree, index: Index, reading: Reading) -> None:
    """Add the boxes of objects; read only where pictures are cut by them, as it takes minutes."""
    for file in [name for name in tree.sizes if posixpath.basename(name) == OBJECTS]:
        beside = posixpath.join(posixpath.dirname(file), IMAGES)
        if beside not in tree.sizes:
            continue  # another set's
        pictures = find_pictures(tree, index, beside, reading)
        for row in list_values(tree, file, reading):
            if name := find_name(row, pictures, index, file):
                for found in list_rows(row, "objects"):
                    read_object(found, name, reading)


def list_rows(row: dict[str, Any], key: str) -> list[Any]:
    """The rows of ``row`` below ``key``; [] for what is no list."""
    found = row.get(key)
    return found if isinstance(found, list) else []


def find_pictures(tree: Tree, index: Index, file: str, reading: Reading) -> dict[str, str]:
    """The pictures that lie here by their numbers, as image_data.json tells their addresses."""
    found = {}
    if file in tree.sizes:
        for row in list_values(tree, file, reading):
            told, number = row.get("url"), row.get("image_id", row.get("id"))
            if isinstance(told, str) and (name := index.find(told, file)):
                found[str(number)] = name
    return found


def find_name(row: dict[str, Any], pictures: dict[str, str], index: Index, file: str) -> str | None:
    """The picture of a row: by its number, which is its file's name as well."""
    number = str(row.get("id", row.get("image_id")))
    return pictures.get(number) or index.find(number, file) or index.find(f"{number}.jpg", file)


def list_stray(row: dict[str, Any], reading: Reading) -> list[str]:
    """The number of one picture that has phrases and is not here; one is enough to be named."""
    return [] if reading.strays or not row.get("regions") else [f"{row.get('id')}.jpg"]


def read_region(region: Any, name: str, file: str, reading: Reading) -> None:
    """Keep one region of the picture ``name``; a phrase without a box is a caption all the same."""
    phrase = tidy(region["phrase"]) if is_told(region, "phrase") else ""
    if not phrase:
        return
    reading.add(name, [phrase], (), file)
    box = read_sides([region.get(key) for key in ("x", "y", "width", "height")])
    if box:
        number = str(region.get("region_id", len(reading.regions.get(name, ()))))
        reading.regions.setdefault(name, []).append((number, box, phrase))


def read_object(found: Any, name: str, reading: Reading) -> None:
    """Keep the box of one object of the picture ``name``."""
    if isinstance(found, dict):
        box = read_sides([found.get(key) for key in ("x", "y", "w", "h")])
        names = found.get("names") or [""]
        if box and isinstance(names, list):
            reading.crops.setdefault(name, []).append((str(names[0]), box))


def is_told(row: Any, key: str) -> bool:
    """Whether ``row`` has a text for ``key``."""
    return isinstance(row, dict) and isinstance(row.get(key), str)


def list_values(tree: Tree, file: str, reading: Reading) -> Iterator[dict[str, Any]]:
    """The dicts of a JSON list one after the other, so that a file of 700 MB is never held whole.

    What cannot be read is named among what is not.
    """
    try:
        text = tree.read(file).decode("utf-8-sig")
    except (OSError, ValueError) as error:
        reading.unread.append(f"{file} ({error})")
        return
    reading.files.add(file)
    decoder, place = json.JSONDecoder(), 0
    while True:
        place = BETWEEN.match(text, place).end()  # type: ignore[union-attr]  # it may be empty
        if place >= len(text) or text[place] == "]":
            return
        try:
            value, place = decoder.raw_decode(text, place)
        except (ValueError, RecursionError) as error:
            reading.unread.append(f"{file} (from its letter {place:,} on: {error})")
            return
        if isinstance(value, dict):
            yield value
