"""The trash: kept by number and size, listed and put back by the command."""

import json

import pytest

from generate.errors import Refusal
from generate.keeping import trash
from generate.keeping.trash import keep, list_trash, restore
from tests.jungles import run


@pytest.fixture
def file(tmp_path):
    (tmp_path / "content").mkdir()
    return tmp_path / "content/a.txt"


def put(file, text, ours=False):
    file.write_text(text)
    keep(file.parents[1], file, "replaced", ours)


def read_all(home):
    return [(home / ".jungle/trash" / entry.sha256).read_text() for entry in list_trash(home)]


def test_it_holds_the_newest_and_ours_goes_first(file, monkeypatch):
    monkeypatch.setattr(trash, "MOST", 3)
    for number, ours in enumerate([False, True, False, True, False]):
        put(file, str(number), ours)
    assert read_all(file.parents[1]) == ["0", "2", "4"]
    put(file, "5", ours=True)
    assert read_all(file.parents[1]) == ["2", "4", "5"]
    assert len(list((file.parents[1] / ".jungle/trash").iterdir())) == 4
    monkeypatch.setattr(trash, "LARGEST", 10)
    put(file, "much too long for it")
    assert read_all(file.parents[1]) == ["much too long for it"]
    assert [entry.number for entry in list_trash(file.parents[1])] == [7]


def test_the_same_bytes_of_the_same_place_are_kept_once(file):
    for text in ("one", "two", "one"):
        put(file, text)
    assert read_all(file.parents[1]) == ["two", "one"]


def test_the_command_lists_and_puts_back(file):
    home = file.parents[1]
    assert "empty" in run(home, "restore").stdout
    put(file, "old")
    file.write_text("new")
    (home / "content/jungle.toml").write_text("not [ TOML")  # it is no reason not to restore
    listed = run(home, "restore").stdout
    assert "content/a.txt" in listed and listed.split()[0] == "1"
    assert "content/a.txt is back" in run(home, "restore", "NUMBER=1").stdout
    assert file.read_text() == "old"
    run(home, "restore", "2")
    assert file.read_text() == "new"
    failed = run(home, "restore", "9", ok=False)
    assert failed.returncode == 1 and "no such number" in failed.stderr


def test_nothing_is_put_outside_content_nor_a_damaged_copy_back(file):
    home = file.parents[1]
    put(file, "old")
    index = home / ".jungle/trash/index.json"
    rows = json.loads(index.read_text())
    for place in ("work/a.txt", "content/../../a.txt", str(home.parent / "a.txt")):
        index.write_text(json.dumps([rows[0] | {"path": place}]))
        with pytest.raises(Refusal, match="not in content/"):
            restore(home, 1)
    index.write_text(json.dumps(rows))
    (home / ".jungle/trash" / rows[0]["sha256"]).write_text("damaged")
    with pytest.raises(Refusal, match="damaged"):
        restore(home, 1)
    for odd in ("content/\0", "content/\ud800"):
        index.write_text(json.dumps([rows[0] | {"path": odd}]))
        with pytest.raises(Refusal, match="index"):
            list_trash(home)
    index.write_text('[{"odd": 1}]')
    with pytest.raises(Refusal, match="index"):
        list_trash(home)
