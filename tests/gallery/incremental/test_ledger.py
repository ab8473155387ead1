"""The ledger knows bytes, not times; a damaged or foreign file of it costs nothing but time."""

import os
import random
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from generate.errors import Refusal
from generate.gallery.incremental import ledger as module
from generate.gallery.incremental.ledger import LEDGER, Ledger
from generate.gallery.site.render import render_site
from generate.recipe import digest_bytes
from tests.bundles import make_jungle
from tests.gallery.site.test_site import read_site


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let files count as old at once."""
    monkeypatch.setattr(module, "RACE", -(10**12))


@pytest.mark.usefixtures("settled")
def test_unchanged_files_are_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a").write_bytes(b"one")
    ledger = Ledger(tmp_path)
    found = ledger.digest(tmp_path / "a")
    ledger.save()
    monkeypatch.setattr(module, "digest_file", None)
    assert Ledger(tmp_path).digest(tmp_path / "a") == found == digest_bytes(b"one")


@pytest.mark.usefixtures("settled")
@pytest.mark.parametrize("how", ["in place", "replaced", "renamed over"])
def test_same_size_and_old_time_do_not_deceive(tmp_path: Path, how: str) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"one")
    status = path.stat()
    ledger = Ledger()
    ledger.digest(path)
    time.sleep(0.02)
    if how == "in place":
        path.write_bytes(b"two")
    else:
        other = tmp_path / "b"
        other.write_bytes(b"two")
        os.utime(other, ns=(status.st_atime_ns, status.st_mtime_ns))
        if how == "replaced":
            path.unlink()
        other.rename(path)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert path.stat().st_mtime_ns == status.st_mtime_ns
    assert ledger.digest(path) == digest_bytes(b"two")


def test_what_changed_just_now_is_read_again(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"one")
    ledger = Ledger()
    ledger.digest(tmp_path / "a")
    assert not ledger.facts


def test_products_survive_a_killed_run(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    ledger.record("a", "key", {"files": [1]})
    ledger.flush()
    ledger.record("b", "key", {"name": "é\n"})
    ledger.flush()
    ledger.record("c", "key", 3)
    again = Ledger(tmp_path)
    assert again.recall("a", "key") == {"files": [1]}
    assert again.recall("b", "key") == {"name": "é\n"}
    assert again.recall("c", "key") is None and again.recall("a", "other") is None
    again.record("d", "key", 4)
    again.flush()
    assert Ledger(tmp_path).recall("d", "key") == 4


WRITE = """
import sys
from pathlib import Path
from generate.gallery.incremental.ledger import Ledger
ledger = Ledger(Path(sys.argv[1]))
for turn in range(10**6):
    for number in range(300):
        ledger.record(f"product {number}", "key", [turn, "x" * 300])
    ledger.flush()
    print(turn, flush=True)
