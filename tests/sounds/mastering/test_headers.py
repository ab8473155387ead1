"""A WAV whose header tells no length is read to its end: streams, and recorders that lost power."""

import io
import struct
from pathlib import Path

import numpy as np
import pytest
import soundfile

from generate.sounds.engines.blocks import is_long
from generate.sounds.mastering import samples as module
from generate.sounds.mastering.headers import mend_header
from generate.sounds.mastering.samples import read_samples

RATE = 8000
TONE = 0.5 * np.sin(2 * np.pi * 440 * np.arange(RATE) / RATE)


def write(path: Path, form: str = "WAV", kind: str = "PCM_16", told: bytes | None = None) -> Path:
    """One second of two channels; lengths in its header are ``told`` instead."""
    file = io.BytesIO()
    soundfile.write(file, np.stack([TONE, -TONE], 1), RATE, format=form, subtype=kind)
    data = bytearray(file.getvalue())
    if told is not None:
        at, sizes = data.index(b"data"), data.find(b"ds64")
        data[4:8] = told
        data[at + 4 : at + 8] = told if sizes < 0 else bytes([255] * 4)
        if sizes >= 0:
            data[sizes + 8 : sizes + 32] = told * 6
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("told", [bytes(4), bytes([255] * 4)], ids=["0", "-1"])
@pytest.mark.parametrize("kind", ["PCM_16", "PCM_24", "PCM_U8", "FLOAT", "ULAW"])
@pytest.mark.parametrize("form", ["WAV", "WAVEX", "RF64"])
def test_what_is_there_is_read_to_the_end(tmp_path, form, kind, told):
    whole, rate = soundfile.read(
        write(tmp_path / "whole.wav", form, kind), dtype="float32", always_2d=True
    )
    found, found_rate, frames = read_samples(write(tmp_path / "open.wav", form, kind, told))
    assert (found_rate, frames) == (rate, RATE) and np.array_equal(found, whole)


def test_chunks_before_the_sound_are_passed(tmp_path):
    data = bytearray(write(tmp_path / "a.wav", told=bytes(4)).read_bytes())
    odd = b"LIST" + struct.pack("<I", 5) + b"INFOx\0"
    path = tmp_path / "b.wav"
    path.write_bytes(data[:12] + odd + data[12:])
    assert len(read_samples(path)[0]) == RATE


def test_a_known_length_is_left_as_it_is(tmp_path):
    for form in ("WAV", "WAVEX", "RF64", "AIFF", "FLAC"):
        assert mend_header(write(tmp_path / "a.wav", form)) is None
    path = tmp_path / "a.wav"
    for data in (b"", b"RIFF", b"RIFF____WAVE", b"RIFF____WAVEfmt \xff\xff\xff\xff"):
        path.write_bytes(data)
        assert mend_header(path) is None


def test_a_long_one_is_still_read_in_blocks(tmp_path, monkeypatch):
    path = write(tmp_path / "a.wav", told=bytes(4))
    assert not is_long(path)
    monkeypatch.setattr("generate.sounds.engines.blocks.LONG", 2 * RATE - 1)
    assert is_long(path)
    monkeypatch.setattr(module, "MOST", RATE)
    with pytest.raises(RuntimeError, match="cut it shorter"):
        read_samples(path)
