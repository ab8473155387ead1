"""Coin a word for every concept.

No root begins another root; reduplicated roots and prefixes count as roots too. The same holds for
suffixes among themselves. So every word can be taken apart in one way only (a prefix code). Common
concepts get short words, small things close vowels and big things open ones (sound symbolism:
Sapir 1929).
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping

from generate.phrases.language.clashes import is_clean
from generate.phrases.language.concepts import CONCEPTS, DERIVED, Concept
from generate.phrases.language.grammar import COPIES, Grammar
from generate.phrases.language.phonology import Phonology, is_legal, make_word, reduplicate

SHORT = ("pronoun", "conjunction", "determiner")
TINTS = {
    "small": ["small", "thin", "nut", "berry", "seed", "dew", "thorn", "whisper", "drip", "star"],
    "big": ["big", "heavy", "deep", "hill", "sea", "storm", "thunder", "drum", "boom", "round"],
}
TINT_OF = {concept: tint for tint, concepts in TINTS.items() for concept in concepts}
OWN = "its own reduplicated form"  # am-ama, of ama, would look like ama and a suffix
MOST = 400  # tries before a word may have one syllable more


class Coiner:
    """Finds forms that are still free for the roots of a language."""

    def __init__(self, sounds: Phonology, grammar: Grammar) -> None:
        self.sounds, self.grammar = sounds, grammar
        self.suffixes = tuple(grammar.suffixes)
        self.prefixes = tuple(grammar.affixes[label] for label in grammar.prefixes)
        self.codes: dict[str, str] = {}
        self.opened: set[str] = set()
        for label in grammar.prefixes:
            self._enter(grammar.affixes[label], label)

    def _enter(self, code: str, owner: str) -> None:
        self.codes[code] = owner
        self.opened.update(code[:end] for end in range(1, len(code)))

    def find_rival(self, form: str, copied: bool = True) -> str | None:
        """The concept whose root ``form`` begins or is begun by, None where the form is free.

        `OWN` where the form begins its own reduplicated form.
        """
        codes = [form, reduplicate(form) + form] if copied else [form]
        if codes[-1] != form and codes[-1].startswith(form):
            return OWN
        for code in codes:
            for end in range(1, len(code) + 1):
                if code[:end] in self.codes:
                    return self.codes[code[:end]]
            if code in self.opened:
                return next(o for c, o in self.codes.items() if c.startswith(code))
        return None

    def take(self, form: str, concept: str, copied: bool = True) -> None:
        """Enter a root."""
        self._enter(form, concept)
        if copied:
            self._enter(reduplicate(form) + form, concept)

    def is_fit(self, form: str, word_class: str, second: bool) -> bool:
        """Whether a new root may have this form, bare and inflected."""
        copied = is_copied(word_class)
        if not is_legal(form, self.sounds) or not is_clean(form):
            return False
        if copied and (not reduplicate(form) or not is_clean(reduplicate(form) + form)):
            return False
        if second and (form[0] in "aeiouëö" or form.startswith(self.suffixes)):
            return False
        if self.find_rival(form, copied) or form in self.suffixes:
            return False
        if not copied and word_class != "pronoun":
            return True
        starts = [form, *([reduplicate(form) + form] if copied else [])]
        starts += [start + form for start in self.prefixes if word_class == "verb"]
        return all(is_clean(start + end) for start in starts for end in ("", *self.suffixes))

    def coin(self, rng: random.Random, concept: Concept, rank: float, second: bool) -> str:
        """A new root; it is entered too.

        rank: 0 for the commonest concept of a group, up to 1. second: it stands second in a
        compound.
        """
        copied = is_copied(concept.word_class)
        count = 1 if concept.word_class in SHORT else 2
        if concept.word_class == "verb" and rank < 0.3 and rng.random() < 0.3:
            count = 1
        elif count == 2 and rng.random() < 0.08 + 0.35 * rank:
            count = 3
        tint = TINT_OF.get(concept.name, "")
        for attempt in range(20 * MOST):
            longer = min(attempt // MOST, 4)
            if concept.group == "sound":
                once = make_word(rng, self.sounds, 2 + longer // 2, tint)
                form = once + once
            else:
                form = make_word(rng, self.sounds, count + longer, tint)
            if len(form) > 1 and self.is_fit(form, concept.word_class, second):
                self.take(form, concept.name, copied)
                return form
        raise AssertionError(f"no form left for {concept.name}")


def is_copied(word_class: str) -> bool:
    """Whether words of this class may be reduplicated."""
    return word_class in COPIES


def make_lexicon(rng: random.Random, sounds: Phonology, grammar: Grammar) -> dict[str, str]:
    """A root for the question particle and for each concept that is not derived from others."""
    coiner = Coiner(sounds, grammar)
    seconds = {parts[1] for parts in DERIVED.values()}
    roots = {"Q": coiner.coin(rng, Concept("Q", "conjunction", "", "Q"), 0.0, False)}
    ranks = rank_concepts(CONCEPTS)
    coined = [c for c in CONCEPTS.values() if c.name not in DERIVED]
    for concept in sorted(coined, key=lambda c: (c.word_class not in SHORT, ranks[c.name])):
        roots[concept.name] = coiner.coin(
            rng, concept, ranks[concept.name], concept.name in seconds
        )
    return {name: roots[name] for name in ["Q", *CONCEPTS] if name in roots}


def rank_concepts(concepts: Mapping[str, Concept]) -> dict[str, float]:
    """How far down its group each concept stands, 0 to 1."""
    groups: dict[tuple[str, str], list[str]] = {}
    for concept in concepts.values():
        groups.setdefault((concept.word_class, concept.group), []).append(concept.name)
    return {
        name: index / len(names) for names in groups.values() for index, name in enumerate(names)
    }


def enter_all(
    sounds: Phonology, grammar: Grammar, roots: Mapping[str, str], copied: Iterable[str]
) -> tuple[Coiner, list[tuple[str, str]]]:
    """A coiner that knows ``roots``, and pairs (concept, rival) that cannot be told apart."""
    coiner, rivals, copied = Coiner(sounds, grammar), [], set(copied)
    for concept, form in roots.items():
        rival = coiner.find_rival(form, concept in copied)
        if rival:
            rivals.append((concept, rival))
        else:
            coiner.take(form, concept, concept in copied)
    return coiner, rivals
