"""List the files that the site is made from, with their digests: cards, pages, templates, code."""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from operator import attrgetter
from pathlib import Path
from stat import S_ISREG

from generate.bundles.folders import list_bundles
from generate.gallery.incremental.ledger import Ledger, sign
from generate.gallery.incremental.links import refuse_links
from generate.pictures.summoning.parts import PARTS
from generate.settings import Settings
from generate.shipped import TEMPLATES

CODE = Path(__file__).resolve().parents[2]
# Code and data that the pages depend on. Models, and what the cards' sounds are made by, reach the
# pages only through files; "sounds/voice" is what browsers speak by.
ROOMS = ("bundles", "gallery", "phrases", "wishes", "words", "pictures/summoning", "sounds/voice")
# The one hidden folder that is published: addresses that begin with it are for programs (RFC 8615).
WELL_KNOWN = ".well-known"
HOURS = ("dawn", "day", "dusk", "night")

# What a folder holds, sorted by name: (name, status of a file or None for a folder).
Listing = list[tuple[str, os.stat_result | None]]


def list_folder(folder: str, links: set[str] | None = None) -> Listing:
    """The files and folders in ``folder``; a missing folder is empty.

    Left out are links to folders, broken links, and pipes and devices: reading a pipe would wait
    for ever. ``links`` gets the path of every link that is not hidden.
    """
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
    folder: Path | str,
    hidden: bool = False,
    list_folder: Callable[[str], Listing] = list_folder,
) -> Iterator[tuple[str, os.stat_result]]:
    """Every file below ``folder`` as (relative POSIX path, status), sorted.

    Names that begin with a dot are left out unless ``hidden``, except `WELL_KNOWN`.
    """
    for name, status in list_folder(str(folder)):
        if name.startswith(".") and not hidden and name != WELL_KNOWN:
            continue
        if status is not None:
            yield name, status
            continue
        for inner, found in walk(f"{folder}/{name}", hidden, list_folder):
            yield f"{name}/{inner}", found


class Snapshot:
    """The state of some folders when a long-running process last looked at them.

    A file keeps its first status object for as long as its signature stays the same. So the ledger
    of a long-running session can tell an unchanged file by this object alone.
    """

    def __init__(self) -> None:
        self.listings: dict[str, Listing] = {}
        self.links: set[str] = set()
        self.seen: dict[str, tuple[str, os.stat_result]] = {}  # signature and status by path
        self.before = self.seen

    def refresh(self, folders: Iterable[str]) -> set[str]:
        """Look at ``folders`` and all below them; returns the paths of files that have changed."""
        self.before, self.seen, self.listings = self.seen, {}, {}
        links, self.links = self.links, set()
        for folder in folders:
            for _ in walk(folder, list_folder=self._list_anew):
                pass
        both = self.seen.keys() | self.before.keys()
        changed = {path for path in both if self.seen.get(path) is not self.before.get(path)}
        return changed | (links ^ self.links)

    def is_current(self, paths: Iterable[str]) -> bool:
        """Whether the folders of ``paths``, and the folders above them, are still the same."""
        folders = {folder for path in paths for folder in list_parents(path)}
        return all(
            [(name, status and sign(status)) for name, status in list_folder(folder)]
            == [(name, status and sign(status)) for name, status in self.listings.get(folder, [])]
            for folder in folders & self.listings.keys()
        )

    def list_folder(self, folder: str) -> Listing:
        """A folder as it was last seen; one that was never looked at is read now."""
        listing = self.listings.get(folder)
        return list_folder(folder, self.links) if listing is None else listing

    def _list_anew(self, folder: str) -> Listing:
        listing = self.listings[folder] = []
        for name, status in list_folder(folder, self.links):
            if status is not None:
                path, signature = f"{folder}/{name}", sign(status)
                known = self.before.get(path)
                if known is None or known[0] != signature:
                    known = signature, status
                self.seen[path] = known
                status = known[1]
            listing.append((name, status))
        return listing


def list_parents(path: str) -> Iterator[str]:
    """The folder of ``path``, the one that holds it, and so on."""
    while "/" in path:
        path = path.rsplit("/", 1)[0]
        yield path


def list_inputs(
    settings: Settings, snapshot: Snapshot | None = None
) -> Iterator[tuple[str, str, os.stat_result]]:
    """(name, path, status) of every file that the site depends on.

    Raises `Refusal` for a link that leads out of content/.
    """
    links: set[str] = snapshot.links if snapshot else set()
    how = snapshot.list_folder if snapshot else partial(list_folder, links=links)
    how(str(settings.bundles))  # a card's folder may be a link itself
    for folder in list_bundles(settings):
        group, start = f"postcards/{folder.name}/", f"{folder}/"
        for name, status in walk(folder, list_folder=how):
            yield group + name, start + name, status
    for group, folder in list_input_folders(settings):
        for name, status in walk(folder, list_folder=how):
            if "__pycache__" not in name:
                yield f"{group}/{name}", f"{folder}/{name}", status
    for group, path in list_input_files(settings):
        if path.is_file():
            yield group, str(path), path.stat()
    templates = (folder for group, folder in list_input_folders(settings) if "templates" in group)
    refuse_links(settings, templates, links)


def require_inputs(settings: Settings) -> None:
    """Raise `Refusal` for a link that leads out of content/, as `list_inputs` does."""
    deque(list_inputs(settings), maxlen=0)


def list_input_folders(settings: Settings) -> list[tuple[str, Path]]:
    """(name, folder): the site depends on every file in these folders."""
    folders = [
        ("pages", settings.content / "pages"),
        ("static", settings.content / "static"),
        ("templates", TEMPLATES),
    ]
    if settings.home.resolve() / "templates" != TEMPLATES:
        folders.append(("own-templates", settings.home / "templates"))
    return folders + [(f"code/{room}", CODE / room) for room in ROOMS]


def list_input_files(settings: Settings) -> list[tuple[str, Path]]:
    """(name, path) of single files that the site depends on; they may be missing."""
    return [
        ("language.toml", settings.content / "language.toml"),
        ("code/cards.py", CODE / "cards.py"),
        ("code/front_matter.py", CODE / "front_matter.py"),
        ("code/encoding.py", CODE / "sounds" / "mastering" / "encoding.py"),
        ("code/samples.py", CODE / "sounds" / "mastering" / "samples.py"),
        ("code/pixels.py", CODE / "pictures" / "data" / "pixels.py"),
        *((f"ambience/{hour}.flac", find_bed(settings, hour)) for hour in HOURS),
        *list_model_files(settings),
    ]


def list_model_files(settings: Settings) -> Iterator[tuple[str, Path]]:
    """(name, path) of the files of the model that decide what visitors summon."""
    if settings.site.summon is not False:
        for part in PARTS:
            yield f"model/{part}", settings.work / "model" / part


def find_bed(settings: Settings, hour: str) -> Path:
    """The file in which the sounds stage keeps the jungle's ambience at one hour of the day."""
    return settings.work / "ambience" / f"{hour}.flac"


def digest_inputs(
    settings: Settings, ledger: Ledger, snapshot: Snapshot | None = None
) -> dict[str, str]:
    """The digest of every file that the site depends on, by name.

    Folders that ``snapshot`` holds are not read again.
    """
    digests = {}
    for name, path, status in list(list_inputs(settings, snapshot)):
        try:
            digests[name] = ledger.digest(path, status)
        except FileNotFoundError:  # deleted meanwhile
            continue
    return digests
