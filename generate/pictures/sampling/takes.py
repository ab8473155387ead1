"""The takes of a card: every picture that it can have, numbered from 1, drawn when it is wanted.

Take k of a numbered card is its k-th candidate, bit for bit. With a ``prompt``, the takes of a card
added by hand are the pictures that `make beast` shows of these words, and a numbered card keeps its
own noise. What a card takes depends on no other card, and no other card's picture on that.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from generate.cards import Bundle
from generate.errors import Refusal
from generate.pictures.choosing.choose import THUMBNAIL, Choice, Round, choose
from generate.pictures.families.mixed import mix_noise
from generate.pictures.sampling.candidates import Sampler, members_of
from generate.pictures.sampling.crossing import Descent, find_descent
from generate.pictures.sampling.draw import GROUP
from generate.pictures.sampling.words import Words, describe, tell_words, understand
from generate.recipe import derive_seed, digest

WHY = "the take that was asked for"


@dataclass
class Takes:
    """The takes of one card.

    ``number`` is None for a card added by hand; ``rounds`` keeps what was drawn: of numbered cards
    without ``words`` or ``descent`` a round of their group by (group, take), else eight takes by
    how many eights.
    """

    sampler: Sampler
    number: int | None
    words: Words | None = None
    descent: Descent | None = None
    rounds: dict[Any, Round] = field(default_factory=dict)

    def draw(self, take: int) -> Round:
        """Take ``take`` (from 1), a round of this card alone."""
        if self.words is None and self.descent is None:
            assert self.number is not None
            group, place = divmod(self.number - 1, GROUP)
            key: Any = (group, take)
            if key not in self.rounds:
                self.rounds[key] = self.sampler.draw_round(members_of(group), take - 1)
            return pick_out(self.rounds[key], place)
        eights, place = divmod(take - 1, GROUP)
        if eights not in self.rounds:
            takes, family = [eights * GROUP + row + 1 for row in range(GROUP)], self.sampler.family
            noise = mix_noise(family, list(map(self.inherit, takes))) if self.descent else None
            asked, seeds = list(map(self.ask, takes)), list(map(self.seed_of, takes))
            self.rounds[eights] = self.sampler.draw(family.encode(asked), seeds, noise)
        return pick_out(self.rounds[eights], place)

    def seed_of(self, take: int) -> int:
        """The seed of the noise of a take, or of what of it no parent has."""
        seed = self.sampler.settings.seed
        if self.number is None and self.descent:
            return derive_seed("crossed beast", seed, digest(self.descent.parents), take - 1)
        if self.number is None:
            assert self.words is not None
            return derive_seed("prompted beast", seed, self.words.prompt, take - 1)
        later = [take - 1] if take > 1 else []
        return derive_seed("beast", seed, self.number, *later)

    def inherit(self, take: int) -> dict[str, float]:
        """The noise of a take of a card with parents, {seed: weight}."""
        assert self.descent is not None
        return self.descent.inherit_noise(take, self.seed_of(take))

    def choose(self) -> tuple[int, Round, Choice]:
        """The best of as many takes as cards have candidates, by the same rules.

        Other cards do not count: only its words, its look, and that it is no copy.
        """
        count = self.sampler.settings.pictures.candidates
        rounds = [self.draw(take + 1) for take in range(count)]
        shown = np.zeros((0, 3, THUMBNAIL, THUMBNAIL), np.uint8)
        choices, _ = choose(rounds, shown, count, lambda place: self.draw(place + 1))
        best = choices[0].round
        return best + 1, rounds[best], choices[0]

    def ask(self, take: int) -> dict[str, Any]:
        """What is asked for of a take: {"text", "tags"}, and "weights" unless it is dealt."""
        vocabulary, deck = self.sampler.family.vocabulary, self.sampler.deck
        if self.words:
            return describe(vocabulary, self.words, deck.prompts, self.seed_of(take))
        if self.descent:
            return self.descent.inherit_words(vocabulary, take)
        assert self.number is not None
        return dict(deck.ask(self.number))


def open_takes(sampler: Sampler, bundle: Bundle) -> Takes:
    """The takes of a card. `Refusal` where the model knows no word of its ``prompt``, and where a
    parent has nothing to hand on."""
    prompt, parents = bundle.wish.get("prompt"), [(p.slug, p.card) for p in bundle.parents]
    words = understand(sampler.family.vocabulary, prompt) if prompt else None
    descent = find_descent(parents, bundle.wish.get("stranger")) if parents else None
    if descent and not sampler.family.spec.mixes:
        raise Refusal(f'parents: the "{sampler.family.spec.name}" recipe cannot cross noise')
    return Takes(sampler, bundle.number, words, descent)


def tell_takes(takes: Takes) -> str:
    """What was understood of the words that the card is drawn from; "" where there are none."""
    return tell_words(takes.sampler.family.vocabulary, takes.words) if takes.words else ""


def pick_out(one: Round, place: int) -> Round:
    """The card at ``place`` of a round, as a round of its own."""
    at = slice(place, place + 1)
    parts = ("pictures", "frames", "agreement", "deviation", "copied")
    arrays = {name: getattr(one, name)[at] for name in parts}
    return Round(one.seeds[at], **arrays, beside=one.beside[at])
