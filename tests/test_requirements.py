"""The lists of packages: complete for every extra, one version of each, every file by its hash."""

import re
import tomllib
from importlib.metadata import PackageNotFoundError, requires

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from generate.project.install import MODEL, REQUIREMENTS
from tests.jungles import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
EXTRAS = PROJECT["project"]["optional-dependencies"]
LISTS = {
    "light": REQUIREMENTS / "light.txt",
    "model": REQUIREMENTS / "model.txt",
    "dev": ROOT / "constraints.txt",
}
WANTED = {"light": [], "model": ["model"], "dev": list(EXTRAS)}
# One requirement: name, version, marker, then a line for each hash.
BLOCK = re.compile(
    r"([\w.-]+)==(\S+)(?: ; [^\\\n]+)? \\\n((?: +--hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)"
)


def read_pins(name: str) -> dict[str, str]:
    text = LISTS[name].read_text()
    lines = [line for line in text.splitlines(keepends=True) if not line.startswith("#")]
    assert BLOCK.sub("", "".join(lines)) == "", "a line that is no pinned, hashed requirement"
    return {canonicalize_name(found[1]): found[2] for found in BLOCK.finditer(text)}


def close(wanted: list[str]) -> set[str]:
    """Names of all packages that those in ``wanted`` need on this machine, themselves included."""
    names: set[str] = set()
    waiting = [(Requirement(text), "") for text in wanted]
    seen = set()
    while waiting:
        asked, extra = waiting.pop()
        if asked.marker and not asked.marker.evaluate({"extra": extra}):
            continue
        name = canonicalize_name(asked.name)
        names.add(name)
        for inner in {"", *asked.extras}:
            if (name, inner) in seen:
                continue
            seen.add((name, inner))
            try:
                waiting += [(Requirement(text), inner) for text in requires(name) or []]
            except PackageNotFoundError:
                continue  # then the list is only known to need the name itself
    return names


@pytest.mark.parametrize("name", LISTS)
def test_the_list_names_all_that_is_needed(name):
    needed = list(PROJECT["project"]["dependencies"]) + PROJECT["build-system"]["requires"]
    needed += [text for extra in WANTED[name] for text in EXTRAS[extra]]
    pins = read_pins(name)
    apart = {"torch", "triton"}
    missing = {
        package
        for package in close(needed) - apart - set(pins)
        if not package.startswith(("nvidia-", "cuda-"))
    }
    assert not missing, "run make lock"
    for text in needed:
        asked = Requirement(text)
        if (version := pins.get(canonicalize_name(asked.name))) is not None:
            assert asked.specifier.contains(version, prereleases=True), text


def test_the_lists_agree_and_grow():
    light, model, dev = (read_pins(name).items() for name in ("light", "model", "dev"))
    assert light < model < dev


def test_torch_stands_apart_and_pinned():
    lines = (REQUIREMENTS / "torch.txt").read_text().splitlines()
    pinned = [line for line in lines if not line.startswith("#")]
    assert len(pinned) == 1 and re.fullmatch(r"torch==\d+\.\d+\.\d+", pinned[0])
    assert "torch" not in read_pins("dev")


def test_what_builds_the_package_is_pinned():
    assert PROJECT["build-system"]["requires"] == PROJECT["dependency-groups"]["build"]
    assert all("==" in text for text in PROJECT["build-system"]["requires"])


def test_the_model_extra_holds_what_the_program_looks_for():
    named = {canonicalize_name(Requirement(text).name) for text in EXTRAS["model"]}
    assert set(MODEL) < named


def test_the_makefile_takes_packages_by_their_hashes_alone():
    lines = (ROOT / "Makefile").read_text().splitlines()
    installs = [line for line in lines if "$(PIP)" in line and "--requirement" in line]
    assert len(installs) == 2 and all("--require-hashes" in line for line in installs)


def test_datasets_is_of_the_versions_that_run_no_script():
    """Version 4 took scripts of datasets out of the library."""
    (wanted,) = [r for r in map(Requirement, EXTRAS["model"]) if r.name == "datasets"]
    assert "3.6" not in wanted.specifier and "4.0" in wanted.specifier
