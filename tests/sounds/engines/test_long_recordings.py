"""Recordings of minutes and hours: the event is found, cut and judged, and memory stays flat."""

import json
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest
import soundfile
from scipy import signal

from generate.errors import Refusal
from generate.sounds.engines import blocks
from generate.sounds.engines.clips import cut_event, find_events, profile_clip, to_segment
from generate.sounds.engines.recordings import cut_recording, list_recordings, survey_folder
from generate.sounds.mastering.encoding import encode_mp3, read_sound
from generate.sounds.stage import make_and_master
from tests.jungles import ROOT
from tests.sounds.engines.recorded import (
    RATE,
    bark,
    briefs,
    drum,
    settings_for,
    write_slowly,
    write_sparse,
)


def tape(seconds: float, rate: int, *events: tuple[float, np.ndarray]) -> np.ndarray:
    """Faint noise, and sounds at their seconds (n,)."""
    x = 1e-4 * np.random.default_rng(2).standard_normal(int(seconds * rate))
    for at, sound in events:
        x[int(at * rate) : int(at * rate) + len(sound)] += sound
    return x


def likeness(samples: np.ndarray, sound: np.ndarray) -> float:
    """Largest correlation of two sounds (n,), 1 where one is the other."""
    product = signal.correlate(samples, sound, method="fft").max()
    return float(product / np.linalg.norm(samples) / np.linalg.norm(sound))


@pytest.mark.parametrize("name", ["long.wav", "long.flac", "long.mp3", "long.ogg"])
def test_one_call_in_eight_minutes(tmp_path: Path, capsys, name: str) -> None:
    rate, folder = 16_000, tmp_path / "r"
    folder.mkdir()
    write_slowly(folder / name, tape(480, rate, (300, bark(1.5, rate))), rate)
    settings = settings_for(folder, tmp_path)
    assert blocks.is_long(folder / name)
    (made,) = make_and_master(settings, briefs(1))
    assert "passed over" not in capsys.readouterr().out
    samples, _ = read_sound(made.path)
    assert 1.2 < len(samples) / RATE < 1.8
    assert likeness(samples[:, 0], signal.resample_poly(bark(1.5, rate), 441, 160)) > 0.95
    assert encode_mp3(samples, RATE)[1].loudness == pytest.approx(-16, abs=0.3)


@pytest.mark.parametrize("pause, alone", [(0.5, False), (1.2, False), (1.5, True), (3.6, True)])
def test_the_next_call_is_not_part_of_the_first(pause, alone) -> None:
    """Notes of one song follow each other sooner than calls do."""
    rate = 16_000
    loud, other = bark(0.9, rate), 0.8 * bark(0.9, rate)
    x = tape(10, rate, (2, loud), (2 + 0.9 + pause, other)).astype(np.float32)[:, None]
    seconds = len(cut_event(x, rate, 6.0)) / rate
    assert (seconds < 1.2) if alone else (seconds > 1.4 + pause)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads Linux's own count")
def test_two_hours_take_no_more_memory_than_a_minute(tmp_path: Path) -> None:
    rate = 11_025
    write_sparse(tmp_path / "hours.wav", 7200, 5400.3, bark(1.5, rate), rate)
    code = (
        "import json, pathlib, re, sys\n"
        "from generate.sounds.engines.recordings import master_recording\n"
        "from tests.sounds.engines.recorded import settings_for\n"
        "home = pathlib.Path(sys.argv[1])\n"
        "call, mastered, passed = master_recording(settings_for(home, home), 1)\n"
        # Not getrusage, whose largest value is that of the parent where it was larger.
        "status = pathlib.Path('/proc/self/status').read_text()\n"
        "most = int(re.search(r'VmHWM:\\s+(\\d+)', status)[1])\n"
        "seconds = len(call.samples) / call.rate\n"
        "print(json.dumps([seconds, mastered.loudness, len(passed), most]))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], cwd=ROOT, capture_output=True, text=True
    )
    assert not done.returncode, done.stderr
    seconds, loudness, passed, kilobytes = json.loads(done.stdout)
    assert 1.2 < seconds < 1.8 and loudness == pytest.approx(-16, abs=0.3) and not passed
    assert kilobytes < 300_000


