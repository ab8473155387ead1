"""Words that no caption had lead to what the model knows, or nowhere."""

import pytest

from generate.errors import Refusal
from generate.meaning.opening import find_weights
from generate.pictures.data.vocabulary import Vocabulary
from generate.pictures.sampling import leading
from generate.pictures.sampling.leading import lead_words
from generate.pictures.sampling.words import describe, put_leads, tell_words, understand

JUNGLE = Vocabulary(
    ("owl", "quadruped", "lizard", "snake", "frog", "red", "blue", "swamp", "night"),
    ("plan", "plan", "plan", "plan", "plan", "colour", "colour", "habitat", "hour"),
    {"crocodile": "lizard", "dog": "quadruped", "cat": "quadruped", "marsh": "swamp"},
)
PETS = Vocabulary(("dog", "cat", "brown"), ("class", "class", "word"))


@pytest.fixture
def by_table(monkeypatch):
    """As if the package of meanings was not installed."""
    monkeypatch.setattr(leading, "open_meanings", lambda: None)


def led(vocabulary, words, named=()):
    return [(lead.word, lead.name, lead.token) for lead in lead_words(vocabulary, words, named)]


def test_a_breed_leads_to_its_kind(by_table):
    assert led(JUNGLE, ["poodle", "cobra", "alligator"]) == [("poodle", "dog", "quadruped")]
    assert led(JUNGLE, ["cobra"]) == [("cobra", "snake", "snake")]
    assert led(PETS, ["poodles"]) == [("poodles", "dog", "dog")]
    assert led(PETS, ["zebra", "flurgle", "x1", ""]) == []


def test_a_guess_never_stands_against_what_was_said(by_table):
    assert led(JUNGLE, ["poodle"], ["snake", "red"]) == []
    assert led(JUNGLE, ["poodle"], ["quadruped"]) == [("poodle", "dog", "quadruped")]
    assert led(JUNGLE, ["cobra", "poodle"]) == [("cobra", "snake", "snake")]


def test_what_was_led_is_said_and_asked_for(by_table):
    words = understand(JUNGLE, "A red poodle at night, with wobbles")
    assert words.wanted.tolist() == JUNGLE.encode(["red", "quadruped", "night"]).tolist()
    told = tell_words(JUNGLE, words)
    assert "poodle → dog-like (quadruped), as no caption had it" in told
    assert "not known here: wobbles" in told


def test_a_card_names_no_animal_that_the_model_does_not_know(by_table):
    words = understand(JUNGLE, "a red alligator + a poodle, wobbling")
    about = describe(JUNGLE, words, [], 0)
    assert "poodle" not in about["text"] and "alligator" not in about["text"]
    assert describe(JUNGLE, understand(JUNGLE, "an iguana at night"), [], 0)["tags"] == {
        "plan": "lizard",
        "hour": "night",
    }
    assert put_leads("An eagle, eagles", [leading.Lead("eagle", "owl", "owl")]) == "an owl, eagles"


def test_crossed_words_share_what_they_lead_to(by_table):
    wanted = understand(JUNGLE, "poodle + cobra").wanted
    assert wanted.tolist() == JUNGLE.read_prompt("dog + snake")[0].tolist()


def test_words_that_are_known_are_read_as_before(by_table):
    for prompt in ("a red crocodile in the marsh", "owl + snake", "blue cats"):
        words = understand(JUNGLE, prompt)
        assert words.led == [] and words.wanted.tolist() == JUNGLE.read_prompt(prompt)[0].tolist()


def test_where_nothing_is_known_it_is_refused_as_before(by_table):
    with pytest.raises(Refusal, match="this model knows none of its words"):
        understand(JUNGLE, "flurgle zxqv")


@pytest.mark.skipif(find_weights() is None, reason="make meanings was not run")
def test_words_lead_by_what_they_mean():
    assert led(JUNGLE, ["hare"])[0][2] != "swamp"
    assert led(JUNGLE, ["pond"]) == [("pond", "swamp", "swamp")]
    for nonsense in "flurgle zxqv blorf borogove tuesday democracy mortgage javascript".split():
        assert led(JUNGLE, [nonsense]) == []
