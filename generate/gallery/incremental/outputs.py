"""Make site/ equal to the outputs asked for: write what differs, remove the rest, verify it."""

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generate.files import TEMPORARY, is_leftover, write_bytes
from generate.gallery.incremental.inputs import WELL_KNOWN, walk
from generate.gallery.incremental.ledger import Ledger, sign
from generate.recipe import digest_bytes
from generate.safety.output_folders import require_no_linked_folders

# Bytes; a site on GitHub Pages may be no larger.
LIMIT = 1_000_000_000


@dataclass(frozen=True)
class Output:
    """One file to make: raw path below site/, digest of all that decides it, and its function."""

    name: str
    key: str
    make: Callable[[], str | bytes]


@dataclass(frozen=True)
class SiteReport:
    """What `render_site` did.

    ``cards`` and ``files`` are numbers, ``bytes`` the size of all files; ``written``, ``removed``
    are paths below site/; ``broken`` says which cards were left out and why.
    """

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


def scan_site(out: Path, ledger: Ledger) -> None:
    """Tell the ledger which files lie in site/; delete half-written ones of a stopped run.

    Raises `Refusal` for a folder that is a link.
    """
    require_no_linked_folders(out)
    ledger.present = {}
    for name, status in walk_site(out):
        if TEMPORARY.fullmatch(name.rsplit("/", 1)[-1]):
            if is_leftover(out / name):
                (out / name).unlink(missing_ok=True)
        else:
            ledger.present[f"{out}/{name}"] = status


def walk_site(out: Path) -> Iterator[tuple[str, os.stat_result]]:
    """The files of site/, except hidden ones at its top, such as .gitignore, which are not ours."""
    for name, status in walk(out, hidden=True):
        shown = not name.startswith(".") or name.startswith(f"{WELL_KNOWN}/")
        if shown or TEMPORARY.fullmatch(name):
            yield name, status


def is_unchanged(out: Path, ledger: Ledger) -> bool:
    """Whether site/ is still as the ledger's last run left it, by the signatures of its files."""
    found = {f"{out}/{name}": sign(status) for name, status in walk_site(out)}
    return found == {path: sign(status) for path, status in ledger.present.items()}


def verify_site(out: Path, known: Mapping[str, Any], ledger: Ledger) -> SiteReport | None:
    """The report of a site that has all its files, unaltered, and no others; else None.

    ``known`` is what the last run recorded: ``fingerprint`` of all files, number of ``cards``.
    """
    start = len(f"{out}/")
    found = {path[start:]: ledger.digest(path, status) for path, status in ledger.present.items()}
    if fingerprint(found) != known["fingerprint"]:
        return None
    return SiteReport(known["cards"], len(found), ledger.measure_site(), fresh=True)


def fingerprint(digests: Mapping[str, str]) -> str:
    """One digest of the digests of files by their names below site/."""
    lines = sorted(f"{name}\t{found}\n" for name, found in digests.items())
    return hashlib.sha256("".join(lines).encode("utf-8", "surrogatepass")).hexdigest()


def make_outputs(
    outputs: Iterable[Output], out: Path, ledger: Ledger
) -> tuple[dict[str, bytes], dict[str, str], dict[str, int]]:
    """Make those ``outputs`` that the ledger does not know or site/ does not hold.

    Returns what was made, and digests and sizes of all outputs, by name. Writes nothing.
    """
    made: dict[str, bytes] = {}
    digests: dict[str, str] = {}
    sizes: dict[str, int] = {}
    for output in outputs:
        name = f"output:{output.name}"
        known = ledger.recall(name, output.key)
        if known is None or not ledger.holds(f"{out}/{output.name}", *known):
            data = made[output.name] = to_bytes(output.make())
            known = [digest_bytes(data), len(data)]
            ledger.record(name, output.key, known)
        digests[output.name], sizes[output.name] = known
    return made, digests, sizes


def to_bytes(text: str | bytes) -> bytes:
    """UTF-8. A lone surrogate, which JSON may carry but UTF-8 may not, becomes "?"."""
    return text.encode("utf-8", "replace") if isinstance(text, str) else text


def write_outputs(
    out: Path, made: Mapping[str, bytes], digests: Mapping[str, str], ledger: Ledger
) -> list[str]:
    """Write what differs from site/, in the order given; returns the names."""
    written = []
    for name, data in made.items():
        path = f"{out}/{name}"
        if not ledger.holds(path, digests[name], len(data)):
            write_bytes(out / name, data, durable=False)
            ledger.note_written(path, digests[name])
            written.append(name)
    return written


def remove_orphans(out: Path, outputs: Mapping[str, str], ledger: Ledger) -> list[str]:
    """Delete files that are no output any more, and empty folders; returns the files' names."""
    start = len(f"{out}/")
    removed = [path for path in ledger.present if path[start:] not in outputs]
    for path in removed:
        Path(path).unlink(missing_ok=True)
        del ledger.present[path]
    if removed or not ledger.trusts_site:
        remove_empty_folders(out)
    return [path[start:] for path in removed]


def remove_empty_folders(folder: Path | str) -> bool:
    """Remove empty folders below ``folder``, not hidden ones; returns whether it is empty now."""
    empty = True
    with os.scandir(folder) as found:
        for entry in found:
            ours = not entry.name.startswith(".") or entry.name == WELL_KNOWN
            inside = ours and entry.is_dir(follow_symlinks=False)
            if inside and remove_empty_folders(entry.path):
                os.rmdir(entry.path)
            else:
                empty = False
    return empty
