"""One file for many pictures, as tools for annotation write it: COCO, FiftyOne, VIA and CVAT.

Such a file calls pictures by number, or holds them deeper than a row for each does (VoTT, Darwin).
Captions of COCO are captions; categories and labels are what is found in a picture.

Sources: cocodataset.org (data format), docs.voxel51.com (FiftyOneImageClassificationDataset),
the VGG Image Annotator's project files, CVAT's XML for images 1.1.
"""

import html
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from generate.pictures.data.columns import (
    FILES,
    find_captions,
    find_labels,
    find_objects,
    fold_keys,
    name_labels,
)
from generate.pictures.data.endings import ENDINGS
from generate.pictures.data.layouts.crops import Box, read_sides
from generate.pictures.data.layouts.json_rows import list_values
from generate.pictures.data.layouts.reading import Index, Reading
from generate.pictures.data.naming import tidy
from generate.pictures.data.tree import Tree, decode_text, ending_of

# The annotations of COCO's 118,287 training pictures have 449 MB, its captions 92 MB.
LARGEST = 512 * 2**20
# What a file holds early that is of one of these forms.
HINTS = re.compile(
    rb'"annotations"|"images"|"original"|"external_id"|"categories"|"labels"|"_via_img_metadata"|"regions"|"objects"|<image\b'
)
# Columns of a row that is of something drawn around, and those that name a picture.
DRAWN = frozenset("bbox bounding_box polygon segmentation points keypoints".split())
NAMES = frozenset([*FILES, "external_id", "original", "original_filename"])
IMAGE = re.compile(r"<image\b([^>]*?)(?:/>|>(.*?)</image>)", re.DOTALL)
NAME, LABEL = (re.compile(rf'\b{word}="([^"]*)"') for word in ("name", "label"))


class Said(NamedTuple):
    """What an annotation says of a picture's file.

    Its captions, what it is of, what is found in it, and boxes of that, each with its class.
    """

    name: str
    texts: Sequence[str] = ()
    labels: Sequence[str] = ()
    found: Sequence[str] = ()
    boxes: Sequence[tuple[str, Box]] = ()


def read_annotations(tree: Tree, index: Index, files: Iterable[str], reading: Reading) -> None:
    """Add what annotations among ``files`` say of the pictures of ``index``.

    A file that is none of these forms, or that names no picture of the set, is passed over.
    """
    for file in files:
        if ending_of(file) not in (".json", ".ndjson", ".xml") or tree.sizes[file] > LARGEST:
            continue
        try:
            data = tree.read(file)
            if not HINTS.search(data):
                continue
            text = decode_text(data)
            found = [*(read_cvat(text) if ending_of(file) == ".xml" else read_form(text))]
        except (OSError, ValueError, RecursionError):
            continue
        take_said(found, index, file, reading)


def take_said(found: Sequence[Said], index: Index, file: str, reading: Reading) -> None:
    """Keep what is said in ``file`` of pictures that are here; name captions of those that are not.

    A file of a whole set says much of pictures that do not lie here, and none of it is a fault.
    """
    placed = [(index.find(said.name, file), said) for said in found]
    if not any(name for name, _ in placed):
        return
    reading.files.add(file)
    for name, said in placed:
        if name is None:
            if said.texts:
                reading.add_stray(said.name, file)
            continue
        reading.add(name, said.texts, said.labels, file)
        kept = reading.boxes.setdefault(name, [])
        kept += [label for label in said.found if label not in kept]
        if said.boxes:
            reading.crops.setdefault(name, []).extend(said.boxes)


def read_form(text: str) -> Iterator[Said]:
    """What a JSON file of COCO, FiftyOne or VIA says, a picture at a time."""
    try:
        value = json.loads(text)
    except ValueError:  # a value on each line (Labelbox)
        value = [*list_values(text)]
    if not isinstance(value, dict):
        yield from read_nested(value)
        return
    if isinstance(value.get("images"), list) and isinstance(value.get("annotations"), list):
        yield from read_coco(value)
    elif isinstance(value.get("labels"), dict) and "classes" in value:
        yield from read_fiftyone(value)
    elif isinstance(value.get("_via_img_metadata"), dict):
        for row in value["_via_img_metadata"].values():
            if isinstance(row, dict) and isinstance(row.get("filename"), str):
                found = find_objects(fold_keys(row), {})
                yield Said(row["filename"], find_captions(row), found=found)
    else:
        yield from read_nested(value)


