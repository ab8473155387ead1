"""Say which files in a card's folder look like its picture or its sound, and are not used."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

from generate.cards import (
    CARD,
    FILES,
    FRAMES,
    MEDIA,
    MESSAGE,
    NEAREST,
    Bundle,
    list_files,
    read_message,
)
from generate.errors import Refusal
from generate.recipe import digest_file

# Forms in which people have pictures and sounds, beyond those that a card takes.
OTHERS = {
    "picture": frozenset(
        ".apng .bmp .cr2 .dng .gif .heic .heif .jfif .jpe .jxl .nef .svg .tif .tiff".split()
    ),
    "sound": frozenset(
        ".aac .aif .aiff .amr .caf .m4a .m4b .mid .mp4 .oga .opus .webm .wma".split()
    ),
}


# What editors and people call a postcard.md otherwise.
NEARLY = re.compile(r"post[-_ ]?card(\.md)?\.(txt|md|mdown|markdown|text|rtf|docx?)|postcard", re.I)

# A picture in Markdown, or in HTML.
PICTURE = re.compile(r"!\[[^\]\n]*\]\([^)\n]+\)|<img\b")


def require_files(folder: Path) -> None:
    """Raise `Refusal` where a folder lies in the place of a file that the stages write."""
    for name in (CARD, MESSAGE, *(names[0] for names in FILES.values()), FRAMES, NEAREST):
        if (folder / name).is_dir():
            raise Refusal(f"{folder / name}: is a folder, and a file is to lie there; rename it")


def require_message(folder: Path) -> None:
    """Raise `Refusal` for words of a person's under a name that nobody reads, and no postcard.md.

    A postcard.md that the stages wrote beside them would stand for them.
    """
    if (folder / MESSAGE).is_file() or not folder.is_dir():
        return
    for name in sorted(os.listdir(folder)):
        if name != MESSAGE and NEARLY.fullmatch(name) and (folder / name).is_file():
            raise Refusal(f"{folder / name}: is not read; call it {MESSAGE}")


def list_unused(bundle: Bundle) -> Iterator[str]:
    """A line for each file of a person's in the bundle that its card does not show or play."""
    if PICTURE.search(read_message(bundle.folder)[1]):
        yield (
            f"{bundle.folder / MESSAGE}: pictures in the message are not shown; a card's picture "
            "is the picture.jpg beside it"
        )
    for medium, names in MEDIA.items():
        used, made = bundle.find(medium), bundle.made(medium)
        ours = {made.get("sha256"), made.get("was")}
        for path in list_files(bundle.folder, names):
            if path != used and used and digest_file(path) not in ours:
                yield f"{path} is not used: {used.name} is; of two of yours, remove one"
        good = ", ".join(name.rpartition(".")[2] for name in names)
        for path in list_strange(bundle.folder, medium):
            yield f"{path} is not used: a {medium} must be {good}; convert it"


def list_strange(folder: Path, medium: str) -> list[Path]:
    """Files that are called like the medium and have a form that no card takes."""
    return list_files(folder, tuple(medium + ending for ending in sorted(OTHERS[medium])))


def tell_likely(folder: Path) -> str:
    """Which file in a folder without a picture may be meant to be it, in brackets; "" if none."""
    endings = {name.rpartition(".")[2] for name in MEDIA["picture"]}
    names = sorted(entry.name for entry in os.scandir(folder)) if folder.is_dir() else []
    likely = [name for name in names if name.rpartition(".")[2].lower() in endings]
    if likely:
        ending = likely[0].rpartition(".")[2].lower()
        return f" (is {likely[0]} meant? call it picture.{ending})"
    strange = [path.name for path in list_strange(folder, "picture")]
    return f" ({strange[0]} is of no form that a card takes; convert it)" if strange else ""
