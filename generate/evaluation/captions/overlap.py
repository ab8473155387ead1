"""BLEU and ROUGE-L of captions against several references each.

BLEU (Papineni et al. 2002) over all pictures is sacrebleu's, without smoothing. ROUGE-L (Lin 2004)
is the mean over pictures, with beta 1.2, of the best precision and the best recall that any
reference gives, as COCO's server has it. Words are compared in lower case, without marks.
"""

from collections.abc import Sequence

from sacrebleu.metrics import BLEU

from generate.pictures.data.vocabulary import WORD

BETA = 1.2
# Captions of one picture, the words of each.
Told = Sequence[Sequence[str]]


def cut_words(text: str) -> list[str]:
    """The words of a caption in lower case."""
    return WORD.findall(text.casefold())


def measure_bleu(captions: Sequence[str], references: Sequence[Sequence[str]]) -> list[float]:
    """BLEU-1 to BLEU-4, 0 to 100, of a caption for each picture, and the picture's references.

    ``references[i]`` are those of ``captions[i]``, one at least. sacrebleu wants a list for each
    rank of a reference with an entry for each picture; where a picture has fewer, None stands.
    """
    require_references(captions, references)
    said = [" ".join(cut_words(text)) for text in captions]
    most = max(map(len, references))
    ranks = [
        [" ".join(cut_words(told[rank])) if rank < len(told) else None for told in references]
        for rank in range(most)
    ]
    scores = []
    for order in range(1, 5):
        bleu = BLEU(max_ngram_order=order, tokenize="none", smooth_method="none")
        scores.append(float(bleu.corpus_score(said, ranks).score))  # type: ignore[arg-type]
    return scores


def measure_rouge(captions: Sequence[str], references: Sequence[Sequence[str]]) -> float:
    """ROUGE-L, 0 to 1, the mean over the pictures."""
    require_references(captions, references)
    scores = [
        rouge(cut_words(text), [cut_words(one) for one in told])
        for text, told in zip(captions, references, strict=True)
    ]
    return sum(scores) / len(scores)


def rouge(said: Sequence[str], references: Told) -> float:
    """ROUGE-L of one caption."""
    shared = [find_longest(said, reference) for reference in references]
    precision = max(shared) / max(1, len(said))
    pairs = zip(shared, references, strict=True)
    recall = max(count / max(1, len(reference)) for count, reference in pairs)
    if not precision or not recall:
        return 0.0
    return (1 + BETA**2) * precision * recall / (recall + BETA**2 * precision)


def find_longest(one: Sequence[str], other: Sequence[str]) -> int:
    """Words of the longest common subsequence."""
    lengths = [0] * (len(other) + 1)
    for word in one:
        before = 0
        for place, against in enumerate(other, 1):
            above = lengths[place]
            lengths[place] = before + 1 if word == against else max(above, lengths[place - 1])
            before = above
    return lengths[-1]


def require_references(captions: Sequence[str], references: Sequence[Sequence[str]]) -> None:
    """ValueError unless every caption has a reference; lists turned the wrong way are noticed."""
    if len(captions) != len(references) or not captions:
        raise ValueError(
            f"{len(captions)} captions and references of {len(references)} pictures: "
            "one list of references for each caption is wanted"
        )
    if any(isinstance(told, str) or not told for told in references):
        raise ValueError("each caption needs a list of references, one at least")
