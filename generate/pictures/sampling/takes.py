"""The takes of a card: every picture that it can have, numbered from 1, drawn when it is wanted.

Take k of a numbered card is its k-th candidate, bit for bit. With a ``prompt``, the takes of a card
added by hand are the pictures that `make beast` shows of these words, and a numbered card keeps its
own noise. What a card takes depends on no other card, and no other card's picture on that.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from generate.pictures.choosing.choose import THUMBNAIL, Choice, Round, choose
from generate.pictures.sampling.candidates import Sampler, members_of
from generate.pictures.sampling.draw import GROUP
from generate.pictures.sampling.words import Words, complete, describe, tell_words, understand
from generate.recipe import derive_seed

WHY = "the take that was asked for"


@dataclass
class Takes:
    """The takes of one card.

    ``number`` is None for a card added by hand; ``rounds`` keeps what was drawn: of numbered cards
    without ``words`` a round of their group by (group, take), else eight takes by how many eights.
    """

    sampler: Sampler
    number: int | None
    words: Words | None = None
    rounds: dict[Any, Round] = field(default_factory=dict)

    def draw(self, take: int) -> Round:
        """Take ``take`` (from 1), a round of this card alone."""
        if self.words is None:
            assert self.number is not None
            group, place = divmod(self.number - 1, GROUP)
            key: Any = (group, take)
            if key not in self.rounds:
                self.rounds[key] = self.sampler.draw_round(members_of(group), take - 1)
            return pick_out(self.rounds[key], place)
        eights, place = divmod(take - 1, GROUP)
        if eights not in self.rounds:
            seeds = [self.seed_of(eights * GROUP + other + 1) for other in range(GROUP)]
            family, prompts = self.sampler.family, self.sampler.deck.prompts
            asked = [complete(family.vocabulary, self.words.wanted, prompts, s) for s in seeds]
            self.rounds[eights] = self.sampler.draw(family.encode(asked), seeds)
        return pick_out(self.rounds[eights], place)

    def seed_of(self, take: int) -> int:
        """The seed of the noise of a take."""
        if self.number is None:
            assert self.words is not None
            names = ("prompted beast", self.sampler.settings.seed, self.words.prompt, take - 1)
            return derive_seed(*names)
        later = [take - 1] if take > 1 else []
        return derive_seed("beast", self.sampler.settings.seed, self.number, *later)

    def choose(self) -> tuple[Round, Choice]:
        """The best of as many takes as cards have candidates, by the same rules.

        Other cards do not count: only its words, its look, and that it is no copy.
        """
        count = self.sampler.settings.pictures.candidates
        rounds = [self.draw(take + 1) for take in range(count)]
        shown = np.zeros((0, 3, THUMBNAIL, THUMBNAIL), np.uint8)
        choices, _ = choose(rounds, shown, count, lambda place: self.draw(place + 1))
        return rounds[choices[0].round], choices[0]

    def ask(self, seed: int) -> dict[str, Any]:
        """What was asked for of the take with this seed: {"text", "tags"}."""
        if self.words is None:
            assert self.number is not None
            return dict(self.sampler.deck.ask(self.number))
        family = self.sampler.family
        return describe(family.vocabulary, self.words, self.sampler.deck.prompts, seed)


def open_takes(sampler: Sampler, number: int | None, prompt: str = "") -> Takes:
    """The takes of a card. `Refusal` where the model knows no word of ``prompt``."""
    words = understand(sampler.family.vocabulary, prompt) if prompt else None
    return Takes(sampler, number, words)


def tell_takes(takes: Takes) -> str:
    """What was understood of the words that the card is drawn from; "" where there are none."""
    return tell_words(takes.sampler.family.vocabulary, takes.words) if takes.words else ""


def pick_out(one: Round, place: int) -> Round:
    """The card at ``place`` of a round, as a round of its own."""
    at = slice(place, place + 1)
    parts = ("pictures", "frames", "agreement", "deviation", "copied")
    arrays = {name: getattr(one, name)[at] for name in parts}
    return Round(one.seeds[at], **arrays, beside=one.beside[at])
