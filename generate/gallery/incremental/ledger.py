"""Remember between runs what was made of which bytes: work/site/ledger.

Content digests decide whether a product is fresh; reading a gigabyte to find that nothing changed
would take longer than a person waits. So the ledger remembers the digest of a file beside the
file's signature (size, inode, times of change and modification), as the index of git does. A
signature only spares reading: the modification time, which anybody can set, is never compared by
itself, and a file that changed within `RACE` of being read is read again, since two edits may
fall into one tick of the clock.
"""

import json
import os
import time
from pathlib import Path
from typing import Any

from generate.files import write_bytes
from generate.recipe import digest_bytes, digest_file

RACE = 2_000_000_000  # ns; the coarsest clock of a file system in use ticks every two seconds
TICK = 50_000_000  # ns; that of the kernels in use is 10 ms at most
FILE, PRODUCT, END = "f", "p", "."
LAST = f"\t{END}"
# On Windows the second time is that of creation, which an edit leaves as it is.
TELLS_CHANGES = os.name != "nt"

# Plain letters alone: such a file is read several times as fast as one that may hold others.
ENCODE = json.JSONEncoder(separators=(",", ":")).encode


def sign(status: os.stat_result) -> str:
    """Size, inode, change and modification time (ns) of a file.

    The change time is the kernel's own and cannot be set back, so a copy that keeps its old
    modification time, a restored backup and a rename all show.
    """
    return f"{status.st_size} {status.st_ino} {status.st_ctime_ns} {status.st_mtime_ns}"


def key_of(*parts: Any) -> str:
    """SHA-256 of strings, numbers and lists of them, faster than `digest` for thousands."""
    return digest_bytes(repr(parts).encode("utf-8", "surrogatepass"))


