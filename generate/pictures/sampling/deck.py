"""Choose the cards' prompts: captions in an order whose beginning represents the whole set.

Works on captions in memory; writes nothing. Of a thousand captions, fifty at random may have seven
frogs, no snail, and a third of the nights that they should. The jungle's colours would then differ
from the training set's, though the model is not at fault.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy import sparse

from generate.pictures.data.vocabulary import SILENT, WORD
from generate.recipe import derive_seed

Prompt = dict[str, Any]
EMPTY: Prompt = {"text": None, "tags": {}}


@dataclass
class Deck:
    """``prompts``, rows {"text", "tags"}, in an order of ``seed``; none comes twice before all do.

    The next one is always that whose traits are furthest behind their share of the whole: herding
    (Welling, ICML 2009, equation 4). Traits are weighted by how rare they are, so that rare ones
    come as regularly as common ones. Ties are broken at random. The prompt of card n does not
    depend on how many cards there are.
    """

    seed: int
    prompts: Sequence[Prompt]
    _traits: sparse.csr_array = field(init=False, repr=False)
    _share: np.ndarray = field(init=False, repr=False)
    _order: list[int] = field(default_factory=list, init=False, repr=False)
    _behind: np.ndarray = field(default_factory=lambda: np.zeros(0), init=False, repr=False)

    def __post_init__(self) -> None:
        self._traits = count_traits(self.prompts)
        self._share = self._traits.sum(0) / max(1, len(self.prompts))

    def ask(self, number: int) -> Prompt:
        """The prompt of card ``number`` (from 1); empty where there are no prompts."""
        if not self.prompts:
            return EMPTY
        while len(self._order) < number:
            self._order.append(self.deal())
        return self.prompts[self._order[number - 1]]

    def deal(self) -> int:
        """The place of the next prompt; updates how far the others are behind."""
        count = len(self.prompts)
        round_, dealt = divmod(len(self._order), count)
        if not dealt:
            rng = np.random.default_rng(derive_seed("prompts", self.seed, round_))
            self._behind = rng.random(count)
        chosen = int(self._behind.argmax())
        shown = self._traits[[chosen]].toarray()[0]
        # Each trait falls behind by its share and catches up where it is shown.
        self._behind = self._behind + self._traits @ ((self._share - shown) / self._share)
        self._behind[chosen] = -np.inf
        return chosen


def count_traits(prompts: Sequence[Prompt]) -> sparse.csr_array:
    """Which of all D traits each prompt names: 0 or 1, (N, D)."""
    named = [list_traits(prompt) for prompt in prompts]
    places = {trait: place for place, trait in enumerate(Counter(t for n in named for t in n))}
    rows = [row for row, traits in enumerate(named) for _ in traits]
    columns = [places[trait] for traits in named for trait in traits]
    shape = (len(prompts), len(places))
    return sparse.csr_array((np.ones(len(rows)), (rows, columns)), shape=shape)


def list_traits(prompt: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The traits of a prompt, each once: its tags, else the words of its text."""
    if prompt["tags"]:
        return [(group, str(value)) for group, value in prompt["tags"].items() if value]
    words = [word.casefold() for word in WORD.findall(prompt["text"] or "")]
    return [("word", word) for word in dict.fromkeys(words) if word not in SILENT]
