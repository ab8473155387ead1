"""A folder of recordings of mixed quality: mastered to the same figures or refused in one line."""

from pathlib import Path

import numpy as np
import pytest
import soundfile
from scipy import signal

from generate.errors import Refusal
from generate.sounds.engines.clips import (
    cut_event,
    find_events,
    from_segment,
    mend_clipping,
    open_clip,
    to_segment,
)
from generate.sounds.engines.recordings import (
    cut_recording,
    list_choices,
    list_recordings,
    survey_folder,
)
from generate.sounds.mastering.encoding import encode_mp3, read_sound
from generate.sounds.stage import make_and_master
from tests.sounds.engines.recorded import RATE, bark, briefs, folder_of, settings_for


@pytest.fixture
def mixed(tmp_path: Path) -> Path:
    rng = np.random.default_rng(0)
    minute = 1e-4 * rng.standard_normal(60 * RATE)
    minute[20 * RATE : 20 * RATE + len(bark())] += bark()
    minute[40 * RATE : 40 * RATE + len(bark())] += 0.3 * bark()
    folder = folder_of(
        tmp_path / "recordings",
        clipped=(np.clip(4 * bark(), -0.7, 0.7), RATE),
        dull=(bark(rate=8000), 8000),
        opposed=(np.stack([bark(), -bark()], axis=1), RATE),
        short=(bark(0.2), RATE),
        silent=(np.zeros(RATE), RATE),
        faint=(1e-5 * bark(), RATE),
        steady=(np.full(RATE, 0.4), RATE),
        blip=(bark(0.05), RATE),
        minute=(minute, RATE),
        square=(np.sign(bark()), RATE),
        click=(np.eye(1, RATE, RATE // 2)[0], RATE),
        surround=(np.stack([bark()] * 6, axis=1), RATE),
    )
    (folder / "letter.wav").write_text("Dear friend, this is no sound at all.")
    (folder / "notes.txt").write_text("notes")
    (folder / ".hidden.wav").write_text("not looked at")
    soundfile.write(folder / "sub.flac", bark(), RATE)
    return folder


def test_each_is_mastered_or_refused(mixed: Path, tmp_path: Path, capsys) -> None:
    settings = settings_for(mixed, tmp_path)
    made = list(make_and_master(settings, briefs(7), processes=1))
    assert {m.facts["recording"] for m in made} == {
        "clipped.wav",
        "dull.wav",
        "opposed.wav",
        "short.wav",
        "minute.wav",
        "sub.flac",
        "surround.wav",
    }
    for sound in made:
        samples, rate = read_sound(sound.path)
        _, figures = encode_mp3(samples, rate)
        assert figures.loudness == pytest.approx(-16, abs=0.3), sound.facts
        assert figures.true_peak <= -1 and figures.edge < -60 and figures.turned_down == 0
        assert figures.seconds < 6.5
    refused = list_recordings(settings)[1]
    names = sorted(Path(line.split(": ")[0]).name for line in refused)
    assert names == sorted(
        "silent.wav faint.wav steady.wav blip.wav square.wav click.wav letter.wav notes.txt".split()
    )
    assert all("\n" not in line for line in refused)
    told = capsys.readouterr()
    assert (told.out + told.err).count("passed over") == len(refused)


def test_the_event_is_found_in_a_minute(mixed: Path, tmp_path: Path) -> None:
    samples, rate = open_clip(mixed / "minute.wav")
    assert [round(a) for a, _ in find_events(samples, rate)] == [20, 40]
    cut = cut_event(samples, rate, 6.0)
    assert 0.8 < len(cut) / rate < 1.4
    here, there = cut[:, 0] / np.linalg.norm(cut), bark() / np.linalg.norm(bark())
    likeness = signal.correlate(here, there)
    assert likeness.max() > 0.95


@pytest.mark.parametrize("below", [15, 20, 25, 40])
@pytest.mark.parametrize("at", [0.4, 2.5, 4.6])
def test_a_call_is_cut_out_of_steady_noise(below: int, at: float) -> None:
    x, call = np.random.default_rng(below).standard_normal(6 * RATE), bark(0.9)
    x *= np.sqrt(np.mean(call**2)) * 10 ** (-below / 20)
    x[int(at * RATE) :][: len(call)] += call
    cut = cut_event(x[:, None].astype(np.float32), RATE, 6.0)
    assert 0.5 < len(cut) / RATE < 1.6
    likeness = signal.correlate(cut[:, 0], call) / np.linalg.norm(cut) / np.linalg.norm(call)
    assert likeness.max() > 0.93


def test_a_song_that_never_pauses_stays_whole() -> None:
    t = np.arange(6 * RATE) / RATE
    song = 0.3 * np.sin(2 * np.pi * 700 * t) * (0.3 + 0.7 * np.sin(2 * np.pi * 0.4 * t) ** 2)
    cut = cut_event(song[:, None].astype(np.float32), RATE, 6.0)
    assert len(cut) / RATE > 5.9


def test_every_card_has_its_own_until_they_run_out(tmp_path: Path) -> None:
    sounds = {f"r{k}": (bark(0.5 + 0.1 * k), RATE) for k in range(4)}
    settings = settings_for(folder_of(tmp_path / "r", **sounds), tmp_path)
    files = list_recordings(settings)[0]
    takes = [cut_recording(*next(list_choices(files, number))) for number in range(1, 9)]
    assert len({take.facts["recording"] for take in takes[:4]}) == 4
    assert all(take.facts["semitones"] == 0 for take in takes[:4])
    again = [(take.facts["recording"], take.facts["semitones"]) for take in takes]
    assert len(set(again)) == 8
    assert len(takes[4].samples) != len(takes[0].samples)
    others = settings_for(tmp_path / "r", tmp_path, seed=8)
    assert list_recordings(others)[0] != list_recordings(settings)[0]


@pytest.mark.parametrize("folder", [None, "missing", "empty", "useless"])
def test_no_recordings_at_all(tmp_path: Path, folder: str | None) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "useless").mkdir()
    (tmp_path / "useless" / "a.mp3").write_text("no")
    settings = settings_for(tmp_path, tmp_path)
    settings.sounds.folder = folder
    survey_folder.cache_clear()
    with pytest.raises(Refusal, match=r"sounds\.folder"):
        list_recordings(settings)


@pytest.mark.parametrize("suffix", ["wav", "flac", "mp3", "ogg", "aiff"])
def test_formats_that_need_no_ffmpeg(tmp_path: Path, suffix: str) -> None:
    soundfile.write(tmp_path / f"a.{suffix}", bark(), RATE)
    samples, rate = open_clip(tmp_path / f"a.{suffix}")
    assert rate == RATE and samples.shape == (len(bark()), 1)


def test_a_format_that_needs_ffmpeg_says_so(tmp_path: Path, monkeypatch) -> None:
    (tmp_path / "a.m4a").write_bytes(b"\0\0\0\x18ftypM4A " + bytes(400))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Refusal, match=r"a\.m4a: this format needs ffmpeg") as refusal:
        open_clip(tmp_path / "a.m4a")
    assert "\n" not in str(refusal.value)