class Ledger:
    """Digests of files by signature, and products (JSON) by name and key.

    Both are appended to the file as they come, so that a run that is killed has lost nothing;
    `save` writes it anew, without what is no longer used. A line is taken apart, and a product
    parsed, when it is asked for, since most runs need few. ``path`` None keeps it all in memory.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = path
        # What follows the name in its line: signature and digest of each file, key and JSON of each
        # product; and what was parsed so far.
        self.files: dict[str, str] = {}
        self.products: dict[str, str] = {}
        self.parsed: dict[str, Any] = {}
        self.pending: list[str] = []
        self.used: set[str] = set()
        # Files below site/ as a walk found them in this run, and those whose digest was asked for.
        self.present: dict[str, os.stat_result] = {}
        self.checked: dict[str, tuple[os.stat_result, str]] = {}
        # Digests of the files that this run has put below site/.
        self.placed: dict[str, str] = {}
        # Whether this run takes site/ to be as the last one left it.
        self.lasting = False
        # Files read so soon after a change that their signature may hide another.
        self.young: set[str] = set()
        # Whether files that were made into products changed while this run went on.
        self.unsettled = False
        # Bytes of the file now, and when it was last written as a whole.
        self.size = self.packed = 0
        if path is not None:
            self.load(path)

    def load(self, path: Path) -> None:
        """Read the lines that are whole; a torn one, left by a killed run, is passed over."""
        try:
            data = path.read_bytes()
            # Earlier versions wrote letters of all kinds.
            lines = data.decode("ascii" if data.isascii() else "utf-8").split("\n")
        except (OSError, UnicodeDecodeError):
            return
        for line in lines:
            kind, _, row = line.partition("\t")
            name, _, row = row.partition("\t")
            if not row.endswith(LAST) or row.count("\t") != 2:
                continue
            if name.startswith('"'):
                try:
                    name = str(json.loads(name))
                except ValueError:
                    continue
            (self.files if kind == FILE else self.products)[name] = row
        self.size = len(data)
        self.packed = self.size * (len(self.files) + len(self.products)) // max(1, len(lines))

    def begin(self, lasting: bool = False) -> None:
        """Start a run: nothing is used yet.

        ``lasting``: site/ is as the last run left it, and a file that comes with the very status
        object that it came with then is the same file, unless it was young.
        """
        self.used, self.placed = set(), {}
        self.unsettled, self.lasting = False, lasting
        if not lasting:
            self.present = {}
        if not (lasting and TELLS_CHANGES):
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
        known = self.files.get(name)
        if known and TELLS_CHANGES:
            before, found, _ = known.split("\t")
            if before == signature:
                return found
        now = time.time_ns()
        found = digest_file(Path(name))
        if status.st_ctime_ns < now - RACE:
            self.note(FILE, self.files, name, signature, found)
        else:
            self.files.pop(name, None)
            self.young.add(name)
        return found

    def place(self, name: str, sha256: str) -> None:
        """Take note of a file that this run has put below site/."""
        self.present[name] = os.stat(name)
        self.placed[name] = sha256

    def adopt(self) -> None:
        """Take over the digests of what was placed, but for the last tick of the clock."""
        until = time.time_ns() - TICK
        for name, sha256 in self.placed.items():
            status = self.present.get(name)
            if status is None:
                continue  # placed for a card that was then left out
            signature = sign(status)
            self.used.add(name)
            if self.files.get(name) != write_row(signature, sha256) and status.st_ctime_ns < until:
                self.note(FILE, self.files, name, signature, sha256)

    def recall(self, name: str, key: str) -> Any | None:
        """The product recorded as ``name`` if it was made by ``key``."""
        self.used.add(name)
        known = self.products.get(name)
        return self.read(name) if known and known.startswith(f"{key}\t") else None

    def read(self, name: str) -> Any | None:
        """The product recorded as ``name``, whatever made it; None if there is none."""
        if name not in self.parsed and name in self.products:
            try:
                self.parsed[name] = json.loads(self.products[name].split("\t")[1])
            except ValueError:
                del self.products[name]
        return self.parsed.get(name)

    def record(self, name: str, key: str, product: Any) -> None:
        """Remember ``product`` (JSON) as made by ``key``; it must be in place already."""
        self.used.add(name)
        self.parsed[name] = product
        self.note(PRODUCT, self.products, name, key, ENCODE(product))

    def note(self, kind: str, known: dict[str, str], name: str, *facts: str) -> None:
        """Remember ``facts`` and queue their line; `flush` writes it."""
        known[name] = write_row(*facts)
        self.pending.append(write_line(kind, name, known[name]))

    def flush(self) -> None:
        """Append what is queued. The first line break ends a line that a killed run left torn."""
        if self.path is None or not self.pending:
            return
        self.path.parent.mkdir(parents=True, exist_ok=True)
        lines = "\n".join(["", *self.pending])
        with self.path.open("ab") as file:
            file.write(lines.encode("ascii"))
            self.size = file.tell()
        self.pending.clear()

    def save(self) -> None:
        """Forget what this run did not use, and append the rest of what is new.

        A run that takes much as it was does not know what is of use, and forgets nothing. A file
        that has grown to half as much again as it need be is written anew.
        """
        unused = set() if self.lasting else (self.files.keys() | self.products.keys()) - self.used
        for name in unused:
            self.files.pop(name, None)
            self.products.pop(name, None)
            self.parsed.pop(name, None)
        self.flush()
        if self.path is None or self.size < 1.5 * self.packed:
            return
        lines = [write_line(FILE, name, row) for name, row in self.files.items()]
        lines += [write_line(PRODUCT, name, row) for name, row in self.products.items()]
        write_bytes(self.path, "\n".join(lines).encode("utf-8"))
        self.size = self.packed = self.path.stat().st_size


def write_row(*facts: str) -> str:
    """What follows the name in a line of the ledger."""
    return "\t".join((*facts, END))


def write_line(kind: str, name: str, row: str) -> str:
    """One line of the ledger; a name that is not of plain letters is written as JSON."""
    if not (name.isascii() and name.isprintable()) or name.startswith('"'):
        name = json.dumps(name)
    return f"{kind}\t{name}\t{row}"
