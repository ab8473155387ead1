"""The shape of the house: what may import what, and documents that tell the truth."""

import ast
import graphlib
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import grimp
import pytest
from importlinter.cli import lint_imports

ROOT = Path(__file__).parents[1]
GENERATE = ROOT / "generate"
LAYERS, JUDGED, LIGHT = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"][
    "importlinter"
]["contracts"]
# Downstream may read upstream, never the other way round.
RANKS = {
    name.strip(): rank
    for rank, layer in enumerate(reversed(LAYERS["layers"]))
    for name in layer.split("|")
}
HEAVY = set(LIGHT["forbidden_modules"])


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


def is_in(module: str, rooms: list[str]) -> bool:
    return any(module == room or module.startswith(f"{room}.") for room in rooms)


def rank_of(module: str) -> int:
    return RANKS.get(".".join(module.split(".")[:2]), 0)


@pytest.mark.parametrize("module", MODULES)
def test_imports_point_upstream(module):
    for name in imports_of(MODULES[module]):
        allowed = f"{module} -> {name.rsplit('.', 1)[0]}" in LAYERS["ignore_imports"]
        if name.startswith("generate.") and not allowed:
            if f"{module} -> {name}" not in LAYERS["ignore_imports"]:
                assert rank_of(name) <= rank_of(module), f"{module} imports {name}"


@pytest.mark.parametrize("module", [m for m in MODULES if is_in(m, JUDGED["source_modules"])])
def test_the_judge_reads_and_is_not_read(module):
    """Nothing that is judged may know its judge; the bench and the commands call it."""
    assert not any(is_in(name, JUDGED["forbidden_modules"]) for name in imports_of(MODULES[module]))


@pytest.mark.parametrize("module", [m for m in MODULES if is_in(m, LIGHT["source_modules"])])
def test_light_rooms_never_name_torch(module):
    assert not {name.split(".")[0] for name in imports_of(MODULES[module])} & HEAVY


def test_the_light_rooms_run_without_torch():
    light = [m for m in MODULES if is_in(m, LIGHT["source_modules"]) and "__main__" not in m]
    code = (
        "import sys, importlib\n"
        "class Barrier:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        f"        if name.split('.')[0] in {sorted(HEAVY)!r}: raise ImportError(name)\n"
        "sys.meta_path.insert(0, Barrier())\n"
        f"for module in {light!r}: importlib.import_module(module)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)


def test_the_contracts_of_import_linter_are_kept(monkeypatch):
    monkeypatch.chdir(ROOT)
    assert lint_imports(no_cache=True) == 0


@pytest.fixture(scope="module")
def graph():
    """Who imports whom, in functions and for types too."""
    return grimp.build_graph("generate", cache_dir=None)


def test_no_files_import_each_other_in_a_circle(graph):
    order = graphlib.TopologicalSorter(
        {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    )
    order.prepare()


@pytest.mark.parametrize("folder", sorted({p.parent for p in GENERATE.rglob("*.py")}), ids=str)
def test_a_room_holds_no_more_files_than_one_can_survey(folder):
    assert len(list(folder.glob("*.py"))) <= 16


def test_no_recipe_is_named_outside_of_families():
    """A family is chosen by the registry; whoever compares its name knows too much."""
    from generate.pictures.families.registry import FAMILIES

    named = re.compile("|".join(f"[\"']{name}[\"']" for name in FAMILIES))
    for path in GENERATE.rglob("*.py"):
        text = path.read_text()
        if GENERATE / "sounds" in path.parents:  # an engine of sounds is called so as well
            text = text.replace('"pretrained"', "")
        if path.parent != GENERATE / "pictures" / "families":
            assert not named.search(text), path


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
    from generate.pictures.families.registry import FAMILIES
    from generate.settings import Settings

    shipped = (ROOT / "content" / "jungle.toml").read_text()
    for name, field in Settings.model_fields.items():
        section = dict(getattr(field.annotation, "model_fields", {}))
        section.pop("tables", None)
        assert name == "home" or re.search(rf"^\[?{name}\b", shipped, re.M), name
        for key, inner in section.items():
            key = inner.alias or key
            assert re.search(rf"^(# )?(\[{name}\.)?{key}\b", shipped, re.M), f"{name}.{key}"
    for spec in FAMILIES.values():
        table = shipped.split(f"[pictures.{spec.name}]\n")[1].split("\n[")[0]
        for key in spec.settings.model_fields:
            assert re.search(rf"^(# )?{key} =", table, re.M), f"pictures.{spec.name}.{key}"
