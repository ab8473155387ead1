"""Find training pictures: a folder or zip in the ImageFolder convention, or drawn, or from a hub.

ImageFolder (the `datasets` library's): class folders, or a metadata.jsonl with ``file_name`` and
``text``, or neither.
"""

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from PIL import Image

from generate.errors import Refusal
from generate.files import split_lines
from generate.pictures.archive import list_members, open_archive, read_member
from generate.settings import Settings

SUFFIXES = frozenset((".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".avif"))
SPLITS = frozenset(("train", "training", "test", "testing", "valid", "validation", "val", "data"))
METADATA = "metadata.jsonl"
FIELD_GUIDE = "field-guide"


@dataclass(frozen=True)
class Entry:
    """One picture before it is opened.

    ``open`` returns the picture, or raises OSError, ValueError or SyntaxError where it is broken.
    """

    name: str
    open: Callable[[], Image.Image]
    text: str | None = None
    tags: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Source:
    """Training pictures: how many at most (None: not known beforehand), and an iterator of them.

    ``unmatched`` are the names that captions were given for and that no picture bears.
    """

    name: str
    total: int | None
    entries: Iterator[Entry]
    known: dict[str, tuple[str, ...]] = field(default_factory=dict)
    synonyms: dict[str, str] = field(default_factory=dict)
    unmatched: tuple[str, ...] = ()


def open_source(settings: Settings) -> Source:
    """The source that ``settings.pictures.source`` names; `Refusal` if there is none such."""
    name = settings.pictures.source
    if name == FIELD_GUIDE:
        from generate.pictures.drawings import open_field_guide

        return open_field_guide(settings)
    path = settings.home / name
    if path.is_dir():
        return open_folder(path)
    if path.is_file():
        if zipfile.is_zipfile(path):
            return open_zip(path)
        raise Refusal(f"pictures.source = {name!r}: this file is no zip; give a folder or a zip")
    if looks_like_hub(name):
        from generate.pictures.hub import open_hub

        return open_hub(name, settings.pictures.examples)
    raise Refusal(
        f"pictures.source = {name!r}: no such folder or file below {settings.home}; give a folder, "
        f'a zip, a hub dataset as "owner/name", or "{FIELD_GUIDE}"'
    )


def looks_like_hub(name: str) -> bool:
    """True for ``owner/name``, which no file here is called."""
    parts = name.split("/")
    plain = all(part and part[0] not in ".~" and "\\" not in part for part in parts)
    return len(parts) == 2 and plain and not name.endswith(".zip")


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
        return lambda: Image.open(path)

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
        return lambda: Image.open(io.BytesIO(read_member(archive, info)))

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
