"""Commands that write a line for a person: takes to choose from, a card from words, cards kept."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from generate.build import build_pictures
from generate.cards import read_card, read_message
from generate.errors import Refusal
from generate.freshness.judge import judge_picture
from generate.hand.candidates import draw_candidates
from generate.hand.card import add_card, write_back
from generate.hand.cross import add_cross
from generate.hand.find import find_card
from generate.hand.keep import keep_cards
from generate.keeping.bundle import save_card
from generate.pictures.sampling.beast import draw_beast
from generate.plan import read_bundles
from generate.recipe import digest_file, digest_folder
from generate.settings import read_settings
from tests.jungles import ROOT

FIXTURE = ROOT / "tests/fixtures/jungle-0.1.0"


@pytest.fixture
def published(tmp_path):
    shutil.copytree(FIXTURE, tmp_path / "home/content")
    return read_settings(tmp_path / "home")


def write(settings, slug, text):
    folder = settings.bundles / slug
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "postcard.md").write_text(f"---\n{text}\n---\nHi\n")


def crop(path: Path, number: int, side: int) -> np.ndarray:
    """The picture with this number on a sheet of four columns, without the corner of the number."""
    row, column = divmod(number - 1, 4)
    left, top = 2 + column * (side + 2), 2 + row * (side + 2)
    with Image.open(path) as sheet:
        return np.asarray(sheet.convert("RGB").crop((left, top, left + side, top + side)))[
            side // 2 :
        ]


@pytest.mark.parametrize("said", ["2", "beast-002", "02"])
def test_a_card_is_found_by_number_or_name(published, said):
    assert find_card(published, said).slug == "beast-002"


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("4", "no card is called 4; say a number, or the name of a folder there"),
        ("", "no card is called ; say a number"),
        ("beast-02", "did you mean beast-00"),
        ("../jungle.toml", "no card is called"),
        ("9" * 200, "no card is called 999"),
    ],
)
def test_a_card_that_is_not_there_is_named(published, said, told):
    with pytest.raises(Refusal) as refusal:
        find_card(published, said)
    assert told in str(refusal.value) and "\n" not in str(refusal.value)


def test_a_broken_card_is_named_by_its_fault(published):
    write(published, "beast-002", "take: two")
    with pytest.raises(Refusal, match="take: Input should be a valid integer"):
        find_card(published, "2")
    assert find_card(published, "1").slug == "beast-001"


def test_takes_are_shown_as_they_would_be_drawn(jungle, capsys):
    settings = jungle("exposures = 64", count=2)
    write(settings, "own", "prompt: dark zorp")
    path = draw_candidates(settings, "2")
    assert path.name == "candidates-beast-002.png"
    assert not list(settings.bundles.glob("beast-*")), "no card is touched"
    own = draw_candidates(settings, "own")
    said = capsys.readouterr().out
    assert "understood: dark; not known here: zorp" in said
    assert f"write take: and a number into {settings.bundles / 'own/postcard.md'}" in said
    for slug, sheet, text in (("beast-002", path, ""), ("own", own, "prompt: dark zorp\n")):
        for take in (2, 7):
            write(settings, slug, f"{text}take: {take}")
            build_pictures(settings)
            with Image.open(settings.bundles / slug / "picture.png") as picture:
                drawn = np.asarray(picture.convert("RGB"))[32:]
            assert np.array_equal(drawn, crop(sheet, take, 64))
    draw_candidates(settings, "2")
    assert "take 7 is shown now; " in capsys.readouterr().out


def test_a_picture_of_ones_own_has_no_takes(jungle):
    settings = jungle(count=1)
    write(settings, "own", "title: Mine")
    Image.new("RGB", (9, 9)).save(settings.bundles / "own/picture.png")
    with pytest.raises(Refusal, match="own: its picture was put there and has no other takes"):
        draw_candidates(settings, "own")
    assert not settings.work.exists()


def add(settings, prompt, pick=None):
    """A card from words with its picture, and what is written for its back."""
    path, front = add_card(settings, prompt, pick)
    for bundle in build_pictures(settings):
        bundle.card.setdefault("made", {})["phrase"] = {"message": "Greetings."}
        save_card(bundle)
    write_back(settings, path, front)
    return path.parent


def test_a_card_from_words_is_the_picture_that_was_picked(jungle, capsys):
    settings = jungle("exposures = 64", count=1)
    draw_beast(settings, "a  dark zorp ")
    folder = add(settings, " a  dark\nzorp", 3)
    assert folder.name == "a-dark-zorp"
    assert "card      understood: dark; not known here: zorp" in capsys.readouterr().out
    front, body = read_message(folder)
    assert front == {"prompt": "a dark zorp", "take": 3} and body == "Greetings."
    with Image.open(folder / "picture.png") as picture:
        drawn = np.asarray(picture.convert("RGB"))[32:]
    assert np.array_equal(drawn, crop(settings.work / "report/beast-a-dark-zorp.png", 3, 64))
    card = read_card(folder)
    assert card["number"] is None and card["caption"] == "A dark"
    assert card["traits"]["class"] == "dark" and card["made"]["picture"]["seed"]
    assert (folder / "frames.webp").is_file()
    # The same again is the same card; another number is another.
    before = digest_folder(settings.bundles)
    assert add(settings, "a dark zorp", 3) == folder
    assert digest_folder(settings.bundles) == before
    other = add(settings, "a dark zorp", 4)
    assert other != folder and other.name.endswith("-2")
    best = add(settings, "a dark zorp")
    assert read_message(best)[0] == {"prompt": "a dark zorp"}
    assert len({digest_file(f / "picture.png") for f in (folder, other)}) == 2
    # What a person wrote on the back stays.
    (folder / "postcard.md").write_text("---\nprompt: a dark zorp\ntake: 3\n---\nMine")
    add(settings, "a dark zorp", 3)
    assert read_message(folder)[1] == "Mine"


def test_words_that_look_like_a_numbered_card_get_a_folder_of_their_own(jungle, monkeypatch):
    settings = jungle("exposures = 64", count=1)
    with pytest.raises(Refusal, match="knows none of its words"):
        add_card(settings, "beast 001", 1)
    assert not settings.bundles.exists()
    path, _ = add_card(settings, "dark beast 001", 1)
    assert path.parent.name == "dark-beast-001"
    monkeypatch.setattr("generate.hand.card.understand", lambda *given: None)
    monkeypatch.setattr("generate.hand.card.tell_words", lambda *given: "")
    path, front = add_card(settings, "beast 001", None)
    assert path.parent.name == "words-beast-001" and front == "---\nprompt: beast 001\n---\n"


@pytest.mark.parametrize(
    ("recipe", "prompt", "said"),
    [
        ("flow", " + ", "card: PROMPT holds no words"),
        ("flow", "w " * 300, "card: PROMPT has more than 500 letters"),
        ("ddpm", "dark", 'card: the "ddpm" recipe draws without words'),
    ],
)
def test_a_card_that_cannot_be_drawn_leaves_nothing(jungle, recipe, prompt, said):
    settings = jungle(f'recipe = "{recipe}"', count=1)
    with pytest.raises(Refusal, match=said):
        add_card(settings, prompt, 1)
    assert not settings.bundles.exists() and not settings.work.exists()


def test_cards_are_marked_as_kept(published):
    write(published, "beast-003", "keep: yes # mine")
    before = {path: path.read_bytes() for path in published.bundles.rglob("*.*")}
    assert keep_cards(published, "1") == (["beast-001"], [])
    assert keep_cards(published) == (["beast-002"], ["beast-001", "beast-003"])
    assert keep_cards(published) == ([], ["beast-001", "beast-002", "beast-003"])
    for path, data in before.items():
        if path.name == "postcard.md" and "keep" not in data.decode():
            lines = path.read_text().splitlines(keepends=True)
            lines.remove("keep: true\n")
            assert "".join(lines).encode() == data
        else:
            assert path.read_bytes() == data
    changed = published.model_copy(update={"seed": 8})
    states = {judge_picture(changed, b).state for b in read_bundles(changed)}
    assert states == {"kept"}


def test_nothing_is_kept_where_one_card_cannot_be_read(published):
    (published.bundles / "beast-002/postcard.md").write_text("---\ntitle: [\n---\n")
    before = digest_folder(published.bundles)
    with pytest.raises(Refusal, match="beast-002"):
        keep_cards(published)
    more = published.model_copy(update={"count": 4})
    with pytest.raises(Refusal, match="beast-004: has no picture to keep yet"):
        keep_cards(more, "4")
    assert digest_folder(published.bundles) == before


def test_a_cross_is_added_once(jungle):
    settings = jungle("exposures = 64", count=3)
    build_pictures(settings)
    path, front = add_cross(settings, "1", "beast-003", None)
    assert path.parent.name == "beast-001-and-beast-003"
    assert front == "---\nparents: [beast-001, beast-003]\n---\n"
    assert path.read_text() == front
    assert add_cross(settings, "1", "3", None)[0] == path
    more, front = add_cross(settings, "1", "3", "b")
    assert more.parent.name == "beast-001-and-beast-003-2"
    assert front == "---\nparents: [beast-001, beast-003, beast-003]\n---\n"
    assert not build_pictures(settings).faults
    assert (path.parent / "picture.png").is_file() and (more.parent / "picture.png").is_file()
    again, _ = add_cross(settings, path.parent.name, "2", "a")
    assert read_message(again.parent)[0] == {"parents": [path.parent.name] * 2 + ["beast-002"]}


@pytest.mark.parametrize(
    ("a", "b", "said"),
    [
        ("1", "beast-001", "cross: A and B are both beast-001; name two cards"),
        ("1", "9", "no card is called 9"),
        ("1", "4", "the picture of beast-004 was put there, or is not drawn yet"),
        ("", "1", "no card is called ;"),
    ],
)
def test_what_cannot_be_crossed_leaves_nothing(published, a, b, said):
    settings = published.model_copy(update={"count": 4})
    before = digest_folder(settings.bundles)
    with pytest.raises(Refusal, match=said):
        add_cross(settings, a, b, None)
    ddpm = settings.model_copy(
        update={"pictures": settings.pictures.model_copy(update={"recipe": "ddpm"})}
    )
    with pytest.raises(Refusal, match="cannot cross noise"):
        add_cross(ddpm, "1", "2", None)
    assert digest_folder(settings.bundles) == before
