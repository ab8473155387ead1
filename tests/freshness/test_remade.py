"""A raised revision of the field guide or the trainer, and what a real build then makes again."""

import subprocess
import sys

import pytest

from generate.files import read_json
from tests.jungles import ROOT, read_bundle, write_jungle

pytestmark = pytest.mark.slow
FOLDERS = ("dataset", "model")

SETTINGS = """
count = 2
[pictures]
examples = 8
size = 16
from = "scratch"
exposures = 16
steps = 2
candidates = 1
frames = 2
postcard = 64
[sounds]
ambience = false
"""


def run_with(home, modules, *arguments):
    """The command line in ``home`` with a revision of 9 in each of ``modules``."""
    patches = "".join(f"import {module}\n{module}.REVISION = 9\n" for module in modules)
    # The fastest arithmetic is measured, and of a tiny network's it is another each time.
    patches += "from generate.pictures.compute import precision\n"
    patches += "precision.list_arithmetics = lambda device: ['float32']\n"
    code = f"{patches}import sys\nfrom generate.__main__ import main\nsys.exit(main(sys.argv[1:]))"
    command = [sys.executable, "-c", code, "--home", str(home), *arguments]
    process = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert process.returncode == 0, process.stderr
    return process.stdout


def read_keys(home):
    keys = {name: read_json(home / f"work/{name}/recipe.json")["key"] for name in FOLDERS}
    cards = [read_bundle(home, number)["made"] for number in (1, 2)]
    return keys | {name: [card[name]["key"] for card in cards] for name in cards[0]}


def test_raised_revisions_remake_what_follows_and_nothing_else(tmp_path):
    home = write_jungle(tmp_path / "home", SETTINGS)
    run_with(home, [], "build")
    trainer, guide = "generate.pictures.training", "generate.pictures.fieldguide"
    for modules, cause, changed in (
        ([trainer], "revision of the trainer 3 → 9", "model picture"),
        ([trainer, guide], "revision of the field guide 1 → 9", "dataset model picture"),
    ):
        keys = read_keys(home)
        told = run_with(home, modules, "why")
        assert ("data      fresh" in told) == ("dataset" not in changed)
        assert f"picture   2 stale: {cause} (beast-001, beast-002)" in told
        assert "phrase    2 follows the picture" in told and "sound     2 follows the" in told
        lines = run_with(home, modules, "build").splitlines()
        assert "pictures  2 made, 0 fresh" in lines
        assert "phrases   0 written, 2 fresh" in lines and "sounds    0 made, 2 fresh" in lines
        after = read_keys(home)
        assert " ".join(name for name in keys if keys[name] != after[name]) == changed
        assert run_with(home, modules, "needs", "build") == "light\n"
        told = run_with(home, modules, "why")
        assert "data      fresh\nmodel     fresh\npicture   2 fresh\n" in told
