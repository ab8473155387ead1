"""The language of a jungle: says messages and reads phrases back."""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from generate.phrases.english.sentences import say
from generate.phrases.language.concepts import CONCEPTS, DERIVED, Concept
from generate.phrases.language.grammar import Grammar, Speller, Spelling, make_grammar
from generate.phrases.language.lexicon import make_lexicon
from generate.phrases.language.meaning import explain_name, explain_word
from generate.phrases.language.message import Message, Mistake, check_message
from generate.phrases.language.parse import Confusion, Reader, Reading, choose_readings, understand
from generate.phrases.language.phonology import Phonology, make_phonology
from generate.recipe import derive_seed, digest

UNKNOWN = "?"


@dataclass(frozen=True)
class Word:
    """One word of a phrase: as written, its morphemes, their gloss, and its meaning here."""

    form: str
    morphemes: str
    gloss: str
    meaning: str


@dataclass(frozen=True)
class Phrase:
    """A phrase with its morphemes, its gloss and its English.

    text, morphemes and gloss have one item for each word, with spaces between.
    """

    text: str
    morphemes: str
    gloss: str
    translation: str
    words: tuple[Word, ...]


@dataclass(frozen=True)
class Name:
    """A name made of words of the language: "Rulemo", meaning "moss-striped-one"."""

    form: str
    meaning: str
    morphemes: str
    gloss: str


@dataclass(frozen=True)
class Language:
    """Sounds, words and grammar.

    roots: concept to form, with "Q" for the question particle. derived: concept to its two parts.
    added: concepts that are not in concepts.toml. coined: those of them that the free mode of a
    writer added; they do not count as a change of the language. untranslated: words that cards
    use, and of which nobody has said what they mean; neither do they.
    """

    name: str
    seed: int
    mood: str
    sounds: Phonology
    grammar: Grammar
    roots: Mapping[str, str]
    derived: Mapping[str, tuple[str, str]] = field(default_factory=lambda: dict(DERIVED))
    added: Mapping[str, Concept] = field(default_factory=dict)
    coined: Mapping[str, str] = field(default_factory=dict)
    untranslated: tuple[str, ...] = ()

    @cached_property
    def concepts(self) -> dict[str, Concept]:
        """Every concept that has a word."""
        known = {**CONCEPTS, **self.added}
        return {n: c for n, c in known.items() if n in self.roots or n in self.derived}

    @cached_property
    def speller(self) -> Speller:
        classes = {name: concept.word_class for name, concept in self.concepts.items()}
        return Speller(self.grammar, self.roots, self.derived, classes)

    @cached_property
    def reader(self) -> Reader:
        return Reader(self.speller)

    @cached_property
    def digest(self) -> str:
        """Digest of everything that decides how a message is said."""
        facts = (self.name, vars(self.sounds), {**vars(self.grammar)}, dict(self.derived))
        roots = {name: form for name, form in self.roots.items() if name not in self.coined}
        return digest([*facts, roots, sorted(set(self.added) - set(self.coined))])

    def spell(self, concept: str) -> str:
        """The bare word for a concept."""
        return Spelling(tuple(self.speller.stem(concept))).form

    def realise(self, message: Message) -> Phrase:
        """The phrase that says ``message``. Raises `Mistake` where it cannot be said."""
        check_message(message, self.concepts)
        spellings = self.speller.say(message)
        words = tuple(self._explain(spelling) for spelling in spellings)
        return self._bind(words, say(message, self.concepts))

    def _explain(self, spelling: Spelling) -> Word:
        reading = next(
            (r for r in self.reader.read_word(spelling.form) if r.morphemes == spelling.morphemes),
            None,
        )
        if reading is None:
            raise Mistake(f"{spelling.hyphenated} ({spelling.gloss}) cannot be read back")
        meaning = explain_word(reading, self.concepts)
        return Word(spelling.form, spelling.hyphenated, spelling.gloss, meaning)

    @staticmethod
    def _bind(words: tuple[Word, ...], translation: str, text: str = "") -> Phrase:
        lines = [" ".join(getattr(w, n) for w in words) for n in ("form", "morphemes", "gloss")]
        return Phrase(text or lines[0], lines[1], lines[2], translation, words)

    def read(self, text: str) -> Message | None:
        """The message whose phrase is ``text``, None if it is not a phrase of the language."""
        forms = text.split()
        for readings in choose_readings([self.reader.read_word(form) for form in forms]):
            try:
                message = understand(readings, self.speller)
                check_message(message, self.concepts)
            except (Confusion, Mistake, KeyError):
                continue
            if [spelling.form for spelling in self.speller.say(message)] == forms:
                return message
        return None

    def parse(self, text: str) -> Phrase | None:
        """A phrase read by lexicon and grammar alone; None if it breaks a rule."""
        message = self.read(text)
        return self.realise(message) if message else None

    def analyse(self, text: str) -> Phrase:
        """The best reading of a person's own phrase; spaces separate its words.

        Punctuation and capitals are ignored; unknown words get the gloss "?".
        """
        text = " ".join(unicodedata.normalize("NFC", text).split())
        forms = [re.sub(r"[^\w'’-]|_", "", token).lower() or token for token in text.split()]
        parsed = self.parse(" ".join(forms))
        if parsed:
            return self._bind(parsed.words, parsed.translation, text)
        options = [self.reader.read_word(form) for form in forms]
        words = tuple(
            self._gloss(form, readings[0] if readings else None)
            for form, readings in zip(forms, options, strict=True)
        )
        translation = " … ".join(word.meaning for word in words)
        try:
            message = understand([readings[0] for readings in options], self.speller)
            check_message(message, self.concepts)
            translation = say(message, self.concepts)
        except (Confusion, Mistake, KeyError, IndexError):
            pass
        return self._bind(words, translation, text)

    def _gloss(self, form: str, reading: Reading | None) -> Word:
        if reading is None:
            return Word(form, form, UNKNOWN, UNKNOWN)
        spelling = Spelling(reading.morphemes)
        meaning = explain_word(reading, self.concepts)
        return Word(form, spelling.hyphenated, spelling.gloss, meaning)

    def name_from(self, *parts: str) -> Name | None:
        """A name from one or two concepts and an affix; None where it can be read in two ways."""
        pieces = []
        for part in parts:
            pieces += (
                [self.speller.affix(part)]
                if part in self.grammar.affixes
                else self.speller.stem(part)
            )
        spelling = Spelling(tuple(pieces))
        readings = self.reader.read_word(spelling.form)
        if len(readings) != 1 or readings[0].parts != parts:
            return None
        meaning = explain_name(parts, self.concepts)
        form = spelling.form
        return Name(form[0].upper() + form[1:], meaning, spelling.hyphenated, spelling.gloss)


def make_language(seed: int, name: str, mood: str) -> Language:
    """The language of a seed, a name and a mood; the same each time."""
    rng = random.Random(derive_seed("language", seed, name, mood))
    sounds = make_phonology(rng, mood)
    grammar = make_grammar(rng, sounds)
    return Language(name, seed, mood, sounds, grammar, make_lexicon(rng, sounds, grammar))
