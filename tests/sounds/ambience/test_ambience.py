"""The jungle's beds: seamless through the encoder, at their loudness, made once."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from generate.errors import Refusal
from generate.sounds.ambience.beds import make_bed
from generate.sounds.ambience.hours import HOURS
from generate.sounds.ambience.scenery import RATE, make_cicada, make_cricket, make_rustle, make_wind
from generate.sounds.ambience.stage import make_beds
from generate.sounds.mastering.encoding import FRAME, GRAIN, PAD, decode, encode_loop, read_sound
from generate.sounds.mastering.loudness import measure_call
from generate.sounds.report.measures import measure_seam
from generate.sounds.voice.reverb import add_reverb, add_reverb_to_loop, grow_room


@pytest.fixture(scope="module")
def beds(tmp_path_factory: pytest.TempPathFactory) -> tuple[SimpleNamespace, dict[str, Path]]:
    sounds = SimpleNamespace(bed_loudness=-25.0)
    settings = SimpleNamespace(work=tmp_path_factory.mktemp("beds"), seed=7, sounds=sounds)
    return settings, make_beds(settings)


@pytest.mark.parametrize("hour", HOURS)
def test_bed_is_seamless_as_the_page_plays_it(beds: tuple, hour: str) -> None:
    samples, rate = read_sound(beds[1][hour])
    data, facts = encode_loop(samples, rate)
    heard = decode(data, True, len(samples), rate)
    assert len(samples) % GRAIN == 0 and facts["loop_s"] == pytest.approx(12.8)
    assert measure_call(heard, rate) == pytest.approx(-25, abs=0.3)
    assert facts["true_peak"] <= -1
    ratio, hole = measure_seam(heard, rate)
    # A place in the middle is a join as good as any: the seam must not stand out among them.
    usual = [measure_seam(np.roll(heard, k * 9973, axis=0), rate)[0] for k in range(1, 25)]
    assert ratio < 4 and hole > -9
    assert ratio <= 1.3 * max(usual)


@pytest.mark.parametrize("rate", [22_050, 44_100, 48_000, 96_000])
def test_loop_begins_and_ends_on_a_sample_at_any_rate(rate: int) -> None:
    for samples in (PAD, GRAIN):
        assert (samples * rate) % RATE == 0
    assert GRAIN % FRAME == 0


def test_beds_are_made_once(beds: tuple) -> None:
    settings, paths = beds
    before = {hour: path.stat().st_mtime_ns for hour, path in paths.items()}
    assert make_beds(settings) == paths
    assert {hour: path.stat().st_mtime_ns for hour, path in paths.items()} == before
    sizes = {path.read_bytes()[:2000] for path in paths.values()}
    assert len(sizes) == len(HOURS)


def test_bed_is_the_same_for_the_same_seed() -> None:
    assert np.array_equal(make_bed("dusk", 3, 2.0), make_bed("dusk", 3, 2.0))
    assert not np.array_equal(make_bed("dusk", 3, 2.0), make_bed("dusk", 4, 2.0))


@pytest.mark.parametrize("make", [make_cricket, make_cicada, make_wind, make_rustle])
def test_scenery_closes_upon_itself(make) -> None:
    n = 2 * RATE
    rng = np.random.default_rng(1)
    x = (
        make(rng, n)
        if make is make_rustle
        else make(rng, n, 900.0 if make is make_wind else 4300.0)
    )
    assert len(x) == n and np.isfinite(x).all()
    steps = np.abs(np.diff(x, axis=0))
    assert np.abs(x[0] - x[-1]).max() <= steps.max()


def test_circular_reverb_is_reverb_of_endless_repetition() -> None:
    rng = np.random.default_rng(0)
    x = rng.standard_normal((RATE, 2)).astype(np.float32)
    room = grow_room(1, RATE, 1.6)
    looped = add_reverb_to_loop(x, room, 0.5)
    for side in (0, 1):
        long = add_reverb(np.tile(x[:, side], 3), np.stack([room[side]] * 2), 0.5)[:, 0]
        assert np.allclose(looped[:, side], long[2 * RATE : 3 * RATE], atol=1e-3)


@pytest.mark.parametrize(("hour", "seconds"), [("noon", 12.0), ("day", 1.0), ("day", 1e4)])
def test_no_such_bed(hour: str, seconds: float) -> None:
    with pytest.raises(Refusal, match="ambience"):
        make_bed(hour, 1, seconds)
