"""Read a phrase back: take words apart into morphemes, and build the message from the words.

`Reader.read_word` uses the roots and affixes alone. `understand` uses case marks and the side on
which modifiers stand. Neither knows what was said.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace

from generate.phrases.language.grammar import CASES, COPIES, PERSONS, Morpheme, Speller, gloss_of
from generate.phrases.language.message import MOODS, TENSES, Clause, Message, NounPhrase
from generate.phrases.language.phonology import reduplicate

ROLES = {label: role for role, label in CASES.items()}
BUILDERS = ("NMLZ", "PLC")  # they make a name of one root
JOINERS = (*BUILDERS, "DIM", "AUG")  # and these of two


@dataclass(frozen=True)
class Reading:
    """One way to take a word apart.

    concept: "" for a free compound. copied: reduplicated. marks: labels of the affixes.
    """

    concept: str
    copied: bool
    marks: tuple[str, ...]
    morphemes: tuple[Morpheme, ...]
    parts: tuple[str, ...] = ()


class Reader:
    """Takes apart the words of one language."""

    def __init__(self, speller: Speller) -> None:
        self.speller, grammar = speller, speller.grammar
        self.suffixes = grammar.suffixes
        self.prefixes = {grammar.affixes[label]: label for label in grammar.prefixes}
        self.roots: dict[str, str] = {}
        self.copies: dict[str, str] = {}
        for concept, form in speller.roots.items():
            self.roots[form] = concept
            if speller.classes.get(concept) in COPIES:
                self.copies[reduplicate(form) + form] = concept
        self.compounds = {parts: concept for concept, parts in speller.derived.items()}

    def read_word(self, form: str) -> list[Reading]:
        """Every way to take ``form`` apart; a word of the language has exactly one."""
        found: list[Reading] = []
        for before, rest in self._strip_prefixes(form):
            for root, copied, tail in self._find_roots(rest):
                found += self._finish(before, root, copied, tail)
        return found

    def _strip_prefixes(self, form: str) -> Iterator[tuple[tuple[str, ...], str]]:
        yield (), form
        for prefix, label in self.prefixes.items():
            if form.startswith(prefix):
                for labels, rest in self._strip_prefixes(form[len(prefix) :]):
                    yield (label, *labels), rest

    def _find_roots(self, rest: str) -> Iterator[tuple[str, bool, str]]:
        for end in range(1, len(rest) + 1):
            if rest[:end] in self.roots:
                yield self.roots[rest[:end]], False, rest[end:]
            if rest[:end] in self.copies:
                yield self.copies[rest[:end]], True, rest[end:]

    def _split_suffixes(self, rest: str) -> list[tuple[str, ...]]:
        """Every chain of suffix labels that spells ``rest``."""
        if not rest:
            return [()]
        return [
            (self.suffixes[rest[:end]], *chain)
            for end in range(1, len(rest) + 1)
            if rest[:end] in self.suffixes
            for chain in self._split_suffixes(rest[end:])
        ]

    def _finish(
        self, before: tuple[str, ...], root: str, copied: bool, tail: str
    ) -> Iterator[Reading]:
        """The readings of a word after its first root: affixes, or a second root and affixes."""
        for chain in self._split_suffixes(tail):
            if chain and (root, chain[0]) in self.compounds:
                concept = self.compounds[root, chain[0]]
                yield self._note(before, concept, (root, chain[0]), copied, chain[1:])
            elif chain and chain[0] in BUILDERS:
                yield self._note(before, "", (root, chain[0]), copied, chain[1:])
            else:
                yield self._note(before, root, (root,), copied, chain)
        for second, again, rest in self._find_roots(tail):
            for chain in self._split_suffixes(rest):
                if again:
                    continue
                if (root, second) in self.compounds:
                    concept = self.compounds[root, second]
                    yield self._note(before, concept, (root, second), copied, chain)
                elif chain and chain[0] in JOINERS:
                    yield self._note(before, "", (root, second, chain[0]), copied, chain[1:])

    def _note(
        self,
        before: tuple[str, ...],
        concept: str,
        parts: tuple[str, ...],
        copied: bool,
        after: tuple[str, ...],
    ) -> Reading:
        affix, roots = self.speller.affix, self.speller.roots
        pieces = [
            affix(part) if part not in roots else Morpheme(roots[part], gloss_of(part))
            for part in parts
        ]
        if copied:
            first = pieces[0]
            label = COPIES[self.speller.classes[concept or parts[0]]]
            pieces[0] = replace(first, link="~")
            pieces.insert(0, Morpheme(reduplicate(first.form), label))
        morphemes = [*map(affix, before), *pieces, *map(affix, after)]
        return Reading(concept, copied, (*before, *after), tuple(morphemes), parts)


class Confusion(ValueError):
    """Words that do not make a sentence of the language."""


def understand(readings: list[Reading], speller: Speller) -> Message:
    """The message that these words say in this order. Raises `Confusion` where they say none."""
    clauses: list[list[Reading]] = [[]]
    joins = [""]
    for reading in readings:
        if speller.classes.get(reading.concept) == "conjunction":
            clauses.append([])
            joins.append(reading.concept)
        else:
            clauses[-1].append(reading)
    return Message(
        tuple(
            _understand_clause(words, join, speller)
            for words, join in zip(clauses, joins, strict=True)
        )
    )


def _understand_clause(words: list[Reading], join: str, speller: Speller) -> Clause:
    fields: dict = {"join": join}
    phrases: list[tuple[NounPhrase, str, Reading]] = []
    waiting: list[Reading] = []
    around: list[tuple[str, NounPhrase]] = []
    for word in words:
        kind = speller.classes.get(word.concept, "")
        if word.concept == "Q":
            fields["mood"] = "Q"
        elif kind == "adverb":
            fields["adverbs"] = (*fields.get("adverbs", ()), word.concept)
        elif kind == "exclamation":
            fields["exclamation"] = word.concept
        elif kind == "verb" or (kind == "adjective" and "COP" in word.marks):
            marked = word.concept + ("!" if word.copied and kind == "adjective" else "")
            _set(fields, "verb" if kind == "verb" else "quality", marked)
            fields |= _read_marks(word)
            fields["again"] = word.copied and kind == "verb"
        elif kind in ("determiner", "adjective") or "GEN" in word.marks:
            waiting.append(word)
            if speller.grammar.modifiers == "after":
                if not phrases:
                    raise Confusion("a modifier has nothing to modify")
                phrase, mark, head = phrases[-1]
                phrases[-1] = (_modify(phrase, waiting.pop(), speller), mark, head)
        elif kind in ("noun", "pronoun"):
            phrase, mark = _read_head(word)
            for modifier in waiting:
                phrase = _modify(phrase, modifier, speller)
            waiting = []
            phrases.append((phrase, mark, word))
        else:
            raise Confusion("an unknown word")
    if waiting:
        raise Confusion("a modifier has nothing to modify")
    for phrase, mark, word in phrases:
        if mark == "ACC":
            _set(fields, "object", phrase)
        elif mark == "COP":
            _set(fields, "identity", phrase)
            fields |= _read_marks(word)
        elif mark in ROLES:
            around.append((ROLES[mark], phrase))
        else:
            _set(fields, "subject", phrase)
    fields["around"] = tuple(around)
    return Clause(**fields)


def _set(fields: dict, key: str, value: object) -> None:
    if key in fields:
        raise Confusion(f"two words for one {key}")
    fields[key] = value


def _read_marks(word: Reading) -> dict:
    return {
        "tense": next((m for m in word.marks if m in TENSES), ""),
        "negative": "NEG" in word.marks,
    } | ({"mood": mood} if (mood := next((m for m in word.marks if m in MOODS), "")) else {})


def _read_head(word: Reading) -> tuple[NounPhrase, str]:
    persons = {label: person for person, label in PERSONS.items()}
    owner = next((persons[m[:3]] for m in word.marks if m.endswith(".POSS")), "")
    case = next((m for m in word.marks if m == "ACC" or m == "COP" or m in ROLES), "")
    return NounPhrase(word.concept, word.copied, "DIM" in word.marks, owner=owner), case


def _modify(phrase: NounPhrase, word: Reading, speller: Speller) -> NounPhrase:
    kind = speller.classes[word.concept]
    if kind == "determiner":
        return replace(phrase, determiner=word.concept)
    if kind == "adjective":
        mark = "!" if word.copied else ""
        return replace(phrase, adjectives=(*phrase.adjectives, word.concept + mark))
    return replace(phrase, owner=word.concept)


def choose_readings(options: list[list[Reading]]) -> Iterator[list[Reading]]:
    """The ways to read all words together, at most 256."""
    return (list(choice) for choice in itertools.islice(itertools.product(*options), 256))
