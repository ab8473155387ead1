"""Choose what a beast says: a message whose gaps are filled from its picture, new to its jungle.

The best of twenty candidates is taken: one that suits the picture and shares few pairs of words
with the phrases before it.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise

from generate.errors import Refusal
from generate.phrases.language.clashes import is_clean
from generate.phrases.language.language import Language, Name, Phrase
from generate.phrases.language.message import Mistake, read_message
from generate.phrases.language.phonology import gusein_zade
from generate.phrases.writing.lines import Line, open_lines
from generate.phrases.writing.subject import Subject

SHORTEST, LONGEST = 3, 9
CANDIDATES = 20
ROUNDS = 40  # how often a card draws so many candidates, until one is new
# What fills the gaps that do not depend on the picture.
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
# What cannot be seen at an hour.
UNSEEN = {"night": ("sun",), "day": ("moon", "star"), "dawn": ("star",), "dusk": ()}
MESSAGES = open_lines("messages")
GAP = re.compile(r"\{(\w+)\}")


@dataclass
class Memory:
    """What the cards so far have used.

    rounds: how often the next card tries to say something new with one line.
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
        self.texts.add(phrase.text)
        self.pairs.update(pairwise(phrase.text.split()))

    def measure_repetition(self, phrase: Phrase) -> float:
        """The share of the phrase's pairs of words that earlier phrases have."""
        pairs = list(pairwise(phrase.text.split()))
        return sum(pair in self.pairs for pair in pairs) / max(1, len(pairs))


@dataclass(frozen=True)
class Choice:
    """What one card says: its phrase, the concepts in it, the mood for the voice.

    back: Markdown for the back of the card, "" where the offline writer is to write it.
    """

    concepts: frozenset[str]
    phrase: Phrase
    mood: str
    back: str = ""


def choose_message(
    language: Language, subject: Subject, hour: str, memory: Memory, rng: random.Random
) -> Choice:
    """What the beast of one picture says; ``memory`` learns it.

    Once the lines that fit offer hardly anything new, two are joined. Raises `Refusal` if even
    then there is nothing new to say.
    """
    attempt = partial(
        try_lines, language=language, subject=subject, hour=hour, memory=memory, rng=rng
    )
    fitting = [line for line in MESSAGES if line.fits(subject.holds)]
    for _ in range(memory.rounds):
        lines = (rng.choice(fitting) for _ in range(CANDIDATES))
        if found := attempt(lines):
            return found
    # Later cards of the same jungle will hardly find more, so they give up sooner.
    memory.rounds = max(1, memory.rounds // 4)
    plain = [line for line in fitting if line.is_plain]
    for _ in range(ROUNDS if len(plain) > 1 else 0):
        pairs = (join_lines(*rng.sample(plain, 2)) for _ in range(CANDIDATES))
        if found := attempt(pairs):
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
) -> Choice | None:
    """The best new phrase that ``lines`` can make; ``memory`` learns it."""
    options = []
    for line in lines:
        filled = fill_gaps(line.text, subject, hour, memory, rng)
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
        score = memory.measure_repetition(phrase) + 1.5 * memory.lines[line.text] - suits
        options.append((score, message, phrase, line, filled[1]))
    for _, message, phrase, line, fillers in sorted(options, key=lambda option: option[0]):
        if is_usable(phrase, language, memory):
            memory.lines[line.text] += 1
            memory.fillers.update(fillers.values())
            memory.add_phrase(phrase)
            return Choice(message.concepts, phrase, line.mood)
    return None


def join_lines(first: Line, second: Line) -> Line:
    """Two lines as one, with the mood of the first."""
    return Line(first.asks, first.mood, f"{first.text} ; and {second.text}")


def is_usable(phrase: Phrase, language: Language, memory: Memory) -> bool:
    """Whether a phrase is new, has 3 to 9 clean words, and reads back to its own gloss."""
    if not SHORTEST <= len(phrase.words) <= LONGEST or phrase.text in memory.texts:
        return False
    if not all(is_clean(word.form) for word in phrase.words):
        return False
    parsed = language.parse(phrase.text)
    return parsed is not None and parsed.gloss == phrase.gloss


def fill_gaps(
    text: str, subject: Subject, hour: str, memory: Memory, rng: random.Random
) -> tuple[str, dict[str, str]] | None:
    """A message with each gap filled by another concept, and what filled those of `TABLES`.

    None where a gap cannot be filled.
    """
    chosen: dict[str, str] = {}
    for gap in dict.fromkeys(GAP.findall(text)):
        if gap in TABLES:
            shut = (*chosen.values(), *UNSEEN.get(hour, ()))
            pool = [name for name in TABLES[gap] if name not in shut and name not in text]
            # Some concepts are commoner than others, as in any language.
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
