"""Choose what a beast says: messages with gaps, filled for its picture, new to its jungle.

Of twenty candidates that one is taken which suits the picture best and shares fewest pairs of
words with the phrases before it. Reads and writes nothing.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise

from generate.errors import Refusal
from generate.phrases.language.clashes import is_clean
from generate.phrases.language.language import Language, Name, Phrase
from generate.phrases.language.message import Message, Mistake, read_message
from generate.phrases.language.phonology import gusein_zade
from generate.phrases.writing.lines import Line, open_lines
from generate.phrases.writing.subject import Subject

SHORTEST, LONGEST = 3, 9
CANDIDATES = 20
# How often a card tries for something new among as many candidates.
ROUNDS = 40
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
MESSAGES = open_lines("messages")
GAP = re.compile(r"\{(\w+)\}")


@dataclass
class Memory:
    """What the cards so far have used.

    ``rounds`` is how often the next tries to find something new to say with one line.
    """

    rounds: int = ROUNDS
    lines: Counter[str] = field(default_factory=Counter)
    fillers: Counter[str] = field(default_factory=Counter)
    pairs: Counter[tuple[str, str]] = field(default_factory=Counter)
    texts: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    roots: Counter[str] = field(default_factory=Counter)
    places: dict[str, list[tuple[Name, str]]] = field(default_factory=dict)

    def add_phrase(self, phrase: Phrase) -> None:
        """Remember a phrase."""
        forms = phrase.text.split()
        self.texts.add(phrase.text)
        self.pairs.update(pairwise(forms))

    def likeness(self, phrase: Phrase) -> float:
        """Share of the phrase's pairs of words that were met before; words may well come back."""
        forms = phrase.text.split()
        pairs = list(pairwise(forms))
        return sum(pair in self.pairs for pair in pairs) / max(1, len(pairs))


def choose_message(
    language: Language, subject: Subject, hour: str, memory: Memory, rng: random.Random
) -> tuple[Message, Phrase, str]:
    """A message, its phrase and its mood, for one picture.

    Once the lines that fit have said nearly all they can, two are joined. `Refusal` if even then
    there is nothing new to be said.
    """
    fitting = [line for line in MESSAGES if line.fits(subject.holds)]
    for _ in range(memory.rounds):
        lines = (rng.choice(fitting) for _ in range(CANDIDATES))
        if found := try_lines(lines, language, subject, hour, memory, rng):
            return found
    # Later cards of the same jungle will hardly fare better: they soon stop trying.
    memory.rounds = max(1, memory.rounds // 4)
    plain = [line for line in fitting if line.is_plain]
    for _ in range(ROUNDS if len(plain) > 1 else 0):
        pairs = (join_lines(*rng.sample(plain, 2)) for _ in range(CANDIDATES))
        if found := try_lines(pairs, language, subject, hour, memory, rng):
            return found
    raise Refusal(
        f"{language.name} has no new phrase of {SHORTEST} to {LONGEST} words for card "
        f"{len(memory.texts) + 1}; ask for fewer cards (count), or set [phrases] writer"
    )


def try_lines(
    lines: Iterable[Line],
    language: Language,
    subject: Subject,
    hour: str,
    memory: Memory,
    rng: random.Random,
) -> tuple[Message, Phrase, str] | None:
    """The best new phrase that ``lines`` make, which ``memory`` then knows."""
    options = []
    for line in lines:
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
            memory.add_phrase(phrase)
            return message, phrase, line.mood
    return None


def join_lines(first: Line, second: Line) -> Line:
    """Two lines as one, in the voice of the first."""
    return Line(first.asks, first.mood, f"{first.text} ; and {second.text}")


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
    """Fill the gaps of a message, each with a concept of its own; None where one stays open."""
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
