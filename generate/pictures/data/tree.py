"""The files of a folder or of a zip, so that both are read by the same rules."""

import codecs
import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from PIL import Image

from generate.pictures.data.archive import list_members, open_archive, read_member
from generate.pictures.data.pixels import open_image

WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
# Control characters, which no text has: what holds them is no text.
CONTROL = re.compile(r"[\0-\x08\x0e-\x1f\x7f]")
# Letters with accents and signs, one or two at a time, as they stand in text of western Europe.
STRANGE = re.compile(r"[^\0-\x7f]{3}")


@dataclass(frozen=True)
class Tree:
    """Files by their names below ``where``: "train/cat/1.jpg"; hidden ones are not among them.

    ``sizes`` gives their bytes, in order of the names. ``read`` returns the bytes of one and
    ``open`` the picture in it; both raise OSError where it is damaged. ``place`` is how a message
    names a file.
    """

    where: str
    sizes: dict[str, int]
    read: Callable[[str], bytes]
    open: Callable[[str], Image.Image]
    place: Callable[[str], str]


def list_folder(folder: Path) -> Tree:
    """The files below ``folder``."""
    found = {
        path.relative_to(folder).as_posix(): path.stat().st_size
        for path in folder.rglob("*")
        if path.is_file()
        and not any(p.startswith((".", "__MACOSX")) for p in path.relative_to(folder).parts)
    }
    return Tree(
        str(folder),
        dict(sorted(found.items())),
        lambda name: (folder / name).read_bytes(),
        lambda name: open_image(folder / name),
        lambda name: str(folder / name),
    )


def list_zip(path: Path) -> Tree:
    """The files inside a zip, read in place: nothing is unpacked, so no name can escape."""
    archive = open_archive(path)
    # Some packers part folders by what Windows parts them by.
    members = {name.replace("\\", "/"): info for name, info in list_members(archive).items()}

    def read(name: str) -> bytes:
        return read_member(archive, members[name])

    return Tree(
        str(path),
        {name: members[name].file_size for name in sorted(members)},
        read,
        lambda name: open_image(io.BytesIO(read(name))),
        lambda name: f"{path}:{name}",
    )


def decode_text(data: bytes) -> str:
    """The text in ``data``: UTF-8, UTF-16 with its mark, or the single bytes of western Windows.

    Those are taken only where they stand alone among plain letters, since any other writing would
    be read as nonsense. Raises UnicodeDecodeError for what is no text.
    """
    if data.startswith(WIDE):
        return data.decode("utf-16")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252")
        if CONTROL.search(text) or STRANGE.search(text):
            raise
    return text


def ending_of(name: str) -> str:
    """The ending of a file's name, such as ".jpg", in small letters."""
    return PurePosixPath(name).suffix.lower()


def stem_of(name: str) -> str:
    """The path of a file without its ending: "train/cat/1"."""
    folder, slash, base = name.rpartition("/")
    stem, dot, _ = base.rpartition(".")
    return folder + slash + (stem if dot and stem else base)