def test_pydub_and_back() -> None:
    x = np.stack([bark(), 0.5 * bark()], axis=1).astype(np.float32)
    y, rate = from_segment(to_segment(x, RATE))
    assert rate == RATE and np.allclose(x, y, atol=1e-6)


def test_clipped_tops_are_drawn_anew() -> None:
    clean = bark()
    flat = np.clip(clean, -0.4, 0.4)[:, None].astype(np.float32)
    mended, share = mend_clipping(flat)
    assert share == pytest.approx(np.mean(np.abs(clean) >= 0.4), rel=0.3)
    assert np.abs(mended[:, 0] - clean).mean() < 0.8 * np.abs(flat[:, 0] - clean).mean()
    untouched, none = mend_clipping(clean[:, None].astype(np.float32))
    assert none == 0 and np.allclose(untouched[:, 0], clean, atol=1e-6)


def tape(seconds: float, at: float, call: np.ndarray, noise: np.ndarray | float = 0) -> np.ndarray:
    """A recording with a call at `at` seconds, over noise (n,)."""
    x = np.zeros(int(seconds * RATE)) + noise
    x[int(at * RATE) : int(at * RATE) + len(call)] += call
    return x


@pytest.mark.parametrize("seconds", [6, 100], ids=["whole", "in blocks"])
@pytest.mark.parametrize("noise", ["click", "clicks", "hum of 50 Hz", "hum of 60 Hz", "wind"])
def test_noises_beside_a_call_are_not_cut_out_with_it(tmp_path: Path, seconds, noise) -> None:
    t = np.arange(seconds * RATE) / RATE
    rng = np.random.default_rng(2)
    if noise == "wind":
        sos = signal.butter(2, 40, fs=RATE, output="sos")
        x = signal.sosfilt(sos, rng.standard_normal(len(t)))
        x *= 0.02 / x.std()
    elif "hum" in noise:
        x = 0.02 * np.sin(2 * np.pi * float(noise.split()[2]) * t)
    else:
        x = np.zeros(len(t))
        x[[1000, 2_500_000 % len(x)] if noise == "click" else rng.integers(0, 2 * RATE, 9)] = 0.9
    call = bark()
    soundfile.write(tmp_path / "a.wav", tape(seconds, 3.0, call, x), RATE)
    cut = cut_recording(tmp_path / "a.wav")
    assert 0.7 < len(cut.samples) / cut.rate < 2
    heard = np.abs(np.fft.rfft(cut.samples[:, 0]))
    alone = np.abs(np.fft.rfft(call, len(cut.samples)))
    low = int(150 * len(cut.samples) / RATE)
    likeness = heard[low:] @ alone[low:] / np.linalg.norm(heard[low:]) / np.linalg.norm(alone[low:])
    assert likeness > 0.95, "it is the call that was cut out"
