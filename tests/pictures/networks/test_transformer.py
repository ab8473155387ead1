"""The transformer: x-prediction against its closed form, its tokens, and what it cannot be."""

import pytest
import torch
from torch import nn

from generate.pictures.networks.patches import Patches, PatchNetwork, read_patches
from generate.pictures.networks.transformer import (
    LEAST,
    Transformer,
    find_velocity,
    place_tokens,
    share_clean,
)
from generate.pictures.training.pictures import seeded

TINY = Patches(size=16, patch=4, width=32, depth=3, heads=2)


def test_whoever_knows_the_picture_knows_the_velocity():
    """x_t = (1 - t) x + t e: the velocity e - x is (x_t - x) / t."""
    clean, noise = torch.randn(2, 6, 3, 16, 16, generator=seeded("pair"))
    levels = torch.tensor([0.06, 0.1, 0.3, 0.5, 0.9, 1.0])
    share = levels.view(-1, 1, 1, 1)

    class Knows(nn.Module):
        def forward(self, noisy, levels, told):
            return clean

    found = find_velocity(Knows(), (1 - share) * clean + share * noise, levels, None)
    assert torch.allclose(found, noise - clean, atol=1e-4)
    still = find_velocity(Knows(), clean + LEAST, torch.zeros(6), None)
    assert torch.allclose(still, torch.ones_like(clean), atol=1e-5), (
        "finite where there is no noise"
    )


def test_each_token_has_a_place_of_its_own():
    places = place_tokens(8, 32)[0]
    distances = torch.cdist(places, places) + 9 * torch.eye(64)
    assert float(distances.min()) > 0.1


def test_the_share_is_the_best_linear_guess():
    clean = 0.5 * torch.randn(200_000, generator=seeded("clean"), dtype=torch.float64)
    noise = torch.randn(200_000, generator=seeded("noise"), dtype=torch.float64)
    for level in (0.0, 0.1, 0.5, 0.9, 1.0):
        noisy = (1 - level) * clean + level * noise
        best = float((noisy @ clean) / (noisy @ noisy))
        assert float(share_clean(torch.tensor([level]), 0.25)) == pytest.approx(best, abs=0.01)


def test_at_first_it_answers_the_share_and_weights_of_before_nought():
    noisy = torch.randn(3, 3, 16, 16, generator=seeded("noisy"))
    levels, told = torch.tensor([0.0, 0.5, 1.0]), torch.zeros(3, 16)
    network = PatchNetwork(TINY, 0).transformer
    expected = torch.tensor([1.0, 0.4, 0.0]).view(-1, 1, 1, 1) * noisy
    assert torch.allclose(network(noisy, levels, told), expected, atol=1e-6)
    config = PatchNetwork(TINY, 0).describe()
    del config["spread"]
    before = PatchNetwork(read_patches(config), 0).transformer
    assert not before(noisy, levels, told).any()


def test_it_sees_across_patches():
    torch.manual_seed(0)
    network = PatchNetwork(TINY, 2).eval()
    noisy = torch.randn(1, 3, 16, 16, generator=seeded("noisy"))
    levels, told = torch.full((1,), 0.5), torch.zeros(1, 16)
    with torch.no_grad():
        for weight in network.parameters():
            weight.add_(0.1 * torch.randn(weight.shape, generator=seeded("stir")))
    changed = noisy.clone()
    changed[..., :4, :4] += 1
    with torch.inference_mode():
        one = network.transformer(noisy, levels, told)
        other = network.transformer(changed, levels, told)
    assert float((one - other)[..., 8:, 8:].abs().max()) > 1e-4


@pytest.mark.parametrize(
    "change",
    [
        {"patch": 5},
        {"depth": 4},
        {"width": 36},
        {"size": 10**9},
        {"heads": 0},
        {"depth": 101},
        {"spread": 2},
    ],
)
def test_a_network_that_cannot_be_is_refused_before_it_is_made(change):
    config = PatchNetwork(TINY, 0).describe()
    assert read_patches(config) == TINY
    with pytest.raises(ValueError):
        read_patches(config | change)


def test_the_travelling_code_makes_the_same_network():
    config = PatchNetwork(TINY, 0).describe()
    assert config.pop("_class_name") == "Transformer"
    assert isinstance(Transformer(**config), Transformer)
