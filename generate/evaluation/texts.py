"""How varied the phrases are, and whether they are a language: figures for `make evaluate`.

Reads phrases, writes nothing. distinct-n after Li et al. 2016 (arXiv 1510.03055, section 5.2);
self-BLEU after Zhu et al. 2018 (Texygen, arXiv 1802.01886, section 3) with the clipped precisions
and brevity penalty of Papineni et al. 2002 and smoothing method 1 of Chen and Cherry 2014 (a
count of 0 becomes 0.1); chrF after Popović 2015 with order 6 and beta 2.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from generate.phrases.language.language import Language

EPSILON = 0.1


@dataclass(frozen=True)
class TextFigures:
    """Figures over all phrases; ``tokens`` and ``phrases`` give the size they depend on.

    parse_back: share of phrases that read back to their own gloss by lexicon and grammar alone.
    distinct_1, distinct_2: different words, pairs of words, per word, per pair. self_bleu_2,
    self_bleu_4: mean over the phrases, lower is more varied. chrf_english: mean likeness to the
    own translations, 0 to 100. zipf_words, zipf_morphemes: slope of log frequency on log rank.
    longest, shortest: words of a phrase. repeated: phrases that are not the first of their kind.
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
    """Different n-grams per n-gram of the whole corpus; 0 for an empty one."""
    grams: Counter[tuple[str, ...]] = Counter()
    for words in texts:
        grams += count_ngrams(words, order)
    total = sum(grams.values())
    return len(grams) / total if total else 0.0


def bleu(words: Sequence[str], references: Sequence[Sequence[str]], order: int) -> float:
    """BLEU of one text against several, 0 to 1, uniform weights up to ``order``."""
    if not words or not references:
        return 0.0
    logs = 0.0
    for n in range(1, order + 1):
        grams = count_ngrams(words, n)
        most: Counter[tuple[str, ...]] = Counter()
        for reference in references:
            most |= count_ngrams(reference, n)
        matched = sum((grams & most).values())
        logs += math.log((matched or EPSILON) / max(1, sum(grams.values())))
    nearest = min((len(r) for r in references), key=lambda size: (abs(size - len(words)), size))
    brevity = 1.0 if len(words) > nearest else math.exp(1 - nearest / len(words))
    return brevity * math.exp(logs / order)


def self_bleu(texts: Sequence[Sequence[str]], order: int) -> float:
    """Mean BLEU of each text against all others."""
    if len(texts) < 2:
        return 0.0
    scores = [bleu(t, [*texts[:i], *texts[i + 1 :]], order) for i, t in enumerate(texts)]
    return sum(scores) / len(scores)


def chrf(text: str, reference: str, order: int = 6, beta: float = 2.0) -> float:
    """Character n-gram F-score without spaces, 0 to 100."""
    a, b = text.replace(" ", ""), reference.replace(" ", "")
    precisions, recalls = [], []
    for n in range(1, order + 1):
        ours, theirs = count_ngrams(a, n), count_ngrams(b, n)
        if not ours or not theirs:
            continue
        matched = sum((ours & theirs).values())
        precisions.append(matched / sum(ours.values()))
        recalls.append(matched / sum(theirs.values()))
    if not precisions:
        return 0.0
    p, r = sum(precisions) / len(precisions), sum(recalls) / len(recalls)
    weight = beta * beta
    return 100 * (1 + weight) * p * r / (weight * p + r) if p + r else 0.0


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
