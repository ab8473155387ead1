"""List what the site is made from, each file with its digest: cards, pages, templates, code."""

import os
from collections.abc import Iterator
from operator import attrgetter
from pathlib import Path

from generate.cards import list_bundles
from generate.gallery.ledger import Ledger
from generate.settings import Settings

CODE = Path(__file__).resolve().parents[1]
PROJECT_TEMPLATES = CODE.parent / "templates"
# Code and data that the pages depend on; models and voices reach them through files only.
ROOMS = ("gallery", "phrases")
HOURS = ("dawn", "day", "dusk", "night")


def walk(folder: Path | str, hidden: bool = False) -> Iterator[tuple[str, os.stat_result]]:
    """Every file below ``folder`` as (relative POSIX path, status), sorted; folders are not links.

    Names that begin with a dot are passed over unless ``hidden``; a missing folder is empty.
    """
    try:
        with os.scandir(folder) as found:
            entries = sorted(found, key=attrgetter("name"))
    except (FileNotFoundError, NotADirectoryError):
        return
    for entry in entries:
        if entry.name.startswith(".") and not hidden:
            continue
        try:
            if entry.is_dir(follow_symlinks=False):
                for name, status in walk(entry.path, hidden):
                    yield f"{entry.name}/{name}", status
            elif not entry.is_dir():
                yield entry.name, entry.stat()
        except FileNotFoundError:
            continue


def list_inputs(settings: Settings) -> Iterator[tuple[str, str, os.stat_result]]:
    """(name, path, status) of every file that the site depends on."""
    for folder in list_bundles(settings):
        group, start = f"postcards/{folder.name}/", f"{folder}/"
        for name, status in walk(start):
            yield group + name, start + name, status
    for group, folder in list_folders(settings):
        for name, status in walk(folder):
            if "__pycache__" not in name:
                yield f"{group}/{name}", f"{folder}/{name}", status
    for group, path in list_files(settings):
        if path.is_file():
            yield group, str(path), path.stat()


def list_folders(settings: Settings) -> list[tuple[str, Path]]:
    """Folders that the site depends on as a whole, by a name of their own."""
    folders = [
        ("pages", settings.content / "pages"),
        ("static", settings.content / "static"),
        ("templates", PROJECT_TEMPLATES),
    ]
    if settings.home.resolve() / "templates" != PROJECT_TEMPLATES:
        folders.append(("own-templates", settings.home / "templates"))
    return folders + [(f"code/{room}", CODE / room) for room in ROOMS]


def list_files(settings: Settings) -> list[tuple[str, Path]]:
    """Single files that the site depends on; a missing one does not."""
    return [
        ("language.toml", settings.content / "language.toml"),
        ("code/cards.py", CODE / "cards.py"),
        ("code/encoding.py", CODE / "sounds" / "encoding.py"),
        *((f"ambience/{hour}.flac", find_bed(settings, hour)) for hour in HOURS),
    ]


def find_bed(settings: Settings, hour: str) -> Path:
    """Where the sounds stage keeps the jungle's sound at an hour of the day."""
    return settings.work / "ambience" / f"{hour}.flac"


def digest_inputs(settings: Settings, ledger: Ledger) -> dict[str, str]:
    """The digest of every file that the site depends on, by name."""
    digests = {}
    for name, path, status in list_inputs(settings):
        try:
            digests[name] = ledger.digest(path, status)
        except FileNotFoundError:
            continue
    return digests
