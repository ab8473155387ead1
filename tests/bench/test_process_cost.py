"""What is measured is the same work on both sides, with the processes that it starts."""

import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest
from PIL import Image
from tqdm import tqdm

from generate.bench.gallery import draw_pictures, encode_bare, encode_ours
from generate.bench.process_cost import compare_best, measure_cost

BURN = "import time\nblock = bytearray(90 << 20)\nwhile time.process_time() < {seconds}: pass"


def burn(own: float, others: float) -> None:
    """Use so many seconds of the processor here, and so many in a process with 90 MiB."""
    until = time.process_time() + own
    while time.process_time() < until:
        pass
    if others:
        subprocess.run([sys.executable, "-c", BURN.format(seconds=others)], check=True)


def size_of(path: Path) -> tuple[int, int]:
    with Image.open(path) as image:
        return image.size


def test_costs_are_of_the_whole_tree() -> None:
    with tqdm(total=2, disable=True) as bar:
        alone = measure_cost(partial(burn, 0.3, 0.0), bar)
        both = measure_cost(partial(burn, 0.3, 0.4), bar)
    assert 0.3 <= alone[0] < 0.6 and 0.7 <= both[0] < 1.3
    assert 90 <= both[1] < 400


def test_a_row_takes_the_better_of_each() -> None:
    found = compare_best("x", [(4.0, 9), (3.0, 9)], [(1.0, 9), (2.0, 9)], 0, "s", 2)
    assert found == {"name": "x", "baseline": 1.5, "ours": 0.5, "ratio": 3.0, "unit": "s"}


def test_the_bare_encoder_makes_the_same_files(tmp_path: Path) -> None:
    sources = draw_pictures(tmp_path / "pictures", 2)
    encode_bare(sources, tmp_path / "bare")
    encode_ours(sources, tmp_path / "ours")
    made = {}
    for who in ("bare", "ours"):
        files = [path for path in (tmp_path / who).rglob("*.*") if path.stem != "ledger"]
        made[who] = sorted((path.suffix, size_of(path)) for path in files)
        made[f"{who} bytes"] = sum(path.stat().st_size for path in files)
    assert made["bare"] == made["ours"] and len(made["ours"]) == 10
    assert made["ours bytes"] == pytest.approx(made["bare bytes"], rel=0.05)
