"""Decide by content whether a thing is fresh: digests, seeds, and the recipe.json of a stage.

Git keeps no modification times and clocks lie, so nothing here looks at them. A stage states what
decides its product (settings, digests of its inputs, seed); the digest of that statement is its
key. `write_recipe` records the key with the digests of the products, last of all, and `holds`
compares both, so an interrupted stage is stale and a damaged product is made again.
"""

import hashlib
import json
import platform
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import Any

from generate.files import write_json

RECIPE = "recipe.json"


def digest(value: Any) -> str:
    """SHA-256 (64 hex digits) of ``value`` as canonical JSON; key order does not matter."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def digest_bytes(data: bytes) -> str:
    """SHA-256 (64 hex digits) of ``data``."""
    return hashlib.sha256(data).hexdigest()


def digest_file(path: Path) -> str:
    """SHA-256 (64 hex digits) of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def digest_folder(folder: Path) -> str:
    """SHA-256 over the relative names and bytes of all files below ``folder``, hidden ones not."""
    return digest_files(folder, folder.rglob("*"))


def digest_files(folder: Path, paths: Iterable[Path]) -> str:
    """`digest_folder` of those files alone that are among ``paths``."""
    names = sorted(
        path.relative_to(folder).as_posix()
        for path in paths
        if path.is_file() and not any(p.startswith(".") for p in path.relative_to(folder).parts)
    )
    return digest([[name, digest_file(folder / name)] for name in names])


def derive_seed(*names: object) -> int:
    """A seed in [0, 2**48) that depends on ``names`` alone, the same on every machine.

    Python's ``hash`` is salted per process and neighbouring integers give some generators
    correlated streams; SHA-256 has neither fault. 48 bits survive a trip through JSON and
    JavaScript's doubles.
    """
    return int(digest([str(name) for name in names])[:12], 16)


@dataclass(frozen=True)
class Recipe:
    """What decides a product.

    ``beyond`` is what is otherwise than it could be in version 0.1.0, ``hashed`` what that version
    made a card's key of.
    """

    stage: str
    settings: Mapping[str, Any]
    inputs: Mapping[str, str] = field(default_factory=dict)
    seed: int = 0
    beyond: Mapping[str, Any] = field(default_factory=dict)
    hashed: list[Any] | None = None

    @property
    def base(self) -> list[Any]:
        """What the key is made of where nothing is ``beyond``."""
        return self.hashed or [self.stage, dict(self.settings), dict(self.inputs), self.seed]

    @property
    def key(self) -> str:
        """The digest that must agree for the product to be fresh."""
        return digest([*self.base, dict(self.beyond)] if self.beyond else self.base)

    @property
    def record(self) -> dict[str, Any]:
        """The key, and by name what it is made of, to tell by what two recipes differ."""
        asked = {**self.settings, **self.inputs, "seed": self.seed, **self.beyond}
        return {"key": self.key, "asked": asked}


def write_recipe(
    folder: Path,
    recipe: Recipe,
    outputs: Iterable[Path],
    seconds: float,
    packages: Iterable[str] = (),
    **notes: Any,
) -> None:
    """Record ``recipe`` in ``folder/recipe.json``; call it when every output is in place.

    ``seconds`` is the time taken; ``packages`` are distributions whose versions are recorded
    (never compared); ``notes`` are further facts for the reader.
    """
    write_json(
        folder / RECIPE,
        {
            "stage": recipe.stage,
            "key": recipe.key,
            "seed": recipe.seed,
            "settings": dict(recipe.settings),
            "inputs": dict(recipe.inputs),
            "beyond": dict(recipe.beyond),
            "outputs": {
                path.relative_to(folder).as_posix(): digest_file(path) for path in sorted(outputs)
            },
            "versions": read_versions(packages),
            "seconds": round(seconds, 2),
            "made": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            **notes,
        },
    )


def read_recipe(folder: Path) -> dict[str, Any] | None:
    """The recorded recipe, or None where there is none or it cannot be read."""
    try:
        recorded = json.loads((folder / RECIPE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return recorded if isinstance(recorded, dict) else None


def holds(folder: Path, recipe: Recipe) -> bool:
    """True if ``folder`` was made by ``recipe`` and every product is there, unaltered."""
    recorded = read_recipe(folder)
    if recorded is None or recorded.get("key") != recipe.key:
        return False
    for name, expected in recorded.get("outputs", {}).items():
        path = folder / name
        if not path.is_file() or digest_file(path) != expected:
            return False
    return True


def read_versions(packages: Iterable[str]) -> dict[str, str]:
    """Python's version and those of the installed ``packages``, without importing them."""
    versions = {"python": platform.python_version()}
    for package in packages:
        try:
            versions[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    return versions
