"""Files named like their picture: 1.txt, 1.caption or 1.json beside 1.jpg, or in a folder of texts.

Some have the picture's whole name: 1.jpg.txt.

A text has a caption to a line. Lines of a class and its box, as detectors are taught with (YOLO,
KITTI), and the objects of an XML (Pascal VOC) give the picture its classes.

Where nothing beside a picture says what it shows, the prompt that it carries itself is read.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

from generate.pictures.data.classes import CONTAINER
from generate.pictures.data.columns import read_words
from generate.pictures.data.layouts.crops import Box, read_corners
from generate.pictures.data.layouts.reading import Index, Reading, fold_name
from generate.pictures.data.naming import tidy
from generate.pictures.data.pixels import FAULTS, quiet
from generate.pictures.data.tree import Tree, decode_text, ending_of, stem_of

ENDINGS = (".txt", ".caption", ".tags", ".md", ".json", ".xml")
# A class, by number or name, and four numbers or more.
BOX = re.compile(r"(.+?)((?:[\s,]+-?\d+(?:\.\d+)?(?:e-?\d+)?){4,})")
OBJECT = re.compile(r"<object>.*?<name>([^<]*)</name>", re.DOTALL)
WHOLE = re.compile(r"<object>(.*?)</object>", re.DOTALL)
PART = re.compile(r"<part>.*?</part>", re.DOTALL)
NAME = re.compile(r"<name>([^<]*)</name>")
EDGE = re.compile(r"<(xmin|ymin|xmax|ymax)>\s*([^<]*?)\s*</\1>")
SETTINGS = re.compile(r"^(Negative prompt:|Steps: ?\d+,)", re.MULTILINE)
# What a line begins with that tells where a picture is from, and not what it shows.
ADDRESS = re.compile(r"\s*https?://")
# Numbers of Exif's own table and of the comment in it (Exif 2.3, section 4.6.5), which begins with
# eight bytes that name its writing; programs write UTF-16 in either order.
EXIF, COMMENT = 0x8769, 0x9286
# So many pictures are opened; where none of them carries a prompt, the others do not either.
OPENED = 16
# Google Takeout: "1.jpg.supplemental-metadata.json", cut anywhere where the name would be too long.
TAKEOUT = "supplemental-metadata"
POSTED = re.compile(r"(.+_UTC)_\d+")
# Weights that a prompt asks for by name: "<lora:fur:0.8>".
EXTRA = re.compile(r"<\w+:[^<>]*>")
TEXTS = frozenset(
    """annotation annotations bbox boxes caption captions description descriptions text text_c10
    texts txt xml xmls""".split()
)


def find_sidecars(index: Index, files: Iterable[str]) -> dict[str, list[str]]:
    """The files among ``files`` that belong to one picture each, with its name.

    Names may differ in case and in how accents are kept. A post of several pictures has one text
    ("…_UTC.txt" beside "…_UTC_1.jpg", as Instaloader writes it).

    They lie beside it, or where its folder of pictures has a folder of texts instead and the rest
    of the path is the same, or in another folder that is called like the picture's ("owl/1.txt").
    """
    bare: dict[str, set[str]] = defaultdict(set)
    ends: dict[str, set[str]] = defaultdict(set)
    folded: dict[str, set[str]] = defaultdict(set)
    posts: dict[str, list[str]] = defaultdict(list)
    for name in index.names:
        for kept, key in ((folded, stem_of(name)), (bare, bare_stem(name)), (ends, end_of(name))):
            kept[fold_name(key)].add(name)
        if several := POSTED.fullmatch(stem_of(name)):
            posts[several[1]].append(name)
    found: dict[str, list[str]] = {}
    for file in files:
        if ending_of(file) in ENDINGS:
            head, _, tail = stem_of(file).rpartition(".")
            whole = head if tail and TAKEOUT.startswith(tail) else stem_of(file)
            beside = whole if whole in index.names else index.of_stem.get(whole)
            likely = {beside} if beside else folded.get(fold_name(whole), set())
            likely = likely or bare.get(fold_name(bare_stem(file)), set())
            if not likely and "/" in file:  # elsewhere, in a folder that is called the same
                likely = ends.get(fold_name(end_of(file)), set())
            if len(likely) == 1:
                found[file] = list(likely)
            elif stem_of(file) in posts:
                found[file] = sorted(posts[stem_of(file)])
    return found


def end_of(name: str) -> str:
    """The end of a file's path: its folder and its name without ending."""
    return "/".join(stem_of(name).split("/")[-2:])


