"""Read content/language.toml; the first entry that cannot be used is named and refused."""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from generate.errors import Refusal
from generate.phrases.language.concepts import (
    CONCEPTS,
    DERIVED,
    Concept,
    WordClass,
    make_concept,
)
from generate.phrases.language.grammar import LABELS, ORDERS, Grammar
from generate.phrases.language.language import Language
from generate.phrases.language.lexicon import enter_all, is_copied
from generate.phrases.language.phonemes import PHONEMES, is_spelt
from generate.phrases.language.phonology import Phonology
from generate.safety.toml_files import read_toml

TABLES: dict[str, WordClass] = {
    "nouns": "noun",
    "verbs": "verb",
    "adjectives": "adjective",
    "adverbs": "adverb",
    "pronouns": "pronoun",
    "determiners": "determiner",
    "conjunctions": "conjunction",
    "exclamations": "exclamation",
}
VALENCIES = {
    "intransitive": "the actor alone",
    "transitive": "an actor and what it acts upon",
    "ditransitive": "an actor, a gift, one who receives",
    "sentential": 'an actor, and a clause with "that"',
}
SIDES = ("before", "after")
# The most that a word, or the language's name, may have.
LETTERS = 100


def read_text(path: Path) -> str:
    """The file as text, its lines ended by line feeds."""
    try:
        return path.read_text(encoding="utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise Refusal(f"{path}: is not UTF-8 text; save it as UTF-8") from None


def quote(value: str | Sequence[str]) -> str:
    """A string or a list of strings as TOML, which writes them as JSON does."""
    return json.dumps(value, ensure_ascii=False)


def read_language(path: Path) -> Language:
    """The language of the file. A `Refusal` names an entry that cannot be used, and says why."""
    return _Checker(path, read_toml(path)[1]).read()


class _Checker:
    """Turns the tables of the file into a language, or refuses the first bad entry."""

    def __init__(self, path: Path, data: dict[str, Any]) -> None:
        self.path, self.data = path, data

    def refuse(self, entry: str, why: str) -> Refusal:
        return Refusal(f"{self.path}: {entry[:200]}: {why[:300]}")

    def read(self) -> Language:
        known = {"revision", "name", "seed", "mood", "sounds", "grammar", "affixes", "particles"}
        for table in set(self.data) - known - {*TABLES, "derived", "coined", "untranslated"}:
            near = difflib.get_close_matches(table, [*known, *TABLES, "derived"], 1)
            hint = f"; did you mean {near[0]}?" if near else "; take it out"
            raise self.refuse(table, f"unknown entry{hint}")
        name = self.take(self.data, "", "name", str)
        if not name.isprintable() or len(name) > LETTERS:
            raise self.refuse("name", f"must be one line of up to {LETTERS} letters")
        seed = self.take(self.data, "", "seed", int)
        mood = self.take(self.data, "", "mood", str)
        sounds, grammar = self.read_sounds(), self.read_grammar()
        roots, added = self.read_words()
        derived = self.read_derived(roots)
        coined = self.read_coined(roots, added)
        untranslated = self.read_untranslated()
        self.check_missing(roots, derived)
        self.check_rivals(sounds, grammar, roots, {**CONCEPTS, **added})
        language = Language(
            name, seed, mood, sounds, grammar, roots, derived, added, coined, untranslated
        )
        for concept, parts in derived.items():
            if len(language.reader.read_word(language.spell(concept))) != 1:
                raise self.refuse(
                    f"derived.{concept}",
                    f"{' + '.join(parts)} can be read in two ways; change a part",
                )
        return language

    def take(self, table: Mapping[str, Any], prefix: str, key: str, kind: type) -> Any:
        if key not in table:
            raise self.refuse(prefix + key, "is missing; put it back or delete the whole file")
        if not isinstance(table[key], kind) or isinstance(table[key], bool):
            names = {str: "text in quotes", int: "a whole number", list: "a list", dict: "a table"}
            raise self.refuse(prefix + key, f"must be {names[kind]}")
        return table[key]

    def strings(self, table: Mapping[str, Any], prefix: str, key: str) -> tuple[str, ...]:
        found = self.take(table, prefix, key, list)
        if not all(isinstance(item, str) for item in found):
            raise self.refuse(prefix + key, "must be a list of texts in quotes")
        return tuple(found)

    def read_sounds(self) -> Phonology:
        table = self.take(self.data, "", "sounds", dict)
        names = ("consonants", "vowels", "codas", "clusters")
        lists = {name: self.strings(table, "sounds.", name) for name in names}
        for name in ("consonants", "vowels", "codas"):
            for symbol in lists[name]:
                known = PHONEMES.get(symbol)
                if known is None or known.is_vowel != (name == "vowels"):
                    raise self.refuse(f"sounds.{name}", f"{symbol} is not one of the {name}")
        if not lists["consonants"] or not lists["vowels"]:
            raise self.refuse("sounds", "needs at least one consonant and one vowel")
        closed = table.get("closed", 0.2)
        if not isinstance(closed, int | float) or not 0 <= closed <= 1:
            raise self.refuse("sounds.closed", "must be a number from 0 to 1")
        return Phonology(**lists, closed=closed)

    def read_grammar(self) -> Grammar:
        table = self.take(self.data, "", "grammar", dict)
        choices = {"order": ORDERS, "modifiers": SIDES, "circumstances": SIDES, "question": SIDES}
        chosen = {key: self.take(table, "grammar.", key, str) for key in choices}
        for key, allowed in choices.items():
            if chosen[key] not in allowed:
                raise self.refuse(f"grammar.{key}", f"must be one of {', '.join(allowed)}")
        prefixes = self.strings(table, "grammar.", "prefixes")
        for label in prefixes:
            if label not in ("PST", "FUT", "NEG"):
                raise self.refuse("grammar.prefixes", f"{label} is not one of PST, FUT, NEG")
        affixes = self.take(self.data, "", "affixes", dict)
        for label in affixes:
            if label not in LABELS:
                raise self.refuse(f"affixes.{label}", "unknown label; take it out")
        forms = {label: self.spelt("affixes", affixes, label) for label in LABELS}
        for label, form in forms.items():
            for other, rival in forms.items():
                if label != other and rival.startswith(form):
                    raise self.refuse(
                        f"affixes.{label}", f"{form} begins {rival} ({other}); change one of them"
                    )
        return Grammar(**chosen, prefixes=prefixes, affixes=forms)

    def spelt(self, table: str, entries: Mapping[str, Any], key: str) -> str:
        form = self.take(entries, f"{table}.", key, str)
        if len(form) > LETTERS:
            raise self.refuse(f"{table}.{key}", f"is longer than {LETTERS} letters; shorten it")
        if form != form.lower() or not is_spelt(form):
            letters = " ".join(s for s, p in PHONEMES.items() if not p.long)
            raise self.refuse(
                f"{table}.{key} = {quote(form)}", f"only these sounds can be spoken: {letters}"
            )
        return form

    def read_words(self) -> tuple[dict[str, str], dict[str, Concept]]:
        particles = self.take(self.data, "", "particles", dict)
        roots, added = {"Q": self.spelt("particles", particles, "Q")}, {}
        for table, word_class in TABLES.items():
            entries = self.take(self.data, "", table, dict)
            groups = {table: entries}
            if table == "verbs":
                groups = {f"verbs.{g}": self.take(entries, "verbs.", g, dict) for g in VALENCIES}
            for place, words in groups.items():
                for name in words:
                    roots[name] = self.spelt(place, words, name)
                    known = CONCEPTS.get(name)
                    if known and known.word_class != word_class:
                        raise self.refuse(f"{place}.{name}", f"{name} is a {known.word_class}")
                    if known is None:
                        added[name] = make_concept(name, word_class, place.partition(".")[2])
        return roots, added

    def read_derived(self, roots: dict[str, str]) -> dict[str, tuple[str, str]]:
        derived = {}
        table = self.take(self.data, "", "derived", dict)
        for name in table:
            parts = tuple(p.strip() for p in self.take(table, "derived.", name, str).split("+"))
            if len(parts) != 2 or parts[0] not in roots or parts[1] not in {*roots, *LABELS}:
                raise self.refuse(f"derived.{name}", "must be two known roots, as in rain + stripe")
            if name in roots:
                raise self.refuse(f"derived.{name}", "has a word of its own above; keep one")
            if name not in CONCEPTS:
                raise self.refuse(f"derived.{name}", "unknown concept; take it out")
            derived[name] = (parts[0], parts[1])
        return derived

    def read_coined(self, roots: dict[str, str], added: dict[str, Concept]) -> dict[str, str]:
        coined = {}
        table = self.take(self.data, "", "coined", dict) if "coined" in self.data else {}
        for name in table:
            form, told = (*self.strings(table, "coined.", name), "", "")[:2]
            word_class = next((known for known in TABLES.values() if known == told), None)
            if word_class is None or name in roots:
                raise self.refuse(f"coined.{name}", 'must be ["word", "noun"], for a new concept')
            roots[name] = coined[name] = self.spelt("coined", {name: form}, name)
            added[name] = make_concept(name, word_class)
        return coined

    def read_untranslated(self) -> tuple[str, ...]:
        if "untranslated" not in self.data:
            return ()
        table = self.take(self.data, "", "untranslated", dict)
        words = self.strings(table, "untranslated.", "words")
        for word in words:
            self.spelt("untranslated", {word: word}, word)
        return words

    def check_missing(self, roots: Mapping[str, str], derived: Mapping[str, Any]) -> None:
        for name, concept in CONCEPTS.items():
            if name not in roots and name not in derived:
                where = "derived" if name in DERIVED else concept.word_class + "s"
                raise self.refuse(f"{where}.{name}", "is missing; every concept needs a word")

    def check_rivals(
        self,
        sounds: Phonology,
        grammar: Grammar,
        roots: Mapping[str, str],
        concepts: Mapping[str, Concept],
    ) -> None:
        copied = [n for n, c in concepts.items() if is_copied(c.word_class)]
        _, rivals = enter_all(sounds, grammar, roots, copied)
        for name, rival in rivals:
            form = roots.get(rival, grammar.affixes.get(rival, ""))
            whose = f"{rival} ({form})" if form else rival
            raise self.refuse(
                f"{name} = {quote(roots[name])}",
                f"cannot be told from {whose}: one begins the other; change one of them",
            )
