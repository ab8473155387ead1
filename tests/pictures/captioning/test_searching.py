"""Beam search: the best caption of all, each picture by itself, barred words never said."""

import itertools

import pytest
import torch

from generate.pictures.captioning.learned.network import Captioner, CaptionerShape
from generate.pictures.captioning.learned.searching import LENGTH, search_captions
from generate.pictures.captioning.learned.wording import BEGIN, END, FIRST

WORDS = 4


@pytest.fixture(scope="module", params=["transformer", "lstm"])
def network(request):
    torch.manual_seed(1)
    shape = CaptionerShape(FIRST + WORDS, 3, "lite0", request.param, 16, 1, 2, most=5, dropout=0)
    network = Captioner(shape).eval()
    with torch.no_grad():  # far from even, so that one caption is clearly the best
        network.teller.words.weight.mul_(4)
        network.teller.words.weight[END] *= 0.1  # and not the empty one
    return network


def look(network, count=3):
    generator = torch.Generator().manual_seed(2)
    grids = torch.randn(count, 432, 8, 8, generator=generator) * 3
    with torch.no_grad():
        return network.see(grids)[0]


def score_all(network, memory):
    """The scores of all captions of a picture, by running the network on each whole caption."""
    scores = {}
    for length in range(network.shape.most - 1):
        for words in itertools.product(range(FIRST, FIRST + WORDS), repeat=length):
            numbers = [BEGIN, *words, END]
            with torch.no_grad():
                logits = network(torch.tensor([numbers[:-1]]), memory).log_softmax(2)
            total = sum(float(logits[0, i, n]) for i, n in enumerate(numbers[1:]))
            scores[words] = total / (length + 1) ** LENGTH
    return scores


def test_with_enough_beams_the_best_of_all_captions_is_found(network):
    memory = look(network)
    # As many beams as there are captions without their last word: nothing is lost on the way.
    found = search_captions(network, memory, beams=WORDS**3)
    for row, numbers in enumerate(found):
        scores = score_all(network, memory[row : row + 1])
        assert scores[tuple(numbers)] == pytest.approx(max(scores.values()), abs=1e-4)


def test_a_batch_changes_nothing(network):
    memory = look(network, 5)
    together = search_captions(network, memory)
    assert together == [search_captions(network, memory[n : n + 1])[0] for n in range(5)]


def test_barred_words_are_never_said(network):
    memory = look(network)
    said = {number for numbers in search_captions(network, memory) for number in numbers}
    barred = torch.zeros(3, FIRST + WORDS, dtype=torch.bool)
    barred[:, list(said)] = True
    after = search_captions(network, memory, barred=barred)
    assert said and not said & {number for numbers in after for number in numbers}


def test_captions_end_in_time(network):
    found = search_captions(network, look(network), most=3)
    assert all(len(numbers) <= 1 for numbers in found)
    with pytest.raises(ValueError, match="one beam"):
        search_captions(network, look(network), beams=0)