@pytest.mark.parametrize(
    ("rate", "channels", "form"),
    [
        (44_100, 1, {"format": "WAV"}),
        (48_000, 2, {"format": "FLAC"}),
        (44_100, 1, {"format": "MP3"}),
        (44_100, 2, {"format": "MP3"}),
        (22_050, 3, {"format": "WAV", "subtype": "FLOAT"}),
        (48_000, 1, {"format": "OGG", "subtype": "OPUS"}),
        (11_025, 2, {"format": "AIFF"}),
    ],
)
@pytest.mark.parametrize("kind", ["calls", "steady", "end"])
def test_blocks_give_the_bytes_of_the_whole(tmp_path, monkeypatch, rate, channels, form, kind):
    rng = np.random.default_rng(channels)
    events = [(at, rng.uniform(0.2, 0.9) * bark(0.7, rate)) for at in (1, 4, 4.9, 9, 17.77)]
    x = tape(18.5033, rate, *events) + 0.01
    if kind == "steady":  # no silence anywhere
        x += 0.3 * rng.standard_normal(len(x)) * (1.2 + np.sin(np.arange(len(x)) / rate))
        x *= 0.4
    if kind == "end":  # breaks off in the middle of a call
        x = x[: int(18.0367 * rate)]
    x = np.stack([x * 0.9**side for side in range(channels)], axis=1)
    path = write_slowly(tmp_path / "a", x, rate, **form)
    whole = cut_recording(path)
    monkeypatch.setattr(blocks, "LONG", 1000)
    monkeypatch.setattr(blocks, "BLOCK", 40_000)
    parts = cut_recording(path)
    assert parts.rate == whole.rate and parts.facts == whole.facts
    assert np.array_equal(parts.samples, whole.samples)


def test_the_events_are_those_of_pydub() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pydub.silence import detect_nonsilent
    rng, several, steady = np.random.default_rng(1), 0, 0
    for rate in (8000, 11_025, 12_345, 22_050, 44_100, 96_000) * 8:
        channels, length = int(rng.integers(1, 4)), int(rng.uniform(0.4, 5) * rate)
        x = rng.standard_normal((length, channels)) * 10 ** -rng.uniform(1.2, 6)
        for _ in range(rng.integers(0, 9)):
            at = int(rng.integers(0, length))
            end = min(at + int(rng.uniform(0.005, 0.6) * rate), length)
            x[at:end] += 10 ** -rng.uniform(0, 2.2) * rng.standard_normal((end - at, channels))
        x = (x / np.abs(x).max()).astype(np.float32)
        segment = to_segment(x, rate)
        profile = profile_clip(x, rate)
        loudest = max(piece.dBFS for piece in segment[::50])
        limit = 20 * np.log10(profile.find_limit() / 2**31)
        over = limit - (loudest - 32)  # above it where a steady noise lies below
        assert -1e-9 < over < 24
        steady += over > 0.1
        spans = detect_nonsilent(segment, 280, limit, seek_step=10)
        assert find_events(x, rate) == [(a / 1000, b / 1000) for a, b in spans]
        several += len(spans) > 1
    assert several > 20 and 3 < steady < 40


def test_faults_of_long_recordings(tmp_path: Path) -> None:
    folder, rate = tmp_path / "r", 16_000
    folder.mkdir()
    broken = tape(300, rate, (200, bark(1, rate)))
    broken[250 * rate] = np.inf
    write_slowly(folder / "number.wav", broken, rate, subtype="FLOAT")
    write_slowly(folder / "silent.flac", np.zeros(300 * rate), rate)
    write_slowly(folder / "door.flac", tape(300, rate, (120, drum(0.001, 1, rate))), rate)
    write_slowly(folder / "torn.flac", tape(300, rate, (1, bark(1, rate))), rate)
    torn = (folder / "torn.flac").read_bytes()
    (folder / "torn.flac").write_bytes(torn[: len(torn) // 2])
    with pytest.raises(Refusal, match=r"no usable recording"):
        list_recordings(settings_for(folder, tmp_path))
    clipped = np.clip(4 * bark(1.5, rate), -0.7, 0.7)
    write_slowly(folder / "clipped.flac", tape(300, rate, (120, clipped)), rate)
    survey_folder.cache_clear()
    good, lines = list_recordings(settings_for(folder, tmp_path))
    assert [path.name for path in good] == ["clipped.flac"]
    told = {Path(line.split(": ")[0]).name: line for line in lines}
    assert told.keys() == {"number.wav", "silent.flac", "door.flac", "torn.flac"}
    assert "not numbers" in told["number.wav"] and "silent" in told["silent.flac"]
    assert "too sharp" in told["door.flac"] and "cannot be read" in told["torn.flac"]
    call = cut_recording(good[0])
    assert call.notes == ["clipped.flac: clipped tops rounded"]
    assert call.facts["clipped"] > 0.01  # of the event, not of five minutes


def test_a_stream_that_was_saved_has_no_length(tmp_path: Path) -> None:
    """FLAC from a pipe leaves the number of its samples open (36 bits of STREAMINFO)."""
    path = tmp_path / "stream.flac"
    soundfile.write(path, tape(20, RATE, (7, bark())), RATE)
    whole = cut_recording(path)
    data = bytearray(path.read_bytes())
    data[21] &= 0xF0
    data[22:26] = bytes(4)
    path.write_bytes(data)
    assert soundfile.info(path).frames > blocks.ENDLESS
    assert np.array_equal(cut_recording(path).samples, whole.samples)
