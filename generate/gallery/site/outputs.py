"""Keep site/ equal to what was asked for: write what differs, remove the rest, verify it later."""

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generate.files import TEMPORARY, is_leftover, write_bytes
from generate.gallery.site.inputs import walk
from generate.gallery.site.ledger import Ledger, sign
from generate.recipe import digest_bytes

# One GitHub Pages site may be this large.
LIMIT = 1_000_000_000


@dataclass(frozen=True)
class Output:
    """A file to be: its raw path below site/, the digest of all that decides it, how to make it."""

    name: str
    key: str
    make: Callable[[], str | bytes]


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


def look(out: Path, ledger: Ledger) -> None:
    """Let the ledger know what lies in site/; remove what a stopped run left half-written."""
    ledger.present, start = {}, f"{out}/"
    for name, status in walk_site(out):
        if TEMPORARY.fullmatch(name.rsplit("/", 1)[-1]):
            if is_leftover(out / name):
                (out / name).unlink(missing_ok=True)
        else:
            ledger.present[start + name] = status


def walk_site(out: Path) -> Iterator[tuple[str, os.stat_result]]:
    """The files of site/ but for hidden ones at its top, such as .gitignore, which are not ours."""
    for name, status in walk(out, hidden=True):
        if not name.startswith(".") or TEMPORARY.fullmatch(name):
            yield name, status


def is_settled(out: Path, ledger: Ledger) -> bool:
    """Whether site/ is still as the ledger's last run left it, by the signatures of its files."""
    found = {f"{out}/{name}": sign(status) for name, status in walk_site(out)}
    return found == {path: sign(status) for path, status in ledger.present.items()}


def verify_site(out: Path, known: Mapping[str, Any], ledger: Ledger) -> Report | None:
    """The report of a site that is whole and holds nothing else; None if it is not."""
    start = len(f"{out}/")
    found = {path[start:]: ledger.digest(path, status) for path, status in ledger.present.items()}
    if take_print(found) != known["print"]:
        return None
    size = sum(status.st_size for status in ledger.present.values())
    return Report(known["cards"], len(found), size, fresh=True)


def take_print(digests: Mapping[str, str]) -> str:
    """One digest of the digests of files by their names below site/."""
    lines = sorted(f"{name}\t{found}\n" for name, found in digests.items())
    return hashlib.sha256("".join(lines).encode("utf-8", "surrogatepass")).hexdigest()


def make_outputs(
    outputs: Iterable[Output], out: Path, ledger: Ledger
) -> tuple[dict[str, bytes], dict[str, str], dict[str, int]]:
    """Make what the ledger does not know, or site/ does not hold, of ``outputs``.

    Returns what was made, and digests and sizes of all, by name; writes nothing.
    """
    made: dict[str, bytes] = {}
    digests: dict[str, str] = {}
    sizes: dict[str, int] = {}
    for output in outputs:
        name = f"output:{output.name}"
        known = ledger.recall(name, output.key)
        if known is None or not holds(f"{out}/{output.name}", known[0], known[1], ledger):
            data = made[output.name] = to_bytes(output.make())
            known = [digest_bytes(data), len(data)]
            ledger.record(name, output.key, known)
        digests[output.name], sizes[output.name] = known
    return made, digests, sizes


def holds(path: str, found: str, size: int, ledger: Ledger) -> bool:
    """Whether site/ holds a file with these bytes."""
    status = ledger.present.get(path)
    return bool(status and status.st_size == size and ledger.digest(path, status) == found)


def to_bytes(text: str | bytes) -> bytes:
    """UTF-8; a lone surrogate, which JSON may carry and no encoding knows, becomes "?"."""
    return text.encode("utf-8", "replace") if isinstance(text, str) else text


def write_outputs(
    out: Path, made: Mapping[str, bytes], digests: Mapping[str, str], ledger: Ledger
) -> list[str]:
    """Write what differs from site/, in order; returns the names."""
    written = []
    for name, data in made.items():
        path = f"{out}/{name}"
        if not holds(path, digests[name], len(data), ledger):
            write_bytes(out / name, data, durable=False)
            ledger.place(path, digests[name])
            written.append(name)
    return written


def remove_orphans(out: Path, outputs: Mapping[str, str], ledger: Ledger) -> list[str]:
    """Delete what no input asks for, and folders left empty."""
    start = len(f"{out}/")
    removed = [path for path in ledger.present if path[start:] not in outputs]
    for path in removed:
        Path(path).unlink(missing_ok=True)
        del ledger.present[path]
    if removed or not ledger.lasting:
        remove_empty(out)
    return [path[start:] for path in removed]


def remove_empty(folder: Path | str) -> bool:
    """Remove empty folders below ``folder``, hidden ones not; returns whether it is empty too."""
    empty = True
    with os.scandir(folder) as found:
        for entry in found:
            inside = not entry.name.startswith(".") and entry.is_dir(follow_symlinks=False)
            if inside and remove_empty(entry.path):
                os.rmdir(entry.path)
            else:
                empty = False
    return empty
