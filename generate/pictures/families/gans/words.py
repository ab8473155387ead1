"""Wrong words for the critic, and words that keep their weights in another vocabulary."""

import torch
from torch import Tensor

from generate.pictures.data.vocabulary import Vocabulary
from generate.pictures.networks.unet import ALTERATIONS

# Share of the wrong words that differ in one group alone, such as the body or the hour: else the
# critic would tell them by whatever is the easiest to see.
NARROW = 0.5


class WrongWords:
    """Draws wrong words: another picture's, all of them or those of one group."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        groups = sorted(set(vocabulary.groups))
        self.masks = torch.tensor(
            [[one == group for one in vocabulary.groups] for group in groups]
        ).view(len(groups), len(vocabulary))

    def draw(self, conditions: Tensor, generator: torch.Generator) -> Tensor:
        """Conditions (B, words) that are wrong for each row of ``conditions``, most of them."""
        count = len(conditions)
        by = torch.randint(1, max(2, count), (count,), generator=generator)
        others = conditions[(torch.arange(count) + by) % count]
        chosen = torch.randint(len(self.masks), (count,), generator=generator)
        narrow = torch.rand(count, 1, generator=generator) < NARROW
        return torch.where(self.masks[chosen] | ~narrow, others, conditions)


def take_words(name: str, weight: Tensor, known: Vocabulary, vocabulary: Vocabulary) -> Tensor:
    """``weight`` called ``name`` of a model that knows ``known``, for one with ``vocabulary``.

    Words keep their columns, or their rows where they are named; new ones begin at zero.
    """
    if known.tokens == vocabulary.tokens:
        return weight
    places = {token: place for place, token in enumerate(known.tokens)}
    pairs = [
        (new, places.get(token, places.get(known.synonyms.get(token, ""))))
        for new, token in enumerate(vocabulary.tokens)
    ]
    if name.endswith("words.weight"):
        columns = weight.new_zeros(len(weight), len(vocabulary) + ALTERATIONS)
        columns[:, len(vocabulary) :] = weight[:, len(known) :]
        for new, old in pairs:
            if old is not None:
                columns[:, new] = weight[:, old]
        return columns
    if ".named." in name:
        rows = weight.new_zeros(len(vocabulary), *weight.shape[1:])
        for new, old in pairs:
            if old is not None:
                rows[new] = weight[old]
        return rows
    return weight
