"""Find training pictures in a folder or a zip, with the words that lie beside them.

What is known of a picture comes, in this order, from captions, from labels in a listing, from the
class folder it lies in, from the classes of its boxes, and from its file's name.
"""

import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from generate.errors import Refusal
from generate.files import tell_instead
from generate.pictures.data.classes import find_classes, find_stems, is_neutral
from generate.pictures.data.endings import (
    ENDINGS,
    HEIF,
    can_open_heif,
    count_endings,
    split_files,
)
from generate.pictures.data.layouts.cub import read_cub
from generate.pictures.data.layouts.cutting import count_regions, cut_boxes, cut_regions, tell_cut
from generate.pictures.data.layouts.exports.annotations import read_annotations
from generate.pictures.data.layouts.genome import read_genome, read_objects
from generate.pictures.data.layouts.known import KNOWN, recognise
from generate.pictures.data.layouts.listings import read_listings
from generate.pictures.data.layouts.places import read_places
from generate.pictures.data.layouts.reading import Index, Reading
from generate.pictures.data.layouts.shards import spread_shards
from generate.pictures.data.layouts.sidecars import find_sidecars, read_sidecars, read_within
from generate.pictures.data.layouts.splits import read_lists
from generate.pictures.data.layouts.unread import find_unread
from generate.pictures.data.naming import Namer, describe_classes, is_known
from generate.pictures.data.report import (
    explain,
    shorten,
    tell_captions,
    tell_classes,
    tell_lone,
    tell_rest,
)
from generate.pictures.data.source import Cut, Entry, Source
from generate.pictures.data.tables import Table, find_tables
from generate.pictures.data.tree import Tree, ending_of, list_folder, list_zip
from generate.words.animals import find_kind

# Raise it when other words or other pictures are read from the same files: sets of people's own are
# then read, and their models trained, anew.
READING = 6
# No picture has fewer bytes.
SMALLEST = 200
# Folders that are numbers, or by the first letters of a hash, as large sets divide their files.
CODE = re.compile(r"\d+|[0-9a-f]{1,2}", re.IGNORECASE)
# How often a class is shown in a round, and its name (kohya's scripts).
REPEATED = re.compile(r"\d{1,3}_(.*[^\W\d_].*)")
PACKED = frozenset(".zip .tar .gz .tgz .bz2 .xz .7z .rar .zst".split())


def open_folder(
    folder: Path, names: Mapping[str, str] | None = None, cut: Cut | None = None
) -> Source:
    """Pictures below ``folder``, in order of their names; hidden files are passed over.

    ``names`` are what the settings want classes called, ``cut`` what of each picture is shown.
    `Refusal` where there are no pictures, or a metadata file is broken.
    """
    return open_tree(list_folder(folder), "", names, cut)


def holds_tables(folder: Path) -> bool:
    """Whether a folder's pictures lie in Parquet, Arrow or tar files, as the hub keeps sets."""
    endings = {ending_of(name) for name in list_folder(folder).sizes}
    return not endings & (ENDINGS | HEIF) and bool(endings & {".parquet", ".arrow", ".tar"})


def open_zip(path: Path, names: Mapping[str, str] | None = None, cut: Cut | None = None) -> Source:
    """Pictures inside a zip, as `open_folder` reads them from a folder; also of tars in it."""
    return open_tree(spread_shards(list_zip(path)), "this zip ", names, cut)


def decide_reading(path: Path, names: Mapping[str, str] | None) -> dict[str, Any]:
    """What decides, beside the files themselves, how a set is read: part of the dataset's key."""
    found: dict[str, Any] = {"reading": READING} | ({"names": dict(names)} if names else {})
    if path.is_dir() or zipfile.is_zipfile(path):
        try:
            tree = list_folder(path) if path.is_dir() else list_zip(path)
        except Refusal:
            return found  # a damaged zip is named by who reads it
        if can_open_heif() and any(ending_of(name) in HEIF for name in tree.sizes):
            found["heif"] = True
        if (layout := recognise(tree.sizes)) and layout.reads:
            found["layout"] = [layout.name, KNOWN]
    return found


