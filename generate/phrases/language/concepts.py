"""What a jungle's language can speak of: concepts with class, valency and their English.

Reads concepts.toml, which also says what the signs in its words mean.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

WordClass = Literal[
    "noun", "verb", "adjective", "adverb", "pronoun", "determiner", "conjunction", "exclamation"
]


@dataclass(frozen=True)
class Concept:
    """Something that the language has a word for.

    name: its English lemma, unique, without spaces; also its Leipzig gloss.
    group: its group in concepts.toml, such as "food"; for a verb its valency.
    english: lemma; past and ing: of a verb; plural: of a noun.
    article: of a noun, "count", "mass" or "unique".
    """

    name: str
    word_class: WordClass
    group: str
    english: str
    past: str = ""
    plural: str = ""
    ing: str = ""
    article: str = "count"


def make_noun(token: str, group: str = "added") -> Concept:
    """A noun from its notation; the plural is regular unless given."""
    article = {"~": "mass", "!": "unique"}.get(token[-1], "count")
    name, _, plural = token.rstrip("~!").partition("/")
    english = name.replace("_", " ")
    regular = english + "s"
    if english.endswith(("s", "sh", "ch", "x")):
        regular = english + "es"
    elif english.endswith("y") and english[-2:-1] not in "aeiou":
        regular = english[:-1] + "ies"
    return Concept(name, "noun", group, english, plural=plural or regular, article=article)


def make_verb(token: str, group: str = "intransitive") -> Concept:
    """A verb from its notation; past and -ing are regular unless given."""
    name, *irregular = token.split("/")
    head, *particle = name.split("_")
    past = head + ("d" if head.endswith("e") else "ed")
    if head.endswith("y") and head[-2:-1] not in "aeiou":
        past = head[:-1] + "ied"
    ing = (head[:-1] if head.endswith("e") and not head.endswith("ee") else head) + "ing"
    forms = [form.split("_")[0] for form in irregular] + ["", ""]
    past, ing = forms[0] or past, forms[1] or ing
    lemma, past, ing = (" ".join([form, *particle]) for form in (head, past, ing))
    return Concept(name, "verb", group, lemma, past=past, ing=ing)


def make_concept(token: str, word_class: WordClass, group: str = "") -> Concept:
    """A concept from its notation, with regular English where no other form is given."""
    if word_class == "noun":
        return make_noun(token, group or "added")
    if word_class == "verb":
        return make_verb(token, group or "intransitive")
    return Concept(token, word_class, group or "added", token.replace("_", " "))


WORDS = tomllib.loads(Path(__file__).with_name("concepts.toml").read_text(encoding="utf-8"))
DERIVED: dict[str, tuple[str, str]] = {
    name: (first, second)
    for name, parts in WORDS["derived"].items()
    for first, second in [parts.split()]
}
CONCEPTS = {
    concept.name: concept
    for word_class in get_args(WordClass)
    for group, tokens in WORDS[word_class].items()
    for concept in (make_concept(token, word_class, group) for token in tokens.split())
}
