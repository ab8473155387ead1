"""Which pictures are held out: by chance, or those that a set keeps for testing.

Lists of names say so in Flickr8k and Flickr30k.

"Flickr_8k.trainImages.txt" names the 6,000 pictures for training, a line each; what lists beside it
name for development and testing is held out.
"""

import re
from collections.abc import Mapping
from typing import Any

from generate.errors import Refusal
from generate.pictures.data.layouts.reading import Index, Reading
from generate.pictures.data.tree import Tree
from generate.recipe import digest

LIST = re.compile(r"(?:.*/)?[\w.]*?(train|dev|val|test)(?:[_.-]?(?:images|list))?\.txt", re.I)
LARGEST = 8 * 2**20


def read_lists(tree: Tree, index: Index, reading: Reading) -> None:
    """Add which pictures are for testing, by lists in which every line names one and nothing else.

    A list may be of a whole set, a part of which lies here.
    """
    for file in tree.sizes:
        found = LIST.fullmatch(file)
        if found is None or tree.sizes[file] > LARGEST or file in reading.files:
            continue
        try:
            lines = tree.read(file).decode("utf-8-sig").split("\n")
        except (OSError, ValueError):
            continue
        told = [line.strip() for line in lines if line.strip()]
        if any(" " in line or "\t" in line or "," in line for line in told):
            continue
        named = [name for line in told if (name := index.find(line, file))]
        if not named:
            continue
        reading.files.add(file)
        if found[1].casefold() == "train":
            reading.split = True
        else:
            reading.testing.update(named)


def split_rows(rows: list[dict[str, Any]], share: float, own: bool = False) -> None:
    """Mark each row "train" or "held-out": the ``share`` with the smallest digests of their names.

    By name and not by place, so that one more picture moves no other across; what was cut from one
    picture stays together. With ``own`` those are held out that the set itself keeps for testing;
    `Refusal` where it has no list of them.
    """
    if own:
        if not {row.get("testing") for row in rows} >= {True, False}:
            raise Refusal(
                'pictures.split = "set": this set has no list of pictures for training and for '
                'testing that are here; say split = "share"'
            )
        for row in rows:
            row["split"] = "held-out" if row["testing"] else "train"
        return
    count = min(round(share * len(rows)), len(rows) - 2)
    order = sorted(range(len(rows)), key=lambda place: digest(name_whole(rows[place])))
    held = set(order[: max(count, 0)])
    if count > 0 and len({name_whole(row) for row in rows}) > 2:
        whole = {name_whole(rows[place]) for place in held}
        held = {place for place in range(len(rows)) if name_whole(rows[place]) in whole}
    for place, row in enumerate(rows):
        row["split"] = "held-out" if place in held else "train"


def name_whole(row: Mapping[str, Any]) -> str:
    """The picture of a row, or that which it was cut from."""
    return str(row.get("of", row["file_name"]))
