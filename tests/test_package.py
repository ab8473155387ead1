"""The wheel, built once: it holds what the repository holds, and grows a jungle away from it."""

import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.jungles import ROOT, read_bundle

pytestmark = pytest.mark.slow
PIP = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
# What is installed for a purpose: all models, one kind of recipe, work on the project itself.
EXTRAS = {"model", "features", "codes", "lora", "tuning", "dev"}
MEGABYTES = 40
# From the starter, which is in the wheel too.
SETTINGS = """
title = "A jungle elsewhere"
[pictures]
examples = 16
exposures = 16
steps = 4
candidates = 1
frames = 2
postcard = 128
[sounds]
ambience = false
"""


def list_tracked(*folders: str) -> list[str]:
    """What git knows, or would know, below ``folders``."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", *folders]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return [name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    """Built from a copy, since a build leaves a folder behind that a later one would read."""
    source = tmp_path_factory.mktemp("source")
    needed = ["pyproject.toml", "setup.py", "README.md", "LICENSE"]
    for name in list_tracked("generate", "templates", "content", *needed):
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, source / name)
    (source / "content" / "postcards" / "mine").mkdir(parents=True)
    (source / "content" / "postcards" / "mine" / "postcard.md").write_text("private")
    built = tmp_path_factory.mktemp("wheel")
    options = ["--no-deps", "--no-build-isolation", "--wheel-dir", str(built)]
    subprocess.run([*PIP, "wheel", *options, str(source)], check=True)
    return next(built.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory) -> Path:
    """A folder of packages with the program in it and nothing else."""
    target = tmp_path_factory.mktemp("packages")
    subprocess.run([*PIP, "install", "--no-deps", "--target", str(target), str(wheel)], check=True)
    return target


@pytest.fixture
def call(installed, tmp_path):
    """Run a command where only the installed program can be found, its command first on PATH."""

    def run(*words: str, cwd: Path = tmp_path, ok: bool = True) -> subprocess.CompletedProcess[str]:
        path = f"{installed / 'bin'}{os.pathsep}{os.environ['PATH']}"
        env = {**os.environ, "PYTHONPATH": str(installed), "PATH": path, "TQDM_DISABLE": "1"}
        done = subprocess.run(
            words, cwd=cwd, env=env, capture_output=True, text=True, timeout=900, check=False
        )
        assert not ok or done.returncode == 0, done.stdout + done.stderr
        return done

    return run


def test_the_wheel_holds_what_the_repository_holds_and_no_more(wheel):
    held = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    wanted = set(list_tracked("generate"))
    wanted |= {f"generate/{name}" for name in list_tracked("templates")}
    first = list_tracked("content/jungle.toml", "content/pages")
    wanted |= {f"generate/{name}" for name in first}
    assert held == wanted
    assert wheel.stat().st_size <= MEGABYTES * 1e6


def test_the_wheel_declares_the_command_and_few_extras(wheel):
    with zipfile.ZipFile(wheel) as archive:
        info = wheel.name.rsplit("-", 3)[0] + ".dist-info"
        entry = archive.read(f"{info}/entry_points.txt").decode()
        facts = archive.read(f"{info}/METADATA").decode()
    assert "jungle = generate.__main__:run" in entry
    assert set(re.findall(r"^Provides-Extra: (\S+)", facts, re.M)) == EXTRAS


def test_a_new_jungle_grows_away_from_the_repository(call, installed, tmp_path):
    home = tmp_path / "x"
    where = call(sys.executable, "-c", "import generate; print(generate.__file__)").stdout
    assert Path(where.strip()).parent == installed / "generate"
    call("jungle", "new", "x")
    names = {path.relative_to(home).as_posix() for path in home.rglob("*") if path.is_file()}
    assert names == {
        ".github/workflows/pages.yml",
        ".gitignore",
        "Makefile",
        *list_tracked("content/jungle.toml", "content/pages"),
    }
    assert "RELEASE := postcards-from-my-jungle==" in (home / "Makefile").read_text()
    assert call("jungle", "needs", "build", cwd=home).stdout == "model\n"
    assert "0 cards" in call("jungle", "site", cwd=home).stdout

    (home / "content" / "jungle.toml").write_text(SETTINGS)
    (home / "templates" / "assets").mkdir(parents=True)
    (home / "templates" / "404.html").write_text("<!doctype html><title>Lost</title>My own")
    (home / "templates" / "assets" / "mine.css").write_text("body { color: red }")
    call("make", "build", "COUNT=3", cwd=home)
    assert read_bundle(home, 3)["made"]["sound"]["engine"] == "voice"
    assert (home / "site" / "cards" / "beast-003.html").is_file()
    assert not (home / "site" / "cards" / "beast-004.html").exists()
    assert "My own" in (home / "site" / "404.html").read_text()
    assert "red" in (home / "site" / "assets" / "mine.css").read_text()
    assert (home / "site" / "assets" / "style.css").is_file()
    call("make", "audit", cwd=home)
    again = call("jungle", "build", "COUNT=3", cwd=home)
    assert "0 made, 3 fresh" in again.stdout


def test_a_folder_that_holds_anything_is_left_alone(call, tmp_path):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter.txt").write_text("mine")
    (tmp_path / "file").write_text("mine")
    for name in ("full", "file"):
        refused = call("jungle", "new", name, ok=False)
        assert refused.returncode == 1 and refused.stderr.count("\n") == 1
        assert f"error: {name}: is " in refused.stderr
    assert [path.name for path in (tmp_path / "full").iterdir()] == ["letter.txt"]
    (tmp_path / "cloned" / ".git").mkdir(parents=True)
    call("jungle", "new", "cloned")
    assert (tmp_path / "cloned" / "Makefile").is_file()


@pytest.mark.parametrize("words", [["starter", "--export"], ["evaluate", "--train-extractor"]])
def test_what_writes_into_the_project_needs_a_clone(call, tmp_path, words):
    call("jungle", "new", "x")
    refused = call("jungle", *words, cwd=tmp_path / "x", ok=False)
    assert refused.returncode == 1 and refused.stderr.count("\n") == 1
    assert "run it in a clone" in refused.stderr
