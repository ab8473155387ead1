"""Any message that can be said comes back: drawn by chance over all concepts and all rules."""

import random

import pytest

from generate.phrases.english.sentences import say
from generate.phrases.language.concepts import CONCEPTS, DERIVED
from generate.phrases.language.language import make_language
from generate.phrases.language.message import (
    OWNERS,
    ROLES,
    Clause,
    Message,
    NounPhrase,
    check_message,
    read_message,
)
from generate.phrases.language.phonology import MOODS

BY_CLASS: dict[str, list[str]] = {}
for _concept in CONCEPTS.values():
    BY_CLASS.setdefault(_concept.word_class, []).append(_concept.name)


def draw_phrase(rng: random.Random) -> NounPhrase:
    if rng.random() < 0.25:
        return NounPhrase(rng.choice(BY_CLASS["pronoun"]))
    noun = rng.choice(BY_CLASS["noun"])
    owner = rng.choice(["", "", *OWNERS.values(), rng.choice(BY_CLASS["noun"])])
    return NounPhrase(
        noun,
        rng.random() < 0.3,
        rng.random() < 0.2 and (noun, "DIM") not in DERIVED.values(),
        rng.choice(BY_CLASS["determiner"]) if rng.random() < 0.2 else "",
        tuple(
            rng.choice(BY_CLASS["adjective"]) + rng.choice(["", "", "!"])
            for _ in range(rng.choice((0, 0, 1, 2)))
        ),
        owner,
    )


def draw_clause(rng: random.Random, join: str, follows: bool) -> Clause:
    """A clause; ``follows`` where one with "that" comes next."""
    mood = rng.choice(["", "", "", "IMP", "OPT", "Q"])
    head = "verb" if follows else rng.choice(("verb", "verb", "quality", "identity"))
    verbs = [name for name in BY_CLASS["verb"] if (CONCEPTS[name].group == "sentential") == follows]
    verb = rng.choice(verbs) if head == "verb" else ""
    group = CONCEPTS[verb].group if verb else ""
    around = {role: draw_phrase(rng) for role in ROLES if rng.random() < 0.15}
    if group == "ditransitive":
        around.setdefault("to", draw_phrase(rng))
    adjective = rng.choice(BY_CLASS["adjective"])
    return Clause(
        subject=None if mood == "IMP" else draw_phrase(rng),
        verb=verb,
        object=draw_phrase(rng) if group in ("transitive", "ditransitive") else None,
        quality=adjective + rng.choice(["", "!"]) if head == "quality" else "",
        identity=draw_phrase(rng) if head == "identity" else None,
        around=tuple(around.items()),
        adverbs=tuple(rng.sample(BY_CLASS["adverb"], rng.choice((0, 0, 1, 2)))),
        exclamation=rng.choice(BY_CLASS["exclamation"]) if rng.random() < 0.1 else "",
        tense=rng.choice(["", "PST", "FUT"]),
        negative=rng.random() < 0.2,
        again=head == "verb" and rng.random() < 0.15,
        mood=mood,
        join=join,
    )


def draw_message(rng: random.Random) -> Message:
    first = rng.random() < 0.2
    clauses = [draw_clause(rng, "", first)]
    if first:
        clauses.append(draw_clause(rng, "that", False))
    elif rng.random() < 0.4:
        joins = [name for name in BY_CLASS["conjunction"] if name != "that"]
        clauses.append(draw_clause(rng, rng.choice(joins), False))
    return Message(tuple(clauses))


@pytest.mark.parametrize("mood", MOODS)
@pytest.mark.parametrize("seed", range(4))
def test_whatever_can_be_said_is_understood(mood: str, seed: int) -> None:
    language = make_language(seed, "Mossish", mood)
    rng = random.Random(seed)
    for _ in range(120):
        message = draw_message(rng)
        check_message(message)
        phrase = language.realise(message)
        assert language.read(phrase.text) == message, message.note
        assert phrase.translation[-1] in ".?"
        assert "  " not in phrase.translation


def test_notation_holds_any_message() -> None:
    rng = random.Random(5)
    for _ in range(2000):
        message = draw_message(rng)
        assert read_message(message.note) == message, message.note


def test_english_of_any_message_is_one_sentence() -> None:
    rng = random.Random(6)
    for _ in range(2000):
        text = say(draw_message(rng), CONCEPTS)
        assert text[0].isupper()
        assert "_" not in text
        assert text == " ".join(text.split())
