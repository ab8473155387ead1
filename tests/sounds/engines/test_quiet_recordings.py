"""Recordings far below full scale, as field recorders make them: used if they hold a call."""

from pathlib import Path

import numpy as np
import pytest
import soundfile
from scipy import signal

from generate.errors import Refusal
from generate.sounds.engines.recordings import cut_recording, list_recordings, master_recording
from generate.sounds.mastering.encoding import encode_mp3
from tests.sounds.engines.recorded import RATE, bark, settings_for


def record(folder: Path, name: str, call, level: float, rate=RATE, noise=-50.0, offset=0.0, **how):
    """Write 4 s of noise with ``call`` at 0.8 s; ``level`` dBFS of its peak, ``noise`` below it."""
    folder.mkdir(exist_ok=True)
    call = call / np.abs(call).max()
    loud = np.sqrt(np.mean(call**2))
    x = loud * 10 ** (noise / 20) * np.random.default_rng(1).standard_normal(4 * rate)
    x[int(0.8 * rate) :][: len(call)] += call
    how = {"subtype": "PCM_24"} | how
    soundfile.write(folder / name, 10 ** (level / 20) * x + offset, rate, **how)
    return folder


def hear(folder: Path, home: Path):
    """The call of the folder's first recording, mastered, and its file's likeness to a bark."""
    call, mastered, _ = master_recording(settings_for(folder, home), 1)
    assert encode_mp3(mastered.samples, RATE)[1].loudness == pytest.approx(-16, abs=0.3)
    assert not call.facts["clipped"] and not call.notes
    side, like = mastered.samples[:, 0], bark(1.5)
    product = signal.correlate(side, like, method="fft").max()
    return float(product / np.linalg.norm(side) / np.linalg.norm(like))


@pytest.mark.parametrize("offset", [0.0, 0.2, -0.5])
@pytest.mark.parametrize("level", [-60, -70, -85])
def test_a_quiet_call_is_used(tmp_path: Path, level: int, offset: float) -> None:
    folder = record(tmp_path / "r", "a.wav", bark(1.5), level, offset=offset)
    assert hear(folder, tmp_path) > 0.95


@pytest.mark.parametrize(
    ("how", "level", "rate"),
    [
        ({"subtype": "PCM_24", "format": "WAVEX"}, -70, 96_000),
        ({"subtype": "FLOAT"}, -90, RATE),
        ({"subtype": "PCM_16"}, -70, RATE),
        ({"subtype": "PCM_24", "format": "FLAC"}, -75, 48_000),
    ],
)
def test_in_every_form(tmp_path: Path, how, level: int, rate: int) -> None:
    call = bark(1.5, rate)
    folder = record(tmp_path / "r", "20230514_063000.WAV", call, level, rate, **how)
    assert hear(folder, tmp_path) > 0.9


def test_in_a_long_recording(tmp_path: Path) -> None:
    rate = 16_000
    x = 1e-6 * np.random.default_rng(2).standard_normal(200 * rate) + 0.1
    x[90 * rate : 90 * rate + int(1.5 * rate)] += 3e-4 * bark(1.5, rate)
    (tmp_path / "r").mkdir()
    soundfile.write(tmp_path / "r/night.wav", x, rate, "PCM_24")
    assert hear(tmp_path / "r", tmp_path) > 0.95
    soundfile.write(tmp_path / "r/night.wav", x[: 90 * rate].repeat(2), rate, "PCM_24")
    with pytest.raises(Refusal, match="nothing in it stands out from its noise"):
        cut_recording(tmp_path / "r/night.wav")


def test_a_short_clip_is_its_own_call(tmp_path: Path) -> None:
    (tmp_path / "r").mkdir()
    soundfile.write(tmp_path / "r/a.wav", 3e-4 * bark(0.8), RATE, "PCM_24")
    call, mastered, _ = master_recording(settings_for(tmp_path / "r", tmp_path), 1)
    assert mastered.loudness == pytest.approx(-16, abs=0.3) and not call.facts["clipped"]


def test_what_holds_nothing_is_still_silent(tmp_path: Path) -> None:
    folder, rng = tmp_path / "r", np.random.default_rng(3)
    folder.mkdir()
    hiss = rng.standard_normal(4 * RATE)
    sounds = {
        "hiss.wav": (1e-4 * hiss, "PCM_24"),
        "short.wav": (1e-4 * hiss[: RATE // 2], "PCM_24"),
        "dither.wav": (np.round(rng.uniform(-1, 1, 4 * RATE)) / 2**15, "PCM_16"),
        "low.wav": (1e-5 * hiss + 0.3, "PCM_24"),
        "steps.wav": (2.5 / 2**15 * bark(1.5), "PCM_16"),
        "none.wav": (np.full(RATE, 0.2), "PCM_24"),
    }
    for name, (samples, subtype) in sounds.items():
        soundfile.write(folder / name, samples, RATE, subtype)
    with pytest.raises(Refusal) as refusal:
        list_recordings(settings_for(folder, tmp_path))
    told = str(refusal.value)
    assert "\n" not in told
    for name in sounds:
        assert f"{folder / name}: is silent" in told


def test_where_none_is_usable_each_has_its_own_reason(tmp_path: Path) -> None:
    folder = tmp_path / "r"
    folder.mkdir()
    soundfile.write(folder / "a.wav", np.zeros(RATE), RATE)
    soundfile.write(folder / "b.wav", bark(0.05), RATE)
    (folder / "c.wav").write_text("Dear friend")
    for number in range(9):
        (folder / f"d{number}.wav").touch()
    with pytest.raises(Refusal) as refusal:
        list_recordings(settings_for(folder, tmp_path))
    told = str(refusal.value)
    assert f"{folder / 'a.wav'}: is silent" in told and f"{folder / 'b.wav'}: lasts 50 ms" in told
    assert f"{folder / 'c.wav'}: cannot be read" in told and told.count(": is empty") == 5
    assert told.endswith("; and 4 more)")