def bare_stem(name: str) -> str:
    """A file's path without its ending and without folders that say nothing of its content."""
    *folders, base = stem_of(name).split("/")
    # Splits are kept: what is called 1 in one is another thing than 1 in the next.
    kept = [f for f in folders if f.casefold() not in TEXTS and not CONTAINER.fullmatch(f)]
    return "/".join([*kept, base])


def read_sidecars(tree: Tree, sidecars: dict[str, list[str]], reading: Reading) -> None:
    """Add what each of ``sidecars`` says of its picture; those that cannot be read are listed."""
    for file, names in sidecars.items():
        try:
            text = decode_text(tree.read(file))
            row = json.loads(text) if ending_of(file) == ".json" else None
        except (OSError, ValueError, RecursionError):
            reading.unread.append(file)
            continue
        for name in names:
            if ending_of(file) == ".xml":
                reading.boxes[name] = list(dict.fromkeys(map(tidy, OBJECT.findall(text))))
                if found := read_corner_boxes(text):
                    reading.crops.setdefault(name, []).extend(found)
            elif ending_of(file) == ".json":
                row = row if isinstance(row, dict) else {}
                reading.add(name, *read_words(row), file)
            elif boxes := read_boxes(text.splitlines()):
                reading.boxes[name] = boxes
            else:
                reading.add(name, read_captions(text), (), file)
        reading.files.add(file)


def read_corner_boxes(text: str) -> list[tuple[str, Box]]:
    """The objects of a Pascal VOC file and their boxes, whose first pixel has the number 1.

    Corners stand in any order, in floats too; the boxes of an object's parts are not its own.
    """
    found = []
    for whole in WHOLE.findall(text):
        told = PART.sub("", whole)
        edges, name = dict(EDGE.findall(told)), NAME.search(told)
        box = read_corners([edges.get(key) for key in ("xmin", "ymin", "xmax", "ymax")])
        if box and name:
            left, top, right, bottom = box
            found.append((tidy(name[1]), (left - 1, top - 1, right, bottom)))
    return found


def read_within(tree: Tree, names: Iterable[str], reading: Reading) -> None:
    """Add the prompts that the pictures ``names`` carry themselves.

    Stable Diffusion's web page (AUTOMATIC1111, Forge) writes them into a PNG's text "parameters"
    and the user comment of JPEG and WebP.
    """
    found = False
    for number, name in enumerate(names):
        if number >= OPENED and not found:
            return
        if prompt := find_prompt(tree, name):
            found = True
            reading.add(name, prompt, (), name)


def find_prompt(tree: Tree, name: str) -> list[str]:
    """The prompt in a picture, [] where there is none."""
    try:
        with quiet(), tree.open(name) as picture:
            told = picture.info.get("parameters")
            comment = told or picture.getexif().get_ifd(EXIF).get(COMMENT)
    except FAULTS:
        return []  # said where its pixels are read
    if isinstance(comment, bytes):
        kind, comment = comment[:8], comment[8:]
        order = "utf-16-le" if comment[1:2] == b"\0" else "utf-16-be"
        comment = comment.decode(order if kind.startswith(b"UNICODE") else "utf-8", "replace")
    told = comment if isinstance(comment, str) else ""
    return read_captions(told) if SETTINGS.search(told) else []


def read_captions(text: str) -> list[str]:
    """The captions of a text, one a line, but for addresses.

    Of what Stable Diffusion's web page writes, the prompt: one line or more, followed by "Negative
    prompt: …" and "Steps: …", which say what is not in the picture, and how it was drawn.
    """
    settings = SETTINGS.search(text)
    lines = [EXTRA.sub("", text[: settings.start()])] if settings else text.splitlines()
    return list(filter(None, map(tidy, (line for line in lines if not ADDRESS.match(line)))))


def read_boxes(lines: Sequence[str]) -> list[str]:
    """The classes of lines that all hold a class and a box; [] where one does not."""
    found = [BOX.fullmatch(line.strip()) for line in lines if line.strip()]
    if not all(found):
        return []
    return list(dict.fromkeys(tidy(box[1]) for box in found if box))
