"""The workflows: every action pinned to a commit, no more rights than needed, real commands."""

import re
import subprocess
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[3]
OF_A_NEW_JUNGLE = ROOT / "generate" / "project" / "new" / "pages.yml"
WORKFLOWS = [*sorted((ROOT / ".github" / "workflows").glob("*.yml")), OF_A_NEW_JUNGLE]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_actions_are_pinned(path: Path) -> None:
    lines = [line for line in path.read_text().splitlines() if "uses:" in line]
    assert lines
    for line in lines:
        assert re.search(r"uses: [\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$", line), line


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_rights_are_few(path: Path) -> None:
    workflow = yaml.safe_load(path.read_text())
    assert workflow["permissions"] == {"contents": "read"}
    for name, job in workflow["jobs"].items():
        rights = {"pages": "write", "id-token": "write"} if name == "deploy" else None
        assert job.get("permissions") == rights
        assert "secrets." not in str(job)


def test_the_site_is_built_checked_and_uploaded() -> None:
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "pages.yml").read_text())
    steps = workflow["jobs"]["build"]["steps"]
    commands = [step.get("run", step.get("uses", "")).split("@")[0] for step in steps]
    build = commands.index("make build")
    check = next(at for at, text in enumerate(commands) if "-m generate audit" in text)
    upload = commands.index("actions/upload-pages-artifact")
    assert commands.index("actions/configure-pages") < build < check < upload
    assert steps[upload]["with"]["path"] == "site"
    assert steps[build]["env"]["SITE_URL"] and steps[build]["env"]["TORCH_INDEX"]


def test_a_new_jungle_is_published_with_its_makefile_alone() -> None:
    workflow = yaml.safe_load(OF_A_NEW_JUNGLE.read_text())
    build = workflow["jobs"]["build"]
    steps = build["steps"]
    commands = [step.get("run", step.get("uses", "")).split("@")[0] for step in steps]
    at = [commands.index(text) for text in ("make build", "make audit")]
    upload = commands.index("actions/upload-pages-artifact")
    assert commands.index("actions/configure-pages") < at[0] < at[1] < upload
    assert all(steps[place]["env"]["SITE_URL"] for place in at)
    assert steps[upload]["with"]["path"] == "site" and build["env"]["TORCH_INDEX"]
    # A new jungle has no such file of ours.
    assert "constraints.txt" not in OF_A_NEW_JUNGLE.read_text()


def test_continuous_integration_runs_what_the_project_runs() -> None:
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "test.yml").read_text())
    commands = [step.get("run") for step in workflow["jobs"]["test"]["steps"]]
    assert ".ci/run" in commands and (ROOT / ".ci" / "run").stat().st_mode & 0o111


@pytest.mark.parametrize("path", [ROOT / ".github/workflows/pages.yml", OF_A_NEW_JUNGLE])
def test_of_hidden_files_only_well_known_is_uploaded(path: Path, tmp_path: Path) -> None:
    steps = yaml.safe_load(path.read_text())["jobs"]["build"]["steps"]
    uses = [step.get("uses", "").split("@")[0] for step in steps]
    upload = uses.index("actions/upload-pages-artifact")
    assert steps[upload]["with"]["include-hidden-files"] is True
    for name in (".gitignore", ".env", ".git/config", ".well-known/a.txt", "index.html"):
        (tmp_path / "site" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "site" / name).write_text("x")
    subprocess.run(steps[upload - 1]["run"], shell=True, cwd=tmp_path, check=True)
    left = {p.relative_to(tmp_path / "site").as_posix() for p in tmp_path.rglob("*.*")}
    assert left == {".well-known", ".well-known/a.txt", "index.html"}
