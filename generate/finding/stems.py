"""Words as an index keeps them: in small letters, without the endings that English inflects by."""

import re

from generate.pictures.data.vocabulary import SILENT, WORD
from generate.words.english import list_singulars

VOWEL = re.compile(r"[aeiouy]")
# Beside the words that join, those that a question has and no card answers.
ASKED = frozenset(
    """anyone anything beast beasts card cards find me postcard someone something
    somebody somewhere thing which""".split()
)


def list_stems(text: str) -> list[str]:
    """The stems of the telling words of ``text``, in order: "two Striped frogs" → strip, frog."""
    return list(map(find_stem, list_words(text)))


def list_words(text: str) -> list[str]:
    """The telling words of ``text`` in small letters; of "long-eared" its parts as well."""
    found = []
    for told in WORD.findall(text):
        word = told.casefold()
        parts = [word, *(word.split("-") if "-" in word else [])]
        found += [part for part in parts if part not in SILENT and part not in ASKED]
    return found


def find_stem(word: str) -> str:
    """``word`` without a plural's or a verb's ending, and without a doubled letter or an e there.

    "frogs" and "frog", "sleeping" and "sleeps", "running" and "run", "stripes" and "striped" have
    one stem each. A light stemmer: it makes no words, it only brings forms together.
    """
    word = word.removesuffix("'s").removesuffix("’s")
    if len(word) > 3 and (singulars := list_singulars(word)):
        word = singulars[0]
    if word.endswith("ied") and len(word) > 4:
        word = word[:-3] + "y"
    for ending in ("ingly", "edly", "ing", "ed", "ly", "er", "est"):
        cut = word.removesuffix(ending)
        if cut != word and len(cut) > 2 and VOWEL.search(cut):
            word = cut
            if word[-1] == word[-2] and word[-1] not in "aeiouls" and len(word) > 3:
                word = word[:-1]
            break
    return word[:-1] if len(word) > 3 and word[-1] in "eiy" else word
