"""An index of words over texts, ranked by BM25 (Robertson and Zaragoza, 2009).

Its formula is ten lines here; what a library would add is a store on disk, which some hundreds of
cards do not need.
"""

import math
from collections import Counter
from collections.abc import Sequence

import numpy as np

from generate.finding.stems import list_stems

# How soon a word that comes again counts no more, and how much long texts are held back.
SOON, LONG = 1.2, 0.5


class Index:
    """The words of ``texts``, each the lines of one card."""

    def __init__(self, texts: Sequence[Sequence[str]]) -> None:
        self.counts = [Counter(list_stems("\n".join(lines))) for lines in texts]
        self.lengths = [sum(counts.values()) for counts in self.counts]
        self.mean = sum(self.lengths) / max(1, len(texts)) or 1.0
        self.holding = Counter(stem for counts in self.counts for stem in counts)

    def score(self, query: str) -> np.ndarray:
        """float64 (N,) of the texts, 0 where a text holds no word of ``query``."""
        scores = np.zeros(len(self.counts))
        for stem in dict.fromkeys(list_stems(query)):
            held = self.holding[stem]
            rare = math.log(1 + (len(self.counts) - held + 0.5) / (held + 0.5))
            for place, counts in enumerate(self.counts):
                if times := counts[stem]:
                    long = 1 - LONG + LONG * self.lengths[place] / self.mean
                    scores[place] += rare * times * (SOON + 1) / (times + SOON * long)
        return scores
