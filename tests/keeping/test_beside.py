"""Files beside a picture: ours are replaced and leave with it, a person's stay."""

import pytest

from generate.cards import Bundle, read_card
from generate.keeping.bundle import clear_beside, place_own
from generate.keeping.trash import list_trash


@pytest.fixture
def card(tmp_path):
    folder = tmp_path / "content/postcards/beast-001"
    folder.mkdir(parents=True)
    return Bundle(folder, 1, 7, {}, {}, False)


def place(card, **texts):
    """Put files of these texts beside the card's picture, as a build does."""
    made = card.folder.parents[2] / "made"
    made.mkdir(exist_ok=True)
    for ending, text in texts.items():
        (made / f"beast-001.{ending}").write_text(text)
    files = {f"picture.{ending}": made / f"beast-001.{ending}" for ending in texts}
    placed = place_own(card, files)
    card.card["made"]["picture"]["beside"] = placed
    return placed


def kept(card):
    return [(card.home / ".jungle/trash" / e.sha256).read_text() for e in list_trash(card.home)]


def test_ours_is_replaced_and_the_old_one_is_kept(card):
    first = place(card, svg="one")
    assert (card.folder / "picture.svg").read_text() == "one"
    assert first["picture.svg"]["was"] is None
    place(card, svg="two")
    assert (card.folder / "picture.svg").read_text() == "two" and kept(card) == ["one"]


def test_a_persons_own_stays_and_is_not_recorded(card):
    (card.folder / "picture.svg").write_text("mine")
    assert place(card, svg="one") == {}
    assert (card.folder / "picture.svg").read_text() == "mine" and kept(card) == []
    place(card, svg="two")
    clear_beside(card)
    assert (card.folder / "picture.svg").read_text() == "mine"


def test_one_that_a_person_changed_stays(card):
    place(card, svg="one")
    (card.folder / "picture.svg").write_text("one, mended")
    assert place(card, svg="two") == {}
    assert (card.folder / "picture.svg").read_text() == "one, mended"


def test_what_belonged_to_the_picture_before_leaves_with_it(card):
    place(card, svg="one", txt="words")
    place(card, txt="words")
    assert not (card.folder / "picture.svg").exists() and kept(card) == ["one"]
    assert (card.folder / "picture.txt").read_text() == "words"
    clear_beside(card)
    assert not (card.folder / "picture.txt").exists()


def test_a_run_that_was_killed_between_record_and_file_knows_both_as_ours(card):
    place(card, svg="one")
    made = card.card["made"]["picture"]
    made["beside"]["picture.svg"] |= {"was": made["beside"]["picture.svg"]["sha256"]}
    made["beside"]["picture.svg"]["sha256"] = "0" * 64
    place(card, svg="two")
    assert (card.folder / "picture.svg").read_text() == "two"
    assert read_card(card.folder)["made"]["picture"]["beside"]["picture.svg"]["was"]
