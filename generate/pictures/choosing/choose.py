"""Choose each card's picture among several candidates, by rules that anyone can check.

Works on what sampling hands it; writes nothing. A candidate that copies a training picture, or is
all but one that a lower-numbered card shows, is passed over. Of the rest that one is kept which, by
the model's own judgement, shows best what was asked, whose saturation and grain are usual in the
training set, and which is most unlike the lower-numbered cards.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from generate.pictures.choosing.copies import measure_all, shrink

# What a card says of its choice.
WORDS, LOOK, VARIETY = "shows its words best", "looks most usual", "most unlike the cards before it"
ONLY = "the only one left"
FAULTY = "every candidate was passed over; this is the best of them"
# Merits are added in one unit: the deviation of agreement among candidates. These are the weights
# of look, in deviations of the training set, and of variety, in the candidates' mean distance.
# Settled by trial (docs/experiments.md).
LOOK_WEIGHT, VARIETY_WEIGHT = 0.5, 1.0
# Two cards' thumbnails (root mean square, [0, 1]) this near are one picture to the eye.
DUPLICATE, THUMBNAIL = 0.06, 16
# Further rounds of candidates for a card of which every one was passed over.
SPARE = 4


@dataclass(frozen=True)
class Round:
    """One candidate for each of G cards: seeds, pictures uint8 (G, 3, S, S), frames uint8
    (G, F, 3, T, T), how well each shows what was asked (G,), how unusual it looks (G,), whether it
    copies a training picture (G,), and files beside each by their ending."""

    seeds: list[int]
    pictures: np.ndarray
    frames: np.ndarray
    agreement: np.ndarray
    stray: np.ndarray
    copied: np.ndarray
    beside: list[dict[str, bytes]]


@dataclass(frozen=True)
class Choice:
    """Which round a card's picture is from, and the facts that its card records."""

    round: int
    facts: dict[str, Any]


def choose(
    rounds: list[Round], earlier: np.ndarray, count: int, draw: Callable[[int], Round]
) -> tuple[list[Choice], np.ndarray]:
    """A choice for each card of a company, and the thumbnails uint8 (G, 3, 16, 16) of the chosen.

    ``earlier`` (M, 3, 16, 16) are the thumbnails of all lower-numbered cards. Each card has
    ``count`` candidates; ``draw(k)`` gives round k, which is asked for, and appended, only where a
    card has none left. With one candidate nothing is chosen: it is shown as it came.
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
    """The choices that ``rounds`` allow, card by card, each seeing those before it."""
    small = np.stack([make_thumbnails(one.pictures) for one in rounds], 1)
    agreement = np.stack([one.agreement for one in rounds], 1)
    strays = np.stack([one.stray for one in rounds], 1)
    copied = np.stack([one.copied for one in rounds], 1)
    # One scale for the company: how much candidates for the same words differ.
    scale = float((agreement - agreement.mean(1, keepdims=True))[:, :count].std())
    choices: list[Choice] = []
    shown = earlier
    for card in range(len(small)):
        far = measure_far(small[card], shown)
        merits = {
            WORDS: agreement[card] / max(scale, 1e-9),
            LOOK: -strays[card] * LOOK_WEIGHT,
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

    ``merits`` add up. Candidates after the first ``count`` are spare: the first that is no copy and
    no double is taken, but only if none of those before it will do.
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


def measure_far(thumbnails: np.ndarray, shown: np.ndarray) -> np.ndarray:
    """Distance (R,) of each thumbnail to the nearest of ``shown``; 1, the greatest, to none."""
    if not len(shown):
        return np.ones(len(thumbnails))
    return measure_all(thumbnails, shown).min(1).astype(np.float64)


def make_thumbnails(pictures: np.ndarray) -> np.ndarray:
    """uint8 (N, 3, 16, 16) of uint8 (N, 3, S, S)."""
    return shrink(pictures, THUMBNAIL).round().astype(np.uint8)
