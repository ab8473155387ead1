"""Fixtures shared by all rooms: settings in a temporary folder, and a jungle grown for real."""

import os
import shutil
from pathlib import Path

import pytest

from generate.cards import write_card
from generate.settings import Settings, read_settings
from tests.jungles import ROOT, run, write_jungle
from tests.six import make_six


@pytest.fixture
def write_settings(tmp_path: Path):
    """Write content/jungle.toml below a temporary folder and read it back."""

    def write(text: str = "", **dials: object) -> Settings:
        (tmp_path / "content").mkdir(exist_ok=True)
        (tmp_path / "content" / "jungle.toml").write_text(text, encoding="utf-8")
        return read_settings(tmp_path, dials)

    return write


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """The bundle of one card that holds nothing but a card.json."""
    folder = tmp_path / "beast-001"
    folder.mkdir()
    write_card(folder, {"number": 1, "title": "Mo", "phrase": "a b", "hour": "dusk", "made": {}})
    return folder


@pytest.fixture(scope="session")
def six(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three published cards, and three of somebody's own pictures, all made; never changed."""
    return make_six(tmp_path_factory.mktemp("six"))


@pytest.fixture(scope="session")
def grown(tmp_path_factory) -> Path:
    """A jungle as `make build` leaves it; tests copy it before they touch it."""
    home = write_jungle(tmp_path_factory.mktemp("grown"))
    run(home, "build")
    return home


@pytest.fixture
def jungle(grown, tmp_path) -> Path:
    """A copy of the grown jungle to disturb."""
    return Path(shutil.copytree(grown, tmp_path / "jungle"))


@pytest.fixture
def no_torch(tmp_path) -> dict[str, str]:
    """An environment in which importing torch fails."""
    (tmp_path / "shadow").mkdir()
    (tmp_path / "shadow" / "torch.py").write_text("raise ImportError('torch is not needed here')")
    return {"PYTHONPATH": f"{tmp_path / 'shadow'}{os.pathsep}{ROOT}"}