def open_tree(
    tree: Tree, what: str, names: Mapping[str, str] | None, cut: Cut | None = None
) -> Source:
    """The pictures of a tree with what is said of them."""
    pictures, left_out, others = split_files(tree.sizes)
    for name in [name for name in pictures if tree.sizes[name] < SMALLEST]:
        if instead := find_instead(tree, name):
            pictures.remove(name)
            left_out[instead] += 1
    if not pictures:
        found = [f"{number} {reason}{explain(reason)}" for reason, number in left_out.items()]
        found += [count_endings(others)] if others else []
        raise Refusal(
            f"{tree.where}: {what}holds no pictures ({', '.join(sorted(ENDINGS | HEIF))})"
            + (f"; it holds {', '.join(found)}" if found else "")
            + advise(others)
        )
    index, reading, layout = Index(pictures), Reading(), recognise(tree.sizes)
    sidecars = find_sidecars(index, others)
    rest = [file for file in others if file not in sidecars]
    read_listings(tree, index, rest, reading)
    read_sidecars(tree, sidecars, reading)
    read_genome(tree, index, reading)
    read_annotations(tree, index, [f for f in rest if f not in reading.files], reading)
    for read in (read_cub, read_places, read_lists):
        read(tree, index, reading)
    read_within(tree, [name for name in pictures if not reading.texts.get(name)], reading)
    if cut and cut.boxes:
        read_objects(tree, index, reading)
    reading.unread += find_unread(
        tree, [file for file in rest if file not in reading.files], pictures
    )
    tables = find_tables(tree, [file for file in rest if file not in reading.files])
    labels, way, lone = choose_labels(pictures, reading, tables, names)
    namer = Namer({raw for raws in labels for raw in raws}, tables, names)
    told = {raw for raw in namer.raws if namer.name(raw)}
    # One label for all says nothing, unless it tells them from pictures that have captions.
    if way != "class folders" and len({*map(namer.name, told)}) == 1 and not reading.texts:
        lone = "" if namer.used else min(told)
        labels = [[] for _ in labels] if lone else labels
    # Captions say more than a class, and where they are it is not wanted.
    pairs = zip(pictures, labels, strict=True)
    labels = [[] if reading.texts.get(name) else raws for name, raws in pairs]
    shown = {raw for raws in labels for raw in raws}
    tags = [namer.find_tags(raws) for raws in labels]
    used = {*reading.files, namer.told_by if shown else ""}
    notes = [
        *tell_classes(namer, way, names, shown),
        *(tell_lone(lone, way) if not shown and is_missed(lone, tree, pictures, reading) else ()),
        *tell_captions(tree.where, reading, layout, pictures, others),
        *tell_cut(tree.where, pictures, reading, cut or Cut()),
        *tell_rest(file for file in others if file not in used),
        *tell_packed(others),
    ]
    seen = find_seen(reading, names) if layout and layout.tagged else {}
    entries = describe(tree, pictures, reading, tags, seen)
    total = len(pictures)
    if cut and cut.regions:
        entries, total = cut_regions(entries, reading), count_regions(reading)
    elif cut and cut.boxes:
        entries = cut_boxes(entries, reading)
    return Source(tree.where, total, entries, notes=tuple(notes), left_out=left_out)


def find_lone(folders: Sequence[str], names: Mapping[str, str] | None) -> str:
    """The folder of a set that is its only one, as it is called; "" where it says something.

    It does where the settings name it, and where it is called as teachers of one thing call it
    ("10_dog": ten times in each round).
    """
    raws = {*folders} - {""}
    lone = raws.pop() if len(raws) == 1 else ""
    namer = Namer({lone}, (), names)
    repeated = REPEATED.fullmatch(lone)
    said = repeated and not is_neutral(repeated[1], set())
    return "" if said or (namer.name(lone) and namer.used) else lone


def is_missed(lone: str, tree: Tree, pictures: Sequence[str], reading: Reading) -> bool:
    """Whether the only class may be missed: pictures without words, and an animal's name.

    Of a set without captions any name, unless it is that of the folder around all.
    """
    if len(reading.texts) == len(pictures) or is_known(lone):
        return len(reading.texts) < len(pictures)
    return not reading.texts and any(lone not in name.split("/")[:-1] for name in tree.sizes)


def find_instead(tree: Tree, name: str) -> str | None:
    """What a small file is that is called a picture and is none; None where it may be one."""
    try:
        told = tell_instead(tree.read(name))
    except OSError:
        return None
    return told and told.removeprefix("is ").removeprefix("a ")


def tell_packed(others: Sequence[str]) -> list[str]:
    """A line for archives that lie among the pictures: what is in them is not read."""
    packed = [name for name in others if ending_of(name) in PACKED]
    return [f"not unpacked: {shorten(packed)}; unpack what belongs to the set"] if packed else []


