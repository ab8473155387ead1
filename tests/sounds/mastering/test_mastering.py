"""Mastering and encoding, judged on what is decoded again."""

import io
from pathlib import Path

import numpy as np
import pytest
import soundfile

from generate.errors import Refusal
from generate.sounds.mastering.encoding import (
    FRAME,
    PAD,
    decode,
    encode,
    encode_loop,
    encode_mp3,
    read_sound,
    wrap,
    write_flac,
)
from generate.sounds.mastering.loudness import measure_call, measure_true_peak
from generate.sounds.mastering.mastering import RATE, master
from generate.sounds.report.measures import measure_seam


def call(seconds: float = 2.0, rate: int = RATE) -> np.ndarray:
    """A gliding call in the middle of some silence."""
    t = np.arange(int(seconds * rate)) / rate
    x = np.sin(2 * np.pi * np.cumsum(300 + 80 * np.sin(9 * t)) / rate)
    return 0.3 * x * np.sin(np.pi * t / seconds) ** 2


def listen(data: bytes) -> np.ndarray:
    return soundfile.read(io.BytesIO(data), always_2d=True)[0]


@pytest.mark.parametrize("target", [-16.0, -20.0])
@pytest.mark.parametrize("sound", ["call", "noise", "short", "quiet", "stereo"])
def test_decoded_mp3_is_on_target(sound: str, target: float) -> None:
    rng = np.random.default_rng(3)
    made = {
        "call": call(),
        "noise": 0.3 * rng.standard_normal(RATE) * np.hanning(RATE),
        "short": call(0.25),
        "quiet": 0.004 * call(),
        "stereo": np.stack([call(), 0.5 * np.roll(call(), 400)], axis=1),
    }[sound]
    mastered = master(made, RATE, target)
    heard = listen(encode_mp3(mastered.samples, RATE)[0])
    assert len(heard) == len(mastered.samples)
    assert measure_call(heard, RATE) == pytest.approx(target, abs=0.2)
    assert measure_call(heard, RATE) == pytest.approx(mastered.loudness, abs=0.01)
    assert measure_true_peak(heard, RATE) <= -1.0
    ends = np.concatenate([heard[:64], heard[-64:]])
    assert 20 * np.log10(np.abs(ends).max() + 1e-9) < -60


def test_peaks_win_over_loudness_and_say_so() -> None:
    x = 0.001 * np.random.default_rng(0).standard_normal(2 * RATE)
    x[::9000] = 0.9
    x[::60] += 0.2
    mastered = master(x, RATE)
    assert mastered.peak_limited and -19 <= mastered.loudness < -16.3
    assert mastered.true_peak <= -1.0


