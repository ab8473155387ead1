"""The two ends of the scale: a perfect memory copies, a Gaussian does not."""

import numpy as np
import torch

from generate.evaluation.scoring.anchors import Memory, draw_gaussian, draw_memory
from generate.pictures.choosing.copies import find_nearest


def make_training(count=40, side=16):
    cells = np.random.default_rng(5).integers(0, 256, (count, 3, 4, 4)).astype(np.uint8)
    return cells.repeat(side // 4, 2).repeat(side // 4, 3)


def test_a_perfect_memory_scores_as_copying_and_a_gaussian_does_not():
    training = make_training()
    copies = find_nearest(draw_memory(training, 24), training)
    assert copies.copied.all() and len(set(copies.place)) > 5
    assert not find_nearest(draw_gaussian(training, 24), training).copied.any()


def test_the_ideal_velocity_is_the_posterior_mean_summed_by_hand():
    training = make_training(3, 8)
    memory = Memory(training)
    known = training.reshape(3, -1) / 127.5 - 1.0
    moment = 0.8
    noisy = np.random.default_rng(0).standard_normal((2, known.shape[1]))
    for row in noisy:
        likely = np.exp(-((row - (1 - moment) * known) ** 2).sum(1) / (2 * moment**2) + 100)
        mean = (likely[:, None] * known).sum(0) / likely.sum()
        found = memory(
            torch.from_numpy(row).float().view(1, 3, 8, 8),
            torch.tensor([moment * 1000]),
            torch.zeros(1, 1),
        )
        expected = ((row - mean) / moment).reshape(3, 8, 8)
        assert np.allclose(found[0].numpy(), expected, atol=1e-3)


def test_the_gaussian_has_the_training_sets_mean_and_covariance():
    training = np.random.default_rng(2).integers(96, 160, (30, 3, 2, 2)).astype(np.uint8)
    drawn = draw_gaussian(training, 4000).reshape(4000, -1).astype(float)
    known = training.reshape(30, -1).astype(float)
    assert np.abs(drawn.mean(0) - known.mean(0)).max() < 2
    scale = np.cov(known, rowvar=False).diagonal().mean()
    gap = np.cov(drawn, rowvar=False) - np.cov(known, rowvar=False)
    assert np.abs(gap).max() < 0.15 * scale
