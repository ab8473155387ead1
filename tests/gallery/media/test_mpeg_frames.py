"""MP3s of a person's own: their frames are published, and no tag of any kind."""

from itertools import pairwise

import numpy as np
import pytest
import soundfile

from generate.gallery.media.audio import encode_sound
from generate.gallery.media.mpeg_frames import keep_frames, measure_frame

SAID = b"grandfather, in the lake house"
RATES = (8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000)


def make_mp3(folder, rate=44_100, channels=1):
    times = np.arange(rate) / rate
    tone = np.repeat(0.3 * np.sin(2 * np.pi * 440 * times)[:, None], channels, axis=1)
    path = folder / f"{rate}-{channels}.mp3"
    soundfile.write(path, tone, rate)
    return path.read_bytes()


def id3(text):
    size = len(text)
    return b"ID3\x04\0\0" + bytes(size >> shift & 0x7F for shift in (21, 14, 7, 0)) + text


def ape(text):
    head = b"APETAGEX" + (2000).to_bytes(4, "little") + (len(text) + 32).to_bytes(4, "little")
    return head + bytes(16) + text + head + bytes(16)


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("rate", RATES)
def test_what_has_no_tags_stays_as_it_is(tmp_path, rate, channels):
    data = make_mp3(tmp_path, rate, channels)
    assert keep_frames(data) == data


def test_no_tag_of_any_kind_stays(tmp_path):
    data = make_mp3(tmp_path)
    cover = b"\xff\xd8\xff" + data[:4] + SAID + b"\xff\xfb\x90\x00" + SAID
    lyrics = b"LYRICSBEGIN" + SAID + b"000041LYRICS200"
    last = b"TAG" + SAID.ljust(125, b"\0")
    tagged = id3(cover) + id3(SAID) + ape(SAID) + data + ape(SAID) + lyrics + last
    assert keep_frames(tagged) == data
    starts = [0]
    while starts[-1] < len(data):
        starts.append(starts[-1] + measure_frame(data[starts[-1] :]))
    parts = [data[a:b] for a, b in pairwise(starts)]
    amid = b"".join([*parts[:9], id3(cover), *parts[9:15], ape(SAID), *parts[15:]])
    assert keep_frames(amid) == data


def test_the_published_sound_names_nobody(tmp_path):
    data = make_mp3(tmp_path)
    (tmp_path / "sound.mp3").write_bytes(id3(SAID) + data + ape(SAID))
    encode_sound(tmp_path / "sound.mp3", tmp_path, "out")
    assert (tmp_path / "out.mp3").read_bytes() == data


@pytest.mark.parametrize("data", [b"", b"\xff", b"\xff\xfb", b"ID3", SAID * 99, b"\xff" * 5000])
def test_what_is_no_mp3_has_no_frames(data):
    assert keep_frames(data) == b""
