"""The workflows: every action pinned to a commit, no more rights than needed, real commands."""

import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[3]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_actions_are_pinned(path: Path) -> None:
    lines = [line for line in path.read_text().splitlines() if "uses:" in line]
    assert lines
    for line in lines:
        assert re.search(r"uses: [\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$", line), line


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
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


def test_continuous_integration_runs_what_the_project_runs() -> None:
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "test.yml").read_text())
    commands = [step.get("run") for step in workflow["jobs"]["test"]["steps"]]
    assert ".ci/run" in commands and (ROOT / ".ci" / "run").stat().st_mode & 0o111
