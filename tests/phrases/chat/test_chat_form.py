"""What a model may answer: every answer that the schema allows is either said or explained."""

import json
import random

import pytest

from generate.phrases.chat.form import Postcard, clean_english, make_schema, read_cards, write_form
from generate.phrases.chat.structured import EXAMPLES, Structured
from generate.phrases.language.language import make_language
from generate.phrases.language.message import Mistake, read_message
from generate.phrases.writing.choosing import MESSAGES, TABLES
from generate.phrases.writing.offline import Brief

LANGUAGE = make_language(11, "Fernish", "dark")
FILLERS = {gap: names[0] for gap, names in TABLES.items()} | {
    "hour": "dusk",
    "habitat": "river",
    "weather": "rain",
    "colour": "blue",
    "coat": "striped",
    "feature": "horn+",
    "feeling": "merry",
}
NOTES = [line.text.format(**FILLERS) for line in MESSAGES]


def draw(node, defs, rng):
    """Something that the schema allows."""
    if "$ref" in node:
        return draw(defs[node["$ref"].removeprefix("#/$defs/")], defs, rng)
    if "anyOf" in node:
        return draw(rng.choice(node["anyOf"]), defs, rng)
    if "enum" in node:
        return rng.choice(node["enum"])
    if node["type"] == "object":
        return {name: draw(value, defs, rng) for name, value in node["properties"].items()}
    if node["type"] == "array":
        count = rng.choice((0, 0, 1, 2))
        count = min(max(count, node.get("minItems", 0)), node["maxItems"])
        return [draw(node["items"], defs, rng) for _ in range(count)]
    plain = {"null": None, "boolean": rng.random() < 0.3, "integer": 1}
    return plain.get(node["type"], "Words enough for the back of a card.")


def test_whatever_the_schema_allows_is_said_or_explained():
    form = Structured(LANGUAGE, set())
    rng = random.Random(5)
    postcard = form.schema["$defs"]["Postcard"]
    said = 0
    for _ in range(600):
        card = {**draw(postcard, form.schema["$defs"], rng), "card": 1}
        for clause in card["clauses"]:  # one head to a clause, or hardly any would be said
            for head in rng.sample(["verb", "quality", "identity"], 2):
                clause[head] = None
        found, faults = form.read(json.dumps({"cards": [card]}), [Brief(1, "a", 1, "")])
        assert len(found) + len(faults) == 1
        if found:
            said += 1
            phrase = found[1].phrase
            assert LANGUAGE.parse(phrase.text).gloss == phrase.gloss
            assert found[1].concepts <= LANGUAGE.concepts.keys()
        else:
            assert 0 < len(faults[1]) < 200
    assert said > 12


@pytest.mark.parametrize("note", [example[1] for example in EXAMPLES] + NOTES)
def test_the_form_holds_any_message(note):
    message = read_message(note)
    card = {"card": 1, "clauses": write_form(message), "back": ""}
    if any(phrase_owned_by_noun(clause) for clause in message.clauses):
        pytest.skip("the form has no owners but persons")
    assert Postcard.model_validate(card).read(LANGUAGE) == message


def phrase_owned_by_noun(clause):
    phrases = [clause.subject, clause.object, clause.identity, *dict(clause.around).values()]
    return any(p and p.owner and LANGUAGE.concepts[p.owner].word_class == "noun" for p in phrases)


def test_the_examples_can_be_said():
    for _, note, mood, back in EXAMPLES:
        phrase = LANGUAGE.realise(read_message(note))
        assert 3 <= len(phrase.words) <= 9
        assert mood in ("statement", "joyful", "wistful", "alarm", "question")
        assert clean_english(back) == back


def test_words_of_the_free_mode_are_not_offered():
    from dataclasses import replace

    from generate.phrases.language.concepts import make_noun

    coined = replace(
        LANGUAGE,
        roots={**LANGUAGE.roots, "lantern": "zzz"},
        added={"lantern": make_noun("lantern")},
        coined={"lantern": "zzz"},
    )
    assert make_schema(coined) == make_schema(LANGUAGE)


def test_small_slips_are_mended():
    me, slow = {"noun": "you"}, {"noun": "moon"}
    command = {"subject": me, "verb": "wait", "marks": ["command"], "join": "and"}
    second = {"subject": slow, "verb": "sleep"}
    card = Postcard(card=1, clauses=[command, second], back="")
    assert card.read(LANGUAGE).note == "v=wait.IMP ; and s=moon v=sleep"


def test_an_owner_and_a_number_are_too_much():
    thing = {"noun": "hat", "described": ["my", "every"]}
    with pytest.raises(Mistake, match="not both"):
        Postcard(card=1, clauses=[{"subject": thing, "verb": "sleep"}], back="").read(LANGUAGE)


def test_the_first_of_two_cards_with_a_number_counts():
    clause = {"subject": {"noun": "moon"}, "verb": "sleep"}
    twice = [{"card": 1, "clauses": [clause], "back": text} for text in "ab"]
    (card,) = read_cards(json.dumps({"cards": twice})).values()
    assert isinstance(card, Postcard) and card.back == "a"


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("a & b", "a & b"),
        ("a\n\nb\tc\x00\x1b[0m", "a b c [0m"),
        ("&lt;script&gt;hm", "scripthm"),
        ("&amp;lt;b&amp;gt;", "&lt;b&gt;"),
        ("# Moss", "Moss"),
        ("--- moss", "moss"),
        ("1 < 2", "1 2"),
        ("<img src=x onerror=alert(1)>moss", "moss"),
        ("[a]: http://evil.example\nmoss", "moss"),
    ],
)
def test_english_is_made_plain(text, plain):
    assert clean_english(text) == plain


def test_long_english_ends_with_a_sentence():
    long = "The moss is well. " * 60
    short = clean_english(long)
    assert len(short) <= 600 and short.endswith("well.")
    assert len(clean_english("moss " * 300)) <= 600
    assert len(clean_english("m" * 900)) <= 600
