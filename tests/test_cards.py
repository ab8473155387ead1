"""Page bundles: what the stages made, what a person wrote over it, and what neither may break."""

import json

import pytest

from generate.bundles.folders import list_beyond, list_bundles, slug_of
from generate.bundles.merged import merge_card, read_cards
from generate.cards import (
    PICTURES,
    is_edited,
    read_card,
    read_message,
    state_of,
    write_card,
    write_message,
)
from generate.errors import Refusal
from generate.recipe import digest_bytes

# Each line repeats the one before it nine times.
MERGES = "\n".join(
    ["---", "a0: &a0 {x: 1}"]
    + [f"a{n}: &a{n} {{<<: [{', '.join([f'*a{n - 1}'] * 8)}]}}" for n in range(1, 6)]
    + ["---", "Hi"]
)
BOMB = "\n".join(
    ["---", "a0: &a0 [x]", *(f"a{n}: &a{n} [{f'*a{n - 1}, ' * 9}]" for n in range(1, 30)), "---"]
)


def test_front_matter_lies_over_what_was_made(bundle):
    (bundle / "postcard.md").write_text(
        "---\ntitle: Lu\ndate: 2026-05-03\nmood: 7\nmine: {a: 1}\nhidden: true\n---\nHello *you*\n"
    )
    card = merge_card(bundle)
    assert (card.title, card.phrase, card.date, card.mood) == ("Lu", "a b", "2026-05-03", "7")
    assert card.message == "Hello *you*"
    assert card.extra == {"mine": {"a": 1}}
    assert card.hidden


@pytest.mark.parametrize(
    ("text", "front", "body"),
    [
        ("Hi", {}, "Hi"),
        ("", {}, ""),
        ("---\n---\nHi", {}, "Hi"),
        ("---\n# note\n---\n\nHi\n---\nmore", {}, "Hi\n---\nmore"),
        ("\ufeff---\r\ntitle: é\r\n---\r\nHi\r\n", {"title": "é"}, "Hi"),
    ],
)
def test_messages_are_read_as_people_write_them(bundle, text, front, body):
    (bundle / "postcard.md").write_bytes(text.encode())
    assert read_message(bundle) == (front, body)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("---\ntitle: [\n---\n", "front matter at line"),
        ("---\nmine: a: b\n---\n", "front matter at line 2"),
        ("---\n- a\n---\n", "line 2: '- a' is not of the form key: value"),
        ("---\ntitle: x\n", "no closing ---"),
        ("---\ntitel: x\n---\n", "unknown key titel; did you mean title"),
        ("---\nhidden: perhaps\n---\n", "line 2: hidden is true or false, not perhaps"),
        ("---\nhour: noon\n---\n", "hour: Input should be"),
        ("---\ndate: 2026-02-30\n---\n", "date: 2026-02-30 is no date; write year-month-day"),
        (f"---\nseed: {'9' * 5000}\n---\n", "front matter at line 2: Exceeds the limit"),
        ("---\na: &a [*a]\n---\n", "more than 10,000 values"),
        (BOMB, "more than 10,000 values"),
        ("---\na: " + "[" * 3000 + "]" * 3000 + "\n---\n", "nested too deeply"),
        ("---\na: &a {b: 1}\nc:\n  <<: *a\n---\n", "front matter at line 4: << is not read"),
        (MERGES, "front matter at line 2: holds more than 10,000 values; shorten it"),
        ("---\na: " + "b" * 70_000 + "\n---\n", "front matter is longer than 65,536 letters"),
        ("word " * 60_000, "postcard.md: is longer than 262,144 bytes; shorten it"),
        ("---\na: !!python/object/apply:os.system ['true']\n---\n", "front matter at line"),
    ],
)
def test_a_fault_in_front_matter_names_file_and_key(bundle, text, said):
    (bundle / "postcard.md").write_text(text)
    with pytest.raises(Refusal) as refusal:
        merge_card(bundle)
    assert said in str(refusal.value)
    assert "beast-001" in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_front_matter_may_repeat_itself(bundle):
    (bundle / "postcard.md").write_text("---\nmine: &mine [1, 2]\nyours: [*mine, *mine]\n---\nHi")
    assert merge_card(bundle).extra == {"mine": [1, 2], "yours": [[1, 2], [1, 2]]}


def test_the_message_is_written_once(bundle):
    write_message(bundle, "First")
    write_message(bundle, "Second")
    assert read_message(bundle) == ({}, "First")
    (bundle / "postcard.md").write_text("mine")
    write_message(bundle, "Third")
    assert (bundle / "postcard.md").read_text() == "mine"


def test_an_edit_of_card_json_shows(bundle):
    card = json.loads((bundle / "card.json").read_text())
    assert not is_edited(card)
    card["title"] = "Ha"
    assert is_edited(card)


def test_whose_picture_it_is(bundle):
    made = {"sha256": digest_bytes(b"new"), "was": digest_bytes(b"old")}
    assert state_of(bundle, PICTURES, made) == "missing"
    (bundle / "picture.png").write_bytes(b"new")
    assert state_of(bundle, PICTURES, made) == "ours"
    (bundle / "picture.png").write_bytes(b"old")
    assert state_of(bundle, PICTURES, made) == "missing", "the run was stopped before the rename"
    (bundle / "picture.png").write_bytes(b"painted")
    assert state_of(bundle, PICTURES, made) == "theirs"
    (bundle / "picture.png").rename(bundle / "picture.jpg")
    assert state_of(bundle, PICTURES, made) == "theirs"


def test_a_card_nested_without_end_is_named(bundle):
    (bundle / "card.json").write_text('{"made":' + "[" * 100_000 + "]" * 100_000 + "}")
    with pytest.raises(Refusal, match=r"card\.json: nested too deeply"):
        merge_card(bundle)


def test_the_order_of_bundles(write_settings, tmp_path):
    settings = write_settings("count = 2")
    for name in ("beast-001", "beast-003", "zoo", "a é & b", ".git"):
        (settings.bundles / name).mkdir(parents=True)
    listed = [folder.name for folder in list_bundles(settings)]
    assert listed == ["beast-001", "beast-002", "a é & b", "zoo"]
    assert [folder.name for folder in list_beyond(settings)] == ["beast-003"]
    assert slug_of(1234) == "beast-1234"
    write_card(settings.bundles / "zoo", {"title": "Zoo", "made": {}})
    write_message(settings.bundles / "beast-001", "x")
    (settings.bundles / "beast-001" / "postcard.md").write_text("---\nhidden: true\n---\n")
    assert [card.slug for card in read_cards(settings)] == ["a é & b", "zoo"]


def test_a_broken_card_is_named(bundle):
    (bundle / "card.json").write_text('{"title": ')
    with pytest.raises(Refusal, match=r"beast-001/card\.json: not valid JSON at line 1"):
        merge_card(bundle)
    (bundle / "card.json").write_text("[1]")
    with pytest.raises(Refusal, match=r"beast-001/card\.json"):
        merge_card(bundle)


def test_a_record_of_a_medium_that_is_no_object_is_refused(tmp_path):
    (tmp_path / "card.json").write_text('{"made": {"picture": 7}}')
    with pytest.raises(Refusal, match=r"card\.json: must hold one JSON object"):
        read_card(tmp_path)
