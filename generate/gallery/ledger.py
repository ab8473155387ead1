"""Remember between runs what was made of which bytes: work/site/ledger.jsonl.

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

from generate.files import write_text
from generate.recipe import digest_file

RACE = 2_000_000_000  # ns; the coarsest clock of a file system in use ticks every two seconds
TICK = 50_000_000  # ns; that of the kernels in use is 10 ms at most

ENCODE = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode

Signature = list[int]


def sign(status: os.stat_result) -> Signature:
    """Size, inode, change and modification time (ns) of a file.

    The change time is the kernel's own and cannot be set back, so a copy that keeps its old
    modification time, a restored backup and a rename all show.
    """
    return [status.st_size, status.st_ino, status.st_ctime_ns, status.st_mtime_ns]


class Ledger:
    """Digests of files by signature, and products by name and key.

    Both are appended to the file as they come, so that a run that is killed has lost nothing;
    `save` writes it anew, without what is no longer used. ``path`` None keeps it in memory.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = path
        self.files: dict[str, tuple[Signature, str]] = {}
        self.products: dict[str, tuple[str, Any]] = {}
        self.pending: list[str] = []
        self.used: set[str] = set()
        # Files as a walk found them in this run, and how many products were made since.
        self.present: dict[str, os.stat_result] = {}
        self.made = 0
        # Bytes of the file now, and when it was last written as a whole.
        self.size = self.packed = 0
        if path is not None:
            self.load(path)

    def load(self, path: Path) -> None:
        """Read the lines that are whole; a torn one, left by a killed run, is passed over."""
        try:
            lines = path.read_text(encoding="utf-8").split("\n")
        except (OSError, UnicodeDecodeError):
            return
        try:
            rows = json.loads(f"[{','.join(lines)}]")
        except ValueError:
            rows = [parse_line(line) for line in lines]
        for row in rows:
            if not isinstance(row, list) or len(row) != 4:
                continue
            kind, name, first, second = row
            if kind == "file":
                self.files[name] = (first, second)
            else:
                self.products[name] = (first, second)
        self.size = path.stat().st_size
        self.packed = self.size * (len(self.files) + len(self.products)) // max(1, len(rows))

    def begin(self) -> None:
        """Start a run: nothing is used or made yet."""
        self.used = set()
        self.present = {}
        self.made = 0

    def digest(self, path: Path | str, status: os.stat_result | None = None) -> str:
        """SHA-256 of a file's bytes; read only if its signature is not the remembered one."""
        name = str(path)
        signature = sign(status or os.stat(path))
        self.used.add(name)
        known = self.files.get(name)
        if known and known[0] == signature:
            return known[1]
        now = time.time_ns()
        found = digest_file(Path(path))
        if signature[2] < now - RACE:
            self.files[name] = (signature, found)
            self.note(["file", name, signature, found])
        else:
            self.files.pop(name, None)
        return found

    def adopt(self, name: str, status: os.stat_result, sha256: str) -> None:
        """Take over the digest of a file that this run wrote itself, a tick of the clock ago."""
        signature = sign(status)
        self.used.add(name)
        if self.files.get(name) != (signature, sha256) and signature[2] < time.time_ns() - TICK:
            self.files[name] = (signature, sha256)
            self.note(["file", name, signature, sha256])

    def recall(self, name: str, key: str) -> Any | None:
        """The product recorded as ``name`` if it was made by ``key``."""
        self.used.add(name)
        known = self.products.get(name)
        return known[1] if known and known[0] == key else None

    def record(self, name: str, key: str, product: Any) -> None:
        """Remember ``product`` (JSON) as made by ``key``; it must be in place already."""
        self.used.add(name)
        self.made += 1
        self.products[name] = (key, product)
        self.note(["product", name, key, product])

    def note(self, row: list[Any]) -> None:
        """Queue one line; `flush` writes it."""
        self.pending.append(write_line(row))

    def flush(self) -> None:
        """Append what is queued. The first line break ends a line that a killed run left torn."""
        if self.path is None or not self.pending:
            return
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a", encoding="utf-8") as file:
            if file.tell():
                file.write("\n")
            file.write("\n".join(self.pending))
            self.size = file.tell()
        self.pending.clear()

    def save(self) -> None:
        """Forget what this run did not use, and append the rest of what is new.

        A file that has grown to twice what it need be is written anew.
        """
        for name in (self.files.keys() | self.products.keys()) - self.used:
            self.files.pop(name, None)
            self.products.pop(name, None)
        self.flush()
        if self.path is None or self.size < 2 * self.packed:
            return
        rows: list[list[Any]] = [["file", name, *row] for name, row in self.files.items()]
        rows += [["product", name, *row] for name, row in self.products.items()]
        write_text(self.path, "\n".join(map(write_line, rows)))
        self.size = self.packed = self.path.stat().st_size


def write_line(row: list[Any]) -> str:
    """One row of the ledger."""
    return ENCODE(row)


def parse_line(line: str) -> Any:
    """One row of the ledger, or None for a line that is not JSON."""
    try:
        return json.loads(line)
    except ValueError:
        return None
