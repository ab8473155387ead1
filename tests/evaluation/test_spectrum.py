"""Power by spatial frequency and edges of pictures whose spectra are known."""

import numpy as np
import pytest

from generate.evaluation.detail import compare_detail, draw_unseen, print_and_reduce
from generate.evaluation.scoring.spectrum import (
    BANDS,
    EDGES,
    compare_spectra,
    measure_spectrum,
    name_band,
)
from generate.settings import read_settings
from tests.bundles import make_jungle

SIDE = 256


def paint_wave(down, across, amplitude=0.2):
    """A grey wave of so many cycles a picture, (1, 3, S, S)."""
    places = np.arange(SIDE) / SIDE
    phase = 2 * np.pi * (down * places[:, None] + across * places)
    levels = 255 * (0.5 + amplitude * np.cos(phase))
    return np.broadcast_to(levels, (1, 3, SIDE, SIDE)).round().astype(np.uint8)


@pytest.mark.parametrize("band", BANDS)
def test_a_wave_has_its_power_in_its_own_band(band):
    cycles = (band[0] + band[1]) / 2
    for down, across in ((cycles, 0), (0, cycles), (cycles * 0.6, cycles * 0.8)):
        found = measure_spectrum(paint_wave(round(down), round(across)))
        assert found.pop(name_band(band)) == pytest.approx(0.2**2 / 2, rel=0.02)
        del found[EDGES]
        # What is left is the rounding to levels.
        assert max(found.values()) < 2e-5


def test_power_grows_with_the_square_of_the_amplitude():
    ratios = compare_spectra(paint_wave(40, 0, 0.1), paint_wave(40, 0, 0.2))
    assert ratios[name_band((32, 64))] == pytest.approx(0.25, rel=0.02)
    # A wave of twice the cycles is as steep again.
    steeper = compare_spectra(paint_wave(20, 0), paint_wave(10, 0))
    assert steeper[EDGES] == pytest.approx(2, rel=0.04)


def test_white_noise_has_the_power_of_each_rings_area():
    generator = np.random.default_rng(0)
    grey = generator.normal(128, 20, (4, 1, SIDE, SIDE)).round().astype(np.uint8)
    found = measure_spectrum(grey.repeat(3, 1))
    variance = (20 / 255) ** 2
    for low, high in BANDS[2:]:
        share = np.pi * (high**2 - low**2) / SIDE**2
        assert found[name_band((low, high))] == pytest.approx(variance * share, rel=0.06)


def test_edges_are_those_of_a_known_ramp():
    ramp = np.broadcast_to(np.arange(SIDE, dtype=np.uint8), (2, 3, SIDE, SIDE))
    assert measure_spectrum(ramp)[EDGES] == pytest.approx(1 / 255)


def test_small_pictures_have_only_the_bands_that_they_can_hold():
    found = measure_spectrum(paint_wave(8, 0)[:, :, :64, :64])
    assert list(found) == [name_band(band) for band in BANDS[:3]] + [EDGES]
    flat = np.full((1, 3, 64, 64), 90, np.uint8)
    assert max(measure_spectrum(flat).values()) < 1e-20
    assert all(np.isnan(value) for value in compare_spectra(flat, flat).values())


def test_printing_and_reducing_changes_little_and_blur_is_seen():
    drawing = draw_unseen(0, {"plan": "snake", "coat": "rings", "what": "else"}, 512)
    again = compare_spectra(print_and_reduce(drawing, 512)[None], drawing[None])
    # Lanczos's filter takes some of the finest detail alone.
    assert again.pop(name_band((100, 128))) == pytest.approx(0.65, abs=0.2)
    assert all(abs(value - 1) < 0.05 for value in again.values())
    blurred = print_and_reduce(drawing, 64)[None]
    lost = compare_spectra(blurred, drawing[None])
    assert lost[name_band((2, 8))] > 0.95 and lost[name_band((32, 64))] < 0.2 and lost[EDGES] < 0.8


def test_only_cards_that_the_field_guide_taught_are_compared(tmp_path):
    settings = make_jungle(tmp_path, 2, 'count = 2\n[pictures]\nsource = "set"\n', size=32)
    assert compare_detail(settings, []) == {}
    assert compare_detail(read_settings(tmp_path, {}), []) == {}
