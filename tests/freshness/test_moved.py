"""Folders of cards that were renamed, copied or swapped: what belongs together stays together."""

import json
import shutil

import pytest

from generate.build import build_phrases, build_pictures, build_sounds
from generate.bundles.folders import list_bundles, place_cards
from generate.bundles.merged import merge_card, read_cards
from generate.cards import write_card
from generate.plan import needs_model
from generate.recipe import digest_file, digest_folder
from generate.settings import read_settings
from tests.jungles import ROOT

FIXTURE = ROOT / "tests/fixtures/jungle-0.1.0"
ALL_FRESH = [
    "pictures  0 made, 3 fresh",
    "phrases   0 written, 3 fresh",
    "sounds    0 made, 3 fresh",
]


@pytest.fixture
def home(tmp_path):
    shutil.copytree(FIXTURE, tmp_path / "content")
    return tmp_path


def make(home, capsys):
    """Lines that a build of the cards prints."""
    settings = read_settings(home)
    bundles = build_pictures(settings)
    build_phrases(settings, bundles)
    build_sounds(settings, bundles)
    assert bundles.faults == []
    return capsys.readouterr().out.splitlines()


def test_a_renamed_folder_is_still_the_same_card(home, capsys):
    cards = home / "content/postcards"
    (cards / "beast-002").rename(cards / "favourite")
    before = digest_folder(cards)
    settings = read_settings(home)
    assert not needs_model(settings, "build")
    assert make(home, capsys) == ALL_FRESH
    assert digest_folder(cards) == before
    shown = [(card.slug, card.number) for card in read_cards(settings)]
    assert shown == [("beast-001", 1), ("favourite", 2), ("beast-003", 3)]


def test_swapped_folders_keep_what_belongs_together(home, capsys):
    cards = home / "content/postcards"
    (cards / "beast-002").rename(cards / "x")
    (cards / "beast-003").rename(cards / "beast-002")
    (cards / "x").rename(cards / "beast-003")
    before = digest_folder(cards)
    assert make(home, capsys) == ALL_FRESH
    assert digest_folder(cards) == before
    shown = [(card.slug, card.number) for card in read_cards(read_settings(home))]
    assert shown == [("beast-001", 1), ("beast-003", 2), ("beast-002", 3)]


@pytest.mark.parametrize("name", ["favourite", "a first one", "beast-009"])
def test_a_copy_joins_as_a_card_of_its_own(home, capsys, name):
    cards = home / "content/postcards"
    shutil.copytree(cards / "beast-002", cards / name)
    settings = read_settings(home)
    assert [card.number for card in read_cards(settings)] == [1, 2, 3, None]
    lines = make(home, capsys)
    assert lines[:3] == [
        f"pictures  0 made, 3 fresh; kept 1 put there by hand ({name})",
        "phrases   0 written, 4 fresh",
        "sounds    0 made, 4 fresh",
    ]
    copy, original = (
        json.loads((cards / n / "card.json").read_text()) for n in (name, "beast-002")
    )
    assert copy["number"] is None and original["number"] == 2
    for key in ("phrase", "title", "times", "caption", "seed", "made"):
        assert copy[key] == original[key]
    for file in ("picture.png", "sound.flac", "postcard.md"):
        assert (cards / name / file).read_bytes() == (
            FIXTURE / "postcards/beast-002" / file
        ).read_bytes()
    # From now on it is nobody's copy, also under another name and without the original.
    (cards / name).rename(cards / "again")
    (cards / "beast-002").rename(home / "away")
    before = digest_folder(cards)
    assert place_cards(settings)[-1] == (cards / "again", None)
    assert list_bundles(settings)[1] == cards / "beast-002"
    shutil.copytree(home / "away", cards / "beast-002")
    make(home, capsys)
    shutil.rmtree(cards / "beast-002")
    assert digest_folder(cards) == before


def test_the_name_tells_which_of_two_is_the_copy(home):
    cards = home / "content/postcards"
    shutil.copytree(cards / "beast-002", cards / "aaa")
    (cards / "beast-003").rename(cards / "kept")
    shutil.copytree(cards / "kept", cards / "third")
    found = {folder.name: number for folder, number in place_cards(read_settings(home))}
    assert found == {"beast-001": 1, "beast-002": 2, "kept": 3, "aaa": None, "third": None}


def test_a_card_whose_place_is_taken_is_made_beside_it(home):
    cards = home / "content/postcards"
    shutil.rmtree(cards / "beast-002")
    (cards / "beast-003").rename(cards / "beast-002")
    placed = [(folder.name, number) for folder, number in place_cards(read_settings(home))]
    assert placed == [("beast-001", 1), ("beast-002-2", 2), ("beast-002", 3)]


def test_a_hand_made_card_keeps_its_words_under_another_name(home, capsys):
    cards = home / "content/postcards"
    (cards / "cat").mkdir()
    shutil.copy(cards / "beast-001/nearest.webp", cards / "cat/picture.webp")
    make(home, capsys)
    before = (cards / "cat/card.json").read_bytes()
    (cards / "cat").rename(cards / "tiger")
    assert "phrases   0 written, 4 fresh" in make(home, capsys)
    assert (cards / "tiger/card.json").read_bytes() == before


@pytest.mark.parametrize(
    "written", ['{"number":2}', '{\n    "number": 2\n}', '{"a": {"number": 1},\n  "number": 2\n}']
)
def test_the_number_is_found_however_card_json_is_laid_out(home, written):
    cards = home / "content/postcards"
    (cards / "beast-002").rename(cards / "favourite")
    (cards / "favourite/card.json").write_text(written)
    assert (cards / "favourite", 2) in place_cards(read_settings(home))


def test_times_are_dropped_where_the_sound_is_another(home):
    ours, other = (home / f"content/postcards/beast-00{n}" for n in (1, 2))
    assert merge_card(ours).times
    (ours / "sound.flac").write_bytes((other / "sound.flac").read_bytes())
    assert merge_card(ours).times == []
    (ours / "postcard.md").write_text("---\ntimes: [[0, 0.1]]\n---\n")
    assert merge_card(ours).times == [(0.0, 0.1)]


@pytest.mark.parametrize(("kind", "name"), [("picture", "picture.jpg"), ("sound", "sound.wav")])
def test_a_file_with_another_ending_takes_the_place_of_ours(home, kind, name):
    folder = home / "content/postcards/beast-001"
    (folder / name).write_bytes(b"mine")
    card = merge_card(folder)
    assert getattr(card, kind) == folder / name
    assert bool(card.times) == (kind == "picture")
    (folder / name).write_bytes(
        getattr(merge_card(folder.with_name("beast-002")), kind).read_bytes()
    )
    assert getattr(merge_card(folder), kind) == folder / name


def test_our_own_file_left_by_a_stopped_run_does_not_win(home):
    folder = home / "content/postcards/beast-001"
    made = json.loads((folder / "card.json").read_text())
    (folder / "picture.jpg").write_bytes(b"old")
    made["made"]["picture"]["was"] = digest_file(folder / "picture.jpg")
    write_card(folder, made)
    assert merge_card(folder).picture == folder / "picture.png"
