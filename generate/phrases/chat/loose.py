"""Take what a model plainly means, though it is not quite what was asked for."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from typing import Any, ClassVar, get_origin

from pydantic import BaseModel, model_validator

from generate.phrases.language.language import Language
from generate.words.english import list_singulars

# How models write that there is nothing, and what they list that needs no word here.
NOTHING = ("", "-", "none", "null", "n/a")
NEEDLESS = {"marks": ("present", "statement", "plain"), "described": ("a", "an", "the")}


ARTICLE = re.compile(r"^(the|an?|some)[\s_]+(?=\S)", re.IGNORECASE)


def read_inner(value: Any) -> Any:
    """A value that was written as a string of JSON, or ``value`` itself."""
    if isinstance(value, str) and value.strip()[:1] in ("[", "{"):
        with suppress(ValueError, RecursionError):
            return json.loads(value, strict=False)
    return value


def lower(word: Any) -> Any:
    """A word in small letters."""
    return word.strip().lower() if isinstance(word, str) else word


class Loose(BaseModel):
    """Takes what a model plainly means: keys in capitals, one item for a list, words for a noun,
    JSON in a string, a list of one for a text. ``others`` are other names of its keys."""

    others: ClassVar[dict[str, str]] = {}

    @model_validator(mode="before")
    @classmethod
    def loosen(cls, value: Any) -> Any:
        names, value = cls.model_fields, read_inner(value)
        if isinstance(value, str) and "noun" in names:
            *described, noun = value.split() or [""]
            value = {"noun": noun, "described": described}
        if not isinstance(value, dict):
            return value
        fields = {}
        known = {str(key).strip().lower() for key in value}
        for key, item in value.items():
            name = str(key).strip().lower()
            if (other := cls.others.get(name)) and other not in known:
                name = other
            item = read_inner(item)
            if name in names and names[name].annotation is str and isinstance(item, list):
                item = " ".join(map(str, item))
            if name == "noun" and isinstance(item, str):
                item = ARTICLE.sub("", item.strip())
            if name in names and get_origin(names[name].annotation) is list:
                item = re.split(r"[\s,;]+", item) if isinstance(item, str) else item
                item = item if isinstance(item, list) else [item]
                needless = (None, *NOTHING, *NEEDLESS.get(name, ()))
                item = [one for one in item if lower(one) not in needless]
            if item is not None and lower(item) not in NOTHING:
                fields[name] = item
        for whole, part in (("thing", "noun"), ("clauses", "subject"), ("clauses", "verb")):
            if whole in names and whole not in fields and part in fields:
                fields[whole] = dict(fields) if whole == "thing" else [dict(fields)]
        return fields


def find_concept(word: str | None, language: Language) -> str:
    """The concept meant by a word that may be in capitals, with spaces, in the plural or past."""
    spelt = "_".join(ARTICLE.sub("", (word or "").replace("-", " ").strip()).split())
    for name in (word or "", spelt, spelt.lower(), spelt.upper()):
        if name in language.concepts:
            return name
    form = spelt.lower().replace("_", " ")
    for name, concept in language.concepts.items():
        if form and form in (concept.plural, concept.past, concept.ing):
            return name
    # "borrows", "polishes", "carries"
    singulars = (one for one in list_singulars(form) if one in language.concepts)
    return next((one for one in singulars if is_verb(language, one)), word or "")


def is_verb(language: Language, name: str) -> bool:
    """Whether a concept is a verb; nouns have a plural of their own."""
    return language.concepts[name].word_class == "verb"
