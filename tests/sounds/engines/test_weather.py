"""A song under wind or a hum that is louder: the song is cut out, whatever the weather."""

from pathlib import Path

import numpy as np
import pytest
import soundfile
from scipy import signal

from generate.sounds.engines import blocks
from generate.sounds.engines.clips import find_clip_edges
from generate.sounds.engines.events import RUMBLE
from generate.sounds.engines.recordings import cut_recording
from generate.sounds.engines.weather import CALM

RATE = 22_050
SECONDS, AT = 12, 8.0
TIME = np.arange(SECONDS * RATE) / RATE


def make_noise(slope: float, seed: int = 1) -> np.ndarray:
    """Noise up to 1 whose power falls with that power of the frequency."""
    spectrum = np.fft.rfft(np.random.default_rng(seed).standard_normal(len(TIME)))
    spectrum[1:] /= np.arange(1, len(spectrum)) ** (slope / 2)
    spectrum[0] = 0
    noise = np.fft.irfft(spectrum, len(TIME))
    return noise / np.abs(noise).max()


def sing(pitch: float = 3500, at: float = AT, seconds: float = 0.8) -> np.ndarray:
    """A warble of a height of 1, and silence around it."""
    t = np.arange(int(seconds * RATE)) / RATE
    call = np.sin(2 * np.pi * pitch * t + 20 * np.sin(2 * np.pi * 9 * t)) * np.hanning(len(t))
    return np.pad(call, (int(at * RATE), len(TIME) - len(call) - int(at * RATE)))


def buzz(pitch: float) -> np.ndarray:
    """A hum with harmonics."""
    return sum(np.sin(2 * np.pi * pitch * k * TIME + k) / k for k in range(1, 9)) / 2


GUSTS = sum(np.exp(-(((TIME - at) / 0.9) ** 2)) for at in (2, 5))
BLOW = signal.sosfilt(signal.butter(4, 300, fs=RATE, output="sos"), make_noise(0)) * 4
FLOOR = 0.001 * make_noise(0, 2)
WEATHER = {
    "a gust": FLOOR + 0.8 * make_noise(2) * GUSTS,
    "wind all the while": FLOOR + 0.8 * make_noise(2),
    "gusts of low noise": FLOOR + BLOW * GUSTS,
    "a hum of 50 Hz": FLOOR + 0.6 * buzz(50),
    "a hum of 120 Hz": FLOOR + 0.6 * buzz(120),
}


def find_share(samples: np.ndarray, whole: np.ndarray, start: float, end: float) -> float:
    """How much of the energy of ``samples``, a piece of ``whole``, is of a stretch of it."""
    above = signal.butter(4, 2500, "high", fs=RATE, output="sos")
    piece, all_of_it = (signal.sosfilt(above, x) for x in (samples, whole))
    # Where the piece lies is where it is most alike.
    alike = np.abs(signal.fftconvolve(all_of_it, piece[::-1], "valid"))
    first = int(alike.argmax())
    last = first + len(piece)
    inside = all_of_it[max(first, int(start * RATE)) : min(last, int(end * RATE))]
    return float(np.square(inside).sum() / np.square(all_of_it[first:last]).sum())


@pytest.mark.parametrize("long", [False, True])
@pytest.mark.parametrize("name", WEATHER)
def test_the_song_is_cut_out_and_not_the_weather(tmp_path: Path, monkeypatch, name, long):
    whole = WEATHER[name] + 0.1 * sing()
    path = tmp_path / "a.wav"
    soundfile.write(path, 0.5 * whole, RATE)
    if long:
        monkeypatch.setattr(blocks, "LONG", 1000)
    call = cut_recording(path)
    assert 0.5 < len(call.samples) / call.rate < 1.2
    assert find_share(call.samples[:, 0], whole, AT, AT + 0.8) > 0.8


def test_what_is_cut_off_is_said_and_a_low_song_stays(tmp_path: Path):
    path = tmp_path / "a.wav"
    soundfile.write(path, 0.5 * (FLOOR + 0.6 * buzz(50) + 0.1 * sing()), RATE)
    call = cut_recording(path)
    assert any("a.wav: wind or a hum covers what lies below" in note for note in call.notes)
    hummed = (FLOOR + 0.5 * np.sin(2 * np.pi * 120 * TIME) + 0.1 * sing(900))[:, None]
    assert find_clip_edges(hummed.astype(np.float32), RATE, 6.0).cut == 500


def test_a_roar_is_no_weather_though_a_bird_sings_elsewhere():
    roar = 0.8 * sum(sing(90 * k, 2.0, 1.5) / k for k in range(1, 7))
    for beside in (0, 0.02 * make_noise(2)):
        whole = FLOOR + roar + 0.05 * sing() + beside
        assert find_clip_edges(whole[:, None].astype(np.float32), RATE, 6.0) == CALM


@pytest.mark.parametrize("pitch", [300, 3500])
def test_a_song_in_the_quiet_is_cut_as_ever(pitch):
    whole = (FLOOR + 0.5 * sing(pitch))[:, None].astype(np.float32)
    assert find_clip_edges(whole, RATE, 6.0) == CALM and CALM.cut == RUMBLE


def test_nothing_but_weather_is_left_as_it_is():
    for samples in (make_noise(2), 0.5 * buzz(50), np.zeros(len(TIME)), np.zeros(100)):
        found = find_clip_edges(samples[:, None].astype(np.float32), RATE, 6.0)
        assert found == CALM