"""


def test_a_kill_in_the_middle_of_writing_leaves_a_whole_ledger(tmp_path: Path) -> None:
    """Every flush is there whole or not at all: all products are of one turn."""
    chance, last = random.Random(1), -1
    for _ in range(6):
        command = [sys.executable, "-c", WRITE, str(tmp_path)]
        running = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert running.stdout
        for _ in range(3):
            last = int(running.stdout.readline())
        time.sleep(chance.uniform(0, 0.03))
        running.kill()
        said = running.communicate()[0].split()
        last = int(said[-1]) if said else last
        ledger = Ledger(tmp_path)
        turns = {ledger.read(f"product {number}")[0] for number in range(300)}
        assert len(turns) == 1 and turns <= {last, last + 1}


def test_save_forgets_what_is_not_used(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    for number in range(50):
        ledger.record(f"product {number}", "key", "x" * 1000)
    ledger.save()
    size = (tmp_path / LEDGER).stat().st_size
    for turn in range(60):
        again = Ledger(tmp_path)
        again.record("b", f"key {turn}", turn)
        again.save()
        assert set(again.facts) == {"b"}
        assert (tmp_path / LEDGER).stat().st_size < 3 * size
    assert (tmp_path / LEDGER).stat().st_size < size
    assert Ledger(tmp_path).recall("b", "key 59") == 59


def test_a_new_file_holds_all_that_is_known(tmp_path: Path) -> None:
    """The preview goes on when somebody has deleted work/."""
    ledger = Ledger(tmp_path)
    ledger.record("a", "key", 1)
    ledger.flush()
    (tmp_path / LEDGER).unlink()
    ledger.record("b", "key", 2)
    ledger.flush()
    again = Ledger(tmp_path)
    assert (again.recall("a", "key"), again.recall("b", "key")) == (1, 2)


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe", b"f\ta\n\n", b"SQLite format 3\0" + b"x" * 9000]
)
def test_a_spoilt_ledger_is_an_empty_one(tmp_path: Path, content: bytes) -> None:
    (tmp_path / LEDGER).write_bytes(content)
    check_empty(tmp_path)


@pytest.mark.parametrize("table", ["facts", "other"])
def test_another_database_is_an_empty_ledger(tmp_path: Path, table: str) -> None:
    with closing(sqlite3.connect(tmp_path / LEDGER)) as database, database:
        database.execute(f"CREATE TABLE {table} (a, b)")
        database.execute(f"INSERT INTO {table} VALUES (1, 2)")
    check_empty(tmp_path)


def check_empty(folder: Path) -> None:
    """Nothing is known, and what is recorded is kept."""
    ledger = Ledger(folder)
    assert not ledger.facts and ledger.recall("a", "b") is None
    ledger.record("a", "b", 1)
    ledger.flush()
    assert Ledger(folder).recall("a", "b") == 1


def test_a_damaged_ledger_changes_no_byte_of_the_site(tmp_path: Path) -> None:
    """Blocks of zeros, of noise, and missing ends, anywhere in the file."""
    jungle = make_jungle(tmp_path, 3, size=24, frames=0, seconds=0.1)
    path, message = jungle.work / "site" / LEDGER, jungle.bundles / "beast-002" / "postcard.md"
    expected, chance = {}, random.Random(2)
    for text in ("Rain again.", "Sun."):
        message.write_text(text)
        render_site(jungle)
        expected[text] = read_site(tmp_path)
    for number in range(12):
        data = bytearray(path.read_bytes())
        at = chance.randrange(len(data) - 512)
        if number % 3 == 0:
            data[at : at + 512] = bytes(512)
        elif number % 3 == 1:
            data[at : at + 512] = chance.randbytes(512)
        else:
            del data[at:]
        path.write_bytes(data)
        text = chance.choice(list(expected))
        message.write_text(text)
        render_site(jungle)
        assert read_site(tmp_path) == expected[text]


FILL = """
import resource, sys
from pathlib import Path
from generate.gallery.incremental.ledger import Ledger
ledger = Ledger(Path(sys.argv[1]))
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
ledger.record("b", "key", "x" * 300_000)
ledger.flush()
"""


def test_a_full_disk_is_named_and_costs_nothing(tmp_path: Path) -> None:
    """A limit on the size of files stands in for a full disk."""
    ledger = Ledger(tmp_path)
    ledger.record("a", "key", 1)
    ledger.flush()
    done = subprocess.run(
        [sys.executable, "-c", FILL, str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert "Refusal: " in done.stderr and f"{LEDGER}: cannot be written" in done.stderr
    assert Ledger(tmp_path).recall("a", "key") == 1


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_nobody_may_write_in(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    ledger.record("a", "key", 1)
    ledger.flush()
    ledger.record("b", "key", 2)
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(Refusal, match=r"ledger\.sqlite: cannot be written"):
            ledger.flush()
        assert Ledger(tmp_path).recall("a", "key") == 1
    finally:
        tmp_path.chmod(0o700)


def test_any_name_is_remembered(tmp_path: Path) -> None:
    names = ["a\tb", "a\nb", "a\r", '"a"', "é \u2028", "\udce9", "\ud800", "\\", "."]
    ledger = Ledger(tmp_path)
    for number, name in enumerate(names):
        ledger.record(name, "key", [number, name])
    ledger.save()
    again = Ledger(tmp_path)
    assert [again.recall(name, "key") for name in names] == [[n, x] for n, x in enumerate(names)]


def test_a_system_that_does_not_tell_changes_is_not_trusted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "RACE", -(10**12))
    monkeypatch.setattr(module, "TELLS_CHANGES", False)
    monkeypatch.setattr(module, "sign", lambda status: "the same")
    ledger = Ledger()
    for text in (b"one", b"two"):
        (tmp_path / "a").write_bytes(text)
        assert ledger.digest(tmp_path / "a") == digest_bytes(text)
