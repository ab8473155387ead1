"""Find names of animals that exist in a text, which a note of an invented one may not have."""

import re
from collections.abc import Iterable
from itertools import pairwise

from generate.words.animals import find_word

# Words that mean an animal only behind an article: "a swallow", but "they swallow".
DOUBTFUL = frozenset(
    """ant bat bear bears boxer bug bugs bull cardinal crane creeper crow duck ducks dipper emu eel
    fly flies flicker grub gull hawk hog kite lark martin mite mites mole monarch phoebe pointer
    pug pup ram ray robin roe seal seals setter shepherd sole springer stag swallow swallows swift
    tick ticks worm""".split()
)
ARTICLES = frozenset("a an the like of no its their his her two three every another some".split())
# A genus and a species as scholars write them: "Bufo viridis".
BINOMIAL = re.compile(r"\b[A-Z][a-z]{3,}[*_]? ?[*_]?[a-z]{3,}(?:us|um|ii|ae|oides|ata|[a-z]is)\b")
WORD = re.compile(r"[^\W\d_]+")


def find_species(text: str, allowed: Iterable[str] = ()) -> str | None:
    """The first animal that ``text`` names and that is none of the kinds that ``allowed`` names.

    A Latin name of two words is found as well. None where there is no such name.
    """
    if found := BINOMIAL.search(text):
        return found[0]
    own = {kind.name for word in list_words(*allowed) if (kind := find_word(word))}
    words = WORD.findall(text.casefold())
    for before, word in pairwise(["", *words]):
        if word in DOUBTFUL and before not in ARTICLES:
            continue
        kind = find_word(word)
        if kind is not None and kind.name not in own:
            return word
    return None


def list_words(*texts: str) -> list[str]:
    """The words of ``texts`` in small letters, and pairs of them."""
    words = [word for text in texts for word in WORD.findall(text.casefold())]
    return words + [" ".join(pair) for pair in pairwise(words)]
