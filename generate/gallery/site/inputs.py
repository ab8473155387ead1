"""List what the site is made from, each file with its digest: cards, pages, templates, code."""

import os
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from operator import attrgetter
from pathlib import Path
from stat import S_ISREG

from generate.cards import list_bundles
from generate.gallery.site.ledger import Ledger, sign
from generate.gallery.site.links import refuse_links
from generate.settings import Settings

CODE = Path(__file__).resolve().parents[2]
PROJECT_TEMPLATES = CODE.parent / "templates"
# Code and data that the pages depend on; models and voices reach them through files only.
ROOMS = ("gallery", "phrases")
HOURS = ("dawn", "day", "dusk", "night")


# What a folder holds, sorted by name: a file's status, None for a folder.
Listing = list[tuple[str, os.stat_result | None]]


def scan(folder: str, links: set[str] | None = None) -> Listing:
    """What ``folder`` holds; links to folders or to nothing, and what is no file (reading a pipe
    would wait for ever), are passed over; a missing folder is empty. ``links`` gets the path of
    every link that is not hidden."""
    try:
        with os.scandir(folder) as found:
            entries = sorted(found, key=attrgetter("name"))
    except (FileNotFoundError, NotADirectoryError):
        return []
    listing: Listing = []
    for entry in entries:
        try:
            if links is not None and entry.is_symlink() and not entry.name.startswith("."):
                links.add(entry.path)
            if entry.is_dir(follow_symlinks=False):
                listing.append((entry.name, None))
            elif S_ISREG((status := entry.stat()).st_mode):
                listing.append((entry.name, status))
        except OSError:
            continue
    return listing


def walk(
    folder: Path | str, hidden: bool = False, scan: Callable[[str], Listing] = scan
) -> Iterator[tuple[str, os.stat_result]]:
    """Every file below ``folder`` as (relative POSIX path, status), sorted.

    Names that begin with a dot are passed over unless ``hidden``.
    """
    for name, status in scan(str(folder)):
        if name.startswith(".") and not hidden:
            continue
        if status is not None:
            yield name, status
            continue
        for inner, found in walk(f"{folder}/{name}", hidden, scan):
            yield f"{name}/{inner}", found


class Sight:
    """What a process that stays running saw of some folders when it last looked.

    A file keeps the status object that it was first seen with for as long as it stays as it is: so
    the ledger of a lasting session knows it again at a glance.
    """

    def __init__(self) -> None:
        self.listings: dict[str, Listing] = {}
        self.links: set[str] = set()
        self.seen: dict[str, tuple[str, os.stat_result]] = {}
        self.before = self.seen

    def look(self, folders: Iterable[str]) -> set[str]:
        """Look at ``folders`` and all below them; returns the paths of files that have changed."""
        self.before, self.seen, self.listings = self.seen, {}, {}
        links, self.links = self.links, set()
        for folder in folders:
            for _ in walk(folder, scan=self.scan):
                pass
        both = self.seen.keys() | self.before.keys()
        changed = {path for path in both if self.seen.get(path) is not self.before.get(path)}
        return changed | (links ^ self.links)

    def is_at_rest(self, paths: Iterable[str]) -> bool:
        """Whether the folders of ``paths``, and those that hold them, are as they were seen."""
        folders = {folder for path in paths for folder in list_parents(path)}
        return all(
            [(name, status and sign(status)) for name, status in scan(folder)]
            == [(name, status and sign(status)) for name, status in self.listings.get(folder, [])]
            for folder in folders & self.listings.keys()
        )

    def scan(self, folder: str) -> Listing:
        """`scan`, remembered."""
        listing = self.listings[folder] = []
        for name, status in scan(folder, self.links):
            if status is not None:
                path, signature = f"{folder}/{name}", sign(status)
                known = self.before.get(path)
                if known is None or known[0] != signature:
                    known = signature, status
                self.seen[path] = known
                status = known[1]
            listing.append((name, status))
        return listing

    def recall(self, folder: str) -> Listing:
        """A folder as it was last seen; one that was not looked at is scanned now."""
        listing = self.listings.get(folder)
        return scan(folder, self.links) if listing is None else listing


def list_parents(path: str) -> Iterator[str]:
    """The folder of ``path``, the one that holds it, and so on."""
    while "/" in path:
        path = path.rsplit("/", 1)[0]
        yield path


def list_inputs(
    settings: Settings, sight: Sight | None = None
) -> Iterator[tuple[str, str, os.stat_result]]:
    """(name, path, status) of every file that the site depends on.

    Raises `Refusal` for a link that leads out of content/.
    """
    links: set[str] = sight.links if sight else set()
    how = sight.recall if sight else partial(scan, links=links)
    how(str(settings.bundles))  # a card's folder may be a link itself
    for folder in list_bundles(settings):
        group, start = f"postcards/{folder.name}/", f"{folder}/"
        for name, status in walk(folder, scan=how):
            yield group + name, start + name, status
    for group, folder in list_folders(settings):
        for name, status in walk(folder, scan=how):
            if "__pycache__" not in name:
                yield f"{group}/{name}", f"{folder}/{name}", status
    for group, path in list_files(settings):
        if path.is_file():
            yield group, str(path), path.stat()
    templates = (folder for group, folder in list_folders(settings) if "templates" in group)
    refuse_links(settings, templates, links)


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
        ("code/front_matter.py", CODE / "front_matter.py"),
        ("code/encoding.py", CODE / "sounds" / "mastering" / "encoding.py"),
        ("code/pixels.py", CODE / "pictures" / "data" / "pixels.py"),
        *((f"ambience/{hour}.flac", find_bed(settings, hour)) for hour in HOURS),
    ]


def find_bed(settings: Settings, hour: str) -> Path:
    """Where the sounds stage keeps the jungle's sound at an hour of the day."""
    return settings.work / "ambience" / f"{hour}.flac"


def digest_inputs(settings: Settings, ledger: Ledger, sight: Sight | None = None) -> dict[str, str]:
    """The digest of every file that the site depends on, by name.

    ``sight`` spares looking again at what was looked at a moment ago.
    """
    digests = {}
    for name, path, status in list(list_inputs(settings, sight)):
        try:
            digests[name] = ledger.digest(path, status)
        except FileNotFoundError:
            continue
    return digests
