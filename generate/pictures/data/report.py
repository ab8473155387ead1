"""Say in a few lines what was recognised in a set, what of it is read, and what is left out."""

import textwrap
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from PIL import Image

from generate.pictures.data.endings import count_endings
from generate.pictures.data.layouts.known import Layout, list_unread, title_of
from generate.pictures.data.layouts.reading import Reading
from generate.pictures.data.naming import Namer

# How many names a line gives as examples.
SHOWN = 8
# What a class is where it was found.
WAYS = {
    "class folders": "folder",
    "labels": "label",
    "boxes": "label of boxes",
    "file names": "name of files",
}
# Columns of a terminal, less the name of the stage.
WIDTH = 90


def say(lines: Iterable[str]) -> None:
    """Print lines about the training set."""
    for line in lines:
        print(f"{'dataset':<9} {line}", flush=True)


def shorten(names: Sequence[str]) -> str:
    """The first of ``names``."""
    return ", ".join(names[:SHOWN]) + (f" and {len(names) - SHOWN} more" * (len(names) > SHOWN))


def count(number: int, thing: str) -> str:
    """ "1 picture", "2,000 pictures"."""
    return f"{number:,} {thing}{'s' * (number != 1)}"


def tell_lone(lone: str, way: str) -> list[str]:
    """A line that says of a set's only class ``lone``, if any, that it is taken for none."""
    told = f"one {WAYS[way]}, {lone}: taken as no class; name it under [pictures.names]"
    return [told] if lone else []


def tell_classes(
    namer: Namer, way: str, names: Mapping[str, str] | None, shown: Collection[str]
) -> list[str]:
    """How the classes were found and named, those that have no name, names that were not needed.

    ``shown`` are those of pictures without captions.
    """
    named = sorted({name for raw in shown if (name := namer.name(raw))})
    lines = []
    if way and named:
        by = f", named by {namer.told_by}" if namer.told_by else ""
        lines.append(f"{len(named)} class{'es' * (len(named) > 1)} by {way}{by}")
    if nameless := [raw for raw in namer.list_nameless() if raw in shown]:
        lines.append(
            f"without a name: {shorten(nameless)}; name them under [pictures.names] in jungle.toml"
        )
    if idle := [key for key in names or {} if namer.is_idle(key)]:
        lines.append(f"[pictures.names] speaks of what is no class here: {shorten(idle)}")
    return lines


def tell_captions(
    where: str,
    reading: Reading,
    layout: Layout | None = None,
    pictures: Sequence[str] = (),
    others: Sequence[str] = (),
) -> list[str]:
    """How many captions there are, for how many pictures, and what of them is not read.

    The line begins with the name of the set where ``layout`` knows it.
    """
    lines, told = [], sum(map(len, reading.texts.values()))
    known = title_of(layout) if layout else "captions"
    if reading.texts:
        files = sorted(reading.captions)
        of = files[0] if len(files) == 1 else f"{len(files):,} files"
        lines.append(f"{known}: {count(len(reading.texts), 'picture')}, {told:,} captions ({of})")
    elif layout:
        boxes = f", {len(reading.crops):,} with boxes" * bool(reading.crops)
        lines.append(f"{known}: {count(len(pictures), 'picture')}{boxes}")
    if layout and (unread := list_unread(layout, others)):
        lines.append(f"{known}: not read: {shorten(unread)}")
    if reading.split:
        kept = len(reading.testing)
        lines.append(f'its own lists keep {kept:,} pictures for testing (split = "set" does too)')
    if reading.strays:
        some = count(len(reading.strays), "caption")
        lines.append(f"{where}: no picture for {some}, such as {min(reading.strays)!r}")
    for file, keys in sorted(reading.idle.items()):
        if keys:
            lines.append(f"{file}: columns not read: {shorten(keys)}")
    if reading.beside:
        beside = [f"{file} ({said[:40]})" for file, said in sorted(reading.beside.items())]
        lines.append(f"neither captions nor classes, and not read: {shorten(beside)}")
    if reading.unread:
        lines.append(f"captions found but not read: {shorten(sorted(reading.unread))}")
    return lines


def tell_rest(files: Iterable[str]) -> list[str]:
    """How many files are no pictures and were not read, by their endings."""
    told = count_endings(files)
    return [f"not pictures: {told}"] if told else []


def tell_rows(rows: Sequence[Mapping[str, Any]], left_out: Mapping[str, int]) -> list[str]:
    """How many pictures there are of each class, and in all, and what was left out and why."""
    lines = []
    for group, said in (("class", "classes"), ("plan", "plans")):
        counts = Counter(
            str(value)
            for row in rows
            for key, value in row["tags"].items()
            if key.startswith(group)
        )
        told = ", ".join(f"{name} {number:,}" for name, number in counts.most_common())
        lines += textwrap.wrap(f"{said}: {told}", WIDTH) if told else []
    wordless = [row["file_name"] for row in rows if not row["text"] and not row["tags"]]
    if len(wordless) == len(rows):
        lines.append("neither captions nor classes: all pictures are learnt from without words")
    elif wordless:
        some = f"{count(len(wordless), 'picture')} without caption or class, such as {wordless[0]}"
        lines.append(f"{some}: learnt from without words; move away what should not be")
    reasons = ", ".join(
        f"{number} {reason}{explain(reason)}" for reason, number in sorted(left_out.items())
    )
    return [*lines, f"{len(rows)} pictures" + (f"; left out: {reasons}" if reasons else "")]


def explain(reason: str) -> str:
    """What to do about pictures left out for ``reason``, in brackets, if anything."""
    remedies = {reason: "pip install pillow-heif" for reason in ("heic", "heif", "hif")}
    if limit := Image.MAX_IMAGE_PIXELS:
        remedies["too large"] = (
            f"more than {2 * limit / 1e6:.3g} megapixels; make them smaller, or cut them"
        )
    return f" ({remedies[reason]})" if reason in remedies else ""
