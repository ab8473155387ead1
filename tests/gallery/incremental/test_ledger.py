"""The ledger knows bytes, not times; a torn or foreign file of it costs nothing but time."""

import os
import time
from pathlib import Path

import pytest

from generate.gallery.incremental import ledger as module
from generate.gallery.incremental.ledger import Ledger
from generate.recipe import digest_bytes


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let files count as old at once."""
    monkeypatch.setattr(module, "RACE", -(10**12))


@pytest.mark.usefixtures("settled")
def test_unchanged_files_are_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a").write_bytes(b"one")
    ledger = Ledger(tmp_path / "ledger")
    found = ledger.digest(tmp_path / "a")
    ledger.save()
    monkeypatch.setattr(module, "digest_file", None)
    assert Ledger(tmp_path / "ledger").digest(tmp_path / "a") == found == digest_bytes(b"one")


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
    assert not ledger.files


def test_products_survive_a_killed_run(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger")
    ledger.record("a", "key", {"files": [1]})
    ledger.flush()
    ledger.record("b", "key", {"name": "é\n"})
    ledger.flush()
    with (tmp_path / "ledger").open("a") as file:
        file.write('\np\tc\tkey\t{"fi')
    again = Ledger(tmp_path / "ledger")
    assert again.recall("a", "key") == {"files": [1]}
    assert again.recall("b", "key") == {"name": "é\n"}
    assert again.recall("c", "key") is None and again.recall("a", "other") is None
    again.record("d", "key", 4)
    again.flush()
    assert Ledger(tmp_path / "ledger").recall("d", "key") == 4


def test_save_forgets_what_is_not_used(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger")
    for number in range(50):
        ledger.record(f"product {number}", "key", number)
    ledger.save()
    size = (tmp_path / "ledger").stat().st_size
    for turn in range(60):
        again = Ledger(tmp_path / "ledger")
        again.record("b", f"key {turn}", turn)
        again.save()
        assert set(again.products) == {"b"}
        assert (tmp_path / "ledger").stat().st_size < 3 * size
    assert (tmp_path / "ledger").stat().st_size < size
    assert Ledger(tmp_path / "ledger").recall("b", "key 59") == 59


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe", b"f\ta\n\n", b'f\t"\tb\tc\t.', b"p\ta\tb\t[[\t.\n", b"\t\t\t\t."]
)
def test_a_spoilt_ledger_is_an_empty_one(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "ledger").write_bytes(content)
    ledger = Ledger(tmp_path / "ledger")
    assert not ledger.files and ledger.recall("a", "b") is None


def test_any_name_is_remembered(tmp_path: Path) -> None:
    names = ["a\tb", "a\nb", "a\r", '"a"', "é \u2028", "\udce9", "\ud800", "\\", "."]
    ledger = Ledger(tmp_path / "ledger")
    for number, name in enumerate(names):
        ledger.record(name, "key", [number, name])
    ledger.save()
    again = Ledger(tmp_path / "ledger")
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


def test_letters_of_an_earlier_ledger_are_read(tmp_path: Path) -> None:
    line = 'p\tcard:é\tkey\t{"title":"é"}\t.'
    (tmp_path / "ledger").write_text(f"{line}\n", encoding="utf-8")
    ledger = Ledger(tmp_path / "ledger")
    assert ledger.recall("card:é", "key") == {"title": "é"}
    ledger.record("b", "key", "é")
    ledger.save()
    assert Ledger(tmp_path / "ledger").recall("b", "key") == "é"
    assert (tmp_path / "ledger").read_text(encoding="utf-8").splitlines()[-1].isascii()
