"""Lists without a line of keys: a picture's name on each line, and its caption or class."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from generate.pictures.data.classes import SPLIT
from generate.pictures.data.endings import ENDINGS
from generate.pictures.data.layouts.json_rows import are_classes
from generate.pictures.data.layouts.reading import Index
from generate.pictures.data.naming import tidy

# "1.jpg: a red fox", also with spaces in the name.
NAMED = re.compile(
    rf"(.+?(?:{'|'.join(map(re.escape, sorted(ENDINGS)))}))\"?\s*(?:[:=]|->|[-–—]\s)\s*(\S.*)",
    re.IGNORECASE,
)

MARKS = ("\t", ",", ";", "|")
# As keras-yolo3 is taught: four edges and a class for each box.
BOXES = re.compile(r"(-?\d+,){4}\d+( (-?\d+,){4}\d+)*")


def read_bare(text: str, file: str, index: Index) -> Iterator[dict[str, Any]]:
    """The rows of lines that hold a picture's name in one place, if nearly all do."""
    lines = [line for line in text.splitlines() if line.strip() and line[0] != "#"]
    if file.casefold().endswith(".lst"):  # MXNet: a number, a class as a float, a picture
        rows = [line.split("\t") for line in lines]
        named = [row for row in rows if len(row) == 3 and index.find(row[2], file)]
        yield from ({"file_name": row[2], "label": row[1].partition(".")[0]} for row in named)
        return
    enough = max(1, min(0.9 * len(lines), len(index.names) / 2))
    ways = (
        (mark, list_known(pairs, index, file)) for mark, pairs in part_lines(lines, index, file)
    )
    mark, known = next((way for way in ways if len(way[1]) >= enough), (None, []))
    if not known:
        return
    if all(is_box(words, mark) for _, words in known):
        return
    # Boxes and numbers may follow a class, or stand alone; the class may be behind each box.
    boxed = all(BOXES.fullmatch(words) for _, words in known)
    measured = [is_measured(words, mark) for _, words in known]
    classes = [
        words.split(mark)[0] if some else words
        for (_, words), some in zip(known, measured, strict=True)
    ]
    key = "label" if boxed or any(measured) or are_classes(classes) else "text"
    for (name, told), words in zip(known, classes, strict=True):
        behind = [box.rpartition(",")[2] for box in told.split()]
        yield {"file_name": name, key: behind if boxed else tidy(words)}


def list_known(pairs: Sequence[Sequence[str]], index: Index, file: str) -> list[tuple[str, str]]:
    """Those of ``pairs`` that are of a picture's name and of what is said of it."""
    told = [(pair[0].strip(), pair[1].strip()) for pair in pairs if len(pair) > 1]
    return [pair for pair in told if not pair[0].isdecimal() and index.find(pair[0], file)]


def part_lines(
    lines: Sequence[str], index: Index, file: str
) -> Iterator[tuple[str | None, list[Sequence[str]]]]:
    """The ways to part each line into a picture and the rest, with the mark: the likeliest first.

    A mark is one of `MARKS`, None for spaces.
    """
    mark = next((mark for mark in MARKS if lines and mark in lines[0]), None)
    if mark:
        cells = [line.split(mark) for line in lines]
        column = find_column(cells[:50], index, file)
        if column:
            yield mark, [lead_with(some, column, mark) for some in cells]
        else:
            yield mark, [line.split(mark, 1) for line in lines]
    yield None, [line.split(None, 1) for line in lines]
    yield None, [found.groups() for line in lines if (found := NAMED.match(line))]


def find_column(rows: Sequence[Sequence[str]], index: Index, file: str) -> int:
    """The place of the cells that name pictures: 0 unless a later one does so more often."""
    named = [
        sum(
            len(row) > place
            and not row[place].isdecimal()
            and index.find(row[place], file) is not None
            for row in rows
        )
        for place in range(max(map(len, rows), default=0))
    ]
    return max(range(len(named)), key=lambda place: named[place], default=0)


def lead_with(cells: Sequence[str], column: int, mark: str) -> list[str]:
    """The picture in ``column``, and the other cells without the name of a split ("TRAIN")."""
    rest = [cell for place, cell in enumerate(cells) if place != column]
    kept = [cell for cell in rest if cell.strip() and not SPLIT.fullmatch(cell.strip())]
    return [*cells[column : column + 1], mark.join(kept)]


def is_box(words: str, mark: str | None) -> bool:
    """Whether ``words`` are four numbers, which say where something is and not what."""
    cells = words.split(mark)
    return len(cells) == 4 and all(cell.strip().replace(".", "").isdecimal() for cell in cells)


def is_measured(words: str, mark: str | None) -> bool:
    """Whether only numbers follow the first of ``words``."""
    rest = words.split(mark)[1:]
    return bool(rest) and all(cell.strip().replace(".", "").isdecimal() for cell in rest)
