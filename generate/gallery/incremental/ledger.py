"""Remember between runs what was made of which bytes: work/site/ledger.sqlite.

Digests of contents decide whether a product is fresh. To read a gigabyte only to find that nothing
changed would take too long, so the ledger keeps each file's digest beside the file's signature
(size, inode, times of change and modification), as the index of git does. A file that still has
this signature is not read again. The modification time proves nothing by itself, since anybody can
set it. A file that changed less than `RACE` before it was read is read again in the next run,
since two edits may fall into one tick of the clock.
"""

import json
import os
import sqlite3
import time
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from generate.errors import Refusal
from generate.recipe import digest_bytes, digest_file

LEDGER = "ledger.sqlite"
RACE = 2_000_000_000  # ns; the coarsest clock of a file system in use ticks every two seconds
TICK = 50_000_000  # ns; that of the kernels in use is 10 ms at most
# On Windows the second time is that of creation, which an edit leaves as it is.
TELLS_CHANGES = os.name != "nt"

# SQLite keeps this number in the file's header; a file without it is not a ledger of this layout.
APPLICATION = 0x4A474C31
# Names are bytes, since a path need not be Unicode.
LAYOUT = f"""PRAGMA auto_vacuum = FULL;
PRAGMA application_id = {APPLICATION};
CREATE TABLE IF NOT EXISTS facts (
name BLOB PRIMARY KEY, key TEXT NOT NULL, value TEXT NOT NULL) WITHOUT ROWID"""
# A damaged file may hold values of other types than the layout says.
READ = "SELECT CAST(name AS BLOB), CAST(key AS TEXT), CAST(value AS TEXT) FROM facts"
ENCODE = json.JSONEncoder(separators=(",", ":")).encode


def sign(status: os.stat_result) -> str:
    """The signature of a file: its size, inode, change time and modification time (ns).

    The change time is the kernel's own and cannot be set back. So it also shows a copy that keeps
    its old modification time, a restored backup and a rename.
    """
    return f"{status.st_size} {status.st_ino} {status.st_ctime_ns} {status.st_mtime_ns}"


def make_key(*parts: Any) -> str:
    """SHA-256 of strings, numbers and lists of them, faster than `digest` for thousands."""
    return digest_bytes(repr(parts).encode("utf-8", "surrogatepass"))


