"""Rank the cards by a query: by what it means where MiniLM is installed, by its words elsewhere."""

import itertools
from collections.abc import Sequence

import numpy as np

from generate.bundles.merged import read_cards
from generate.errors import Refusal
from generate.finding.index import Index
from generate.finding.stems import list_stems, list_words
from generate.finding.texts import Texts, read_texts
from generate.meaning.opening import open_meanings
from generate.meaning.reading import Meanings
from generate.settings import Settings, shorten

# How many cards are shown.
SHOWN = 8
# The cosine below which no card is like the query at all.
UNLIKE = 0.2
# What one whole match of words is worth, as a cosine.
WORDS = 0.15
# The most letters of a line that are read for their meaning.
LONGEST = 400


def find_cards(settings: Settings, query: str) -> list[Texts]:
    """Print the cards that fit ``query`` best, the best first, and return them.

    `Refusal` where the query holds no word, where there are no cards, and where nothing fits.
    """
    query = " ".join(query.split())
    if not list_stems(query):
        raise Refusal('find: the query holds no telling word; say QUERY="someone shy by the water"')
    texts = [read_texts(card) for card in read_cards(settings)]
    if not texts:
        raise Refusal(f"find: {settings.bundles} holds no cards yet; make build makes them")
    meanings = open_meanings()
    scores = rank(texts, query, meanings)
    order = [int(place) for place in np.argsort(-scores, kind="stable") if scores[place] > 0]
    if not order:
        hint = "" if meanings else "; make meanings finds by what words mean, not by words alone"
        raise Refusal(f"find: no card has anything of {query[:80]!r}{hint}")
    how = "by meaning" if meanings else "by words (make meanings: by what they mean)"
    print(f"{'find':<9} {query!r}, {how}")
    for place in order[:SHOWN]:
        found = texts[place]
        print(f"{'find':<9} {found.slug}: {found.title}: {shorten(found.shown, 110)}")
    return [texts[place] for place in order[:SHOWN]]


def rank(texts: Sequence[Texts], query: str, meanings: Meanings | None) -> np.ndarray:
    """A score (N,) of each card, 0 where nothing of it fits."""
    words = Index([card.lines for card in texts]).score(query)
    if meanings is None:
        return words
    if not words.any() and not any(map(meanings.knows, list_words(query))):
        return words  # of words that nobody ever wrote, a network tells what it likes
    lines = [[line[:LONGEST] for line in card.lines] for card in texts]
    lines = [[". ".join(some[:2]), *some] for some in lines]
    asked = meanings.read([query])[0]
    flat = meanings.read([line for some in lines for line in some]) @ asked
    places = np.cumsum([0, *map(len, lines)])
    best = np.array([flat[a:b].max(initial=0) for a, b in itertools.pairwise(places)])
    whole = flat[places[:-1]]
    top = words.max(initial=0)
    share = words / top if top else words
    fits = (best >= UNLIKE) | (words > 0)
    return np.where(fits, (best + whole) / 2 + WORDS * share + 1, 0)
