"""Choose each card's picture among several candidates, by rules that anyone can check.

Works on arrays in memory; writes nothing. Candidates that copy a training picture, or are nearly
the same as the picture of a lower-numbered card, are passed over. The best of the others is kept.
Three merits are added up: it shows what was asked, by the model's own judgement; its saturation and
grain are usual in the training set; it differs from the lower-numbered cards.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from generate.pictures.choosing.copies import estimate_distances, shrink

# What a card says about why its picture was chosen.
WORDS, LOOK, VARIETY = "shows its words best", "looks most usual", "most unlike the cards before it"
ONLY = "the only one left"
FAULTY = "every candidate was passed over; this is the best of them"
# Weights of look and variety; agreement has weight 1. Agreement is in deviations among candidates,
# look in deviations of the training set, variety in the mean distance of a card's candidates.
# Chosen by trial (docs/experiments.md).
LOOK_WEIGHT, VARIETY_WEIGHT = 0.5, 1.0
# Two thumbnails at less than this distance (root mean square, [0, 1]) look like the same picture.
DUPLICATE, THUMBNAIL = 0.06, 16
# Additional rounds, at most, where every candidate of a card was passed over.
SPARE = 4


@dataclass(frozen=True)
class Round:
    """One candidate for each of G cards.

    ``pictures`` uint8 (G, 3, S, S); ``frames`` uint8 (G, F, 3, T, T); ``agreement`` (G,), how well
    each shows what was asked; ``deviation`` (G,), how unusual it looks; ``copied`` (G,), whether it
    copies a training picture; ``beside``, further files of each by their ending.
    """

    seeds: list[int]
    pictures: np.ndarray
    frames: np.ndarray
    agreement: np.ndarray
    deviation: np.ndarray
    copied: np.ndarray
    beside: list[dict[str, bytes]]


@dataclass(frozen=True)
class Choice:
    """The round that a card's picture is from, and what the card records about the choice."""

    round: int
    facts: dict[str, Any]


def choose(
    rounds: list[Round], earlier: np.ndarray, count: int, draw: Callable[[int], Round]
) -> tuple[list[Choice], np.ndarray]:
    """A choice for each card of a group, and the thumbnails uint8 (G, 3, 16, 16) of the chosen.

    ``earlier`` (M, 3, 16, 16) are the thumbnails of all lower-numbered cards. Each card has
    ``count`` candidates. If all of a card's are passed over, ``draw(k)`` gives round k, which is
    added to ``rounds``. With ``count`` 1 there is no choice.
    """
    while True:
        choices, thumbnails = choose_each(rounds, earlier, count)
        lacking = any(choice.facts.get("why") == FAULTY for choice in choices)
        if not lacking or len(rounds) >= count + SPARE:
            return choices, thumbnails
        rounds.append(draw(len(rounds)))


def choose_each(
    rounds: Sequence[Round], earlier: np.ndarray, count: int
) -> tuple[list[Choice], np.ndarray]:
    """The best candidates in ``rounds``, card by card; each is compared with those before it."""
    small = np.stack([make_thumbnails(one.pictures) for one in rounds], 1)
    agreement = np.stack([one.agreement for one in rounds], 1)
    deviation = np.stack([one.deviation for one in rounds], 1)
    copied = np.stack([one.copied for one in rounds], 1)
    # One scale for the group: how much candidates for the same words differ.
    scale = float((agreement - agreement.mean(1, keepdims=True))[:, :count].std())
    choices: list[Choice] = []
    shown = earlier
    for card in range(len(small)):
        far = measure_distinctness(small[card], shown)
        merits = {
            WORDS: agreement[card] / max(scale, 1e-9),
            LOOK: -deviation[card] * LOOK_WEIGHT,
            VARIETY: far / max(float(far[:count].mean()), 1e-9) * VARIETY_WEIGHT,
        }
        best, facts = pick(merits, copied[card], far < DUPLICATE, count)
        if count > 1:
            facts["agreement"] = round(float(agreement[card, best]), 4)
        choices.append(Choice(best, facts))
        shown = np.concatenate([shown, small[card, best][None]])
    return choices, shown[len(earlier) :]


def pick(
    merits: dict[str, np.ndarray], copied: np.ndarray, double: np.ndarray, count: int
) -> tuple[int, dict[str, Any]]:
    """The best of one card's candidates (R,), and the facts of the choice.

    ``merits`` are added up. Candidates after the first ``count`` are spare: if all of the first
    ones are copies or doubles, the first spare one that is neither is taken.
    """
    if count == 1:
        return 0, {"candidate": 1, "of": 1, "why": "the only one drawn"}
    score = np.sum(list(merits.values()), 0)
    sound = np.flatnonzero(~(copied | double))
    asked = sound[sound < count]
    open_ = asked if len(asked) else sound[:1] if len(sound) else np.arange(len(score))
    best = int(open_[score[open_].argmax()])
    of = max(count, best + 1)
    facts: dict[str, Any] = {"candidate": best + 1, "of": of, "why": FAULTY}
    if len(sound):
        ahead = {why: float(merit[best] - merit[open_].mean()) for why, merit in merits.items()}
        facts["why"] = max(ahead, key=lambda why: ahead[why]) if len(open_) > 1 else ONLY
    for name, flags in (("copies", copied), ("doubles", double)):
        if number := int(flags[:of].sum()):
            facts[name] = number
    return best, facts


def measure_distinctness(thumbnails: np.ndarray, shown: np.ndarray) -> np.ndarray:
    """Distance (R,) of each thumbnail to the nearest of ``shown``; 1, the greatest, to none."""
    if not len(shown):
        return np.ones(len(thumbnails))
    return estimate_distances(thumbnails, shown).min(1).astype(np.float64)


def make_thumbnails(pictures: np.ndarray) -> np.ndarray:
    """uint8 (N, 3, 16, 16) of uint8 (N, 3, S, S)."""
    return shrink(pictures, THUMBNAIL).round().astype(np.uint8)
