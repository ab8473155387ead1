"""The shape of the house: what may import what, and documents that tell the truth."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
GENERATE = ROOT / "generate"
# Downstream may read upstream, never the other way round.
RANKS = {
    "errors": 0,
    "files": 0,
    "keys": 0,
    "front_matter": 1,
    "recipe": 1,
    "toml_files": 1,
    "settings": 1,
    "stops": 1,
    "cards": 2,
    "pictures": 3,
    "phrases": 4,
    "sounds": 5,
    "gallery": 6,
    "evaluation": 7,
    "plan": 7,
    "build": 8,
    "bench": 8,
    "__main__": 9,
    "__init__": 0,
}
HEAVY = {"torch", "diffusers", "transformers", "accelerate", "datasets", "torchsde"}
MAY_BE_HEAVY = (
    "generate.pictures.",
    "generate.sounds.engines.stable_audio",
    "generate.bench",
    "generate.evaluation.scoring.anchors",
    "generate.evaluation.judge.extractor",
    "generate.evaluation.scoring.features",
    "generate.evaluation.judge.trainer",
    "generate.evaluation.pictures",
    "generate.evaluation.scoring.sets",
)


def read_modules() -> dict[str, ast.Module]:
    return {
        ".".join(path.relative_to(ROOT).with_suffix("").parts): ast.parse(path.read_text())
        for path in sorted(GENERATE.rglob("*.py"))
    }


MODULES = read_modules()


def imports_of(tree: ast.AST) -> set[str]:
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def room_of(module: str) -> str:
    return module.split(".")[1] if "." in module else "__init__"


@pytest.mark.parametrize("module", MODULES)
def test_imports_point_upstream(module):
    rank = RANKS[room_of(module)]
    for name in imports_of(MODULES[module]):
        if name.startswith("generate."):
            assert RANKS[room_of(name)] <= rank, f"{module} imports {name}"


@pytest.mark.parametrize("module", MODULES)
def test_the_judge_reads_and_is_not_read(module):
    """Nothing that is judged may know its judge; the bench and the command line call it."""
    names = {name.split(".")[1] for name in imports_of(MODULES[module]) if "generate." in name}
    if room_of(module) == "evaluation":
        assert not names & {"gallery", "plan", "build", "bench"}
    elif room_of(module) not in ("bench", "__main__"):
        assert "evaluation" not in names


@pytest.mark.parametrize("module", MODULES)
def test_only_heavy_rooms_name_torch(module):
    heavy = {name.split(".")[0] for name in imports_of(MODULES[module])} & HEAVY
    assert not heavy or module.startswith(MAY_BE_HEAVY), f"{module} imports {heavy}"


def test_the_light_rooms_run_without_torch():
    light = [
        module
        for module in MODULES
        if not module.startswith((*MAY_BE_HEAVY, "generate.__main__"))
        or module.startswith(
            ("generate.pictures.fieldguide", "generate.pictures.captioning.measured")
        )
    ]
    code = (
        "import sys, importlib\n"
        "class Barrier:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        f"        if name.split('.')[0] in {sorted(HEAVY)!r}: raise ImportError(name)\n"
        "sys.meta_path.insert(0, Barrier())\n"
        f"for module in {light!r}: importlib.import_module(module)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)


@pytest.mark.parametrize("module", MODULES)
def test_rooms_stay_small_and_say_what_they_are_for(module):
    path = ROOT / (module.replace(".", "/") + ".py")
    assert len(path.read_text().splitlines()) <= 300, f"{module} holds more than one idea"
    assert ast.get_docstring(MODULES[module]), f"{module} has no docstring"


def read_targets() -> set[str]:
    return set(re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE))


def test_help_and_readme_name_the_same_targets():
    shown = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True)
    helped = set(re.findall(r"^  make ([a-z-]+)", shown.stdout, re.MULTILINE))
    readme = (ROOT / "README.md").read_text()
    assert helped == read_targets()
    assert set(re.findall(r"\bmake ([a-z-]+)", readme)) == helped


def test_the_shipped_settings_file_explains_every_key():
    from generate.settings import Settings

    shipped = (ROOT / "content" / "jungle.toml").read_text()
    for name, field in Settings.model_fields.items():
        section = getattr(field.annotation, "model_fields", {})
        assert name == "home" or re.search(rf"^\[?{name}\b", shipped, re.M), name
        for key, inner in section.items():
            key = inner.alias or key
            assert re.search(rf"^(# )?(\[{name}\.)?{key}\b", shipped, re.M), f"{name}.{key}"
