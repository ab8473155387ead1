"""One test for each way in which a person's bytes could be lost, and what stays instead."""

import json
import os

import pytest
from PIL import Image

from generate import files
from generate.bundles.merged import merge_card
from generate.cards import is_edited, read_card, write_card
from generate.keeping import replace
from generate.keeping.trash import list_trash, restore
from generate.phrases.language.file import make_or_read_language
from tests.keeping.sketches import make_all, sketched, write_jungle  # noqa: F401

pytestmark = pytest.mark.usefixtures("sketched")
MINE = b"these bytes are a person's own"


@pytest.fixture
def home(tmp_path):
    make_all(write_jungle(tmp_path))
    return tmp_path


@pytest.fixture
def card(home):
    return home / "content/postcards/beast-001"


def in_trash(home, data):
    folder = home / ".jungle/trash"
    return any((folder / entry.sha256).read_bytes() == data for entry in list_trash(home))


def edit_card(folder, **changes):
    path = folder / "card.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes, indent=1))
    return path.read_bytes()


@pytest.mark.parametrize("name", ["picture.jpg", "picture.webp", "sound.mp3", "sound.wav"])
def test_a_file_with_another_ending_is_theirs_and_wins(home, card, name):
    (card / name).write_bytes(MINE)
    if name.startswith("picture"):
        Image.new("RGB", (8, 8), "red").save(card / name)
    kept = (card / name).read_bytes()
    medium = name.split(".")[0]
    assert getattr(merge_card(card), medium).name == name
    make_all(write_jungle(home, seed=8))
    assert (card / name).read_bytes() == kept
    assert getattr(merge_card(card), medium).name == name
    make_all(write_jungle(home, seed=8), force=True)
    assert not (card / name).exists() and in_trash(home, kept)


@pytest.mark.parametrize("name", ["picture.png", "picture.jpg", "sound.flac", "sound.ogg"])
def test_a_file_dropped_in_while_its_like_is_made_stays(tmp_path, monkeypatch, capsys, name):
    card = tmp_path / "content/postcards/beast-001"
    settings, fsync = write_jungle(tmp_path), os.fsync
    data = MINE
    if name.startswith("picture"):
        Image.new("RGB", (8, 8), "red").save(tmp_path / name)
        data = (tmp_path / name).read_bytes()
    medium = name.split(".")[0]

    def drop(number):
        written = os.readlink(f"/proc/self/fd/{number}")
        if f"/.{medium}." in written and "beast-001/" in written:
            (card / name).write_bytes(data)
        fsync(number)

    monkeypatch.setattr(files.os, "fsync", drop)
    make_all(settings)
    monkeypatch.undo()
    assert (card / name).read_bytes() == data
    if name in ("picture.png", "sound.flac"):
        told = f"{card / name} was put there or changed while the build ran; it stays"
        assert told in capsys.readouterr().out


def test_a_card_json_changed_while_the_build_runs_stays(home, card, monkeypatch, capsys):
    fsync, theirs = os.fsync, []

    def change(number):
        if "beast-001/.card." in os.readlink(f"/proc/self/fd/{number}") and not theirs:
            theirs.append(edit_card(card, title="Mine"))
        fsync(number)

    monkeypatch.setattr(files.os, "fsync", change)
    make_all(write_jungle(home, seed=8))
    monkeypatch.undo()
    told = f"{card / 'card.json'} was put there or changed while the build ran; it stays"
    assert told in capsys.readouterr().out
    assert theirs and (card / "card.json").read_bytes() == theirs[0]
    make_all(write_jungle(home, seed=8))
    assert merge_card(card).title == "Mine"


def test_what_was_replaced_is_forgotten_once_ours_lies_there(home, card):
    Image.new("RGB", (8, 8), "red").save(card / "picture.png")
    mine = (card / "picture.png").read_bytes()
    make_all(write_jungle(home))
    assert (card / "picture.png").read_bytes() == mine
    make_all(write_jungle(home), force=True)
    assert (card / "picture.png").read_bytes() != mine and in_trash(home, mine)
    assert not read_card(card)["made"]["picture"]["was"]
    (card / "picture.png").write_bytes(mine)  # from a backup
    make_all(write_jungle(home))
    assert (card / "picture.png").read_bytes() == mine


def test_a_record_of_what_was_replaced_that_an_earlier_version_left_is_cleared(home, card):
    made = read_card(card)
    made["made"]["sound"]["was"] = "0" * 64
    write_card(card, made)
    make_all(write_jungle(home))
    assert read_card(card)["made"]["sound"]["was"] is None
    assert not is_edited(read_card(card))


def test_an_edited_card_json_stays_protected_when_its_sound_is_made_anew(home, card):
    theirs = edit_card(card, title="Mine")
    (card / "sound.flac").unlink()
    make_all(write_jungle(home))
    assert (card / "sound.flac").is_file()
    assert is_edited(read_card(card)) and in_trash(home, theirs)
    make_all(write_jungle(home, seed=8))
    assert merge_card(card).title == "Mine"
    make_all(write_jungle(home, seed=8), force=True)
    assert merge_card(card).title != "Mine" and not is_edited(read_card(card))


