"""The numbers that a browser draws too: normal, uncorrelated, and always the same."""

import numpy as np
from scipy import stats

from generate.pictures.summoning.noise import choose, draw_bits, draw_normal, mix


def test_known_bits():
    """By hand, with Python's own whole numbers."""

    def mixed(number):
        number ^= number >> 16
        number = number * 0x7FEB352D & 0xFFFFFFFF
        number ^= number >> 15
        number = number * 0x846CA68B & 0xFFFFFFFF
        return number ^ number >> 16

    def bits(seed, place):
        return mixed(mixed((place * 0x9E3779B9 + 1) & 0xFFFFFFFF) ^ mixed(seed ^ 0x9E3779B9))

    for seed in (0, 7, 2**32 - 1):
        assert draw_bits(seed, 5, 40).tolist() == [bits(seed, place) for place in range(5, 45)]
    far = 2**31 + 3
    assert draw_bits(7, far, 2).tolist() == [bits(7, far), bits(7, far + 1)]


def test_normal_and_uncorrelated():
    count = 3 * 64 * 64
    drawn = np.stack([draw_normal(seed, block, count) for seed in range(8) for block in range(4)])
    assert stats.kstest(drawn.ravel(), "norm").pvalue > 0.001
    assert abs(drawn.mean()) < 0.01 and abs(drawn.std() - 1) < 0.01
    near = np.corrcoef(drawn) - np.eye(len(drawn))
    assert np.abs(near).max() < 5 / np.sqrt(count)
    for shift in (1, 64, 4096):
        assert abs(np.corrcoef(drawn[0][:-shift], drawn[0][shift:])[0, 1]) < 5 / np.sqrt(count)


def test_every_number_has_one_mixture_and_all_places_are_chosen():
    assert len(set(mix(np.arange(50_000)).tolist())) == 50_000
    places = [choose(seed, 7) for seed in range(700)]
    assert set(places) == set(range(7)) and np.bincount(places).min() > 60
