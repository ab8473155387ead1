"""Where the files lie that come with the program and are no code: templates, a first content/.

Installed, they lie inside the package; in a clone beside it, where people look for them.
"""

from pathlib import Path

from generate.errors import Refusal

PACKAGE = Path(__file__).resolve().parent


def find_shipped(name: str) -> Path:
    """The folder ``name`` of the package, or in a clone the one beside the package."""
    inside = PACKAGE / name
    return inside if inside.is_dir() else PACKAGE.parent / name


TEMPLATES = find_shipped("templates")
CONTENT = find_shipped("content")


def require_clone(task: str) -> None:
    """Raise `Refusal` where the program is installed: ``task`` writes files of the project."""
    if not (PACKAGE.parent / "setup.py").is_file():
        raise Refusal(f"{task} writes into the project itself; run it in a clone of its repository")
