"""card.json with the conflict markers of a git merge: the advice that is given mends it."""

import re
import shutil
import subprocess

import pytest

from generate.bundles.folders import place_cards
from generate.cards import CARD, SOUNDS, is_edited, read_card, state_of
from generate.errors import Refusal
from generate.settings import read_settings
from tests.jungles import ROOT

FIXTURE = ROOT / "tests/fixtures/jungle-0.1.0"


def git(home, *arguments, ok=True):
    who = ("-c", "user.name=Ada", "-c", "user.email=ada@a.example", "-c", "commit.gpgsign=false")
    process = subprocess.run(["git", *who, *arguments], cwd=home, capture_output=True, text=True)
    assert process.returncode == 0 or not ok, process.stdout + process.stderr


@pytest.mark.parametrize("side", [0, 1])
def test_the_advice_takes_one_side_whole(tmp_path, side):
    cards = tmp_path / "content/postcards"
    shutil.copytree(FIXTURE, tmp_path / "content")
    git(tmp_path, "init", "-q", "-b", "main")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "one")
    git(tmp_path, "checkout", "-qb", "other")
    whole = []
    for branch, source in (("main", "beast-002"), ("other", "beast-003")):
        git(tmp_path, "checkout", "-q", branch)
        for name in (CARD, "sound.flac"):
            text = (cards / source / name).read_bytes()
            text = re.sub(rb'^  "number": \d', b'  "number": 1', text, flags=re.MULTILINE)
            (cards / "beast-001" / name).write_bytes(text)
        git(tmp_path, "commit", "-qam", branch)
        whole.append((cards / "beast-001" / CARD).read_bytes())
    git(tmp_path, "checkout", "-q", "main")
    git(tmp_path, "merge", "-q", "other", ok=False)
    assert b"<<<<<<< " in (cards / "beast-001" / CARD).read_bytes()
    assert place_cards(read_settings(tmp_path))[0] == (cards / "beast-001", 1)
    with pytest.raises(Refusal, match=r"card\.json: holds git's conflict markers") as refusal:
        read_card(cards / "beast-001")
    commands = re.findall(r"git checkout \w+ -- '[^']+'", str(refusal.value))
    assert len(commands) == 2
    subprocess.run(commands[side], shell=True, cwd=tmp_path, check=True, capture_output=True)
    assert (cards / "beast-001" / CARD).read_bytes() == whole[side]
    card = read_card(cards / "beast-001")
    assert is_edited(card), "the number was changed by hand"
    assert card["times"] and state_of(cards / "beast-001", SOUNDS, card["made"]["sound"]) == "ours"
