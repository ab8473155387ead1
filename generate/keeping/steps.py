"""The steps that a person took by commands, so that each can be taken back: .jungle/steps/.

index.json lists them, oldest first; each file as it was before a step lies beside it under the
digest of its bytes. At most `MOST` steps are kept. `make clean` leaves them alone.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from generate.errors import Refusal
from generate.files import read_json, write_bytes, write_json
from generate.keeping.trash import open_hidden
from generate.recipe import digest_bytes, digest_file
from generate.safety.output_folders import require_no_link

FOLDER, INDEX, MOST = "steps", "index.json", 50


@dataclass
class Step:
    """One step: ``what`` was done, and ``when``.

    ``before`` and ``after`` hold the digest of each file by its path from the jungle's folder, None
    where it was not there; ``after`` is empty for a step that was stopped on its way.
    """

    what: str
    when: str
    before: dict[str, str | None]
    after: dict[str, str | None] = field(default_factory=dict)


def list_steps(home: Path) -> list[Step]:
    """The steps, oldest first. `Refusal` for a damaged list."""
    path = open_steps(home) / INDEX
    if not path.is_file():
        return []
    try:
        rows = read_json(path)
        steps = [Step(**row) for row in rows]
        if isinstance(rows, list) and all(is_sound(step) for step in steps):
            return steps
    except TypeError:
        pass
    raise Refusal(f"{path}: is no list of steps; delete it to begin a new one")


def is_sound(step: Step) -> bool:
    """Whether a step is one that `recorded` writes."""
    texts = isinstance(step.what, str) and isinstance(step.when, str)
    return texts and all(map(is_table, (step.before, step.after)))


def is_table(part: Any) -> bool:
    """Whether ``part`` holds digests, or None, by paths."""
    return isinstance(part, dict) and all(
        value is None or (isinstance(value, str) and value.isalnum()) for value in part.values()
    )


def open_steps(home: Path) -> Path:
    """The folder of the steps."""
    folder = open_hidden(home) / FOLDER
    require_no_link(folder)
    return folder


def write_steps(home: Path, steps: Sequence[Step]) -> None:
    """Write the list of steps, and forget files that none of them names."""
    folder, kept = open_steps(home), list(steps)[-MOST:]
    write_json(folder / INDEX, [asdict(step) for step in kept])
    named = {INDEX, *(digest for step in kept for digest in step.before.values() if digest)}
    for path in folder.iterdir():
        if path.name not in named and not path.name.startswith("."):
            path.unlink()


@contextmanager
def recorded(home: Path, what: str, paths: Sequence[Path]) -> Iterator[None]:
    """A step that changes ``paths`` below ``home`` within the block, or makes them."""
    step = Step(what, time.strftime("%Y-%m-%d %H:%M:%S"), {})
    for path in paths:
        name = path.relative_to(home).as_posix()
        data = path.read_bytes() if path.is_file() else None
        step.before[name] = digest_bytes(data) if data is not None else None
        if data is not None:
            write_bytes(open_steps(home) / digest_bytes(data), data)
    before = list_steps(home)
    write_steps(home, [*before, step])
    try:
        yield
    finally:
        step.after = {name: find_digest(home / name) for name in step.before}
        changed = step.after != step.before
        write_steps(home, [*before, step] if changed else before)


def renew(home: Path, path: Path) -> None:
    """Take a file as the newest step that named it left it, for it was written further."""
    steps, name = list_steps(home), path.relative_to(home).as_posix()
    for step in reversed(steps):
        if name in step.after:
            step.after[name] = find_digest(path)
            write_steps(home, steps)
            return


def find_digest(path: Path) -> str | None:
    """The digest of a file, None where there is none."""
    return digest_file(path) if path.is_file() else None
