"""Take the newest step back: ``make undo``."""

import os
from pathlib import Path

from generate.cards import CARD, FILES, FRAMES, MESSAGE, NEAREST, Bundle, state_of
from generate.errors import Refusal
from generate.files import write_bytes
from generate.keeping.steps import find_digest, list_steps, open_steps, write_steps
from generate.keeping.trash import keep
from generate.plan import read_bundles
from generate.recipe import digest_bytes
from generate.settings import Settings


def undo_step(settings: Settings) -> str | None:
    """Take the newest step back; what it was, None where there is none.

    A file is put back as it was, or taken away if it was not there; a card that the step added goes
    to the trash, with all that was made for it. `Refusal`, before anything is touched, where a
    person changed a file since, put files of their own beside it, or named the card as a parent.
    """
    home, steps = settings.home, list_steps(settings.home)
    if not steps:
        return None
    step = steps[-1]
    content, back = settings.content.resolve(), dict[Path, bytes]()
    added, written = list[Path](), list[Path]()
    for name, digest in step.before.items():
        path = home / name
        if not path.resolve().is_relative_to(content):
            raise Refusal(f"{open_steps(home)}: {name} is not in content/")
        found = find_digest(path)
        if found == digest and digest is not None:
            continue
        if step.after and found not in (step.after.get(name), digest):
            raise Refusal(
                f"{path}: was changed since: {step.what}; take that back by hand, "
                "make restore lists what was replaced"
            )
        if digest is None and path.parent.relative_to(home).as_posix() not in step.added:
            written += [path] if found is not None else []
            continue
        if digest is None:
            # Without its message it is a card of the person's, if it holds anything.
            empty = path.parent.is_dir() and not any(path.parent.iterdir())
            added += [path] if found is not None or empty else []
            continue
        source = open_steps(home) / digest
        data = source.read_bytes() if source.is_file() else b""
        if digest_bytes(data) != digest:
            raise Refusal(f"{source}: the copy of {name} is missing or damaged")
        back[path] = data
    bundles = read_bundles(settings, keep_going=True)
    for path in added:
        require_ours(path.parent, list(bundles))
    why = f"taken back: {step.what}"
    for path, data in back.items():
        if path.is_file():
            keep(home, path, why)
        write_bytes(path, data)
    for path in written:
        keep(home, path, why)
        path.unlink()
    for path in added:
        # The message goes last: what it asks for is what makes the rest a card.
        for file in sorted(path.parent.iterdir(), key=lambda one: one == path):
            keep(home, file, why, ours=file != path)
            file.unlink()
        path.parent.rmdir()
    write_steps(home, steps[:-1])
    return step.what


def require_ours(folder: Path, bundles: list[Bundle]) -> None:
    """Raise `Refusal` where a card's folder holds a person's files, or other cards need it."""
    for bundle in bundles:
        if any(parent.folder == folder for parent in bundle.parents):
            raise Refusal(f"{bundle.folder / MESSAGE}: {folder.name} is a parent of this card")
    ours = {CARD, MESSAGE, FRAMES, NEAREST}
    for own in [bundle for bundle in bundles if bundle.folder == folder]:
        if own.pinned:
            raise Refusal(f"{folder / CARD}: was edited by hand; remove the folder by hand")
        for medium, names in FILES.items():
            if state_of(folder, names, own.made(medium)) == "ours":
                ours.add(names[0])
        ours |= set(own.made("picture").get("beside", {}))
    if others := sorted({entry.name for entry in os.scandir(folder)} - ours):
        raise Refusal(f"{folder}: holds files of your own ({', '.join(others)}); take them out")
