"""Keep site/ equal to what was asked for: write what differs, remove the rest, verify it later."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generate.files import PART, write_bytes
from generate.gallery.inputs import walk
from generate.gallery.ledger import Ledger

# One GitHub Pages site may be this large.
LIMIT = 1_000_000_000


@dataclass(frozen=True)
class Report:
    """What `render_site` did. ``broken`` names the files that had to be left out."""

    cards: int
    files: int
    bytes: int
    written: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    broken: tuple[str, ...] = ()
    fresh: bool = False

    def __str__(self) -> str:
        size = f"{self.cards} cards, {self.files} files, {self.bytes / 1e6:.1f} MB"
        if self.fresh:
            return f"{size}; nothing to do"
        text = f"{size}; {len(self.written)} written, {len(self.removed)} removed"
        if self.bytes > LIMIT:
            text += "; larger than the 1 GB that GitHub Pages takes"
        return "".join([text, *(f"\n          left out: {line}" for line in self.broken)])


def verify_site(out: Path, known: Mapping[str, Any], ledger: Ledger) -> Report | None:
    """The report of a site that is whole and holds nothing else; None if it is not."""
    outputs, size, seen = known["outputs"], 0, 0
    for name, status in walk_site(out):
        if outputs.get(name) is None or ledger.digest(f"{out}/{name}", status) != outputs[name]:
            return None
        seen += 1
        size += status.st_size
    return Report(known["cards"], seen, size, fresh=True) if seen == len(outputs) else None


def walk_site(out: Path) -> list[tuple[str, os.stat_result]]:
    """The files of site/ but for hidden ones at its top, such as .gitignore, which are not ours."""
    return [(n, s) for n, s in walk(out, hidden=True) if not n.startswith(".") or PART in n]


def look(out: Path, ledger: Ledger) -> None:
    """Let the ledger know which files lie in site/."""
    ledger.present = {f"{out}/{name}": status for name, status in walk_site(out)}


def write_outputs(
    out: Path, outputs: Mapping[str, bytes], digests: Mapping[str, str], ledger: Ledger
) -> list[str]:
    """Write what differs from site/, in order; returns the names."""
    written = []
    for name, data in outputs.items():
        path = f"{out}/{name}"
        status = ledger.present.get(path)
        if status is not None and status.st_size == len(data):
            if ledger.digest(path, status) == digests[name]:
                continue
        write_bytes(out / name, data, durable=False)
        ledger.present[path] = os.stat(path)
        written.append(name)
    return written


def remove_orphans(out: Path, outputs: Mapping[str, str], ledger: Ledger) -> list[str]:
    """Delete what no input asks for, and folders left empty."""
    if ledger.made:
        look(out, ledger)
    wanted = {f"{out}/{name}" for name in outputs}
    removed = [path for path in ledger.present if path not in wanted]
    for path in removed:
        Path(path).unlink(missing_ok=True)
        del ledger.present[path]
    for folder, _, _ in os.walk(out, topdown=False):
        inside = Path(folder).relative_to(out).parts
        if inside and not inside[0].startswith(".") and not os.listdir(folder):
            os.rmdir(folder)
    return [path[len(str(out)) + 1 :] for path in removed]


def adopt_outputs(out: Path, outputs: Mapping[str, str], ledger: Ledger) -> int:
    """Remember the digests of what now lies in site/; returns its size in bytes."""
    size = 0
    for name, sha256 in outputs.items():
        path = f"{out}/{name}"
        ledger.adopt(path, ledger.present[path], sha256)
        size += ledger.present[path].st_size
    return size
