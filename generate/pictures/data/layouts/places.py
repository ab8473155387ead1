"""Where objects are in a picture: tiny-imagenet's lists of boxes.

A line is "n01443537_0.JPEG", tab, four whole numbers, two corners of a picture of 64 pixels; in
val_annotations.txt the class stands before them.
"""

import posixpath

from generate.pictures.data.layouts.crops import read_corners
from generate.pictures.data.layouts.reading import Index, Reading
from generate.pictures.data.tree import Tree


def read_places(tree: Tree, index: Index, reading: Reading) -> None:
    """Add the boxes of lists that are called as tiny-imagenet calls them."""
    for file in tree.sizes:
        base = posixpath.basename(file)
        if not base.endswith("_boxes.txt") and base != "val_annotations.txt":
            continue
        try:
            lines = tree.read(file).decode("utf-8-sig").splitlines()
        except (OSError, ValueError):
            continue
        for line in lines:
            told, *cells = line.split("\t")
            name = index.find(told, file) or index.find(f"images/{told}", file)
            if name and (box := read_corners(cells[-4:])):
                # Corners are the places of pixels, and the last one is part of the object.
                left, top, right, bottom = box
                reading.crops.setdefault(name, []).append(("", (left, top, right + 1, bottom + 1)))
                reading.files.add(file)
