"""Colour and grain of pictures whose figures are known."""

import numpy as np
import pytest

from generate.evaluation.scoring.tones import compare_tones, measure_spread, measure_tones


def plain(*colours, side=16):
    rows = np.array(colours, np.uint8)[:, :, None, None]
    return np.broadcast_to(rows, (len(colours), 3, side, side)).copy()


def measure_saturation(pictures):
    return measure_tones(pictures)["saturation"]


def measure_grain(pictures):
    return measure_tones(pictures)["grain"]


def test_saturation_of_plain_colours():
    assert measure_saturation(plain((255, 0, 0))) == 1
    assert measure_saturation(plain((200, 100, 200))) == pytest.approx(0.5)
    assert measure_saturation(plain((90, 90, 90), (0, 0, 0))) == 0


def test_spread_is_nought_for_a_single_tint_and_known_for_two():
    assert measure_spread(plain((10, 80, 30), (10, 80, 30))) == 0
    assert measure_spread(plain((0, 0, 0), (255, 255, 255))) == pytest.approx(np.sqrt(0.75))


def test_grain_of_noise_and_of_single_waves():
    noise = np.random.default_rng(0).integers(0, 256, (8, 1, 64, 64)).repeat(3, 1).astype(np.uint8)
    # Of white noise the share outside a quarter disc of radius a half is 1 - pi / 16.
    assert measure_grain(noise) == pytest.approx(1 - np.pi / 16, abs=0.01)
    ramp = np.arange(64) + 0.5
    for cycles, expected in ((8, 0.0), (60, 1.0)):
        wave = 127.5 + 120 * np.cos(np.pi * cycles * ramp / 64)
        picture = np.broadcast_to(wave, (1, 3, 64, 64)).round().astype(np.uint8)
        assert measure_grain(picture) == pytest.approx(expected, abs=0.01)
    assert measure_grain(plain((4, 4, 4))) == 0


def test_ratios_tell_grey_and_grainy_from_alike():
    generator = np.random.default_rng(1)
    cells = generator.integers(0, 256, (20, 3, 4, 4)).astype(np.uint8)
    training = cells.repeat(8, 2).repeat(8, 3)
    assert compare_tones(training, training) == {"saturation": 1, "colour spread": 1, "grain": 1}
    grey = training.mean(1, keepdims=True).repeat(3, 1).astype(np.uint8)
    assert compare_tones(grey, training)["saturation"] == 0
    grainy = (training + generator.normal(0, 25, training.shape)).clip(0, 255).astype(np.uint8)
    assert compare_tones(grainy, training)["grain"] > 1.3
