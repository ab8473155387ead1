"""The hastened layers: diffusers' own network, of the same weights, is the oracle."""

import copy

import pytest
import torch
from torch import nn

from generate.pictures.networks.layers import Norm, hasten
from generate.pictures.networks.shape import Shape
from generate.pictures.networks.unet import Network

WORDS = 4


def make_pair():
    """A network, and diffusers' layers with its weights: both answer and learn alike."""
    torch.manual_seed(0)
    ours = Network(Shape(32, 2, (16, 24), 1, 1, 8, 4), WORDS)
    nn.init.normal_(ours.unet.conv_out.weight, std=0.1)
    plain = copy.deepcopy(ours)
    config = {key: value for key, value in ours.unet.config.items() if not key.startswith("_")}
    plain.unet = type(ours.unet)(**config)
    plain.unet.load_state_dict(ours.unet.state_dict())
    return ours, plain


def gradients(network, kind):
    """What a network answers, and by how much it would change each of its weights."""
    torch.manual_seed(1)
    pictures, conditions = torch.randn(3, 3, 32, 32), torch.rand(3, WORDS + 8)
    network.train()
    with torch.autocast("cpu", kind, enabled=kind is not torch.float32):
        answer = network(pictures, torch.tensor([50.0, 500.0, 950.0]), conditions)
        loss = (answer - pictures).square().mean()
    loss.backward()
    return answer.detach(), torch.cat([p.grad.flatten() for p in network.parameters()])


def test_answers_and_gradients_are_those_of_the_plain_layers():
    ours, plain = make_pair()
    assert list(ours.state_dict()) == list(plain.state_dict())
    found, known = gradients(ours, torch.float32), gradients(plain, torch.float32)
    for one, other in zip(found, known, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("sureness", [1, 60])
def test_half_the_digits_are_lost_as_the_plain_layers_lose_them(sureness):
    ours, plain = make_pair()
    with torch.no_grad():
        # Long training makes attention sure of itself, where rounded logits would be equals.
        for network in (ours, plain):
            for name, weight in network.named_parameters():
                if "to_q.weight" in name or "to_k.weight" in name:
                    weight *= sureness
    exact = gradients(copy.deepcopy(plain), torch.float32)
    found, known = gradients(ours, torch.bfloat16), gradients(plain, torch.bfloat16)
    for one, other, true in zip(found, known, exact, strict=True):
        assert (one - true).norm() < 1.5 * (other - true).norm() + 1e-6


@pytest.mark.parametrize("layout", [torch.channels_last, torch.contiguous_format])
def test_the_norm_passes_back_what_group_norm_does(layout):
    torch.manual_seed(0)
    plain = nn.GroupNorm(3, 12, eps=1e-3).double()
    nn.init.normal_(plain.weight)
    nn.init.normal_(plain.bias)
    quick = copy.deepcopy(plain)
    hasten(nn.Sequential(quick))
    assert type(quick) is Norm
    pictures = (torch.randn(4, 12, 5, 6).double() + 3).to(memory_format=layout)
    slopes = torch.randn(4, 12, 5, 6).double()
    results = []
    for norm in (plain, quick):
        seen = pictures.clone().requires_grad_()
        answer = norm(seen)
        results.append((answer, *torch.autograd.grad(answer, [seen, *norm.parameters()], slopes)))
    for one, other in zip(*results, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-5)


def test_layout_is_kept_through_training_and_dropout_still_acts():
    network = Network(Shape(32, 2, (16, 24), 1, 1, 8, 4, dropout=0.5), WORDS).train()
    strange = []

    def watch(module, inputs, answer):
        if answer.ndim == 4 and not answer.is_contiguous(memory_format=torch.channels_last):
            strange.append(module)

    for module in network.unet.modules():
        if isinstance(module, nn.Conv2d | nn.GroupNorm):
            module.register_forward_hook(watch)
    nn.init.normal_(network.unet.conv_out.weight, std=0.1)
    inputs = (torch.randn(2, 3, 32, 32), torch.full((2,), 300.0), torch.rand(2, WORDS + 8))
    first, second = network(*inputs), network(*inputs)
    assert not strange
    assert not torch.equal(first, second)
    network.eval()
    assert torch.equal(network(*inputs), network(*inputs))
