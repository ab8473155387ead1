"""The two Makefiles, ours and a new jungle's: values are handed on and never run; the environment
is checked by running it."""

import os
import shutil
import signal
import subprocess
import sys
import time
from itertools import product
from pathlib import Path

import pytest

from generate import __main__ as command
from tests.jungles import ROOT

OURS = ROOT / "Makefile"
NEW = ROOT / "generate" / "project" / "new" / "Makefile"
DIALS = ["COUNT", "MINUTES", "SEED", "SITE_URL", "PORT", "PROMPT", "CARD", "COMPARE", "TORCH_INDEX"]
DIALS += ["FROM", "TO", "PICK", "A", "B", "MORE_OF", "MORE", "QUERY", "PICTURES", "RECIPE"]
# A new jungle has no workshop.
WORKSHOP = ["SOURCE", "FAMILIES", "TRIALS", "WORKERS", "BY"]
HANDED_ON = {*DIALS, *WORKSHOP, "NUMBER", "KEEP_GOING", "UPGRADE", "README", "FORCE"}
HANDED_ON |= {"MAKEFLAGS", "MAKELEVEL"}
TARGETS = {"PROMPT": "beast", "CARD": "why", "COMPARE": "bench", "PORT": "serve"}
TARGETS |= {"QUERY": "find", "FROM": "walk", "TO": "walk", "PICK": "card"}
TARGETS |= {**dict.fromkeys(WORKSHOP, "tune"), "FAMILIES": "contest", "NUMBER": "restore"}
TARGETS |= {**dict.fromkeys(["A", "B", "MORE_OF"], "cross"), "PICTURES": "caption"}
# Each would leave a file called "ran" if make, or the shell that it starts, took it for a command.
HARMLESS = [
    "$(shell touch ran)",
    "`touch ran`",
    "';touch ran;'",
    '";touch ran;"',
    "1\ntouch ran\n2",
]


