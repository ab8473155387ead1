"""A sound whose header claims an impossible length: read as far as it goes, in little memory."""

import resource
from pathlib import Path

import numpy as np
import pytest
import soundfile

from generate.errors import Refusal
from generate.gallery.media.audio import BrokenSound, decode_sound, encode_sound
from generate.sounds.engines.recordings import survey_folder
from generate.sounds.mastering import samples as module
from generate.sounds.mastering.encoding import read_sound
from generate.sounds.mastering.samples import ENDLESS, read_samples

RATE = 44_100
TONE = (0.3 * np.sin(np.arange(RATE) / 9) * np.hanning(RATE)).astype(np.float32)


def write(path: Path, frames: int | None = None) -> Path:
    """One second of a tone as FLAC, whose header claims ``frames`` (RFC 9639, section 8.2)."""
    soundfile.write(path, TONE, RATE, subtype="PCM_24")
    if frames is not None:
        data = bytearray(path.read_bytes())
        packed = int.from_bytes(data[18:26], "big") >> 36 << 36 | frames
        data[18:26] = packed.to_bytes(8, "big")
        path.write_bytes(data)
    return path


@pytest.mark.parametrize("claimed", [2**36 - 1, module.MOST + 1, 2**30])
def test_what_is_there_is_read(tmp_path: Path, claimed: int) -> None:
    path = write(tmp_path / "a.flac", claimed)
    assert soundfile.info(path).frames == claimed
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    found, rate, frames = read_samples(path)
    assert (rate, frames) == (RATE, claimed)
    assert np.abs(found[:, 0] - TONE).max() < 1e-6 and len(found) == RATE
    assert np.array_equal(read_sound(path)[0], found)
    with pytest.raises(BrokenSound, match=f"ends after {RATE} of {claimed} frames"):
        decode_sound(path)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000  # KiB


def test_a_length_that_nobody_knows_is_none_that_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As of a stream that was saved."""
    path = write(tmp_path / "a.flac", 0)
    assert soundfile.info(path).frames > ENDLESS
    assert len(decode_sound(path)[0]) == RATE
    assert encode_sound(path, tmp_path, "a")["seconds"] == 1


def test_a_sound_that_is_too_long_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path / "a.flac")
    monkeypatch.setattr(module, "MOST", RATE - 1)
    said = r"more than 44,099 samples; cut it shorter"
    with pytest.raises(BrokenSound, match=rf"cannot be read as sound \({said}\)"):
        decode_sound(path)
    with pytest.raises(Refusal, match=rf"a\.flac: cannot be read as sound \({said}\)") as refusal:
        read_sound(path)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("rate", [1, 8, 999, 1_000_003, 2**31 - 1])
def test_a_rate_that_no_sound_has_is_one_line(tmp_path: Path, rate: int) -> None:
    """A few kilobytes at one sample a second would be hours, and gigabytes at another rate; from
    two thousand million a second, the filter to the usual rate alone would take as much."""
    path = tmp_path / "a.wav"
    soundfile.write(path, TONE[:1000], rate)
    soundfile.write(tmp_path / "good.wav", TONE, RATE)
    said = f"its header says {rate} samples a second, which no sound has"
    with pytest.raises(BrokenSound, match=said):
        decode_sound(path)
    good, lines = survey_folder(tmp_path, -16.0)
    assert [path.name for path in good] == ["good.wav"] and said in str(lines)


def test_what_is_to_be_resampled_counts_as_what_it_becomes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.wav"
    soundfile.write(path, TONE[:8000], 8000)
    monkeypatch.setattr(module, "MOST", RATE)
    assert len(read_samples(path)[0]) == 8000
    monkeypatch.setattr(module, "MOST", RATE - 1)
    with pytest.raises(RuntimeError, match="more than 7,999 samples; cut it shorter"):
        read_samples(path)


def test_sounds_of_true_length_are_read_as_ever(tmp_path: Path) -> None:
    for name in ("a.flac", "a.wav", "a.ogg", "a.mp3"):
        path = tmp_path / name
        soundfile.write(path, np.stack([TONE, -TONE], 1), RATE)
        expected, rate = soundfile.read(path, dtype="float32", always_2d=True)
        found, found_rate, _ = read_samples(path)
        assert found_rate == rate and np.array_equal(found, expected)


def test_a_recording_that_lies_is_used_or_named(tmp_path: Path) -> None:
    write(tmp_path / "liar.flac", 2**36 - 1)
    write(tmp_path / "honest.flac")
    good, lines = survey_folder(tmp_path, -16.0)
    assert {path.name for path in good} == {"honest.flac", "liar.flac"} and not lines
