"""The embedded writer: a seeded choice of what each beast says; reads and writes nothing.

Cards are written in order and each looks back at those before it, never ahead: it takes what was
used least, and of twenty candidates the phrase that suits its picture best and shares fewest
pairs of words with the earlier ones.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise

from generate.phrases.backs import CLOSERS, MIDDLES, OPENERS
from generate.phrases.clashes import is_clean
from generate.phrases.english_nouns import say_noun
from generate.phrases.epithets import EPITHETS
from generate.phrases.language import Language, Name, Phrase
from generate.phrases.message import Message, Mistake, NounPhrase, read_message
from generate.phrases.naming import choose_place, list_places, name_beast
from generate.phrases.phonology import gusein_zade
from generate.phrases.skeletons import LINES
from generate.phrases.subject import Subject
from generate.recipe import derive_seed

SHORTEST, LONGEST = 3, 9
CANDIDATES = 20
TABLES: dict[str, tuple[str, ...]] = {
    "kin": ("aunt", "mother", "cousin", "sister", "uncle", "brother", "grandmother", "father"),
    "food": ("soup", "cake", "honey", "nut", "berry", "fruit", "mushroom", "supper"),
    "thing": (
        *("hat", "drum", "boat", "door", "blanket", "mirror", "bell", "ladder"),
        *("bag", "lamp", "basket", "knot"),
    ),
    "plant": ("fern", "root", "vine", "reed", "flower", "leaf", "tree", "seed"),
    "sky": ("moon", "sun", "rain", "wind", "cloud", "star", "storm", "sky"),
    "mind": ("song", "secret", "dream", "joke", "story", "promise", "name"),
    "land": ("hill", "mud", "path", "sand", "shore", "stone", "island"),
    "quality": ("soft", "warm", "strange", "loud", "polite", "round", "famous", "wet", "bright"),
}
UNSEEN = {"night": ("sun",), "day": ("moon", "star"), "dawn": ("star",), "dusk": ()}
GAP = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Line:
    """One line of the tables: what it asks for, its mood (of skeletons), its text."""

    asks: tuple[str, ...]
    mood: str
    text: str

    def fits(self, holds: Iterable[str]) -> bool:
        return self.asks == ("any",) or not set(self.asks).isdisjoint(holds)


def read_lines(table: str) -> list[Line]:
    """The lines of a table, ``asks | mood | text`` or ``asks | text``."""
    found = []
    for row in table.strip().splitlines():
        asks, *mood, text = (part.strip() for part in row.split(" | "))
        found.append(Line(tuple(asks.split(",")), mood[0] if mood else "", text))
    return found


@dataclass
class Memory:
    """What the cards so far have used."""

    lines: Counter[str] = field(default_factory=Counter)
    fillers: Counter[str] = field(default_factory=Counter)
    pairs: Counter[tuple[str, str]] = field(default_factory=Counter)
    texts: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    roots: Counter[str] = field(default_factory=Counter)
    places: dict[str, list[tuple[Name, str]]] = field(default_factory=dict)

    def heed(self, phrase: Phrase) -> None:
        """Remember a phrase."""
        forms = phrase.text.split()
        self.texts.add(phrase.text)
        self.pairs.update(pairwise(forms))

    def likeness(self, phrase: Phrase) -> float:
        """Share of the phrase's pairs of words that were met before; words may well come back."""
        forms = phrase.text.split()
        pairs = list(pairwise(forms))
        return sum(pair in self.pairs for pair in pairs) / max(1, len(pairs))


SKELETONS = read_lines(LINES)
BACKS = {name: read_lines(t) for name, t in zip("omc", (OPENERS, MIDDLES, CLOSERS), strict=True)}
TITLES = read_lines(EPITHETS)


def choose_message(
    language: Language, subject: Subject, hour: str, memory: Memory, rng: random.Random
) -> tuple[Message, Phrase, str]:
    """A message, its phrase and its mood, for one picture."""
    fitting = [line for line in SKELETONS if line.fits(subject.holds)]
    for _ in range(40):
        options = []
        for _ in range(CANDIDATES):
            line = rng.choice(fitting)
            filled = _fill(line.text, language, subject, hour, memory, rng)
            if filled is None:
                continue
            try:
                message = read_message(filled[0])
                phrase = language.realise(message)
            except Mistake:
                continue
            asked = sum(gap in subject.gaps for gap in GAP.findall(line.text))
            suits = 0.12 * min(asked, 2) + 0.2 * (line.asks != ("any",))
            suits += 0.12 * min(len(phrase.words), 7)
            score = memory.likeness(phrase) + 1.5 * memory.lines[line.text] - suits
            options.append((score, message, phrase, line, filled[1]))
        for _, message, phrase, line, fillers in sorted(options, key=lambda option: option[0]):
            if is_sound(phrase, language, memory):
                memory.lines[line.text] += 1
                memory.fillers.update(fillers.values())
                memory.heed(phrase)
                return message, phrase, line.mood
    raise AssertionError("no skeleton can be said in this language")


def is_sound(phrase: Phrase, language: Language, memory: Memory) -> bool:
    """True for a new phrase of 3 to 9 words that reads back to its own gloss and offends nobody."""
    if not SHORTEST <= len(phrase.words) <= LONGEST or phrase.text in memory.texts:
        return False
    if not all(is_clean(word.form) for word in phrase.words):
        return False
    parsed = language.parse(phrase.text)
    return parsed is not None and parsed.gloss == phrase.gloss


def _fill(
    text: str,
    language: Language,
    subject: Subject,
    hour: str,
    memory: Memory,
    rng: random.Random,
) -> tuple[str, dict[str, str]] | None:
    """Fill the gaps of a skeleton, each with a concept of its own; None where one stays open."""
    chosen: dict[str, str] = {}
    for gap in dict.fromkeys(GAP.findall(text)):
        if gap in TABLES:
            shut = (*chosen.values(), *UNSEEN.get(hour, ()))
            pool = [name for name in TABLES[gap] if name not in shut and f"{name}" not in text]
            # Some things are dearer to the jungle than others, as in any language.
            weights = [
                w / (1 + memory.fillers[name]) ** 0.5
                for w, name in zip(gusein_zade(len(pool)), pool, strict=True)
            ]
            chosen[gap] = rng.choices(pool, weights)[0]
        elif gap in subject.gaps and subject.gaps[gap] not in chosen.values():
            chosen[gap] = subject.gaps[gap]
        else:
            return None
    return text.format(**chosen), {gap: name for gap, name in chosen.items() if gap in TABLES}


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
    epithet = pick_line(TITLES, subject.holds, memory, rng)
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
