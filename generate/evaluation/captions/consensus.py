"""CIDEr-D (Vedantam et al., arXiv 1411.5726): how like what people say of a picture it is.

Runs of one to four words weigh more the rarer they are among the pictures. Repeating a word gains
nothing, and another length loses.
"""

import math
from collections import Counter
from collections.abc import Sequence

from generate.evaluation.captions.overlap import cut_words, require_references

ORDERS, SIGMA, TIMES = 4, 6.0, 10.0
Gram = tuple[str, ...]


def measure_cider(captions: Sequence[str], references: Sequence[Sequence[str]]) -> float:
    """CIDEr-D, 0 to 10, the mean over the pictures; rarity is counted in the references.

    With a single picture every run of words is in all of them, and the score is 0.
    """
    require_references(captions, references)
    told = [[cut_words(text) for text in texts] for texts in references]
    shared = count_pictures(told)
    scores = [
        cider(cut_words(text), texts, shared, len(told))
        for text, texts in zip(captions, told, strict=True)
    ]
    return sum(scores) / len(scores)


def count_pictures(told: Sequence[Sequence[Sequence[str]]]) -> list[Counter[Gram]]:
    """For each order, in how many pictures' references a run of words stands."""
    counts: list[Counter[Gram]] = [Counter() for _ in range(ORDERS)]
    for texts in told:
        for order in range(ORDERS):
            counts[order].update({gram for words in texts for gram in list_grams(words, order + 1)})
    return counts


def list_grams(words: Sequence[str], order: int) -> list[Gram]:
    """All runs of ``order`` words."""
    return [tuple(words[i : i + order]) for i in range(len(words) - order + 1)]


def cider(
    said: Sequence[str], texts: Sequence[Sequence[str]], shared: list[Counter[Gram]], pictures: int
) -> float:
    """CIDEr-D of one caption against ``texts``."""
    total = 0.0
    for order in range(ORDERS):
        mine = weigh_grams(said, order, shared[order], pictures)
        for words in texts:
            theirs = weigh_grams(words, order, shared[order], pictures)
            size = math.hypot(*mine.values()) * math.hypot(*theirs.values())
            if size:
                common = sum(
                    min(weight, theirs[gram]) * theirs[gram]
                    for gram, weight in mine.items()
                    if gram in theirs
                )
                apart = len(said) - len(words)
                total += common / size * math.exp(-(apart**2) / (2 * SIGMA**2))
    return TIMES * total / (ORDERS * len(texts))


def weigh_grams(
    words: Sequence[str], order: int, shared: Counter[Gram], pictures: int
) -> dict[Gram, float]:
    """How often each run of ``order`` + 1 words stands in a caption, times how rare it is."""
    counts = Counter(list_grams(words, order + 1))
    return {
        gram: count * math.log(pictures / max(1, shared[gram])) for gram, count in counts.items()
    }
