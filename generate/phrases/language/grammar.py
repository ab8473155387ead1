"""How the language builds words and sentences.

`make_grammar` draws word order and affixes; `Speller.say` turns a message into words made of
morphemes. Glosses follow the Leipzig rules: ``-`` joins an affix, ``~`` a reduplicant, labels are
in capitals, several English words in one gloss are joined by a full stop.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field

from generate.phrases.language.clashes import is_rude
from generate.phrases.language.message import Clause, Message, NounPhrase
from generate.phrases.language.phonology import Phonology, make_word, reduplicate

LABELS = {
    "ACC": "what is acted upon",
    "LOC": "in, at, on",
    "ALL": "to, towards",
    "ABL": "from",
    "COM": "with",
    "SIM": "like",
    "GEN": "of",
    "DIM": "little",
    "AUG": "great",
    "COP": "is, is a",
    "1SG.POSS": "my",
    "2SG.POSS": "your",
    "3SG.POSS": "its",
    "1PL.POSS": "our",
    "3PL.POSS": "their",
    "PST": "did",
    "FUT": "will",
    "NEG": "not",
    "IMP": "do it!",
    "OPT": "may it be so",
    "NMLZ": "one who, that which",
    "PLC": "place of",
}
CASES = {"at": "LOC", "to": "ALL", "from": "ABL", "with": "COM", "like": "SIM"}
PERSONS = {"I": "1SG", "you": "2SG", "it": "3SG", "we": "1PL", "they": "3PL"}
COPIES = {"noun": "PL", "verb": "ITER", "adjective": "INT"}
ORDERS = ("SOV", "SVO", "VSO", "VOS", "OVS")


@dataclass(frozen=True)
class Morpheme:
    """The smallest part with a meaning; ``link`` joins it to the part before."""

    form: str
    gloss: str
    link: str = "-"


@dataclass(frozen=True)
class Spelling:
    """One word as its morphemes, in order."""

    morphemes: tuple[Morpheme, ...]

    @property
    def form(self) -> str:
        return "".join(m.form for m in self.morphemes)

    @property
    def hyphenated(self) -> str:
        return self._join([m.form for m in self.morphemes])

    @property
    def gloss(self) -> str:
        return self._join([m.gloss for m in self.morphemes])

    def _join(self, parts: list[str]) -> str:
        _, *rest = self.morphemes
        return parts[0] + "".join(m.link + part for m, part in zip(rest, parts[1:], strict=True))


@dataclass(frozen=True)
class Grammar:
    """Word order and affixes.

    order: of subject, object and verb. modifiers: "before" or "after" the noun; circumstances:
    before or after the core of the clause; question: the question word before or after the clause.
    prefixes: which of PST, FUT, NEG stand before the verb. affixes: label to form.
    """

    order: str
    modifiers: str
    circumstances: str
    question: str
    prefixes: tuple[str, ...]
    affixes: Mapping[str, str] = field(default_factory=dict)

    @property
    def suffixes(self) -> dict[str, str]:
        """Form to label of the affixes that stand after a root."""
        return {form: label for label, form in self.affixes.items() if label not in self.prefixes}


def make_grammar(rng: random.Random, sounds: Phonology) -> Grammar:
    """Draw a grammar: common word orders more often, and affixes none of which begins another."""
    order = rng.choices(ORDERS, (4, 4, 3, 2, 1))[0]
    modifiers = rng.choice(("before", "after"))
    prefixes = rng.choice(((), (), ("NEG",), ("PST", "FUT"), ("PST", "FUT", "NEG")))
    affixes: dict[str, str] = {}
    for label in LABELS:
        while True:
            form = make_word(rng, sounds, 1)
            # A suffix begins with one consonant, so that it can be told apart from any root.
            clustered = any(form.startswith(cluster) for cluster in sounds.clusters)
            if form[0] in "aeiouëö" or clustered or is_rude(form):
                continue
            if not any(form.startswith(a) or a.startswith(form) for a in affixes.values()):
                affixes[label] = form
                break
    return Grammar(
        order,
        modifiers,
        rng.choice(("before", "after")),
        rng.choice(("before", "after")),
        prefixes,
        affixes,
    )


class Speller:
    """Builds the words of one language from roots and affixes.

    roots: concept to form; derived: concept to its two parts; classes: concept to word class.
    """

    def __init__(
        self,
        grammar: Grammar,
        roots: Mapping[str, str],
        derived: Mapping[str, tuple[str, str]],
        classes: Mapping[str, str],
    ) -> None:
        self.grammar, self.roots, self.derived, self.classes = grammar, roots, derived, classes

    def affix(self, label: str) -> Morpheme:
        """The morpheme of an affix."""
        return Morpheme(self.grammar.affixes[label], label)

    def stem(self, concept: str, copied: bool = False) -> list[Morpheme]:
        """The morphemes of a concept; ``copied`` puts a copy of its first syllable in front."""
        parts = self.derived.get(concept, (concept,))
        found = [
            self.affix(part)
            if part in self.grammar.affixes
            else Morpheme(self.roots[part], gloss_of(part))
            for part in parts
        ]
        if copied:
            first = found[0]
            label = COPIES[self.classes[concept]]
            found[0] = Morpheme(first.form, first.gloss, "~")
            found.insert(0, Morpheme(reduplicate(first.form), label))
        return found

    def say_noun(self, phrase: NounPhrase, case: str = "") -> list[Spelling]:
        """The words of a noun phrase whose head has the case ``case`` ("" for none)."""
        head = self.stem(phrase.noun, phrase.plural)
        head += [self.affix("DIM")] if phrase.small else []
        if phrase.owner in PERSONS:
            head.append(self.affix(f"{PERSONS[phrase.owner]}.POSS"))
        head += [self.affix(case)] if case else []
        modifiers = [Spelling(tuple(self.stem(phrase.determiner)))] if phrase.determiner else []
        for adjective in phrase.adjectives:
            name = adjective.rstrip("!")
            modifiers.append(Spelling(tuple(self.stem(name, name != adjective))))
        if phrase.owner and phrase.owner not in PERSONS:
            modifiers.append(Spelling((*self.stem(phrase.owner), self.affix("GEN"))))
        if self.grammar.modifiers == "before":
            return [*modifiers, Spelling(tuple(head))]
        return [Spelling(tuple(head)), *modifiers]

    def _inflect(self, clause: Clause, stem: list[Morpheme]) -> Spelling:
        """A verb or predicate with its tense, negation and mood."""
        marks = [clause.tense, "NEG" if clause.negative else ""]
        before = [self.affix(m) for m in marks if m in self.grammar.prefixes]
        after = [self.affix(m) for m in marks if m and m not in self.grammar.prefixes]
        after += [self.affix(clause.mood)] if clause.mood in ("IMP", "OPT") else []
        return Spelling((*before, *stem, *after))

    def say_clause(self, clause: Clause) -> list[Spelling]:
        """The words of one clause in the language's order."""
        parts: dict[str, list[Spelling]] = {"S": [], "V": [], "O": []}
        if clause.subject:
            parts["S"] = self.say_noun(clause.subject)
        if clause.object:
            parts["O"] = self.say_noun(clause.object, "ACC")
        if clause.verb:
            parts["V"] = [self._inflect(clause, self.stem(clause.verb, clause.again))]
        elif clause.quality:
            name = clause.quality.rstrip("!")
            stem = [*self.stem(name, name != clause.quality), self.affix("COP")]
            parts["V"] = [self._inflect(clause, stem)]
        elif clause.identity:
            words = self.say_noun(clause.identity, "COP")
            head = len(words) - 1 if self.grammar.modifiers == "before" else 0
            words[head] = self._inflect(clause, list(words[head].morphemes))
            parts["V"] = words
        core = [word for letter in self.grammar.order for word in parts[letter]]
        around = [Spelling(tuple(self.stem(adverb))) for adverb in clause.adverbs]
        for role, phrase in clause.around:
            around += self.say_noun(phrase, CASES[role])
        words = core + around if self.grammar.circumstances == "after" else around + core
        if clause.mood == "Q":
            particle = [Spelling((Morpheme(self.roots["Q"], "Q"),))]
            words = particle + words if self.grammar.question == "before" else words + particle
        lead = [name for name in (clause.join, clause.exclamation) if name]
        return [Spelling(tuple(self.stem(name))) for name in lead] + words

    def say(self, message: Message) -> list[Spelling]:
        """The words of a whole message."""
        return [word for clause in message.clauses for word in self.say_clause(clause)]


def gloss_of(concept: str) -> str:
    """The Leipzig gloss of a root: a person's label, else its English with full stops."""
    return PERSONS.get(concept, concept).replace("_", ".")
