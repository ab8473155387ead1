"""Tiny jungles grown for real through the command line, as a user would."""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
# As small as can be: what is tried is how the stages meet, not what pictures look like.
SETTINGS = """
title = "A tiny jungle"
count = 4
[pictures]
examples = 16
size = 16
from = "scratch"
exposures = 48
batch = 8
steps = 4
candidates = 2
frames = 4
postcard = 128
"""


def run(home: Path, *arguments: str, env: dict[str, str] | None = None, ok: bool = True):
    """Run the command line in ``home`` as a user would."""
    process = subprocess.run(
        [sys.executable, "-m", "generate", "--home", str(home), *arguments],
        cwd=ROOT,
        env={**os.environ, "TQDM_DISABLE": "1", **(env or {})},
        capture_output=True,
        text=True,
        timeout=600,
    )
    if ok:
        assert process.returncode == 0, process.stdout + process.stderr
    return process


def write_jungle(home: Path, text: str = SETTINGS) -> Path:
    """The settings ``text`` and one page under ``home``, which is returned."""
    (home / "content" / "pages").mkdir(parents=True)
    (home / "content" / "jungle.toml").write_text(text)
    (home / "content" / "pages" / "about.md").write_text("# About\n\nA *tiny* jungle.\n")
    return home


def read_bundle(home: Path, number: int) -> dict:
    """What stands in card.json of the beast of this number."""
    return json.loads((home / f"content/postcards/beast-{number:03d}/card.json").read_text())
