"""A set of the hub that is a script: its copy in Parquet is read, through the true API's shape."""

import io
import os
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from tests.jungles import ROOT
from tests.pictures.data.hub_stand_in import stand_in

datasets = pytest.importorskip("datasets")
NAME = "somebody/old-birds"


def paint_parquet(path, count):
    """Parquet of pictures and captions, as the Hub converts a set."""
    rows = {"image": [], "caption": []}
    for seed in range(count):
        file = io.BytesIO()
        levels = np.random.default_rng(seed).integers(0, 256, (32, 32, 3), np.uint8)
        Image.fromarray(levels).save(file, "PNG")
        rows["image"].append({"bytes": file.getvalue(), "path": None})
        rows["caption"].append(f"bird number {seed}\n")
    kinds = datasets.Features({"image": datasets.Image(), "caption": datasets.Value("string")})
    datasets.Dataset.from_dict(rows, features=kinds).to_parquet(path)
    return path.read_bytes()


def run(home, address, *arguments):
    # Addresses and folders of the library are settled when it is imported.
    env = {
        **os.environ,
        "HF_ENDPOINT": address,
        "HF_HOME": str(home / "hf"),
        "PYTHONPATH": str(ROOT),
    }
    env |= {"HF_HUB_DISABLE_TELEMETRY": "1", "NO_PROXY": "127.0.0.1", "HF_HUB_OFFLINE": "0"}
    return subprocess.run(
        [sys.executable, "-m", "generate", "--home", str(home), *arguments],
        env=env, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip


def test_the_copy_in_parquet_is_read(tmp_path):
    parquet = paint_parquet(tmp_path / "0000.parquet", 4)
    branches = {
        "main": {
            "old-birds.py": b"raise SystemExit('this script must not be run')",
            "README.md": b"# x",
        },
        "refs/convert/parquet": {
            "default/train/0000.parquet": parquet,
            "default/test/0000.parquet": parquet,
        },
    }
    (tmp_path / "content").mkdir()
    text = f'[pictures]\nsource = "{NAME}"\nexamples = 3\nsize = 32\n'
    (tmp_path / "content/jungle.toml").write_text(text)
    with stand_in(NAME, branches) as (address, asked):
        done = run(tmp_path, address, "dataset")
    assert done.returncode == 0, (done.stderr, asked)
    assert "loaded by a script; the hub's copy in Parquet is read instead" in done.stdout
    assert "3 pictures" in done.stdout
    rows = (tmp_path / "work/dataset/metadata.jsonl").read_text()
    assert "bird number 0" in rows and "bird number 2" in rows and "bird number 3" not in rows
    assert any("refs/convert/parquet" in line or "b" * 40 in line for line in asked)


def test_a_script_without_a_copy_ends_in_one_line(tmp_path):
    (tmp_path / "content").mkdir()
    (tmp_path / "content/jungle.toml").write_text(f'[pictures]\nsource = "{NAME}"\nsize = 32\n')
    with stand_in(NAME, {"main": {"old-birds.py": b"x = 1", "README.md": b"# x"}}) as (address, _):
        done = run(tmp_path, address, "dataset")
    lines = [line for line in done.stderr.splitlines() if line.startswith("error:")]
    assert done.returncode == 1 and len(lines) == 1 and NAME in lines[0]
    assert "Traceback" not in done.stderr
