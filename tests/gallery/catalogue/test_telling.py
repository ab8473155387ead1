"""How a card was made, in sentences: which steps are told, of which cards, and with which words."""

from pathlib import Path

import pytest

from generate.cards import Card
from generate.gallery.catalogue.telling import REASONS, say_mass, tell_making
from generate.gallery.pages.english import ENGLISH
from generate.pictures.choosing.choose import LOOK, VARIETY, WORDS
from generate.pictures.families.registry import FAMILIES

PICTURE = {
    "recipe": "flow",
    "prompt": "A green turtle.",
    "chosen": {"candidate": 2, "of": 3, "why": WORDS},
    "nearest": {"what": "drawing 7", "ratio": 0.9},
}
SOUND = {"engine": "voice", "beast": {"mass_kg": 8.0624}}


def make_card(picture=PICTURE, phrase=None, sound=SOUND, **facts):
    made = {"picture": picture, "phrase": phrase or {"writer": "offline"}, "sound": sound}
    return Card(slug="a", folder=Path("a"), phrase="hu vivu", made=made, **facts)


def names(card, copies=0):
    return [step.name for step in tell_making(card, copies)]


def test_a_card_of_ours_is_told_from_the_words_to_the_voice():
    steps = tell_making(make_card(), 0)
    assert [(step.name, step.below) for step in steps] == [
        ("told_asked", None),
        ("told_noise", "frames"),
        ("told_words", None),
        ("told_no_copies", "nearest"),
        ("told_grammar", None),
        ("told_voice", None),
    ]
    filled = " ".join(ENGLISH[step.name].format(**step.values) for step in steps)
    for part in ("“A green turtle”", "3 pictures", "number 2", "body of 8.1 kg"):
        assert part in filled
    assert "told_copies" in names(make_card(), 2)


@pytest.mark.parametrize("recipe", FAMILIES)
def test_every_kind_of_model_has_a_sentence(recipe):
    told = names(make_card({"recipe": recipe}))
    assert told[0] == f"told_{FAMILIES[recipe].grows}" and set(told) <= ENGLISH.keys()


def test_every_reason_has_a_sentence():
    assert set(REASONS) == {WORDS, LOOK, VARIETY} and set(REASONS.values()) <= ENGLISH.keys()
    chosen = {"candidate": 1, "of": 2, "why": "another"}
    assert "told_other" in names(make_card({"recipe": "gan", "chosen": chosen}))
    assert names(make_card({"recipe": "gan", "chosen": {"candidate": 1, "of": 1}}))[1:] == [
        "told_grammar",
        "told_voice",
    ]


def test_of_what_a_person_made_nothing_is_told():
    theirs = {**PICTURE, "by_hand": True}
    assert names(make_card(theirs, sound={**SOUND, "by_hand": True})) == ["told_grammar"]
    assert names(make_card(theirs, sound={"engine": "folder"}, reworded=True)) == []
    for writer, told in (("learned", "told_learned"), ("openai", "told_writer")):
        assert names(make_card(theirs, {"writer": writer}))[0] == told


@pytest.mark.parametrize(
    "picture",
    ["no table", {}, {"recipe": 3}, {"recipe": "flow", "prompt": 7, "chosen": [], "nearest": "x"}],
)
@pytest.mark.parametrize("mass", [-1, 0, float("inf"), float("nan"), "8", True, None])
def test_records_of_another_form_are_passed_over(picture, mass):
    told = names(make_card(picture, sound={"beast": {"mass_kg": mass}}))
    assert [name for name in told if name != "told_noise"] == ["told_grammar"]


@pytest.mark.parametrize(
    ("kilograms", "said"),
    [(8.0624, "8.1 kg"), (4321, "4,300 kg"), (0.0352, "35 g"), (1, "1 kg"), (0.9999, "1,000 g")],
)
def test_masses_have_two_digits_that_count(kilograms, said):
    assert say_mass(kilograms) == said
