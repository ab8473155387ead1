"""How varied the phrases are, and whether they are a language: figures for `make evaluate`.

distinct-n after Li et al. 2016 (arXiv 1510.03055, section 5.2); self-BLEU after Zhu et al. 2018
(Texygen, arXiv 1802.01886, section 3) with smoothing method 1 of Chen and Cherry 2014 (a count of
0 is taken as 0.1); chrF after Popović 2015 with order 6 and beta 2. BLEU and chrF by sacrebleu.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import geometric_mean

from sacrebleu.metrics import BLEU, CHRF

from generate.phrases.language.language import Language

EPSILON = 0.1


@dataclass(frozen=True)
class TextFigures:
    """Figures over all phrases; they depend on how many ``phrases`` and ``tokens`` there are.

    parse_back: share of phrases that read back to their own gloss by lexicon and grammar alone.
    distinct_1, distinct_2: different words per word, and pairs of words per pair. self_bleu_2,
    self_bleu_4: mean over the phrases; lower is more varied. chrf_english: mean likeness to their
    translations, 0 to 100. zipf_words, zipf_morphemes: slope of log frequency on log rank.
    longest, shortest: words of a phrase. repeated: phrases that were there before.
    """

    phrases: int
    tokens: int
    parse_back: float
    distinct_1: float
    distinct_2: float
    self_bleu_2: float
    self_bleu_4: float
    chrf_english: float
    zipf_words: float
    zipf_morphemes: float
    shortest: int
    longest: int
    repeated: int

    def as_dict(self) -> dict[str, float]:
        return asdict(self)


def count_ngrams(words: Sequence[str], order: int) -> Counter[tuple[str, ...]]:
    """How often each run of ``order`` words occurs."""
    return Counter(tuple(words[i : i + order]) for i in range(len(words) - order + 1))


def distinct(texts: Sequence[Sequence[str]], order: int) -> float:
    """Different n-grams per n-gram of all texts; 0 where there is none."""
    grams: Counter[tuple[str, ...]] = Counter()
    for words in texts:
        grams += count_ngrams(words, order)
    total = sum(grams.values())
    return len(grams) / total if total else 0.0


def bleu(words: Sequence[str], references: Sequence[Sequence[str]], order: int) -> float:
    """BLEU of one text against several, 0 to 1, with uniform weights up to ``order``.

    Matches, totals and brevity are sacrebleu's. Its own score is 0 for a text without a match or
    with fewer words than ``order``; here such an n-gram count is taken as `EPSILON`.
    """
    if not words or not references:
        return 0.0
    found = BLEU(max_ngram_order=order, tokenize="none", effective_order=True).sentence_score(
        " ".join(words), [" ".join(reference) for reference in references]
    )
    pairs = zip(found.counts, found.totals, strict=True)
    return found.bp * geometric_mean((count or EPSILON) / max(1, total) for count, total in pairs)


def self_bleu(texts: Sequence[Sequence[str]], order: int) -> float:
    """Mean BLEU of each text against all others."""
    if len(texts) < 2:
        return 0.0
    scores = [bleu(t, [*texts[:i], *texts[i + 1 :]], order) for i, t in enumerate(texts)]
    return sum(scores) / len(scores)


def chrf(text: str, reference: str) -> float:
    """Character n-gram F-score of one text against another, without spaces, 0 to 100."""
    return float(CHRF().sentence_score(text, [reference]).score)


def zipf_slope(texts: Sequence[Sequence[str]]) -> float:
    """Least-squares slope of log frequency on log rank; about -1 for natural text."""
    counts = sorted(Counter(word for words in texts for word in words).values(), reverse=True)
    if len(counts) < 2:
        return 0.0
    xs = [math.log(rank) for rank in range(1, len(counts) + 1)]
    ys = [math.log(count) for count in counts]
    mean_x, mean_y = sum(xs) / len(xs), sum(ys) / len(ys)
    above = sum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys, strict=True))
    return above / sum((x - mean_x) ** 2 for x in xs)


def measure_texts(
    language: Language,
    phrases: Sequence[str],
    glosses: Sequence[str],
    translations: Sequence[str],
) -> TextFigures:
    """The figures of the cards' phrases, with their glosses and translations beside them."""
    texts = [phrase.split() for phrase in phrases]
    back = [
        (parsed := language.parse(" ".join(words))) is not None and parsed.gloss == gloss
        for words, gloss in zip(texts, glosses, strict=True)
    ]
    likeness = [chrf(p, t.lower()) for p, t in zip(phrases, translations, strict=True)]
    pieces = [re.split(r"[ ~-]", language.analyse(phrase).morphemes) for phrase in phrases]
    sizes = [len(words) for words in texts] or [0]
    count = max(1, len(phrases))
    return TextFigures(
        phrases=len(phrases),
        tokens=sum(sizes),
        parse_back=sum(back) / count,
        distinct_1=distinct(texts, 1),
        distinct_2=distinct(texts, 2),
        self_bleu_2=self_bleu(texts, 2),
        self_bleu_4=self_bleu(texts, 4),
        chrf_english=sum(likeness) / count,
        zipf_words=zipf_slope(texts),
        zipf_morphemes=zipf_slope(pieces),
        shortest=min(sizes),
        longest=max(sizes),
        repeated=len(phrases) - len(set(phrases)),
    )
