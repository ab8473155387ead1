"""docs/colab.ipynb: in the notebooks' form, run from top to bottom with the smallest settings."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from generate.safety.secret_keys import SECRET
from tests.jungles import ROOT

NOTEBOOK = ROOT / "docs" / "colab.ipynb"
ASKED = "JUNGLE_TEST_NOTEBOOK"
whole = pytest.mark.skipif(
    os.environ.get(ASKED) != "1", reason=f"builds a jungle in a notebook; {ASKED}=1 runs it"
)
SMALLEST = {
    "COUNT = 12": "COUNT = 2",
    "MINUTES = 10.0": "MINUTES = 0.05",
    "MORE = {}": (
        'MORE = {"pictures.examples": 32, "pictures.exposures": 32, "pictures.size": 32, '
        '"pictures.candidates": 1, "pictures.postcard": 64, '
        '"pictures.frames": 2, "pictures.steps": 2, "sounds.ambience": False}'
    ),
}


@pytest.fixture(scope="module")
def notebook() -> nbformat.NotebookNode:
    return nbformat.read(NOTEBOOK, as_version=4)


def test_it_is_valid_short_and_clean(notebook: nbformat.NotebookNode) -> None:
    nbformat.validate(notebook)
    assert len(notebook.cells) <= 8 and len({cell.id for cell in notebook.cells}) == 8
    for cell in notebook.cells:
        assert not cell.get("outputs") and not cell.get("execution_count")
        assert not SECRET.search(cell.source)
    for cell in notebook.cells[1:]:
        assert cell.cell_type == "code"
        compile(cell.source, cell.id, "exec")


def test_what_a_host_has_of_torch_is_held(notebook: nbformat.NotebookNode, tmp_path: Path) -> None:
    """The cell that installs, where the program is not there: what it tells pip to hold."""
    cell = next(cell.source for cell in notebook.cells if cell.id == "install")
    code = (
        "import importlib.util, subprocess, json, sys\n"
        "importlib.util.find_spec = lambda name: None\n"
        "subprocess.run = lambda command, check: print(json.dumps(command))\n" + cell
    )
    run = [sys.executable, "-c", code]
    done = subprocess.run(run, capture_output=True, text=True, check=True, cwd=tmp_path)
    command = json.loads(done.stdout)
    assert command[1:4] == ["-m", "pip", "install"] and "--upgrade" not in command
    held = Path(command[command.index("--constraint") + 1]).read_text().splitlines()
    names = {line.split("==")[0].lower() for line in held}
    assert {"torch", "numpy"} <= names and "pillow" not in names


@whole
def test_its_cells_run_from_top_to_bottom_and_again(
    notebook: nbformat.NotebookNode, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = next(cell for cell in notebook.cells if cell.id == "choose")
    for usual, small in SMALLEST.items():
        assert ours.source.count(usual) == 1
        ours.source = ours.source.replace(usual, small)
    home = tmp_path / "a jungle"
    for name, value in (
        ("JUNGLE_HOME", str(home)),
        ("PYTHONPATH", os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])),
        ("IPYTHONDIR", str(tmp_path / "ipython")),
        ("TQDM_DISABLE", "1"),
    ):
        monkeypatch.setenv(name, value)
    client = NotebookClient(
        notebook, timeout=900, kernel_name="python3", resources={"metadata": {"path": tmp_path}}
    )
    client.execute()
    outputs = {cell.id: cell.outputs for cell in notebook.cells if cell.cell_type == "code"}
    kinds = [kind for output in outputs["look"] for kind in output.get("data", {})]
    assert kinds.count("image/png") == 2 and kinds.count("text/html") == 2
    heard = [o["data"]["text/html"] for o in outputs["hear"] if "data" in o]
    assert len(heard) == 2 and all("<audio" in text for text in heard)
    assert (home / "site.zip").stat().st_size > 100_000 and (home / "README.md").is_file()
    assert len(list((home / "content/postcards").glob("*/notes.md"))) == 2
    before = {p: p.read_bytes() for p in (home / "content").rglob("*") if p.is_file()}
    client.execute()  # as after a lost connection
    told = "".join(o.get("text", "") for o in outputs_of(notebook, "build"))
    assert re.search(r"pictures +0 made, 2 fresh", told)
    assert {p: p.read_bytes() for p in (home / "content").rglob("*") if p in before} == before


@whole
def test_a_command_that_fails_stops_the_notebook(
    notebook: nbformat.NotebookNode, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from nbclient.exceptions import CellExecutionError

    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter.txt").write_text("mine")
    monkeypatch.setenv("JUNGLE_HOME", str(tmp_path / "full"))
    client = NotebookClient(
        notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": tmp_path}}
    )
    with pytest.raises(CellExecutionError, match="says what is amiss"):
        client.execute()
    told = "".join(o.get("text", "") for o in outputs_of(notebook, "place"))
    assert "is not empty; name a new folder" in told


def outputs_of(notebook: nbformat.NotebookNode, name: str) -> list[nbformat.NotebookNode]:
    return next(cell.outputs for cell in notebook.cells if cell.id == name)
