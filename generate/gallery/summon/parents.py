"""What cards hand on to a child that a visitor's browser draws: noise and words of each."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from generate.cards import Card
from generate.files import read_json
from generate.gallery.catalogue.entries import CardEntry
from generate.gallery.incremental.ledger import make_key
from generate.gallery.incremental.outputs import Output
from generate.gallery.summon.files import Summoning
from generate.pictures.data.vocabulary import Vocabulary
from generate.pictures.sampling.crossing import read_words
from generate.wishes.descent import read_descent

PARENTS = "parents.json"
DECIMALS = 5  # of weights


def hands_on(card: Card) -> bool:
    """Whether a card's picture was drawn by the stages, so that it has noise to hand on."""
    return read_descent({"made": card.made, "about": {"caption": card.caption}}) is not None


def plan_parents(summoning: Summoning, entries: Sequence[CardEntry], base: str) -> Output:
    """parents.json as an output."""
    key = make_key(base, summoning.key, [(entry.slug, entry.key) for entry in entries])
    vocabulary = summoning.portable.vocabulary
    return Output(PARENTS, key, lambda: write_parents(vocabulary, list_parents(entries)))


def list_parents(entries: Iterable[CardEntry]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Each card's folder with what its card.json says that it hands on; others are left out."""
    for entry in entries:
        path = Path(entry.folder) / "card.json"
        found = read_descent(read_json(path)) if path.is_file() else None
        if found is not None:
            yield entry.slug, found


def write_parents(vocabulary: Vocabulary, parents: Iterable[tuple[str, Mapping[str, Any]]]) -> str:
    """JSON {slug: [[[seed, weight], …], [[place of a word, weight], …]]}, as crossing has them."""
    rows = {}
    for slug, parent in parents:
        noise = [[int(seed), round(weight, DECIMALS)] for seed, weight in parent["noise"].items()]
        vector = read_words(vocabulary, parent)[2]
        words = [[place, round(float(vector[place]), DECIMALS)] for place in list_words(vector)]
        rows[slug] = [noise, words]
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":"))


def list_words(vector: np.ndarray) -> list[int]:
    """The places of the words that a vector (words,) asks for."""
    return [int(place) for place in np.flatnonzero(vector)]
