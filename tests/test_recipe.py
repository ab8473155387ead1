"""Freshness by content."""

import hashlib
import json
import os
import subprocess
import sys

import pytest

from generate.recipe import (
    Recipe,
    derive_seed,
    digest,
    digest_file,
    digest_folder,
    holds,
    write_recipe,
)


def test_digest_is_sha256_of_canonical_json():
    expected = hashlib.sha256(b'{"a":[1,2.5,null],"b":"x"}').hexdigest()
    assert digest({"b": "x", "a": [1, 2.5, None]}) == expected


def test_digest_of_a_folder_sees_names_and_bytes_not_times(tmp_path):
    (tmp_path / "a").write_text("1")
    first = digest_folder(tmp_path)
    os.utime(tmp_path / "a", (1, 1))
    (tmp_path / ".hidden").write_text("x")
    assert digest_folder(tmp_path) == first
    (tmp_path / "a").rename(tmp_path / "b")
    renamed = digest_folder(tmp_path)
    (tmp_path / "b").write_text("2")
    assert len({first, renamed, digest_folder(tmp_path)}) == 3


def test_seeds_are_the_same_in_every_process_and_fit_a_double():
    code = "from generate.recipe import derive_seed; print(derive_seed('beast', 7))"
    env = {**os.environ, "PYTHONHASHSEED": "123"}
    printed = subprocess.run(
        [sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True
    )
    assert int(printed.stdout) == derive_seed("beast", 7)
    seeds = {derive_seed("beast", number) for number in range(1000)}
    assert len(seeds) == 1000
    assert max(seeds) < 2**48


@pytest.fixture
def made(tmp_path):
    recipe = Recipe("dataset", {"size": 64}, {"source": "abc"}, seed=3)
    (tmp_path / "out.bin").write_bytes(b"x" * 10)
    write_recipe(tmp_path, recipe, [tmp_path / "out.bin"], 1.234, ["numpy", "no-such-thing"])
    return tmp_path, recipe


def test_a_recipe_holds_until_anything_that_matters_changes(made):
    folder, recipe = made
    assert holds(folder, recipe)
    assert not holds(folder, Recipe("dataset", {"size": 32}, {"source": "abc"}, seed=3))
    assert not holds(folder, Recipe("dataset", {"size": 64}, {"source": "abd"}, seed=3))
    assert not holds(folder, Recipe("dataset", {"size": 64}, {"source": "abc"}, seed=4))
    assert not holds(folder, Recipe("model", {"size": 64}, {"source": "abc"}, seed=3))


@pytest.mark.parametrize("damage", ["delete", "alter", "no recipe", "half a recipe"])
def test_a_damaged_product_is_stale(made, damage):
    folder, recipe = made
    if damage == "delete":
        (folder / "out.bin").unlink()
    elif damage == "alter":
        (folder / "out.bin").write_bytes(b"y" * 10)
    elif damage == "no recipe":
        (folder / "recipe.json").unlink()
    else:
        (folder / "recipe.json").write_text('{"key": "')
    assert not holds(folder, recipe)


def test_the_record_is_readable_and_complete(made):
    folder, recipe = made
    record = json.loads((folder / "recipe.json").read_text())
    assert record["outputs"] == {"out.bin": digest_file(folder / "out.bin")}
    assert record["seconds"] == 1.23
    assert "numpy" in record["versions"] and "no-such-thing" not in record["versions"]
    assert record["key"] == recipe.key