def test_an_edited_language_has_a_backup_beside_it(home, capsys):
    path = home / "content/language.toml"
    for name in ("language.backup.toml", "language.backup-2.toml"):
        path.write_text(path.read_text() + f"# mine, later {name}\n")
        theirs = path.read_bytes()
        make_or_read_language(write_jungle(home), force=True)
        assert path.read_bytes() != theirs
        assert (path.with_name(name)).read_bytes() == theirs and in_trash(home, theirs)
        assert f"your own is now {path.with_name(name)}" in capsys.readouterr().out
    make_or_read_language(write_jungle(home), force=True)
    assert len(list((home / "content").glob("language.backup*"))) == 2


def test_a_language_edited_while_it_is_made_anew_stays(home, monkeypatch, capsys):
    path, fsync = home / "content/language.toml", os.fsync
    theirs = path.read_text().replace("# sky", "# the heavens")

    def change(number):
        if "/.language." in os.readlink(f"/proc/self/fd/{number}"):
            path.write_text(theirs)
        fsync(number)

    monkeypatch.setattr(files.os, "fsync", change)
    make_or_read_language(write_jungle(home, seed=8))
    assert path.read_text() == theirs
    assert "it stays" in capsys.readouterr().out


def test_a_language_edited_while_its_old_form_goes_to_the_trash_stays(home, monkeypatch):
    path, fsync = home / "content/language.toml", os.fsync
    mine = path.read_text().replace("# sky", "# the heavens")
    path.write_text(mine)

    def change(number):
        if "/trash/" in os.readlink(f"/proc/self/fd/{number}"):
            path.write_text(mine + "# and more\n")
        fsync(number)

    monkeypatch.setattr(files.os, "fsync", change)
    make_or_read_language(write_jungle(home, seed=8), force=True)
    assert path.read_text() == mine + "# and more\n"
    assert path.with_name("language.backup.toml").read_text() == mine


def test_frames_of_ones_own_go_to_the_trash(home, card):
    (card / "frames.webp").write_bytes(MINE)
    make_all(write_jungle(home, seed=8))
    assert (card / "frames.webp").read_bytes() != MINE and in_trash(home, MINE)


def test_what_the_stages_had_made_can_be_put_back(home, card):
    before = (card / "picture.png").read_bytes()
    make_all(write_jungle(home, seed=8))
    assert (card / "picture.png").read_bytes() != before
    place = "content/postcards/beast-001/picture.png"
    entry = next(entry for entry in list_trash(home) if entry.path == place)
    assert entry.ours
    restore(home, entry.number)
    make_all(write_jungle(home, seed=8))
    assert (card / "picture.png").read_bytes() == before


def test_a_message_dropped_in_while_one_is_written_stays(tmp_path, monkeypatch):
    settings, fsync = write_jungle(tmp_path), os.fsync
    path = tmp_path / "content/postcards/beast-001/postcard.md"

    def drop(number):
        if "beast-001/.postcard." in os.readlink(f"/proc/self/fd/{number}"):
            path.write_bytes(MINE)
        fsync(number)

    monkeypatch.setattr(files.os, "fsync", drop)
    make_all(settings)
    assert path.read_bytes() == MINE


def test_a_card_edited_before_it_has_words_keeps_the_edit_and_gets_them(tmp_path, monkeypatch):
    settings, card = write_jungle(tmp_path), tmp_path / "content/postcards/beast-001"
    monkeypatch.setattr("tests.keeping.sketches.build.build_phrases", lambda *stage: None)
    monkeypatch.setattr("tests.keeping.sketches.build.build_sounds", lambda *stage: None)
    make_all(settings)
    monkeypatch.undo()
    assert "phrase" not in read_card(card)
    edit_card(card, title="Mine")
    make_all(settings)
    assert merge_card(card).title == "Mine" and merge_card(card).phrase
    assert is_edited(read_card(card))


def test_force_leaves_the_edits_of_a_kept_card(home, card):
    edit_card(card, title="Mine")
    (card / "postcard.md").write_text("---\nkeep: true\n---\n")
    before = (card / "card.json").read_bytes()
    make_all(write_jungle(home, seed=8), force=True)
    assert (card / "card.json").read_bytes() == before


@pytest.mark.parametrize("again", [False, True])
@pytest.mark.parametrize("name", ["picture.jpg", "sound.ogg"])
def test_what_comes_when_its_like_is_taken_away_stays(home, card, monkeypatch, name, again):
    path, late = card / name, [b"put in the last moment", b"and once more"][: 1 + again]
    path.write_bytes(MINE)
    if name.startswith("picture"):
        Image.new("RGB", (8, 8), "red").save(path)
    rename = os.replace

    def put_late(source, target):
        if source == path and late:
            path.write_bytes(late[0])
        rename(source, target)
        if source == path and again and late[1:]:
            path.write_bytes(late[1])

    monkeypatch.setattr(replace.os, "replace", put_late)
    make_all(write_jungle(home, seed=8), force=True)
    assert path.read_bytes() == late[-1] and (not again or in_trash(home, late[0]))
    assert not [*card.glob(".*")]
