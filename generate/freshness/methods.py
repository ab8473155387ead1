"""The methods that make things: where each keeps its revision, and which differ from 0.1.0.

Who changes a method so much that what it made should be made again raises its revision, in the room
where it lives. The numbers here stay as they are.
"""

import ast
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import Any

from generate.recipe import digest, digest_file

# Module and constant, read when they are asked for, and the revision of 0.1.0.
METHODS = {
    "field guide": ("generate.pictures.fieldguide", "REVISION", 1),
    "training set": ("generate.pictures.data", "REVISION", 1),
    "trainer": ("generate.pictures.training", "REVISION", 3),
    "sampler": ("generate.pictures.sampling", "REVISION", 3),
    "choice": ("generate.pictures.sampling", "RULE", 2),
    "refiner": ("generate.pictures.refining", "REVISION", 1),
    "measured captions": ("generate.pictures.captioning", "REVISION", 1),
    "learned captions": ("generate.pictures.captioning", "TELLING", 1),
    "phrase writer": ("generate.phrases.writing", "REVISION", 2),
    "learned writer": ("generate.phrases.learned", "REVISION", 1),
    "field notes": ("generate.notes", "REVISION", 1),
    "voice": ("generate.sounds.voice", "REVISION", 1),
    "learned voice": ("generate.sounds.learned", "REVISION", 1),
    "sound": ("generate.sounds", "REVISION", 2),
}
GUIDE = Path(__file__).parents[1] / "pictures" / "fieldguide"
# `digest_code` of the field guide as it draws what its revision says, and the digest of its bytes,
# which is known sooner. A test says when to change them.
CODE = "47ff4201313a18ee2df7b79b3a5308f915b2a3ab688e70ed21c7687a911a599a"
WRITTEN = "6359712d51734e09180d3734de224f5684998ee794d76ac691ef1ac4729618bc"


def list_revised(*names: str) -> dict[str, Any]:
    """Those of the methods ``names`` that are other than in 0.1.0, as `why` calls them."""
    revised: dict[str, Any] = {}
    for name in names:
        module, constant, baseline = METHODS[name]
        if (revision := getattr(import_module(module), constant)) != baseline:
            revised[f"revision of the {name}"] = revision
    if "field guide" in names and (code := digest_code(GUIDE)) != CODE:
        revised["code of the field guide"] = code
    return revised


def read_baseline(name: str) -> Any:
    """What stands for a fact that is not recorded: of a revision, that of 0.1.0."""
    method = METHODS.get(name.removeprefix("revision of the "))
    return method[-1] if method else "unset"


@lru_cache(maxsize=4)
def digest_code(folder: Path) -> str:
    """Digest of what the Python files below ``folder`` do: a changed brush makes new drawings.

    Comments, docstrings and layout are not part of it, nor is the file that holds the revision.
    """
    paths = sorted(path for path in folder.rglob("*.py") if path != folder / "__init__.py")
    names = [path.relative_to(folder).as_posix() for path in paths]
    if digest([names, [digest_file(path) for path in paths]]) == WRITTEN:
        return CODE
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in paths]
    return digest([names, outline(trees)])


def outline(node: Any) -> Any:
    """A syntax tree as lists that are the same on every Python from 3.11 on."""
    if isinstance(node, list):
        return [outline(part) for part in node if not is_remark(part)]
    if not isinstance(node, ast.AST):
        return node
    # Newer versions have more fields, empty in what the older ones can say.
    fields = [(name, part) for name, part in ast.iter_fields(node) if part not in (None, [])]
    return [type(node).__name__, [[name, outline(part)] for name, part in fields]]


def is_remark(node: Any) -> bool:
    """Whether a statement does nothing, such as a docstring."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
