"""Pictures cut to their objects, or into their regions, as the settings ask."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from PIL import Image

from generate.errors import Refusal
from generate.pictures.data.layouts.crops import Box, choose_box, crop_square
from generate.pictures.data.layouts.reading import Reading
from generate.pictures.data.source import Cut, Entry

# A region of less has too little in it to be learnt from.
SMALLEST = 48


def tell_cut(where: str, pictures: Sequence[str], reading: Reading, cut: Cut) -> list[str]:
    """How many pictures are cut, in a line; `Refusal` where there is nothing to cut them by."""
    if cut.regions:
        regions = count_regions(reading)
        if not regions:
            raise Refusal(
                f"{where}: pictures.regions = true, but no region of {SMALLEST} pixels or more is "
                "described here (Visual Genome's region_descriptions.json does it)"
            )
        return [f"regions: {regions:,} of {SMALLEST} pixels or more, each a picture of its own"]
    if not cut.boxes:
        return []
    boxed = sum(name in reading.crops for name in pictures)
    if not boxed:
        raise Refusal(
            f'{where}: pictures.crop = "boxes", but no box of a picture that lies here is known'
        )
    return [f"boxes: {boxed:,} of {len(pictures):,} pictures have one and are cut to it"]


def cut_boxes(entries: Iterator[Entry], reading: Reading) -> Iterator[Entry]:
    """``entries``, those with boxes cut to a square around one."""
    for entry in entries:
        box = choose_box(reading.crops.get(entry.name, ()))
        yield replace(entry, open=crop_square(entry.open, box)) if box else entry


def count_regions(reading: Reading) -> int:
    """How many regions are large enough."""
    return sum(is_large(box) for rows in reading.regions.values() for _, box, _ in rows)


def is_large(box: Box) -> bool:
    """Whether both sides of a box have `SMALLEST` pixels."""
    return min(box[2] - box[0], box[3] - box[1]) >= SMALLEST


def cut_regions(entries: Iterator[Entry], reading: Reading) -> Iterator[Entry]:
    """An entry for each region of ``entries`` that is large enough, with its phrase."""
    for entry in entries:
        rows = [row for row in reading.regions.get(entry.name, ()) if is_large(row[1])]
        read = keep_picture(entry.open) if rows else entry.open
        for number, box, phrase in rows:
            yield Entry(
                f"{entry.name}#{number}",
                crop_square(read, box),
                phrase,
                {},
                (phrase,),
                of=entry.name,
                testing=entry.testing,
            )


def keep_picture(read: Callable[[], Image.Image]) -> Callable[[], Image.Image]:
    """A function that gives the picture that ``read`` opens, which is decoded once."""
    held: list[Image.Image] = []

    def again() -> Image.Image:
        if not held:
            with read() as picture:
                held.append(picture.copy())
        return held[0]

    return again
