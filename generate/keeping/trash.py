"""The trash: what was replaced in content/, to list and to put back.

.jungle/trash/ in the jungle's folder holds each old file under the digest of its bytes; index.json
says where it lay, when and why it was replaced. At most `MOST` files and `LARGEST` bytes are kept:
what the stages had made goes first, then the oldest; the newest always stays.
"""

import re
import time
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath

from generate.errors import Refusal
from generate.files import read_json, write_bytes, write_json
from generate.recipe import digest_bytes, digest_file
from generate.safety.output_folders import require_no_link

HIDDEN = ".jungle"
INDEX = "index.json"
MOST, LARGEST = 1000, 512 * 2**20


@dataclass(frozen=True)
class Entry:
    """One file in the trash; ``path`` from the jungle's folder, ``size`` in bytes.

    ``ours`` says that the stages had made it. ``number`` counts from 1 and is never used again.
    """

    number: int
    path: str
    sha256: str
    size: int
    when: str
    why: str
    ours: bool = False


def open_hidden(home: Path) -> Path:
    """The folder for what belongs to this copy of the jungle alone; git is told to pass it over."""
    folder = home / HIDDEN
    for path in (folder, folder / "trash"):
        require_no_link(path)
    if not (folder / ".gitignore").is_file():
        write_bytes(folder / ".gitignore", b"*\n")
    return folder


def list_trash(home: Path) -> list[Entry]:
    """What lies in the trash, oldest first. Raises `Refusal` for a damaged index."""
    path = home / HIDDEN / "trash" / INDEX
    if not path.is_file():
        return []
    try:
        entries = [Entry(**row) for row in read_json(path)]
        if all(is_sound(entry) for entry in entries):
            return entries
    except TypeError:
        pass
    raise Refusal(f"{path}: not an index of the trash; delete it to begin a new one")


def is_sound(entry: Entry) -> bool:
    """Whether an entry is one that `keep` writes; its digest is the name of a file."""
    numbers = entry.number, entry.size
    texts = entry.path, entry.sha256, entry.when, entry.why
    typed = all(type(n) is int for n in numbers) and all(isinstance(t, str) for t in texts)
    # No file can be called so, nor a line be printed of it.
    typed = typed and not any(re.search("[\0\ud800-\udfff]", text) for text in texts)
    return typed and re.fullmatch("[0-9a-f]{64}", entry.sha256) is not None


def keep(home: Path, path: Path, why: str, ours: bool = False) -> str:
    """Put a copy of ``path``, a file below ``home``, into the trash; the digest of its bytes.

    The copy is on the disk when this returns. The same bytes of the same place are kept once.
    """
    folder = open_hidden(home) / "trash"
    data = path.read_bytes()
    found = digest_bytes(data)
    if not (folder / found).is_file() or digest_file(folder / found) != found:
        write_bytes(folder / found, data)
    entries = list_trash(home)
    number = max((entry.number for entry in entries), default=0) + 1
    place = path.absolute().relative_to(home.absolute()).as_posix()
    entries = [entry for entry in entries if (entry.path, entry.sha256) != (place, found)]
    when = time.strftime("%Y-%m-%d %H:%M:%S")
    entries.append(Entry(number, place, found, len(data), when, why, ours))
    kept = choose_kept(entries)
    write_json(folder / INDEX, [asdict(entry) for entry in kept])
    for digest in {entry.sha256 for entry in entries} - {entry.sha256 for entry in kept}:
        (folder / digest).unlink(missing_ok=True)
    return found


def choose_kept(entries: list[Entry]) -> list[Entry]:
    """Those of ``entries`` (oldest first) that the trash has room for."""
    kept = list(entries)
    while len(kept) > 1 and (len(kept) > MOST or measure(kept) > LARGEST):
        kept.remove(next((entry for entry in kept[:-1] if entry.ours), kept[0]))
    return kept


def measure(entries: list[Entry]) -> int:
    """Bytes that ``entries`` take; equal ones are stored once."""
    return sum({entry.sha256: entry.size for entry in entries}.values())


def restore(home: Path, number: int) -> Entry:
    """Put entry ``number`` back where it lay; what lies there now goes to the trash.

    Raises `Refusal` for a number that is not there, a damaged copy, or a place outside content/.
    """
    entry = next((entry for entry in list_trash(home) if entry.number == number), None)
    if entry is None:
        raise Refusal(f"{number}: no such number in the trash; make restore lists it")
    source, path = home / HIDDEN / "trash" / entry.sha256, home / entry.path
    content = (home / "content").resolve()
    if PurePosixPath(entry.path).is_absolute() or not path.resolve().is_relative_to(content):
        raise Refusal(f"{home / HIDDEN / 'trash' / INDEX}: {entry.path} is not in content/")
    data = source.read_bytes() if source.is_file() else b""
    if digest_bytes(data) != entry.sha256:
        raise Refusal(f"{source}: the copy of {entry.path} is missing or damaged")
    if path.is_file():
        keep(home, path, f"replaced by number {number} of the trash")
    write_bytes(path, data)
    return entry


def tell_entry(entry: Entry) -> str:
    """One line of the list."""
    return f"{entry.number:>5}  {entry.when}  {entry.size:>11,} B  {entry.path}: {entry.why}"
