"""Figures of captions: right values, the references' orientation, a second CIDEr-D as oracle."""

import itertools
import math
import random

import pytest

from generate.evaluation.captions.consensus import measure_cider
from generate.evaluation.captions.measuring import (
    find_commonest,
    measure_beside_anchors,
    measure_captions,
    set_apart,
)
from generate.evaluation.captions.overlap import find_longest, measure_bleu, measure_rouge
from generate.pictures.captioning.teaching.sayings import say_scene
from generate.pictures.fieldguide.scene import choose_tags


def write_references(pictures=12, captions=5):
    rng = random.Random(1)
    tags = [choose_tags(seed) for seed in range(pictures)]
    return [[say_scene(rng, one) for _ in range(captions)] for one in tags]


def test_a_perfect_caption_scores_the_most():
    references = write_references()
    found = measure_captions([told[2] for told in references], references)
    assert found.bleu == pytest.approx((100, 100, 100, 100))
    assert found.rouge == pytest.approx(100)
    alone = [[told[2]] for told in references]
    assert measure_captions([told[0] for told in alone], alone).cider == pytest.approx(10)


def test_references_go_by_picture_and_the_other_way_is_refused():
    """sacrebleu wants them by rank, and scores lists by picture wrong without a word."""
    references = write_references(6, 5)
    captions = [told[0] for told in references]
    turned = [list(rank) for rank in zip(*references, strict=True)]
    with pytest.raises(ValueError, match="one list of references for each caption"):
        measure_bleu(captions, turned)
    with pytest.raises(ValueError, match="a list of references"):
        measure_bleu(captions, captions)


def test_bleu_by_hand():
    # Four of five words, three of four pairs, two of three triples, one of two runs of four.
    found = measure_bleu(["a red bird in rain"], [["A red bird in mist.", "no match here"]])
    precisions = (4 / 5, 3 / 4, 2 / 3, 1 / 2)
    wanted = [
        100 * math.exp(sum(map(math.log, precisions[:order])) / order) for order in range(1, 5)
    ]
    assert found == pytest.approx(wanted)


def test_pictures_may_have_different_numbers_of_references():
    few = [["a red bird sits here"], ["a blue fish swims now", "one blue fish is swimming"]]
    said = ["a red bird sits here", "one blue fish is swimming"]
    assert measure_bleu(said, few) == pytest.approx([100] * 4)
    # The second reference of one picture must not serve the other.
    swapped = ["one blue fish is swimming", "a red bird sits here"]
    assert measure_bleu(swapped, few)[0] == pytest.approx(10)  # one word of ten: "a"


def test_rouge_by_hand():
    assert find_longest("a b c d".split(), "b x d".split()) == 2
    precision, recall = 3 / 4, 3 / 5
    wanted = (1 + 1.44) * precision * recall / (recall + 1.44 * precision)
    assert measure_rouge(["a red tall bird"], [["a red bird sits here"]]) == pytest.approx(wanted)
    assert measure_rouge(["nothing"], [["a bird"]]) == 0


def count_runs(words, order):
    runs = {}
    for start in range(len(words)):
        if start + order <= len(words):
            run = " ".join(words[start : start + order])
            runs[run] = runs.get(run, 0) + 1
    return runs


def cider_again(captions, references):
    """CIDEr-D a second time, over one common table of runs and plain vectors."""
    clean = [[t.lower().replace(".", "").replace(",", "").split() for t in r] for r in references]
    hyps = [t.lower().replace(".", "").replace(",", "").split() for t in captions]
    n, scores = len(captions), []
    for hyp, refs in zip(hyps, clean, strict=True):
        parts = []
        for order, ref in itertools.product((1, 2, 3, 4), refs):
            table = sorted({*count_runs(hyp, order), *count_runs(ref, order)})
            seen = [
                sum(any(run in count_runs(r, order) for r in told) for told in clean)
                for run in table
            ]
            rare = [math.log(n) - math.log(max(1, s)) for s in seen]
            h = [count_runs(hyp, order).get(r, 0) * w for r, w in zip(table, rare, strict=True)]
            g = [count_runs(ref, order).get(r, 0) * w for r, w in zip(table, rare, strict=True)]
            size = math.sqrt(sum(x * x for x in h)) * math.sqrt(sum(x * x for x in g))
            dot = sum(min(x, y) * y for x, y in zip(h, g, strict=True))
            far = math.exp(-((len(hyp) - len(ref)) ** 2) / 72)
            parts.append(far * dot / size if size else 0.0)
        scores.append(10 * sum(parts) / len(parts))
    return sum(scores) / n


def test_cider_agrees_with_a_second_implementation():
    references = write_references(8, 3)
    captions = [told[0] for told in write_references(8, 1)]
    captions[0] = references[0][1]
    captions[1] = "bird bird bird bird in in in rain"
    found = measure_cider(captions, references)
    assert 0 < found < 10
    assert found == pytest.approx(cider_again(captions, references), rel=1e-9)


def test_anchors_have_the_same_references():
    references = write_references(10, 4)
    apart, left = set_apart(references)
    assert apart == [told[3] for told in references] and left[0] == references[0][:3]
    found = measure_beside_anchors([told[0] for told in references], references)
    assert found["captioner"].bleu[3] == pytest.approx(100)
    assert found["commonest"].distinct == pytest.approx(0.1)
    assert found["commonest"].cider < found["another person's"].cider < found["captioner"].cider
    alone = [["a bird"], ["a fish"]]
    assert "another person's" not in measure_beside_anchors(["a bird", "a bird"], alone)
    assert find_commonest([["b", "a"], ["a"]]) == "a"