def read_nested(value: Any) -> Iterator[Said]:
    """VoTT, Darwin, Labelbox: a file's name in a row or a row of it, what it shows somewhere below.

    The innermost row with such a name tells of that picture.
    """
    if isinstance(value, list):
        for item in value:
            yield from read_nested(item)
    elif isinstance(value, dict):
        rows = [value, *(row for row in value.values() if isinstance(row, dict))]
        cells = [(key, cell) for row in rows for key, cell in fold_keys(row).items()]
        name = next((cell for key, cell in cells if key in NAMES and is_picture(cell)), None)
        if name is None:
            for item in value.values():
                yield from read_nested(item)
        else:
            below = [*list_below(value)]
            texts = [text for row in below for text in find_captions(row)]
            labels = [told for row in below for told in find_told(row) if not is_picture(told)]
            yield Said(name, texts, found=list(dict.fromkeys(labels)))


def find_told(row: Mapping[str, Any]) -> list[str]:
    """The classes of a row: of its columns, its tags, or the name of what was drawn around."""
    tags = row.get("tags")
    named = [row.get("name")] if row.keys() & DRAWN else []
    answer = row.get("radio_answer")  # Labelbox
    named += [answer.get("name")] if isinstance(answer, dict) else []
    return find_labels(row) or name_labels(tags if isinstance(tags, list) else named)


def list_below(value: Any) -> Iterator[dict[str, Any]]:
    """Every row in a value, however deep."""
    if isinstance(value, dict):
        yield value
    for item in (
        value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    ):
        yield from list_below(item)


def is_picture(cell: Any) -> bool:
    """Whether a cell is the name of a picture's file."""
    return isinstance(cell, str) and ending_of(cell.partition("?")[0]) in ENDINGS


def read_coco(value: Mapping[str, Any]) -> Iterator[Said]:
    """COCO: pictures and annotations by ids; a category by its common name where it has one."""
    named = {}
    for row in list_dicts(value.get("categories")):
        name = row.get("common_name") or row.get("name")
        if isinstance(name, str) and (told := tidy(name)):
            named[str(row.get("id"))] = told
    texts: dict[str, list[str]] = {}
    labels: dict[str, list[str]] = {}
    boxes: dict[str, list[tuple[str, Box]]] = {}
    # Without boxes and outlines an annotation says what a picture is of.
    boxed = any(row.keys() & DRAWN for row in list_dicts(value["annotations"]))
    for row in list_dicts(value["annotations"]):
        key, category = str(row.get("image_id")), str(row.get("category_id"))
        caption = row.get("caption")
        if isinstance(caption, str) and (told := tidy(caption)):
            texts.setdefault(key, []).append(told)
        if category in named:
            labels.setdefault(key, []).append(named[category])
        sides = row.get("bbox")
        if isinstance(sides, list) and (box := read_sides(sides)):
            boxes.setdefault(key, []).append((named.get(category, ""), box))
    listed = {str(row.get("id")) for row in list_dicts(value["images"])}
    for key in texts.keys() - listed:
        yield Said(f"image {key}", texts[key])
    for row in list_dicts(value["images"]):
        key, name = str(row.get("id")), row.get("file_name") or row.get("coco_url")
        if isinstance(name, str) and (key in texts or key in labels):
            shown = list(dict.fromkeys(labels.get(key, [])))
            of, within = ((), shown) if boxed else (shown, ())
            yield Said(name, texts.get(key, []), of, within, boxes.get(key, ()))


def read_fiftyone(value: Mapping[str, Any]) -> Iterator[Said]:
    """FiftyOne: a label by the picture's name without its ending, as a number of ``classes``."""
    classes = value["classes"] if isinstance(value["classes"], list) else []
    for name, told in value["labels"].items():
        labels = []
        for label in told if isinstance(told, list) else [told]:
            label = label.get("label") if isinstance(label, dict) else label
            if isinstance(label, int) and not isinstance(label, bool):
                label = classes[label] if 0 <= label < len(classes) else None
            if isinstance(label, str) and tidy(label) and tidy(label) not in labels:
                labels.append(tidy(label))
        yield Said(name, found=labels)


def read_cvat(text: str) -> Iterator[Said]:
    """CVAT's XML for images: the labels of boxes, outlines and tags in each picture.

    Read by its marks alone: no entity of it is ever resolved.
    """
    for head, body in IMAGE.findall(text):
        if name := NAME.search(head):
            labels = [tidy(html.unescape(label)) for label in LABEL.findall(body)]
            found = list(dict.fromkeys(filter(None, labels)))
            yield Said(html.unescape(name[1]), found=found)


def list_dicts(value: Any) -> list[dict[str, Any]]:
    """The dicts in a list; [] for what is none."""
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []
