"""What a summoned beast is asked by: words, and the free groups that its seed settles."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from generate.pictures.data.vocabulary import WORDS, Vocabulary
from generate.pictures.summoning.noise import choose

# Training captions from which what is left open is taken; more would only be more to download.
ROWS = 192


def list_rows(vocabulary: Vocabulary, prompts: Sequence[Mapping[str, Any]]) -> list[list[int]]:
    """The tags of training captions as places in the vocabulary, each combination once."""
    places = {token: place for place, token in enumerate(vocabulary.tokens)}
    rows: dict[tuple[int, ...], None] = {}
    for prompt in prompts:
        tags = [str(value).casefold() for value in prompt["tags"].values() if value]
        found = tuple(places[tag] for tag in tags if tag in places)
        if found:
            rows[found] = None
    every = max(1, -(-len(rows) // ROWS))
    return [list(row) for row in list(rows)[::every]]


def complete(
    groups: Sequence[str], rows: Sequence[Sequence[int]], wanted: Sequence[int], seed: int
) -> np.ndarray:
    """float32 (words,): the ``wanted`` places, and what ``seed`` adds where they leave it open.

    Only groups that ``wanted`` does not name are completed, all from one of ``rows``, as
    `sampling.words.complete` does it.
    """
    vector = np.zeros(len(groups), np.float32)
    vector[list(wanted)] = 1
    if rows and wanted:
        named = {groups[place] for place in wanted} | {WORDS}
        for place in rows[choose(seed, len(rows))]:
            if groups[place] not in named:
                vector[place] = 1
    return vector
