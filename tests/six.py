"""A jungle of six cards, to break one thing of; its commands, and whether a card was made."""

import contextlib
import io
import json
import shutil
from pathlib import Path

import soundfile
from PIL import Image

from generate.__main__ import main
from tests.jungles import ROOT

CARDS = ("beast-001", "beast-002", "beast-003", "ant", "bee", "cat")


def make_six(home: Path) -> Path:
    """Three published cards, and three of somebody's own pictures, all made, under ``home``."""
    shutil.copytree(ROOT / "tests/fixtures/jungle-0.1.0", home / "content")
    cards = home / "content/postcards"
    for number, name in enumerate(CARDS):
        (cards / name).mkdir(exist_ok=True)
        if number > 2:
            picture = Image.effect_noise((48, 48), 40.0 + number).convert("RGB")
            picture.save(cards / name / "picture.png")
            (cards / name / "postcard.md").write_text("Hello.\n")
    assert run(home, "sounds")[0] == 0
    return home


def run(home: Path, *arguments: str) -> tuple[int, str]:
    """Status and all output of one command."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        status = main(["--home", str(home), *arguments])
    return status, said.getvalue()


def read_made(home: Path, slug: str) -> dict:
    """card.json of a card."""
    return json.loads((home / "content/postcards" / slug / "card.json").read_text())


def check_made(home: Path, slug: str) -> None:
    """Whether a card has all that the stages make."""
    card = read_made(home, slug)
    assert card["phrase"] and card["translation"] and card["caption"], slug
    assert card["times"] or card["made"]["sound"]["engine"] == "folder", slug
    sound = home / "content/postcards" / slug / "sound.flac"
    assert soundfile.info(sound).duration > 0.1, slug
