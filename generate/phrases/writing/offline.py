"""The embedded writer: all the words of a card, a seeded choice; reads and writes nothing.

Cards are written in order and each looks back at those before it, never ahead: it takes what was
used least.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable
from dataclasses import dataclass

from generate.phrases.english.nouns import say_noun
from generate.phrases.language.language import Language, Phrase
from generate.phrases.language.message import NounPhrase
from generate.phrases.writing.backs import CLOSERS, MIDDLES, OPENERS
from generate.phrases.writing.choosing import Line, Memory, choose_message, read_lines
from generate.phrases.writing.epithets import EPITHETS
from generate.phrases.writing.naming import choose_place, list_places, name_beast
from generate.phrases.writing.subject import Subject
from generate.recipe import derive_seed

BACKS = {name: read_lines(t) for name, t in zip("omc", (OPENERS, MIDDLES, CLOSERS), strict=True)}
TITLES = read_lines(EPITHETS)


def pick_line(lines: list[Line], holds: Iterable[str], memory: Memory, rng: random.Random) -> Line:
    """The fitting line used least; among equals a particular one before one for any picture."""
    held = set(holds)
    fitting = [line for line in lines if line.fits(held)]
    return min(
        fitting,
        key=lambda line: (memory.lines[line.text], line.asks == ("any",), rng.random()),
    )


def write_back(
    language: Language,
    subject: Subject,
    concepts: frozenset[str],
    names: dict[str, str],
    memory: Memory,
    rng: random.Random,
) -> str:
    """Two or three sentences of Markdown for the back of the card."""
    nouns = [
        concept for concept in sorted(concepts) if language.concepts[concept].word_class == "noun"
    ]
    taught = rng.choice(nouns or [subject.gaps["habitat"]])
    gaps = {
        **names,
        "word": language.spell(taught),
        "sense": language.concepts[taught].english,
        "a_sense": say_noun(NounPhrase(taught), language.concepts),
        "language": re.sub(r"([*_`\[\]<>])", r"\\\1", language.name),
    }
    opener = pick_line(BACKS["o"], subject.holds, memory, rng)
    middle = pick_line(BACKS["m"], {*subject.holds, *concepts}, memory, rng)
    closer = pick_line(BACKS["c"], (), memory, rng)
    memory.lines.update(line.text for line in (opener, middle, closer))
    lead = f"{opener.text} {middle.text}"
    gap = "\n\n" if closer.text.startswith("P.S.") else " "
    return (lead + gap + closer.text).format(**gaps)


def write_title(name: str, subject: Subject, memory: Memory, rng: random.Random) -> str:
    """What heads the card: the beast's name and an epithet, unlike any other title."""
    # What is said of its kind comes first, as long as no card has said it.
    own = [line for line in TITLES if subject.kind in line.asks and not memory.lines[line.text]]
    epithet = pick_line(own or TITLES, subject.holds, memory, rng)
    memory.lines[epithet.text] += 1
    return f"{name}, {epithet.text}"


@dataclass(frozen=True)
class Choice:
    """What a writer decided for one card: the phrase and the concepts in it, the voice's mood, and
    Markdown for the back ("" to have it written here)."""

    concepts: frozenset[str]
    phrase: Phrase
    mood: str
    back: str = ""


@dataclass(frozen=True)
class CardText:
    """All the words of one card."""

    choice: Choice
    name: dict[str, str]
    title: str
    place: str
    back: str


def write_card(
    language: Language,
    subject: Subject,
    seed: int,
    hour: str,
    memory: Memory,
    choice: Choice | None = None,
) -> CardText:
    """The words of one card; ``memory`` learns them. A ``choice`` made elsewhere is kept."""
    rng = random.Random(derive_seed("offline", language.digest, seed))
    if choice is None:
        message, phrase, mood = choose_message(language, subject, hour, memory, rng)
        choice = Choice(message.concepts, phrase, mood)
    else:
        memory.heed(choice.phrase)
    name = name_beast(language, subject, seed, memory.names, memory.roots)
    memory.names.add(name.form)
    memory.places = memory.places or list_places(language)
    place, english = choose_place(memory.places, subject, seed)
    title = write_title(name.form, subject, memory, rng)
    names = {"name": name.form, "place": place.form}
    back = choice.back or write_back(language, subject, choice.concepts, names, memory, rng)
    named = {"form": name.form, "meaning": name.meaning}
    return CardText(choice, named, title, f"{place.form} ({english})", back)
