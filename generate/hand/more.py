"""Train further from where the model is: ``make train MORE=10``.

The model so far is copied to content/models/, and jungle.toml is told to begin there and to train
for so many minutes. Cards that exist are marked as kept: they stay until that is taken out.
"""

import os
import shutil
import tomllib
from itertools import count
from pathlib import Path
from typing import Any

from generate.cards import MESSAGE
from generate.errors import Refusal
from generate.files import sweep
from generate.keeping.line import find_seen, refuse_changed, write_line
from generate.keeping.replace import Changed, taking_over
from generate.keeping.steps import recorded
from generate.pictures.families.registry import find_spec
from generate.pictures.model_folder import digest_model
from generate.plan import read_bundles
from generate.settings import FILE, Settings

MODELS = Path("content/models")


def settle_more(settings: Settings, minutes: float) -> None:
    """Write down that training goes on for ``minutes``, after it has come to its end so far.

    One step, which `undo_step` takes back. `Refusal`, before anything is written, for recipes that
    begin from no weights, and for settings or cards that cannot be read.
    """
    spec = find_spec(settings.pictures.recipe)
    if not (spec.begins and spec.trains):
        raise Refusal(
            f'train: the "{spec.name}" recipe cannot go on from a finished model; '
            "give it more minutes from the beginning"
        )
    from generate.pictures.training.stage import train_model

    home, path = settings.home, settings.home / FILE
    seen = find_seen(path)
    bundles = [b for b in read_bundles(settings) if b.find("picture") and not b.keeps]
    cards = {bundle.folder / MESSAGE: find_seen(bundle.folder / MESSAGE) for bundle in bundles}
    start = copy_model(home, train_model(settings))
    text = path.read_bytes().decode("utf-8")
    said = {"from": start.as_posix(), "minutes": int(minutes) if minutes % 1 == 0 else minutes}
    told = write_pictures(path, text, said)
    with recorded(home, f"train {minutes:g} more minutes", [path, *cards]):
        for card, before in cards.items():
            write_line(home, card, "keep", True, before)
        try:
            why = "told to train further"
            with taking_over(home, path, why, {str(seen)}) as temporary:
                temporary.write_bytes(told.encode("utf-8"))
        except Changed:
            raise refuse_changed(path) from None
    print(f"{'train':<9} {len(cards)} cards are kept as they are; from {start} it goes on")


def copy_model(home: Path, model: Path) -> Path:
    """Copy a model to content/models/, under its digest; the copy's path below ``home``.

    A folder of that name that a person changed stays, and the copy is called a number further.
    """
    found = digest_model(model)
    for number in count(1):
        name = MODELS / (found[:12] if number == 1 else f"{found[:12]}-{number}")
        if is_model(home / name, found):
            return name
        if not os.path.lexists(home / name):
            break
    part = (home / name).with_name(f".{found[:12]}.part")
    shutil.rmtree(part, ignore_errors=True)
    sweep(model)
    shutil.copytree(model, part, ignore=shutil.ignore_patterns("recipe.json"))
    part.rename(home / name)
    return name


def is_model(folder: Path, digest: str) -> bool:
    """Whether a folder holds the model of a ``digest``."""
    try:
        return folder.is_dir() and digest_model(folder) == digest
    except Refusal:  # it holds none
        return False


def write_pictures(path: Path, text: str, said: dict[str, Any]) -> str:
    """The ``text`` of a jungle.toml with what is ``said`` under [pictures], without exposures.

    Everything else stays as it stands. `Refusal` where that cannot be.
    """
    import tomlkit  # here alone, since few commands come this far

    document = tomlkit.parse(text)
    wanted = tomllib.loads(text.replace("\r\n", "\n"))
    table: Any = document.setdefault("pictures", tomlkit.table())
    for key, value in said.items():
        table[key] = value
    table.pop("exposures", None)
    told = tomlkit.dumps(document)
    pictures = {**wanted.get("pictures", {}), **said}
    pictures.pop("exposures", None)
    if tomllib.loads(told.replace("\r\n", "\n")) != {**wanted, "pictures": pictures}:
        raise Refusal(f"{path}: its [pictures] is not changed by itself; write {said} there")
    return told
