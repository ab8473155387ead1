"""Take what a model plainly means, though it is not quite what was asked for."""

from __future__ import annotations

import re
from typing import Any, get_origin

from pydantic import BaseModel, model_validator

from generate.phrases.language.language import Language

# How models write that there is nothing, and what they list that needs no word here.
NOTHING = ("", "-", "none", "null", "n/a")
NEEDLESS = {"marks": ("present", "statement", "plain"), "described": ("a", "an", "the")}


def lower(word: Any) -> Any:
    """A word in small letters."""
    return word.strip().lower() if isinstance(word, str) else word


class Loose(BaseModel):
    """Takes what a model plainly means: keys in capitals, one item for a list, words for a noun."""

    @model_validator(mode="before")
    @classmethod
    def loosen(cls, value: Any) -> Any:
        names = cls.model_fields
        if isinstance(value, str) and "noun" in names:
            *described, noun = value.split() or [""]
            value = {"noun": noun, "described": described}
        if not isinstance(value, dict):
            return value
        fields = {}
        for key, item in value.items():
            name = str(key).strip().lower()
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
    spelt = "_".join((word or "").replace("-", " ").split())
    for name in (word or "", spelt, spelt.lower(), spelt.upper()):
        if name in language.concepts:
            return name
    form = spelt.lower().replace("_", " ")
    for name, concept in language.concepts.items():
        if form and form in (concept.plural, concept.past, concept.ing):
            return name
    return word or ""
