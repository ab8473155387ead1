"""What a denoiser thinks of a picture: how much the words explain of it."""

import numpy as np
import pytest
import torch
from torch import nn

from generate.pictures.families.evidence import LEVELS
from generate.pictures.families.flow import Flow
from generate.pictures.networks.shape import Shape


class Knows(nn.Module):
    """The exact velocity for N(mean, 0.2²), where the mean is told by the first word."""

    shape = Shape(size=8)

    def __init__(self):
        super().__init__()
        self.anchor = nn.Parameter(torch.zeros(1))

    def forward(self, pictures, times, conditions):
        t = (times / 1000).view(-1, 1, 1, 1)
        mean = 0.6 * conditions[:, :1, None, None]
        variance = (1 - t) ** 2 * 0.04 + t**2
        return (t - (1 - t) * 0.04) / variance * (pictures - (1 - t) * mean) - mean


def test_agreement_is_the_share_of_the_error_that_the_words_explain():
    """Told the mean m of N(m, s²): E loss = s² / ((1 - t)² s² + t²); told 0, m² t² / (…)² more."""
    generator = torch.Generator().manual_seed(0)
    bright = (0.6 + 0.2 * torch.randn(64, 3, 8, 8, generator=generator)).clamp(-1, 1)
    asked = torch.zeros(64, 9)
    asked[:, 0] = 1
    family = Flow(Knows())
    found = family.score(bright, asked)
    wanted = []
    for t in LEVELS:
        variance = (1 - t) ** 2 * 0.04 + t**2
        told, blind = 0.04 / variance, 0.04 / variance + 0.36 * (t / variance) ** 2
        wanted.append(1 - told / blind)
    assert found.mean() == pytest.approx(np.mean(wanted), rel=0.1)
    assert (family.score(-bright, asked) < 0).all()
    assert not family.score(bright, torch.zeros(64, 9)).any()


def test_agreement_does_not_depend_on_the_company():
    family = Flow(Knows())
    generator = torch.Generator().manual_seed(1)
    pictures, asked = torch.rand(6, 3, 8, 8, generator=generator) * 2 - 1, torch.ones(6, 9)
    both = family.score(pictures, asked)
    assert np.allclose(both[:2], family.score(pictures[:2], asked[:2]), atol=1e-6)
