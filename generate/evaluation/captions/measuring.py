"""All figures of a set of captions, and the two anchors between which they are read."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from generate.evaluation.captions.consensus import measure_cider
from generate.evaluation.captions.overlap import measure_bleu, measure_rouge


@dataclass(frozen=True)
class CaptionFigures:
    """``bleu`` 1 to 4 and ``rouge`` 0 to 100, ``cider`` 0 to 10, ``distinct`` captions, a share."""

    bleu: tuple[float, float, float, float]
    rouge: float
    cider: float
    distinct: float


def measure_captions(
    captions: Sequence[str], references: Sequence[Sequence[str]]
) -> CaptionFigures:
    """The figures of a caption for each picture; ``references[i]`` belong to ``captions[i]``."""
    one, two, three, four = measure_bleu(captions, references)
    return CaptionFigures(
        (one, two, three, four),
        100 * measure_rouge(captions, references),
        measure_cider(captions, references),
        len(set(captions)) / len(captions),
    )


def set_apart(references: Sequence[Sequence[str]]) -> tuple[list[str], list[list[str]]]:
    """A person's caption of each picture, its last one, and the references that are left.

    Where a picture has but one, it stays the reference and the person's caption is "".
    """
    apart = [told[-1] if len(told) > 1 else "" for told in references]
    left = [list(told[:-1]) if len(told) > 1 else list(told) for told in references]
    return apart, left


def find_commonest(references: Sequence[Sequence[str]]) -> str:
    """The caption that stands most often in ``references``; of several, the first."""
    counts = Counter(text for told in references for text in told)
    return counts.most_common(1)[0][0]


def measure_beside_anchors(
    captions: Sequence[str], references: Sequence[Sequence[str]]
) -> dict[str, CaptionFigures]:
    """Figures of ``captions``, of the commonest caption for all, and of a person's other caption.

    All three are measured against the same references: those without the person's caption. The
    last is left out unless every picture has two captions or more.
    """
    apart, left = set_apart(references)
    found = {
        "captioner": measure_captions(captions, left),
        "commonest": measure_captions([find_commonest(left)] * len(captions), left),
    }
    if all(apart):
        found["another person's"] = measure_captions(apart, left)
    return found