def advise(others: Sequence[str]) -> str:
    """What to do with a set without pictures, by the other files in it."""
    if packed := [name for name in others if ending_of(name) in PACKED]:
        return f"; unpack {packed[0]}" + (" and the others" if packed[1:] else "")
    if any(ending_of(name) in (".tsv", ".csv", ".parquet", ".jsonl") for name in others):
        return "; lists of addresses are not fetched: download their pictures first"
    return ""


def choose_labels(
    pictures: Sequence[str],
    reading: Reading,
    tables: Sequence[Table],
    names: Mapping[str, str] | None,
) -> tuple[list[list[str]], str, str]:
    """The classes of each picture as they are called in the set, and how they were found.

    And the one class folder that there is where it is taken for none, else "".
    """
    numbers = {part for name in pictures for part in name.split("/")[:-1] if CODE.fullmatch(part)}
    namer = Namer(numbers, tables, names)
    folders = find_classes(
        pictures, is_known, lambda raw: raw not in numbers or bool(namer.name(raw))
    )
    if lone := find_lone(folders, names):
        folders = ["" for _ in folders]
    ways = {
        "class folders": [[raw] if raw else [] for raw in folders],
        "boxes": [reading.boxes.get(name, []) for name in pictures],
        "file names": [[raw] if raw else [] for raw in find_stems(pictures, is_known)],
    }
    # Names of files may be of people and places, and cards show classes: one must be an animal's.
    if not any(map(find_kind, name_all(ways["file names"], tables, names))):
        ways["file names"] = [[] for _ in pictures]
    # One class for all says nothing, nor do numbers that nobody names.
    told = {way: len(name_all(found, tables, names)) for way, found in ways.items()}
    telling = [way for way in ways if told[way] > 1]
    way = "class folders"
    if way not in telling:
        # Of two that speak of as many pictures, the one with more classes: breeds before "cat".
        way = max(telling or ways, key=lambda way: (sum(map(bool, ways[way])), told[way]))
    labelled = [reading.labels.get(name, []) for name in pictures]
    known = {raw for raws in labelled for raw in raws}
    namer = Namer(known, tables, names)
    known = {raw for raw in known if namer.name(raw)}
    # One word for all that names no animal is none of a class, where folders are.
    if len({*map(namer.name, known)}) == 1 and "class folders" in telling:
        if not any(map(is_known, known)) and not known & {
            raw for (raw,) in filter(None, ways[way])
        }:
            reading.beside |= {file: min(told) for file, told in reading.labelled.items() if told}
            labelled, known = [[] for _ in labelled], set()
    # Of pictures that lie in no class folder, boxes may tell one of those classes.
    others = {raw for raws in ways[way] for raw in raws}
    rows = zip(labelled, ways[way], ways["boxes"], strict=True)
    found = [
        label if known.intersection(label) else raws or [raw for raw in box if raw in others]
        for label, raws, box in rows
    ]
    by_label = sum(map(bool, map(known.intersection, labelled)))
    return found, "labels" if by_label > len(pictures) / 2 else way, lone


def name_all(
    labels: Sequence[Sequence[str]], tables: Sequence[Table], names: Mapping[str, str] | None
) -> set[str]:
    """The names of all classes in ``labels``."""
    namer = Namer({raw for raws in labels for raw in raws}, tables, names)
    return {namer.name(raw) for raw in namer.raws} - {""}


def find_seen(reading: Reading, names: Mapping[str, str] | None) -> dict[str, tuple[str, ...]]:
    """The names of the classes that pictures with captions hold, by picture."""
    told = {name: reading.boxes[name] for name in reading.texts if reading.boxes.get(name)}
    namer = Namer({raw for raws in told.values() for raw in raws}, (), names)
    return {name: tuple(filter(None, map(namer.name, raws))) for name, raws in told.items()}


def describe(
    tree: Tree,
    pictures: Sequence[str],
    reading: Reading,
    tags: Sequence[dict[str, str]],
    seen: Mapping[str, tuple[str, ...]],
) -> Iterator[Entry]:
    """Give each picture its captions, else its classes where the set has two or more.

    Bytes of a file's name that are no UTF-8 are spelt out, since the name is written to files.
    """
    for name, found in zip(pictures, tags, strict=True):
        written = name.encode("utf-8", "backslashreplace").decode("utf-8")
        read = partial(tree.open, name)
        texts = tuple(reading.texts.get(name, ()))
        testing = name in reading.testing if reading.split else None
        if texts:
            also = seen.get(name, ())
            yield Entry(written, read, texts[0], {}, texts, seen=also, testing=testing)
        else:
            yield Entry(written, read, describe_classes(found), found, testing=testing)
