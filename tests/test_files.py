"""Atomic writes: the old file or the new one, never half of either."""

import errno
import os
import signal
import subprocess
import sys

import pytest

from generate.errors import Refusal
from generate.files import PART, read_json, replacing, sweep, write_bytes, write_json
from generate.keeping.leftovers import sweep_jungle


def test_a_write_that_fails_leaves_the_old_file_and_no_litter(tmp_path):
    path = tmp_path / "a.json"
    write_json(path, {"é": 1})
    with pytest.raises(RuntimeError), replacing(path) as temporary:
        temporary.write_text("half")
        raise RuntimeError
    assert read_json(path) == {"é": 1}
    assert os.listdir(tmp_path) == ["a.json"]


def test_a_full_disk_is_one_clear_line(tmp_path, monkeypatch):
    def fail(descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(Refusal, match=r"x\.bin: the disk is full"):
        write_bytes(tmp_path / "x.bin", b"1")
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize(
    ("error", "full"),
    [
        (OSError(errno.ENOSPC, "x"), True),
        (OSError(errno.EACCES, "x"), False),
        (ValueError("Error while serializing: I/O error: No space left (os error 28)"), True),
        (ValueError("os error"), False),
    ],
)
def test_encoders_that_hide_the_number_are_understood(tmp_path, error, full):
    with pytest.raises(Refusal if full else type(error)), replacing(tmp_path / "x.bin"):
        raise error
    assert os.listdir(tmp_path) == []


def test_kill_in_the_middle_leaves_the_old_file_and_sweep_removes_the_rest(tmp_path):
    path = tmp_path / "deep" / "a.png"
    write_bytes(path, b"old")
    code = (
        "import sys, time; from pathlib import Path; from generate.files import replacing\n"
        "with replacing(Path(sys.argv[1])) as temporary:\n"
        "    temporary.write_bytes(b'ha'); print('ready', flush=True); time.sleep(60)"
    )
    process = subprocess.Popen([sys.executable, "-c", code, path], stdout=subprocess.PIPE)
    assert process.stdout is not None and process.stdout.readline() == b"ready\n"
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    assert path.read_bytes() == b"old"
    assert len(os.listdir(path.parent)) == 2
    sweep(tmp_path)
    assert os.listdir(path.parent) == ["a.png"]


def test_the_suffix_of_the_temporary_name_tells_the_format(tmp_path):
    with replacing(tmp_path / "a.webp") as temporary:
        assert temporary.suffix == ".webp"
        assert temporary.name.startswith(".")
        temporary.write_bytes(b"1")


@pytest.mark.parametrize(
    "data",
    [b'{"a": ', b"\xff\xfe", b"1" * 5000, b"[" * 200_000],
    ids=["cut", "encoding", "digits", "nesting"],
)
def test_broken_json_is_named(tmp_path, data):
    path = tmp_path / "card.json"
    path.write_bytes(data)
    with pytest.raises(Refusal, match=r"card\.json"):
        read_json(path)


def test_sweep_leaves_what_another_process_is_writing(tmp_path):
    code = (
        "import sys; from pathlib import Path; from generate.files import replacing\n"
        "with replacing(Path(sys.argv[1])) as temporary:\n"
        "    temporary.write_bytes(b'new'); print('ready', flush=True); sys.stdin.read()"
    )
    path = tmp_path / "a.png"
    with subprocess.Popen(
        [sys.executable, "-c", code, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None and process.stdout.readline() == b"ready\n"
        sweep(tmp_path)
        process.communicate()
    assert path.read_bytes() == b"new"


@pytest.mark.parametrize(
    "name", [".notes.part1.txt", ".party.md", ".draft.2024.part.md", f".{PART}", f".a{PART}.png"]
)
def test_sweep_leaves_hidden_files_that_only_resemble_ours(tmp_path, name):
    (tmp_path / name).write_text("mine")
    (tmp_path / f".a.99999999{PART}.png").write_text("half")
    sweep(tmp_path)
    assert os.listdir(tmp_path) == [name]


def test_sweep_knows_its_own_writing_from_that_of_an_earlier_process_of_its_number(tmp_path):
    earlier = tmp_path / f".b.{os.getpid()}{PART}.png"
    earlier.write_text("half")
    with replacing(tmp_path / "a.png") as temporary:
        temporary.write_bytes(b"new")
        sweep(tmp_path)
        assert os.listdir(tmp_path) == [temporary.name]
    assert (tmp_path / "a.png").read_bytes() == b"new"


def test_what_a_library_left_goes_where_the_stages_alone_write(tmp_path):
    """safetensors writes under a name of its own, which a kill leaves; it may be gigabytes."""
    others = [".tmp", ".tmpAb12C", ".tmpAb12Cde", ".tmpAb12Cd.txt", "a.tmpAb12Cd", "tmpAb12Cd"]
    for name in [*others, ".tmpAb12Cd"]:
        (tmp_path / name).write_text("half")
    sweep(tmp_path)
    assert len(os.listdir(tmp_path)) == len(others) + 1
    sweep(tmp_path, foreign=True)
    assert sorted(os.listdir(tmp_path)) == sorted(others)


def test_the_sweep_of_a_build_knows_where_the_stages_alone_write(tmp_path, write_settings):
    settings = write_settings("count = 1")
    places = [settings.work / "model/words", settings.content]
    for place in places:
        place.mkdir(parents=True, exist_ok=True)
        (place / ".tmpAb12Cd").write_text("half")
    sweep_jungle(settings)
    assert [(place / ".tmpAb12Cd").exists() for place in places] == [False, True]
