"""What one word of a phrase means in English, for the line under the phrase."""

from __future__ import annotations

from collections.abc import Mapping

from generate.phrases.english.nouns import OBJECT
from generate.phrases.language.concepts import Concept
from generate.phrases.language.parse import Reading

OWNERS = {
    "1SG.POSS": "my",
    "2SG.POSS": "your",
    "3SG.POSS": "its",
    "1PL.POSS": "our",
    "3PL.POSS": "their",
}
CASES = {"LOC": "in", "ALL": "to", "ABL": "from", "COM": "with", "SIM": "like", "GEN": "of"}
PLAIN = {"Q": "(a question)", "it": "it, she, he", "exist": "there is"}


def explain_word(reading: Reading, concepts: Mapping[str, Concept]) -> str:
    """A word's meaning in a few English words: "in my little leaves", "did not sing"."""
    marks = reading.marks
    if not reading.concept:
        return explain_name(reading.parts, concepts)
    if reading.concept in PLAIN:
        return PLAIN[reading.concept]
    concept = concepts[reading.concept]
    if concept.word_class == "verb":
        return _explain_verb(reading, concept)
    if concept.word_class == "pronoun":
        cased = any(mark in CASES for mark in marks) or "ACC" in marks
        words = [OBJECT.get(concept.english, concept.english) if cased else concept.english]
    elif concept.word_class == "adjective":
        words = ["very " + concept.english if reading.copied else concept.english]
    else:
        words = [concept.plural if reading.copied and concept.plural else concept.english]
    words = (["little"] if "DIM" in marks else []) + words
    words = [OWNERS[mark] for mark in marks if mark in OWNERS] + words
    words = [CASES[mark] for mark in marks if mark in CASES] + words
    if "COP" in marks:
        be = "was" if "PST" in marks else "will be" if "FUT" in marks else "is"
        words = [be + (" not" if "NEG" in marks else ""), *words]
        if "OPT" in marks:
            words[0] = "may it be"
    return " ".join(words)


def _explain_verb(reading: Reading, concept: Concept) -> str:
    marks = reading.marks
    base, past = concept.english, concept.past
    if reading.copied:
        base, past = f"keep {concept.ing}", f"kept {concept.ing}"
    negative = "NEG" in marks
    if "IMP" in marks:
        return ("do not " if negative else "") + base + "!"
    if "OPT" in marks:
        return ("may not " if negative else "may ") + base
    if "FUT" in marks:
        return ("will not " if negative else "will ") + base
    if "PST" in marks:
        return "did not " + base if negative else past
    return ("not " if negative else "") + base


def explain_name(parts: tuple[str, ...], concepts: Mapping[str, Concept]) -> str:
    """The meaning of a name: "river-striped-one", "moss-fern-place"."""
    *roots, kind = parts
    words = [concepts[root].english.replace(" ", "-") for root in roots]
    ends = {"PLC": "place", "DIM": "little-one", "AUG": "great-one"}
    return "-".join([*words, ends.get(kind, "one")])
