"""CUB-200-2011: images.txt numbers the pictures from 1, other files speak of those numbers.

Source: the dataset's README (Wah, Branson, Welinder, Perona and Belongie, 2011).
"""

import posixpath
from collections.abc import Iterator

from generate.pictures.data.layouts.crops import read_sides
from generate.pictures.data.layouts.reading import Index, Reading
from generate.pictures.data.tree import Tree

IMAGES = "images.txt"
BOXES, SPLIT = "bounding_boxes.txt", "train_test_split.txt"


def read_cub(tree: Tree, index: Index, reading: Reading) -> None:
    """Add the boxes and the split of each folder that holds an images.txt of this form."""
    for file in [name for name in tree.sizes if posixpath.basename(name) == IMAGES]:
        folder = posixpath.dirname(file)
        pictures = {}
        for number, told in list_rows(tree, file):
            if told and (
                name := index.find(f"images/{told[0]}", file) or index.find(told[0], file)
            ):
                pictures[number] = name
        if not pictures:
            continue
        reading.files.add(file)
        for base in (BOXES, SPLIT):
            beside = posixpath.join(folder, base)
            if beside not in tree.sizes:
                continue
            reading.files.add(beside)
            for number, told in list_rows(tree, beside):
                name = pictures.get(number)
                if name is None:
                    continue
                if base == SPLIT and told[:1] == ["0"]:
                    reading.testing.add(name)
                elif base == SPLIT:
                    reading.split = True
                elif box := read_sides(told):
                    reading.crops.setdefault(name, []).append(("bird", box))


def list_rows(tree: Tree, file: str) -> Iterator[tuple[str, list[str]]]:
    """The number that each line begins with, and what follows; nothing of what cannot be read."""
    try:
        text = tree.read(file).decode("utf-8-sig")
    except (OSError, ValueError):
        return
    for line in text.splitlines():
        number, *told = line.split() or [""]
        if number.isdecimal():
            yield str(int(number)), told