def test_a_sound_that_is_all_peak_is_refused() -> None:
    x = np.zeros(RATE)
    x[RATE // 2] = 1.0
    with pytest.raises(Refusal, match="too sharp"):
        master(x, RATE)


def test_surround_sound_is_joined() -> None:
    mastered = master(np.stack([call()] * 6, axis=1), RATE)
    assert mastered.samples.shape[1] == 2 and "channels joined" in mastered.mended
    assert mastered.loudness == pytest.approx(-16, abs=0.2)


def test_silence_is_trimmed_and_its_length_told() -> None:
    x = np.concatenate([np.zeros(RATE), call(1.0), np.zeros(RATE)])
    mastered = master(x, RATE)
    assert mastered.head == pytest.approx(1.0, abs=0.1)
    assert 0.8 < mastered.seconds < 1.1


def test_opposed_sides_survive_being_joined() -> None:
    x = np.stack([call(), -call()], axis=1)
    mastered = master(x, RATE)
    assert "sides opposed" in mastered.mended
    joined = mastered.samples.mean(axis=1)
    assert np.abs(joined).max() > 0.5 * np.abs(mastered.samples).max()


def test_dc_goes() -> None:
    mastered = master(call() + 0.4, RATE)
    assert "DC" in mastered.mended
    assert abs(mastered.samples.mean()) < 1e-4


@pytest.mark.parametrize("rate", [8000, 11_025, 22_050, 48_000, 96_000])
def test_other_rates_keep_pitch_and_length(rate: int) -> None:
    x = np.sin(2 * np.pi * 440 * np.arange(rate) / rate)
    mastered = master(x, rate)
    assert mastered.seconds == pytest.approx(1.036, abs=0.03)
    spectrum = np.abs(np.fft.rfft(mastered.samples[:, 0] * np.hanning(len(mastered.samples))))
    assert spectrum.argmax() * RATE / len(mastered.samples) == pytest.approx(440, abs=2)


@pytest.mark.parametrize(
    ("x", "why"),
    [
        (np.zeros(RATE), "silent"),
        (np.zeros(0), "empty"),
        (np.full(RATE, np.nan), "not numbers"),
        (np.full(RATE, 0.5), "silent"),
        (1e-6 * np.random.default_rng(0).standard_normal(RATE), "silent"),
    ],
)
def test_no_sound_is_refused(x: np.ndarray, why: str) -> None:
    with pytest.raises(Refusal, match=why):
        master(x, RATE)


def loop_of(frames: int = 120) -> np.ndarray:
    """Noise and a tone, both periodic in a whole number of MP3 frames."""
    n = frames * FRAME
    rng = np.random.default_rng(5)
    spectrum = np.exp(2j * np.pi * rng.random(n // 2 + 1)) / (1 + np.arange(n // 2 + 1) / 2000)
    noise = np.fft.irfft(spectrum, n)
    return 0.1 * noise / noise.std() + 0.1 * np.sin(2 * np.pi * 700 * np.arange(n) / n)


def test_loop_stays_seamless_through_mastering_and_mp3() -> None:
    mastered = master(loop_of(), RATE, -25.0, loop=True)
    assert len(mastered.samples) == 120 * FRAME and mastered.head == 0
    data, facts = encode_loop(mastered.samples, RATE)
    heard = listen(data)
    start = round(facts["pad_s"] * RATE)
    length = round(facts["loop_s"] * RATE)
    assert start == PAD and length == 120 * FRAME
    played = heard[start : start + length]
    assert measure_call(played, RATE) == pytest.approx(-25.0, abs=0.2)
    ratio, hole = measure_seam(played, RATE)
    assert ratio < 4 and hole > -9


def test_seam_measure_hears_a_click() -> None:
    x = loop_of(40)[: 40 * FRAME - 317]  # cut short: the period is broken
    x = x + np.sin(2 * np.pi * 3.37 * np.arange(len(x)) / len(x))
    assert measure_seam(x, RATE)[0] > 4
    faded = loop_of(40) * np.sin(np.pi * np.arange(40 * FRAME) / (40 * FRAME))
    assert measure_seam(faded, RATE)[1] < -9


def test_wrap_continues_the_loop() -> None:
    x = np.arange(10.0)
    assert list(wrap(x, 3)) == [7, 8, 9, *range(10), 0, 1, 2]


def test_a_hot_sound_is_turned_down() -> None:
    """What a person put there may be too hot for the codec; it is published safely all the same."""
    x = np.sign(call()) * 0.999
    data, figures = encode_mp3(x, RATE)
    assert figures.turned_down > 0
    assert measure_true_peak(listen(data), RATE) <= -1.0


def test_encoding_is_repeatable() -> None:
    x = call().astype(np.float32)
    assert encode(x, RATE) == encode(x, RATE)
    assert np.array_equal(decode(encode(x, RATE), False, len(x), RATE), listen(encode(x, RATE)))


def test_flac_keeps_what_mastering_made(tmp_path: Path) -> None:
    mastered = master(call(), RATE)
    write_flac(tmp_path / "a.flac", mastered.samples, RATE)
    samples, rate = read_sound(tmp_path / "a.flac")
    assert rate == RATE and np.array_equal(samples, mastered.samples)
    assert [path.name for path in tmp_path.iterdir()] == ["a.flac"]


@pytest.mark.parametrize("content", [b"", b"not a sound", b"fLaC" + bytes(40), b"RIFF1234WAVE"])
def test_what_is_no_sound_is_refused_in_one_line(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.wav").write_bytes(content)
    with pytest.raises(Refusal) as refusal:
        read_sound(tmp_path / "a.wav")
    assert "a.wav" in str(refusal.value) and "\n" not in str(refusal.value)
    with pytest.raises(Refusal, match="no such"):
        read_sound(tmp_path / "b.wav")
