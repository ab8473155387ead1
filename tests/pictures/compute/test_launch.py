"""What a launcher says of this process: who it is among how many."""

import subprocess
import sys
from pathlib import Path

import pytest

from generate.errors import Refusal
from generate.pictures.compute import processes

ROOT = Path(__file__).parents[3]


@pytest.fixture(autouse=True)
def nobody(monkeypatch):
    for names in processes.LAUNCHERS:
        for name in names:
            monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("names", processes.LAUNCHERS)
def test_each_launcher_is_understood(monkeypatch, names):
    assert (processes.rank(), processes.world()) == (0, 1)
    monkeypatch.setenv(names[0], "2")
    assert (processes.rank(), processes.world()) == (0, 1)
    monkeypatch.setenv(names[1], "3")
    assert (processes.rank(), processes.world()) == (2, 3)
    assert processes.deal(range(7)) == [2, 5]


@pytest.mark.parametrize(
    ("number", "total"),
    [("abc", "1"), ("0", ""), ("0", "0"), ("0", "-2"), ("2", "2"), ("-1", "2"), ("0.5", "2")],
)
@pytest.mark.parametrize("names", processes.LAUNCHERS)
def test_nonsense_is_one_clear_line(monkeypatch, names, number, total):
    for name, value in zip(names, (number, total), strict=True):
        monkeypatch.setenv(name, value)
    with pytest.raises(Refusal, match=f"{names[0]} = '{number}' and {names[1]} = '{total}'"):
        processes.is_first()


def test_the_command_line_shows_no_traceback(tmp_path, write_settings):
    write_settings("[pictures]\nexamples = 2\nsize = 16\n")
    done = subprocess.run(
        [sys.executable, "-m", "generate", "--home", str(tmp_path), "train"],
        cwd=ROOT,
        env={"RANK": "abc", "WORLD_SIZE": "1", "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("error: RANK = 'abc'") and done.stderr.count("\n") == 1
