"""Words and regions find each other, and how well they did is told truly."""

import pytest
import torch

from generate.pictures.eyes.matching import (
    LEVELS,
    RIVALS,
    Matcher,
    choose_losses,
    measure_precision,
    rank,
)

WIDTHS, WORDS = (4, 8, 8, 4), 6


def make_pictures(count, seed):
    """Maps in which each of two words of a picture lights a channel of its own, in one corner."""
    generator = torch.Generator().manual_seed(seed)
    words = torch.zeros(count, WORDS)
    levels = [torch.randn(count, width, 4, 4, generator=generator) * 0.3 for width in WIDTHS]
    for row in range(count):
        for word in torch.randperm(WORDS, generator=generator)[:2].tolist():
            words[row, word] = 1
            for level in LEVELS:
                levels[level][row, word, word % 4, :2] += 3
    rolled = [words.roll(shift + 1, 0) for shift in range(RIVALS)]
    return levels, words, torch.stack(rolled, 1)


def test_words_find_their_regions_in_pictures_never_seen():
    torch.manual_seed(0)
    matcher = Matcher(WIDTHS, WORDS)
    seen, unseen = make_pictures(64, 1), make_pictures(64, 2)
    before = measure_precision(matcher, *unseen)
    optimiser = torch.optim.Adam(matcher.parameters(), lr=0.02)
    for _ in range(60):
        optimiser.zero_grad()
        choose_losses(matcher, *seen).mean().backward()
        optimiser.step()
    assert before < 0.5 < 0.9 < measure_precision(matcher, *unseen)
    swapped = (unseen[0], unseen[1].roll(20, 0), unseen[2])
    assert measure_precision(matcher, *swapped) < 0.3, "wrong words are not right"


def test_rivals_with_the_same_words_and_pictures_without_words_do_not_count():
    torch.manual_seed(0)
    matcher = Matcher(WIDTHS, WORDS)
    levels, words, rivals = make_pictures(4, 1)
    same = words[:, None].repeat(1, RIVALS, 1)
    assert torch.equal(choose_losses(matcher, levels, words, same), torch.zeros(4))
    assert measure_precision(matcher, levels, words, same) == 1
    assert torch.equal(choose_losses(matcher, levels, words * 0, rivals), torch.zeros(4))
    fits = rank(matcher, levels, words, rivals)
    assert fits.shape == (4, 1 + RIVALS) and bool(torch.isfinite(fits).all())


def test_more_words_do_not_fit_better_by_their_number():
    matcher = Matcher(WIDTHS, 2)
    with torch.no_grad():
        matcher.named.weight[1] = matcher.named.weight[0]
    levels = [torch.randn(3, width, 4, 4) for width in WIDTHS]
    words = torch.tensor([[1.0, 0.0], [1.0, 1.0]]).expand(3, 2, 2)
    fits = matcher(levels, words).detach()
    assert torch.allclose(fits[:, 0], fits[:, 1], atol=1e-6)
    assert float(fits.abs().max()) <= 1 + 1e-6
    with pytest.raises(IndexError):
        Matcher(WIDTHS[:2], 2)
