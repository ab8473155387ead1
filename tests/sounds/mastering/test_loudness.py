"""The meter against closed forms, EBU Tech 3341's cases, and libebur128."""

import numpy as np
import pytest

from generate.sounds.mastering.limiter import limit_peaks
from generate.sounds.mastering.loudness import (
    measure_call,
    measure_call_and_moment,
    measure_loudness,
    measure_true_peak,
)

RATE = 48_000


def tone(level: float, seconds: float, hertz: float = 1000.0, channels: int = 2) -> np.ndarray:
    """A sine of `level` dBFS in all channels."""
    t = np.arange(round(seconds * RATE)) / RATE
    return np.repeat((10 ** (level / 20) * np.sin(2 * np.pi * hertz * t))[:, None], channels, 1)


def stretch(*parts: tuple[float, float]) -> np.ndarray:
    return np.concatenate([tone(level, seconds) for level, seconds in parts])


def five(front: float, centre: float, back: float) -> np.ndarray:
    levels = [front, front, centre, back, back]
    return np.concatenate([tone(level, 20.0, channels=1) for level in levels], axis=1)


# EBU Tech 3341, table 1: levels and seconds of each step, and the loudness to be shown.
CASES = {
    1: (lambda: stretch((-23, 20)), -23.0),
    2: (lambda: stretch((-33, 20)), -33.0),
    3: (lambda: stretch((-36, 10), (-23, 60), (-36, 10)), -23.0),
    4: (lambda: stretch((-72, 10), (-36, 10), (-23, 60), (-36, 10), (-72, 10)), -23.0),
    5: (lambda: stretch((-26, 20), (-20, 20.1), (-26, 20)), -23.0),
    6: (lambda: five(-28, -24, -30), -23.0),
}


@pytest.mark.parametrize("case", CASES)
def test_ebu_integrated(case: int) -> None:
    make, expected = CASES[case]
    assert measure_loudness(make(), RATE) == pytest.approx(expected, abs=0.1)


# Cases 15 to 19: divisor of the rate, phase in degrees, amplitude, expected dBTP.
PEAKS = {
    15: (4, 0.0, 0.50, -6.0),
    16: (4, 45.0, 0.50, -6.0),
    17: (6, 60.0, 0.50, -6.0),
    18: (8, 67.5, 0.50, -6.0),
    19: (4, 45.0, 1.41, 3.0),
}


@pytest.mark.parametrize("case", PEAKS)
def test_ebu_true_peak(case: int) -> None:
    divisor, phase, amplitude, expected = PEAKS[case]
    n = np.arange(RATE)
    x = amplitude * np.sin(2 * np.pi * n / divisor + np.deg2rad(phase))
    x *= np.clip(np.minimum(n, n[::-1]) / 480, 0, 1)  # a sine that starts at once overshoots
    assert expected - 0.4 <= measure_true_peak(x, RATE) <= expected + 0.2


@pytest.mark.parametrize("rate", [8000, 22_050, 44_100, 48_000, 96_000])
def test_full_scale_sine_is_minus_3_01(rate: int) -> None:
    t = np.arange(4 * rate) / rate
    assert measure_loudness(np.sin(2 * np.pi * 997 * t), rate) == pytest.approx(-3.01, abs=0.03)


def test_levels_shift_and_channels_add() -> None:
    x = tone(-20, 5, channels=1)
    assert measure_loudness(x / 2, RATE) == pytest.approx(
        measure_loudness(x, RATE) - 6.02, abs=0.01
    )
    both = measure_loudness(np.repeat(x, 2, 1), RATE)
    assert both == pytest.approx(measure_loudness(x, RATE) + 3.01, abs=0.01)


def test_momentary_follows_the_loudest_stretch() -> None:
    x = stretch((-40, 2), (-20, 0.6), (-40, 2))
    assert measure_call_and_moment(x, RATE)[1] == pytest.approx(-20.0, abs=0.1)


@pytest.mark.parametrize("seconds", [0.05, 0.2, 0.39, 1.0])
def test_short_calls_are_not_read_low(seconds: float) -> None:
    """Padding a fifth of a second with silence would read some 4 LU low."""
    assert measure_call(tone(-20, seconds), RATE) == pytest.approx(-20.0, abs=0.15)
    assert measure_call(tone(-20, seconds, channels=1), RATE) == pytest.approx(-20.0, abs=0.15)


@pytest.mark.parametrize("x", [np.zeros(RATE), np.zeros((0, 2)), np.zeros(100)])
def test_silence_has_no_loudness(x: np.ndarray) -> None:
    assert measure_loudness(x, RATE) == -np.inf
    assert measure_call(x, RATE) == -np.inf
    assert measure_true_peak(x, RATE) == -np.inf


@pytest.mark.parametrize("shape", [(10, 6), (10, 2, 2), ()])
def test_shapes_that_are_no_sound(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="samples must be"):
        measure_loudness(np.zeros(shape), RATE)


def bursts(seed: int, seconds: float = 4.0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    n = int(seconds * RATE)
    envelope = np.abs(np.sin(np.linspace(0, 9, n))) ** 6 + 0.01
    return 0.4 * rng.standard_normal((n, 2)) * envelope[:, None]


@pytest.mark.parametrize("seed", range(4))
def test_agrees_with_libebur128(seed: int) -> None:
    ebur = pytest.importorskip("pyebur128")
    x = bursts(seed)
    mode = ebur.MeasurementMode.MODE_I | ebur.MeasurementMode.MODE_TRUE_PEAK
    state = ebur.R128State(2, RATE, mode)
    state.add_frames(np.ascontiguousarray(x.ravel()), len(x))
    assert measure_loudness(x, RATE) == pytest.approx(ebur.get_loudness_global(state), abs=0.01)
    peak = 20 * np.log10(max(ebur.get_true_peak(state, side) for side in (0, 1)))
    # Theirs oversamples four times with a shorter filter; on noise the two differ by a little.
    assert measure_true_peak(x, RATE) == pytest.approx(peak, abs=0.35)


@pytest.mark.parametrize("loop", [False, True])
def test_limiter_holds_the_ceiling_at_sixteen_times(loop: bool) -> None:
    from scipy import signal

    x = bursts(9, 2.0)
    y, cut = limit_peaks(x, RATE, -6.0, loop)
    whole = np.tile(y, (3, 1)) if loop else y
    up = signal.resample_poly(whole, 16, 1, axis=0, window=("kaiser", 8.0))
    assert 20 * np.log10(np.abs(up).max()) <= -5.8
    assert cut > 3
    quiet = np.abs(x).max(axis=1) < 0.02
    assert np.median(np.abs(y[quiet] / x[quiet])) > 0.5


def test_limiter_leaves_quiet_sound_alone() -> None:
    x = 0.1 * bursts(1, 0.5)
    y, cut = limit_peaks(x, RATE, -1.0)
    assert cut == 0.0 and np.array_equal(x, y)
