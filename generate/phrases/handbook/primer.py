"""The rules of a language in plain English, with examples from the cards; writes no file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from generate.phrases.language.language import Language, Phrase
from generate.phrases.language.message import Message

ORDERS = {
    "S": "the one who acts",
    "O": "what is acted upon",
    "V": "the act",
}
ENOUGH = 400  # cards read for examples; more would only cost time
COPIED = {
    "PL": ("Many", "noun", "more than one"),
    "ITER": ("Again and again", "verb", "again and again"),
    "INT": ("Very", "adjective", "very"),
}


class WordLike(Protocol):
    """What is read of a word on a card."""

    form: str
    morphemes: str
    gloss: str
    meaning: str


class CardLike(Protocol):
    """What is read of a card."""

    slug: str
    phrase: str
    name: dict[str, str]

    @property
    def words(self) -> Sequence[WordLike]: ...


@dataclass(frozen=True)
class Example:
    """A word or a phrase of the card ``slug`` with its interlinear lines."""

    form: str
    morphemes: str
    gloss: str
    translation: str
    slug: str


@dataclass(frozen=True)
class Fact:
    """One rule of the grammar, and a card that shows it where there is one."""

    title: str
    text: str
    example: Example | None = None


@dataclass(frozen=True)
class Specimen:
    """A card's phrase as the grammar reads it."""

    slug: str
    message: Message
    phrase: Phrase


def list_facts(language: Language, cards: Sequence[CardLike]) -> list[Fact]:
    """The rules of ``language``, the most general first."""
    specimens = []
    for card in cards[:ENOUGH]:
        message = language.read(card.phrase.lower())
        if message:
            specimens.append(Specimen(card.slug, message, language.realise(message)))
    specimens.sort(key=lambda specimen: len(specimen.phrase.words))
    grammar = language.grammar
    first, second, third = (ORDERS[letter] for letter in grammar.order)
    side = grammar.modifiers
    facts = [
        Fact(
            "Order of words",
            f"A sentence says first {first}, then {second}, then {third}.",
            show(
                specimens, lambda m: m.clauses[0].subject is not None and bool(m.clauses[0].object)
            ),
        ),
        Fact(
            "No article, no gender",
            "There is no word for “a” or “the”, and one word serves for he, she and it. "
            "What is acted upon is marked by "
            f"-{grammar.affixes['ACC']}, so that no one is eaten by mistake.",
            show_word(specimens, "ACC"),
        ),
        Fact(
            "Describing",
            f"Adjectives, numbers and owners stand {side} what they describe.",
            show(
                specimens,
                lambda m: any(
                    p is not None and p.adjectives for c in m.clauses for p in (c.subject, c.object)
                ),
            ),
        ),
        Fact(
            "Where, when and how",
            "Places, times and manners stand "
            f"{'at the end' if grammar.circumstances == 'after' else 'at the beginning'} "
            "of the sentence. A place is marked on its word: "
            f"-{grammar.affixes['LOC']} for in or at, -{grammar.affixes['ALL']} for to, "
            f"-{grammar.affixes['ABL']} for from.",
            show(specimens, lambda m: bool(m.clauses[0].around)),
        ),
        Fact(
            "Time",
            tell_time(language),
            show(specimens, lambda m: any(c.tense for c in m.clauses)),
        ),
        Fact(
            "Saying no",
            f"{join_affix(language, 'NEG')} makes a verb say no.",
            show(specimens, lambda m: any(c.negative for c in m.clauses)),
        ),
        Fact(
            "Asking",
            f"The word {language.roots['Q']} "
            f"{'opens' if grammar.question == 'before' else 'closes'} a question.",
            show(specimens, lambda m: any(c.mood == "Q" for c in m.clauses)),
        ),
        Fact(
            "Commands and wishes",
            f"-{grammar.affixes['IMP']} on a verb is a command, -{grammar.affixes['OPT']} a wish.",
            show(specimens, lambda m: any(c.mood in ("IMP", "OPT") for c in m.clauses)),
        ),
    ]
    facts += [tell_copying(specimens, label) for label in COPIED]
    facts += [
        Fact(
            "Belonging",
            f"Whose a thing is stands on its word: -{grammar.affixes['1SG.POSS']} my, "
            f"-{grammar.affixes['2SG.POSS']} your, -{grammar.affixes['3SG.POSS']} its. Any other "
            f"owner takes -{grammar.affixes['GEN']}.",
            show_word(specimens, "1SG.POSS", "2SG.POSS", "3SG.POSS", "GEN"),
        ),
        Fact(
            "Being",
            f"-{grammar.affixes['COP']} turns a describing word or a noun into “is so”.",
            show_word(specimens, "COP"),
        ),
        tell_compounds(language),
    ]
    return facts


def join_affix(language: Language, label: str) -> str:
    """An affix and where it stands: "ka- in front", "-ka at the end"."""
    form = language.grammar.affixes[label]
    return f"{form}- in front" if label in language.grammar.prefixes else f"-{form} at the end"


def tell_time(language: Language) -> str:
    past, future = (join_affix(language, label) for label in ("PST", "FUT"))
    return f"A bare verb is now. {past} makes it past, {future} makes it yet to come."


def tell_copying(specimens: Sequence[Specimen], label: str) -> Fact:
    """What a copied first syllable means for one class of words."""
    title, kind, meaning = COPIED[label]
    article = "an" if kind == "adjective" else "a"
    text = f"Said twice, the first syllable of {article} {kind} means {meaning}."
    return Fact(title, text, show_word(specimens, label))


def tell_compounds(language: Language) -> Fact:
    """How words are made of words, with two examples from the lexicon."""
    text = "Two words side by side make a third"
    shown = [name for name, parts in language.derived.items() if parts[1] in language.roots][:2]
    samples = [
        f"{language.spell(name)}, “{language.concepts[name].english}”, is "
        + " + ".join(f"{m.form} “{m.gloss}”" for m in language.speller.stem(name))
        for name in shown
        if name in language.concepts
    ]
    return Fact("Words made of words", f"{text}: {'; '.join(samples)}." if samples else f"{text}.")


def show(specimens: Sequence[Specimen], fits: Callable[[Message], bool]) -> Example | None:
    """The shortest phrase whose message fits."""
    for specimen in specimens:
        if fits(specimen.message):
            said, slug = specimen.phrase, specimen.slug
            return Example(said.text, said.morphemes, said.gloss, said.translation, slug)
    return None


def show_word(specimens: Sequence[Specimen], *labels: str) -> Example | None:
    """The shortest word that carries one of ``labels``."""
    found = [
        Example(word.form, word.morphemes, word.gloss, word.meaning, specimen.slug)
        for specimen in specimens
        for word in specimen.phrase.words
        if set(labels) & set(word.gloss.replace("~", "-").split("-"))
    ]
    return min(found, key=lambda example: len(example.form), default=None)
