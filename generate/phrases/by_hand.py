"""Read a phrase that a person wrote: its translation, glosses, and which of its words are none."""

import difflib
from collections.abc import Iterable, Mapping
from typing import Any

from generate.bundles.report import say
from generate.cards import MESSAGE, Bundle
from generate.phrases.language.language import UNKNOWN, Language, Phrase

NEAR = 2  # words offered for one that the language lacks


def describe_phrase(phrase: Phrase) -> dict[str, Any]:
    """What card.json says of a phrase.

    A word that the language lacks has no gloss and no meaning, and a phrase with such a word has no
    translation.
    """
    known = [word.gloss != UNKNOWN for word in phrase.words]
    return {
        "phrase": phrase.text,
        "morphemes": phrase.morphemes,
        "gloss": phrase.gloss,
        "translation": phrase.translation if all(known) else "",
        "words": [
            {
                "form": word.form,
                "morphemes": word.morphemes,
                "gloss": word.gloss if held else "",
                "meaning": word.meaning if held else "",
            }
            for word, held in zip(phrase.words, known, strict=True)
        ],
    }


def list_unknown_words(language: Language, text: str) -> list[str]:
    """Words of ``text`` that the language lacks, each with roots near it: "mora (moru, mona?)"."""
    told = []
    for word in language.analyse(text).words:
        if word.gloss == UNKNOWN:
            near = difflib.get_close_matches(word.form, language.reader.roots, NEAR, 0.5)
            told.append(f"{word.form} ({', '.join(near)}?)" if near else word.form)
    return told


def read_anew(language: Language, text: str, own: Mapping[str, Any]) -> dict[str, Any]:
    """`describe_phrase` of a phrase that no build has read yet, less what is given in ``own``."""
    described = describe_phrase(language.analyse(text))
    return {key: value for key, value in described.items() if not own.get(key)}


def report_unknown_words(language: Language, bundles: Iterable[Bundle]) -> None:
    """Name the words of people's own phrases that the language lacks, with near ones."""
    for bundle in bundles:
        if unknown := list_unknown_words(language, str(bundle.front.get("phrase") or "")):
            where = f"{bundle.folder / MESSAGE}: phrase: not in the language: "
            say("phrases", where + ", ".join(unknown))
