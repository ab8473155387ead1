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
        assert re.search(r"uses: [\w-]+(/[\w-]+)+@[0-9a-f]{40} # v\d+\.\d+\.\d+$", line), line


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


@pytest.mark.parametrize("path", [ROOT / ".github/workflows/pages.yml", OF_A_NEW_JUNGLE])
def test_what_was_trained_is_kept_from_run_to_run(path: Path) -> None:
    """work/ alone: no file of a person's is ever laid over by one from a cache."""
    workflow = yaml.safe_load(path.read_text())
    steps = workflow["jobs"]["build"]["steps"]
    uses = [step.get("uses", step.get("run", "")).split("@")[0] for step in steps]
    restore, save = uses.index("actions/cache/restore"), uses.index("actions/cache/save")
    build = uses.index("make build")
    assert uses.index("actions/checkout") < restore < build < save
    assert steps[restore]["with"]["path"] == steps[save]["with"]["path"] == "work"
    key = steps[save]["with"]["key"]
    assert steps[restore]["with"]["key"] == key and "hashFiles('content/jungle.toml')" in key
    # A new name for each run, since a cache is never written over; the newest is brought back.
    assert "github.run_id" in key and "github.run_attempt" in key
    begins = steps[restore]["with"]["restore-keys"].split("\n")
    assert all(key.startswith(begin) for begin in begins if begin)
    assert steps[save]["if"] == "always()"
    # A build that takes too long is ended by its step, not with the job, so that it can be kept.
    assert steps[build]["timeout-minutes"] < workflow["jobs"]["build"]["timeout-minutes"]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_workflows_have_the_form_that_github_reads(path: Path) -> None:
    workflow = yaml.safe_load(path.read_text())
    # YAML 1.1 reads the key "on" as true.
    assert set(workflow) == {"name", True, "permissions", "concurrency", "jobs"}
    names = {step.get("id") for job in workflow["jobs"].values() for step in job["steps"]}
    for job in workflow["jobs"].values():
        assert job["runs-on"] and set(job.get("needs", "").split()) <= set(workflow["jobs"])
        for step in job["steps"]:
            assert ("uses" in step) != ("run" in step)
            known = {"name", "id", "if", "uses", "with", "run", "env", "timeout-minutes"}
            assert set(step) <= known
    for told in re.findall(r"\$\{\{(.*?)\}\}", path.read_text()):
        assert re.fullmatch(
            r" (github\.(run_id|run_attempt|ref)|runner\.os|hashFiles\('[\w./]+'\)"
            r"|steps\.\w+\.outputs\.\w+) ",
            told,
        ), told
        if named := re.match(r" steps\.(\w+)", told):
            assert named[1] in names


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