class Ledger:
    """Digests of files by signature, and products (JSON) by name and key.

    All of it is in memory. `flush` writes what is new to ``folder``/ledger.sqlite in one
    transaction, so a killed run loses at most what came after it. A damaged or foreign file is
    replaced by a new one: then everything is made again. ``folder`` None keeps nothing on disk.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.path = folder / LEDGER if folder else None
        # (signature, SHA-256) of each file by path, and (key, JSON) of each product by name.
        self.facts: dict[str, tuple[str, str]] = {}
        self.unsaved: set[str] = set()  # names whose facts are not in the file, or others are
        self.parsed: dict[str, Any] = {}  # products as they were last parsed or recorded
        self.used: set[str] = set()  # names that this run asked for
        # Files below site/ with their status, as this run found or wrote them.
        self.present: dict[str, os.stat_result] = {}
        # Files whose digest was asked for, with the status that they had then.
        self.checked: dict[str, tuple[os.stat_result, str]] = {}
        self.written: dict[str, str] = {}  # digests of the files that this run wrote below site/
        # Files read so soon after a change that their signature may hide another one.
        self.young: set[str] = set()
        self.trusts_site = False  # whether site/ is taken to be as the last run left it
        self.overtaken = False  # whether a source changed while it was made into a product
        if self.path is not None and self.path.is_file():
            self.load(self.path)

    def load(self, path: Path) -> None:
        """Read the file; delete it if it is damaged or another program's."""
        try:
            with closing(sqlite3.connect(path)) as database:
                (mark,) = database.execute("PRAGMA application_id").fetchone()
                (health,) = database.execute("PRAGMA quick_check").fetchone()
                if (mark, health) != (APPLICATION, "ok"):
                    raise sqlite3.DatabaseError
                self.facts = {
                    name.decode("utf-8", "surrogatepass"): (key, value)
                    for name, key, value in database.execute(READ)
                }
        except (sqlite3.Error, UnicodeDecodeError):
            with suppress(OSError):
                path.unlink()

    def begin(self, trusts_site: bool = False) -> None:
        """Start a run: nothing is used yet.

        With ``trusts_site`` site/ is taken to be as the last run left it. Then a file that comes
        with the same status object as before is the same file, unless it was young.
        """
        self.used, self.written = set(), {}
        self.overtaken, self.trusts_site = False, trusts_site
        if not trusts_site:
            self.present = {}
        if not (trusts_site and TELLS_CHANGES):
            self.checked = {}
        for name in self.young:
            self.checked.pop(name, None)
        self.young = set()

    def digest(self, path: Path | str, status: os.stat_result | None = None) -> str:
        """SHA-256 of a file's bytes; read only if its signature is not the remembered one."""
        name = str(path)
        checked = self.checked.get(name)
        if checked and checked[0] is status:
            return checked[1]
        status = status or os.stat(path)
        found = self.look_up(name, status)
        self.checked[name] = (status, found)
        return found

    def look_up(self, name: str, status: os.stat_result) -> str:
        """The remembered digest of a file with this status, else that of its bytes."""
        signature = sign(status)
        self.used.add(name)
        known = self.facts.get(name)
        if known and known[0] == signature and TELLS_CHANGES:
            return known[1]
        now = time.time_ns()
        found = digest_file(Path(name))
        if status.st_ctime_ns < now - RACE:
            self.keep(name, signature, found)
        else:
            self.facts.pop(name, None)
            self.young.add(name)
        return found

    def holds(self, path: str, sha256: str, size: int) -> bool:
        """Whether a file is there with these bytes; ``size`` is their number."""
        status = self.present.get(path)
        if status is None:
            with suppress(OSError):
                status = self.present[path] = os.stat(path)
        return bool(status and status.st_size == size and self.digest(path, status) == sha256)

    def measure_site(self) -> int:
        """Bytes of all files below site/."""
        return sum(status.st_size for status in self.present.values())

    def note_written(self, name: str, sha256: str) -> None:
        """Remember a file that this run has put below site/."""
        self.present[name] = os.stat(name)
        self.written[name] = sha256

    def keep_written(self) -> None:
        """Keep the digests of what this run wrote, except within the last tick of the clock."""
        until = time.time_ns() - TICK
        for name, sha256 in self.written.items():
            status = self.present.get(name)
            if status is None:
                continue  # written for a card that was then left out
            self.used.add(name)
            if status.st_ctime_ns < until:
                self.keep(name, sign(status), sha256)

    def recall(self, name: str, key: str) -> Any | None:
        """The product recorded as ``name`` if it was made by ``key``."""
        self.used.add(name)
        known = self.facts.get(name)
        return self.read(name) if known and known[0] == key else None

    def read(self, name: str) -> Any | None:
        """The product recorded as ``name``, whatever made it; None if there is none."""
        if name not in self.parsed and name in self.facts:
            try:
                self.parsed[name] = json.loads(self.facts[name][1])
            except ValueError:  # damaged
                del self.facts[name]
        return self.parsed.get(name)

    def record(self, name: str, key: str, product: Any) -> None:
        """Remember ``product`` (JSON) as made by ``key``; its files must be in place already."""
        self.used.add(name)
        self.parsed[name] = product
        self.keep(name, key, ENCODE(product))

    def keep(self, name: str, key: str, value: str) -> None:
        """Remember a fact; `flush` writes it."""
        if self.facts.get(name) != (key, value):
            self.facts[name] = (key, value)
            self.unsaved.add(name)

    def save(self) -> None:
        """Forget what this run did not use, and write the rest.

        A run that trusts site/ asks for little, so it cannot know what is of use. It forgets
        nothing.
        """
        for name in set() if self.trusts_site else self.facts.keys() - self.used:
            del self.facts[name]
            self.parsed.pop(name, None)
            self.unsaved.add(name)
        self.flush()

    def flush(self) -> None:
        """Write what changed. Raises `Refusal` if the disk is full or nobody may write there."""
        if self.path is None or not self.unsaved:
            return
        self.path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with closing(sqlite3.connect(self.path)) as database, database:
                # Only a power cut can damage the file then, and a damaged one is made anew.
                database.execute("PRAGMA synchronous = OFF")
                if database.execute("PRAGMA application_id").fetchone() != (APPLICATION,):
                    database.executescript(LAYOUT)
                    self.unsaved.update(self.facts)
                names = {name: name.encode("utf-8", "surrogatepass") for name in self.unsaved}
                gone = [(raw,) for name, raw in names.items() if name not in self.facts]
                database.executemany("DELETE FROM facts WHERE name = ?", gone)
                new = [
                    (raw, *self.facts[name]) for name, raw in names.items() if name in self.facts
                ]
                database.executemany("REPLACE INTO facts VALUES (?, ?, ?)", new)
        except sqlite3.Error as error:
            raise Refusal(
                f"{self.path}: cannot be written ({error}); "
                "free some space or allow writing there, then run again"
            ) from None
        self.unsaved = set()
