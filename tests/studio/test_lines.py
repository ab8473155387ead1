"""Lines that the studio writes into cards: each alone, checked, taken back; a person is first."""

import shutil

import pytest

from generate.build import build_pictures
from generate.cards import read_card, read_message
from generate.keeping.lock import locked
from generate.settings import read_settings
from tests.gallery.conftest import HOSTILE

TEXT = "---\n# mine\ntitle: 'First'   # a remark\nextra: 1\n---\n\nHi\r\n"


@pytest.fixture
def card(studio):
    """The postcard.md of a drawn card, and what the page knows of it."""
    folder = studio.home / "content/postcards/beast-001"
    if not (folder / "picture.png").is_file():
        build_pictures(read_settings(studio.home))
    path = folder / "postcard.md"
    path.write_bytes(TEXT.encode())
    yield path
    path.write_bytes(TEXT.encode())
    shutil.rmtree(studio.home / ".jungle/steps", ignore_errors=True)


def shown(studio):
    return next(card for card in studio.state()["cards"] if card["slug"] == "beast-001")


def write(studio, key, value, **changed):
    seen = shown(studio)["seen"]
    line = {"slug": "beast-001", "key": key, "value": value, "seen": seen, **changed}
    status, answer, _ = studio.post("line", line)
    return status, answer.get("fault", "")


@pytest.mark.parametrize(
    ("key", "value", "line"),
    [
        ("keep", True, "keep: true\n"),
        ("hidden", True, "hidden: true\n"),
        ("series", "  Night   walkers ", "series: Night walkers\n"),
        ("order", 2.5, "order: 2.5\n"),
        ("order", 0, "order: 0\n"),
        ("phrase", "mora  tu", "phrase: mora tu\n"),
        ("voice", {"mass": 40, "mood": "calm"}, "voice: {mass: 40, mood: calm}\n"),
    ],
)
def test_a_line_is_written_alone_and_taken_back(studio, card, key, value, line):
    assert write(studio, key, value) == (200, "")
    assert card.read_bytes() == TEXT.replace("extra: 1\n", f"extra: 1\n{line}").encode()
    assert studio.state()["undo"]
    status, answer, _ = studio.post("undo", {})
    assert status == 200 and "beast-001" in answer["what"]
    assert card.read_bytes() == TEXT.encode()
    assert write(studio, key, value) == (200, "") and write(studio, key, None) == (200, "")
    assert card.read_bytes() == TEXT.encode()


def test_a_hostile_title_is_a_title(studio, card):
    title = " ".join(HOSTILE.split())
    assert write(studio, "title", title) == (200, "")
    assert read_message(card.parent)[0]["title"] == title == shown(studio)["title"]
    assert b"# mine" in card.read_bytes() and card.read_bytes().endswith(b"\n\nHi\r\n")


@pytest.mark.parametrize(
    "message",
    ["New", "", "---\ntitle: no\n---\nx", f"a\n\n---\n\n{HOSTILE}", "key: value", "# \r\nb"],
)
def test_a_message_changes_alone_and_is_taken_back(studio, card, message):
    head = TEXT.removesuffix("\n\nHi\r\n").encode()
    assert write(studio, "message", message) == (200, "")
    front, body = read_message(card.parent)
    assert front["title"] == "First" and body == message.replace("\r\n", "\n").strip()
    assert card.read_bytes().startswith(head)
    assert shown(studio)["message"] == body
    assert studio.post("undo", {})[0] == 200 and card.read_bytes() == TEXT.encode()


def test_a_message_is_written_where_there_is_no_front_matter(studio, card):
    for before in (None, b"Hi\n", b"\xef\xbb\xbfHi"):
        for message in ("New", "---\ntitle: no\n---\nx", "title: no"):
            card.unlink() if before is None else card.write_bytes(before)
            assert write(studio, "message", message) == (200, "")
            assert read_message(card.parent) == ({}, message)
            card.write_bytes(b"")


def test_keeping_and_letting_go(studio, card):
    assert write(studio, "keep", True) == (200, "") and shown(studio)["keep"]
    status, answer, _ = studio.post("back", {"slug": "beast-001", "seen": shown(studio)["seen"]})
    assert status == 400 and "is kept" in answer["fault"]
    assert write(studio, "keep", False) == (200, "") and not shown(studio)["keep"]


def test_a_card_that_is_thrown_back_is_its_next_take(studio, card):
    before = (card.parent / "picture.png").read_bytes()
    for take in (2, 3):
        said = {"slug": "beast-001", "seen": shown(studio)["seen"]}
        assert studio.post("back", said)[1] == {"take": take}
    assert read_message(card.parent)[0]["take"] == 3
    build_pictures(read_settings(studio.home))
    assert (card.parent / "picture.png").read_bytes() != before
    assert read_card(card.parent)["made"]["picture"]["chosen"]["candidate"] == 3
    studio.post("undo", {})
    studio.post("undo", {})
    assert card.read_bytes() == TEXT.encode()
    build_pictures(read_settings(studio.home))
    assert (card.parent / "picture.png").read_bytes() == before


def test_a_person_is_first(studio, card):
    seen = shown(studio)["seen"]
    card.write_bytes(b"---\ntitle: By hand\n---\n")
    for key, value in (("title", "Mine"), ("keep", True), ("hidden", True)):
        status, fault = write(studio, key, value, seen=seen)
        assert status == 400 and "was changed since it was read" in fault
    assert studio.post("back", {"slug": "beast-001", "seen": seen})[0] == 400
    assert card.read_bytes() == b"---\ntitle: By hand\n---\n"
    assert studio.state()["undo"] is None


def test_a_build_beside_it_goes_first(studio, card):
    with locked(studio.home, "build"):
        status, fault = write(studio, "hidden", True)
        assert status == 400 and "at work in this jungle" in fault
        assert studio.post("undo", {})[0] == 400
    assert card.read_bytes() == TEXT.encode()


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"key": "keep", "value": "yes"}, "keep: "),
        ({"key": "order", "value": "2"}, "order: "),
        ({"key": "order", "value": True}, "order: "),
        ({"key": "series", "value": "x" * 81}, "80 letters at most"),
        ({"key": "title", "value": "x" * 501}, "title: "),
        ({"key": "title", "value": {"a": 1}}, "title: "),
        ({"key": "voice", "value": {"mass": 1000}}, "mass"),
        ({"key": "voice", "value": {"mouth": 1}}, "mouth is unknown"),
        ({"key": "voice", "value": "loud"}, "write what is asked for"),
        ({"key": "phrase", "value": "x" * 301}, "phrase: "),
        ({"key": "message", "value": "x" * 5001}, "message: "),
        ({"key": "message", "value": ["x"]}, "message: "),
        ({"key": "made", "value": {}}, "key: "),
        ({"key": "picture", "value": "/etc/passwd"}, "key: "),
        ({"slug": "../../x"}, "no card is called"),
        ({"slug": ""}, "no card is called"),
        ({"seen": 1}, "seen: "),
        ({"more": 1}, "more: "),
    ],
)
def test_what_no_line_may_hold_is_said(studio, card, changed, told):
    line = {"slug": "beast-001", "key": "title", "value": "x", "seen": shown(studio)["seen"]}
    status, answer, _ = studio.post("line", line | changed)
    assert status == 400 and told in answer["fault"] and "\n" not in answer["fault"]
    assert card.read_bytes() == TEXT.encode()