@pytest.fixture
def make(tmp_path):
    """Run a Makefile in a folder of its own, with a program in place of ours that prints what it
    is given; returns what it printed, cut at NUL."""
    show = tmp_path / "show"
    show.write_text("#!/bin/sh\nfor word; do printf '%s\\0' \"$word\"; done\n")
    show.chmod(0o755)

    def run(makefile: Path, *words: str, env: dict[str, str] | None = None, ok: bool = True):
        shutil.copy(makefile, tmp_path / "Makefile")
        ready = [f"-ohere/{name}" for name in (".ready", ".ready-model", ".ready-dev")]
        ours = [*ready, "VENV=here", f"PY={show}"]
        stand_in = ours if makefile == OURS else [f"JUNGLE={show}"]
        # `make test` itself hands its dials on, and says in MAKEFLAGS how it was called.
        clean = {name: value for name, value in os.environ.items() if name not in HANDED_ON}
        done = subprocess.run(
            ["make", "--no-print-directory", *stand_in, *words],
            cwd=tmp_path, env={**clean, **(env or {})},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert not ok or done.returncode == 0, done.stderr
        return done.stdout.split("\0") if ok else done

    return run


@pytest.mark.parametrize("value", HARMLESS)
@pytest.mark.parametrize(
    ("makefile", "dial"),
    [*product([OURS], [*DIALS, *WORKSHOP, "NUMBER"]), *product([NEW], [*DIALS, "NUMBER"])],
    ids=lambda part: part if isinstance(part, str) else "ours" if part == OURS else "new",
)
def test_no_value_is_run(make, tmp_path, makefile, dial, value):
    target = TARGETS.get(dial, "train")
    option = "--" + dial.lower().replace("_", "-") if makefile == OURS else dial
    for told, env in ([f"{dial}={value}"], {}), ([], {dial: value}):
        shown = make(makefile, target, *told, env=env)
        assert not (tmp_path / "ran").exists()
        alone = dial in ("CARD", "PICTURES", "NUMBER") and makefile == OURS
        whole = value if alone else f"{option}={value}"
        assert dial == "TORCH_INDEX" or whole in shown


@pytest.mark.parametrize("name", ["VENV", "PYTHON", "UPGRADE", "FORCE", "KEEP_GOING", "README"])
@pytest.mark.parametrize("value", HARMLESS[:4])
def test_nothing_else_of_the_environment_is_run(tmp_path, name, value):
    shutil.copy(OURS, tmp_path / "Makefile")
    for target in ("help", "site", "lock"):
        subprocess.run(["make", target], cwd=tmp_path, env={**os.environ, name: value}, check=False,
                       capture_output=True)  # fmt: skip
        assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("makefile", [OURS, NEW], ids=["ours", "new"])
def test_force_is_asked_for_on_the_command_line_alone(make, makefile):
    option = "--force" if makefile == OURS else "FORCE=1"
    assert option in make(makefile, "train", "FORCE=1")
    for words, env in ([], {"FORCE": "1"}), (["FORCE=0"], {}), (["FORCE="], {}):
        assert not any("force" in word.lower() for word in make(makefile, "train", *words, env=env)
                       if word != "FORCE=0")  # fmt: skip


def test_force_is_1_and_nothing_else(make):
    refused = make(OURS, "train", "FORCE=no", ok=False)
    assert refused.returncode and "Say FORCE=1" in refused.stderr


@pytest.mark.parametrize("makefile", [OURS, NEW], ids=["ours", "new"])
def test_force_of_publish_is_for_the_branch_alone(make, makefile):
    """The build before it replaces no picture that a person put in place."""
    option = "--force" if makefile == OURS else "FORCE=1"
    shown = make(makefile, "publish", "FORCE=1")
    at = shown.index("publish")
    assert "build" in shown[:at] and option not in shown[:at] and option in shown[at:]
    assert option in make(makefile, "serve", "FORCE=1")


def test_a_new_jungle_hands_any_target_on(make, tmp_path):
    """Also where a file or a folder has the target's name; serve and publish build first."""
    (tmp_path / "site").mkdir()
    (tmp_path / "train").write_text("")
    assert make(NEW, "site") == ["--install", "site", ""]
    assert make(NEW, "train", "COUNT=3") == ["--install", "train", "COUNT=3", ""]
    assert make(NEW, "why") == ["--install", "why", ""]
    assert make(NEW)[:2] == ["--install", "--help"]
    assert make(NEW, "serve", "PORT=1") == [
        *("--install", "build", "PORT=1"),
        *("--install", "serve", "PORT=1", ""),
    ]


def test_every_dial_of_a_new_jungle_is_an_option_of_a_stage():
    line = next(line for line in NEW.read_text().splitlines() if line.startswith("DIALS"))
    for dial in line.split(":= ")[1].split():
        args = command.parse_arguments(["needs", "build", f"{dial}=1"])
        assert args.stage == "needs", dial


def test_clean_keeps_what_a_person_put_under_version_control(make, tmp_path):
    (tmp_path / "site" / ".git").mkdir(parents=True)
    (tmp_path / "site" / ".git" / "HEAD").write_text("ref")
    (tmp_path / "site" / "cards").mkdir()
    (tmp_path / "site" / ".gitignore").write_text("*")
    (tmp_path / "site" / "index.html").write_text("")
    (tmp_path / "work").mkdir()
    make(OURS, "clean")
    left = sorted(path.relative_to(tmp_path).as_posix() for path in (tmp_path / "site").rglob("*"))
    assert left == ["site/.git", "site/.git/HEAD", "site/.gitignore"]
    assert not (tmp_path / "work").exists()


class Project:
    """A folder with our Makefile whose packages take no time to install: none are."""

    def __init__(self, home: Path) -> None:
        self.home, self.python = home, home / ".venv" / "bin" / "python"
        shutil.copy(OURS, home / "Makefile")
        lists = home / "generate" / "project" / "requirements"
        lists.mkdir(parents=True)
        for path in (home / "pyproject.toml", home / "setup.py", lists / "light.txt"):
            path.touch()

    def command(self) -> list[str]:
        return ["make", f"PYTHON={sys.executable}", "PIP=true", ".venv/.ready"]

    def make(self, ok: bool = True) -> str:
        done = subprocess.run(
            self.command(), cwd=self.home, capture_output=True, text=True, check=False
        )
        assert not ok or done.returncode == 0, done.stderr
        return done.stdout if ok else done.stderr

    def works(self) -> bool:
        tried = [self.python, "-m", "pip", "--version"]
        if not self.python.exists():
            return False
        return not subprocess.run(tried, capture_output=True, check=False).returncode


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Project:
    return Project(tmp_path_factory.mktemp("project"))


@pytest.mark.slow
def test_a_killed_installation_of_pip_is_begun_again(project):
    process = subprocess.Popen(
        project.command(), cwd=project.home, start_new_session=True, stdout=subprocess.DEVNULL
    )
    while not project.python.exists():  # pip is unpacked after this
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert not project.works()
    project.make()
    assert project.works()


@pytest.mark.slow
@pytest.mark.parametrize("fault", ["another Python", "no Python"])
def test_a_python_replaced_under_the_environment_is_seen(project, fault):
    project.make()
    if fault == "no Python":
        project.python.unlink()
        project.python.symlink_to("/nowhere/python3")
    else:  # which looks for packages in a folder of its own version
        packages = next((project.home / ".venv" / "lib").glob("python*"))
        packages.rename(packages.with_name("python3.0"))
    assert not project.works()
    assert "Installing" in project.make()
    assert project.works()


@pytest.mark.slow
def test_a_sound_environment_is_left_alone(project):
    project.make()
    (project.home / ".venv" / "mine").write_text("kept")
    assert "Installing" not in project.make()
    (project.home / ".venv" / ".ready").unlink()
    assert "Installing" in project.make()
    assert (project.home / ".venv" / "mine").exists()


def test_a_folder_that_is_no_environment_is_never_cleared(tmp_path):
    project = Project(tmp_path)
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv" / "letter.txt").write_text("mine")
    assert ".venv holds files but is no environment" in project.make(ok=False)
    assert (tmp_path / ".venv" / "letter.txt").read_text() == "mine"


def test_a_new_jungle_that_was_moved_finds_its_command(tmp_path):
    """The first line of .venv/bin/jungle names the old folder; its Python runs all the same."""
    shutil.copy(NEW, tmp_path / "Makefile")
    bin_ = tmp_path / ".venv/bin"
    bin_.mkdir(parents=True)
    (bin_ / "python").write_text('#!/bin/sh\ncase "$*" in -Ic*) ;; *) echo "ran $*";; esac\n')
    (bin_ / "jungle").write_text("#!/the/old/place/.venv/bin/python\n")
    for path in bin_.iterdir():
        path.chmod(0o755)
    done = subprocess.run(
        ["make", "site"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "ran -m generate --install site" in done.stdout
