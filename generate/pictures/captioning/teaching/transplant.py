"""Give a new captioner what another has learnt: of words and concepts, those that both know."""

import torch
from torch import Tensor

from generate.pictures.captioning.learned.model import CaptionModel
from generate.pictures.captioning.learned.wording import FIRST


@torch.no_grad()
def transplant_captioner(donor: CaptionModel, heir: CaptionModel) -> list[str]:
    """Copy weights of the ``donor`` into the ``heir``; names of those that could not be taken.

    Rows of words and of concepts go to where the heir has the same ones.
    """
    theirs, ours = donor.network.state_dict(), heir.network.state_dict()
    words = pair([*donor.wording.words], [*heir.wording.words])
    numbers = [(n, n) for n in range(FIRST)] + [(a + FIRST, b + FIRST) for a, b in words]
    concepts = pair(donor.vocabulary.tokens, heir.vocabulary.tokens)
    left = []
    for name, weight in ours.items():
        given = theirs.get(name)
        if name == "teller.words.weight" and given is not None:
            fits = copy_rows(given, weight, numbers)
        elif name in ("judge.2.weight", "judge.2.bias") and given is not None:
            fits = copy_rows(given, weight, concepts)
        elif name == "known.weight" and given is not None:
            fits = copy_rows(given.T, weight.T, concepts)
        else:
            fits = given is not None and given.shape == weight.shape
            if fits and given is not None:
                weight.copy_(given)
        if not fits:
            left.append(name)
    return left


def pair(
    theirs: tuple[str, ...] | list[str], ours: tuple[str, ...] | list[str]
) -> list[tuple[int, int]]:
    """Places of what both lists hold: (in theirs, in ours)."""
    places = {word: place for place, word in enumerate(theirs)}
    return [(places[word], place) for place, word in enumerate(ours) if word in places]


def copy_rows(given: Tensor, weight: Tensor, pairs: list[tuple[int, int]]) -> bool:
    """Copy rows by ``pairs``; False where the rows are of another size."""
    if given.shape[1:] != weight.shape[1:]:
        return False
    for there, here in pairs:
        weight[here] = given[there]
    return True
