"""Find training pictures in a folder or a zip that follows the ImageFolder convention.

ImageFolder (the `datasets` library's): class folders, or a metadata.jsonl with ``file_name`` and
``text``, or neither.
"""

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath

from PIL import Image

from generate.errors import Refusal
from generate.files import split_lines
from generate.pictures.data.archive import list_members, open_archive, read_member
from generate.pictures.data.pixels import open_image
from generate.pictures.data.source import Entry, Source

SUFFIXES = frozenset((".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".avif"))
SPLITS = frozenset(("train", "training", "test", "testing", "valid", "validation", "val", "data"))
METADATA = "metadata.jsonl"


def open_folder(folder: Path) -> Source:
    """Pictures below ``folder``, in order of their names; hidden files are passed over."""
    files = sorted(
        path
        for path in folder.rglob("*")
        if path.is_file()
        and path.suffix.lower() in SUFFIXES
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    )
    names = [path.relative_to(folder).as_posix() for path in files]
    captions: dict[str, str] = {}
    for listing in sorted(path for path in folder.rglob(METADATA) if path.is_file()):
        under = listing.parent.relative_to(folder)
        captions |= read_captions(listing.read_bytes(), under.as_posix(), str(listing))
    if not files:
        raise Refusal(f"{folder}: holds no pictures ({', '.join(sorted(SUFFIXES))})")

    def read(path: Path) -> Callable[[], Image.Image]:
        return lambda: open_image(path)

    openers = [read(path) for path in files]
    return gather_entries(str(folder), names, openers, captions)


def open_zip(path: Path) -> Source:
    """Pictures inside a zip, read in place: nothing is unpacked, so no name can escape."""
    archive = open_archive(path)
    members = list_members(archive)
    names = sorted(n for n in members if PurePosixPath(n).suffix.lower() in SUFFIXES)
    captions: dict[str, str] = {}
    for name in sorted(n for n in members if PurePosixPath(n).name == METADATA):
        under, where = PurePosixPath(name).parent.as_posix(), f"{path}:{name}"
        try:
            listing = read_member(archive, members[name])
        except OSError as error:
            raise Refusal(f"{where}: cannot be read ({error}); mend or remove it") from None
        captions |= read_captions(listing, under, where)
    if not names:
        raise Refusal(f"{path}: this zip holds no pictures ({', '.join(sorted(SUFFIXES))})")

    def read(info: zipfile.ZipInfo) -> Callable[[], Image.Image]:
        return lambda: open_image(io.BytesIO(read_member(archive, info)))

    openers = [read(members[name]) for name in names]
    return gather_entries(str(path), names, openers, captions)


def gather_entries(
    where: str,
    names: list[str],
    openers: list[Callable[[], Image.Image]],
    captions: dict[str, str],
) -> Source:
    """The pictures called ``names`` with their captions, and which captions belong to none."""
    unmatched = tuple(sorted(captions.keys() - set(names)))
    return Source(where, len(names), describe(names, openers, captions), unmatched=unmatched)


def describe(
    names: list[str], openers: list[Callable[[], Image.Image]], captions: dict[str, str]
) -> Iterator[Entry]:
    """Give each picture its caption, else its class folder where there are two classes or more.

    Bytes of a file's name that are no UTF-8 are spelt out, since the name is written to files.
    """
    classes = [class_of(name) for name in names]
    classed = len({label for label in classes if label}) > 1
    for name, opener, label in zip(names, openers, classes, strict=True):
        written = name.encode("utf-8", "backslashreplace").decode("utf-8")
        if name in captions:
            yield Entry(written, opener, captions[name])
        elif classed and label:
            yield Entry(written, opener, f"a {label}", {"class": label})
        else:
            yield Entry(written, opener)


def class_of(name: str) -> str:
    """The folder that a picture lies in, unless that only names a split: "train/cat/1.jpg": cat."""
    folders = [part for part in PurePosixPath(name).parent.parts if part.lower() not in SPLITS]
    return tidy(folders[-1].replace("_", " ").replace("-", " ")).casefold() if folders else ""


def read_captions(data: bytes, under: str, where: str) -> dict[str, str]:
    """``file_name`` → ``text`` of a metadata.jsonl that lies in the folder ``under``.

    Raises `Refusal` naming ``where`` and the line for one that is no such row, or is not UTF-8.
    """
    captions: dict[str, str] = {}
    prefix = PurePosixPath(under)
    try:
        lines = split_lines(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise Refusal(f"{where}: is not UTF-8 text; save it as UTF-8") from None
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            text = row.get("text", row.get("caption"))
            name = (prefix / str(row["file_name"])).as_posix()
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raise Refusal(
                f'{where}: line {number} is not {{"file_name": …, "text": …}}; mend or remove it'
            ) from None
        if isinstance(text, str) and (told := tidy(text)):
            captions[name] = told
    return captions


def tidy(text: str) -> str:
    """``text`` on one line, its words one space apart, without halves of characters.

    JSON may spell half an emoji, which UTF-8 cannot hold.
    """
    return " ".join(text.encode("utf-8", "ignore").decode("utf-8").split())
