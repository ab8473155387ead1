"""The offline writer: all words of a card by a seeded choice; reads and writes nothing.

Cards are written in order. Each takes what the cards before it used least.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from generate.phrases.english.nouns import say_noun
from generate.phrases.language.language import Language, Phrase
from generate.phrases.language.message import NounPhrase
from generate.phrases.writing.choosing import Choice, Memory, choose_message
from generate.phrases.writing.lines import Line, open_lines
from generate.phrases.writing.naming import choose_place, list_places, name_beast
from generate.phrases.writing.subject import Subject, read_subject
from generate.recipe import derive_seed

OPENERS, MIDDLES, CLOSERS = map(open_lines, ("openers", "middles", "closers"))
EPITHETS = open_lines("epithets")


@dataclass(frozen=True)
class Brief:
    """What a card's words depend on: its number (from 1), seed, caption, traits and hour."""

    number: int
    slug: str
    seed: int
    caption: str
    traits: Mapping[str, str] = field(default_factory=dict)
    hour: str = "day"


@dataclass(frozen=True)
class Written:
    """A card's words.

    name: the beast's name in the language, {"form", "meaning"}. mood: statement, joyful, wistful,
    alarm or question, for the voice. message: Markdown for the back of the card. writer: who chose
    the phrase; "offline" also for a card whose model failed.
    """

    phrase: Phrase
    name: dict[str, str]
    title: str
    place: str
    mood: str
    message: str
    writer: str = "offline"


def pick_line(lines: list[Line], holds: Iterable[str], memory: Memory, rng: random.Random) -> Line:
    """The fitting line used least; of several one that asks for something of the picture."""
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
    nouns = [name for name in sorted(concepts) if language.concepts[name].word_class == "noun"]
    taught = rng.choice(nouns or [subject.gaps["habitat"]])
    gaps = {
        **names,
        "word": language.spell(taught),
        "sense": language.concepts[taught].english,
        "a_sense": say_noun(NounPhrase(taught), language.concepts),
        "language": re.sub(r"([*_`\[\]<>])", r"\\\1", language.name),
    }
    opener = pick_line(OPENERS, subject.holds, memory, rng)
    middle = pick_line(MIDDLES, {*subject.holds, *concepts}, memory, rng)
    closer = pick_line(CLOSERS, (), memory, rng)
    memory.lines.update(line.text for line in (opener, middle, closer))
    lead = f"{opener.text} {middle.text}"
    gap = "\n\n" if closer.text.startswith("P.S.") else " "
    return (lead + gap + closer.text).format(**gaps)


def write_title(name: str, subject: Subject, memory: Memory, rng: random.Random) -> str:
    """The title of the card: the beast's name and an epithet, unlike any other title."""
    # What is said of its kind comes first, as long as no card has said it.
    own = [line for line in EPITHETS if subject.kind in line.asks and not memory.lines[line.text]]
    epithet = pick_line(own or EPITHETS, subject.holds, memory, rng)
    memory.lines[epithet.text] += 1
    return f"{name}, {epithet.text}"


def write_offline(
    language: Language,
    brief: Brief,
    memory: Memory,
    choice: Choice | None = None,
    chooser: str = "openai",
) -> Written:
    """The words of one card; ``memory`` holds the cards before it and learns this one.

    With a ``choice``, made by the writer ``chooser``, only the rest is written: name, place,
    title, and the back if the choice has none.
    """
    subject = read_subject(brief.caption, brief.traits, brief.hour, brief.seed)
    rng = random.Random(derive_seed("offline", language.digest, brief.seed))
    writer = chooser if choice else "offline"
    if choice is None:
        choice = choose_message(language, subject, brief.hour, memory, rng)
    else:
        memory.add_phrase(choice.phrase)
    name = name_beast(language, subject, brief.seed, memory.names, memory.roots)
    memory.names.add(name.form)
    memory.places = memory.places or list_places(language)
    place, english = choose_place(memory.places, subject, brief.seed)
    title = write_title(name.form, subject, memory, rng)
    names = {"name": name.form, "place": place.form}
    back = choice.back or write_back(language, subject, choice.concepts, names, memory, rng)
    return Written(
        choice.phrase,
        {"form": name.form, "meaning": name.meaning},
        title,
        f"{place.form} ({english})",
        choice.mood,
        back,
        writer,
    )
