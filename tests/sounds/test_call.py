"""From briefs to mastered FLAC files, in this process and in others; the report on them."""

import io
import json
import re
import time
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import soundfile
from PIL import Image

from generate.errors import Refusal
from generate.evaluation.sounds import evaluate_sounds
from generate.sounds.engines.call import number_brief
from generate.sounds.mastering.encoding import encode_mp3, read_sound
from generate.sounds.report.table import report_sounds
from generate.sounds.stage import make_and_master, make_call

PHRASES = ["tiki rao", "moshu nyela qaro", "wini zhaba", "lepi oru", "kina sha bo"]


def settings_for(home: Path, **changes: object) -> SimpleNamespace:
    asked = {"engine": "voice", "loudness": -16.0, "ambience": False, "bed_loudness": -25.0}
    return SimpleNamespace(
        home=home, work=home / "work", seed=7, sounds=SimpleNamespace(**{**asked, **changes})
    )


def briefs() -> list[dict]:
    return [
        {
            "slug": f"beast-{number:03d}",
            "seed": 1000 + number,
            "phrase": phrase,
            "mood": "happy",
            "caption": "a spotted frog",
            "traits": {"plan": "frog"},
            "hour": "dusk",
        }
        for number, phrase in enumerate(PHRASES, 1)
    ]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple:
    settings = settings_for(tmp_path_factory.mktemp("calls"))
    return settings, list(make_and_master(settings, briefs(), processes=1))


def test_fifty_sounds_take_less_than_a_minute_of_one_processor(made: tuple, tmp_path: Path) -> None:
    """Half a minute on two; what five take, encoded as the site will, counts ten times."""
    began = time.process_time()
    for sound in make_and_master(settings_for(tmp_path), briefs(), processes=1):
        encode_mp3(*read_sound(sound.path))
    assert 10 * (time.process_time() - began) < 60


def test_another_meter_agrees(made: tuple) -> None:
    """libebur128 on the decoded MP3, repeated to three seconds."""
    ebur = pytest.importorskip("pyebur128")
    mode = ebur.MeasurementMode.MODE_I | ebur.MeasurementMode.MODE_TRUE_PEAK
    for sound in made[1]:
        data, _ = encode_mp3(*read_sound(sound.path))
        heard, rate = soundfile.read(io.BytesIO(data), always_2d=True)
        heard = np.tile(heard, (-(-3 * rate // len(heard)), 1))
        state = ebur.R128State(2, rate, mode)
        state.add_frames(np.ascontiguousarray(heard.ravel()), len(heard))
        assert ebur.get_loudness_global(state) == pytest.approx(-16, abs=0.3)
        assert max(ebur.get_true_peak(state, side) for side in (0, 1)) <= 10 ** (-1 / 20)


def test_files_hold_what_was_asked(made: tuple) -> None:
    settings, sounds = made
    assert [sound.slug for sound in sounds] == [brief["slug"] for brief in briefs()]
    assert len({sound.path.read_bytes() for sound in sounds}) == len(sounds)
    for sound, phrase in zip(sounds, PHRASES, strict=True):
        samples, rate = read_sound(sound.path)
        _, figures = encode_mp3(samples, rate)
        assert sound.path.parent == settings.work / "sounds"
        assert figures.loudness == pytest.approx(-16, abs=0.3)
        assert figures.loudness == pytest.approx(sound.facts["loudness"], abs=0.02)
        assert figures.true_peak <= -1 and figures.edge < -60 and figures.turned_down == 0
        assert sound.facts["beast"]["mass_kg"] <= 8 and sound.facts["engine"] == "voice"
        assert len(sound.times) == len(phrase.split())
        # The times must fit the file as trimmed and padded, not the voice's own clock.
        power = np.convolve(np.square(samples).sum(axis=1), np.ones(441) / 441, "same")
        for start, end in sound.times:
            assert 0 <= start < end <= figures.seconds
            assert power[int(start * rate) : int(end * rate)].max() > 0.05 * power.max()
        first = np.flatnonzero(power > 1e-3 * power.max())[0] / rate
        assert sound.times[0][0] == pytest.approx(first, abs=0.12)
        json.dumps(sound.facts)


def test_other_processes_make_the_same(made: tuple, tmp_path: Path) -> None:
    again = list(make_and_master(settings_for(tmp_path), briefs(), processes=2))
    assert [sound.path.read_bytes() for sound in again] == [
        sound.path.read_bytes() for sound in made[1]
    ]
    assert [sound.times for sound in again] == [sound.times for sound in made[1]]


def test_unknown_engine(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match=r"sounds\.engine"):
        make_call(settings_for(tmp_path, engine="theremin"), briefs()[0])


def test_numbers_of_cards() -> None:
    assert number_brief({"slug": "beast-012", "seed": 5}) == 12
    assert number_brief({"slug": "my-cat", "seed": 5}) == 6


def test_report_shows_every_sound(made: tuple, capsys: pytest.CaptureFixture[str]) -> None:
    settings, sounds = made
    paths = {sound.slug: sound.path for sound in sounds}
    paths["beast-404"] = settings.work / "sounds" / "beast-404.flac"
    rows = report_sounds(settings, paths)
    printed = capsys.readouterr().out
    assert re.search(r"beast-001\s+\d+\.\d\d\s+-1[56]\.\d\d", printed)
    assert "no such sound file" in rows[-1].remark and "beast-404" in printed
    assert all(row.remark == "" for row in rows[:-1])
    report = settings.work / "report"
    assert len(json.loads((report / "sounds.json").read_text())) == len(rows)
    with Image.open(report / "sounds" / "beast-001.png") as picture:
        assert np.asarray(picture).std() > 10
    assert (report / "sounds.png").stat().st_size > 10_000


def test_evaluation_reads_the_published_sounds(made: tuple) -> None:
    settings, sounds = made
    cards = [{**brief, "path": sound.path} for brief, sound in zip(briefs(), sounds, strict=True)]
    found = evaluate_sounds(settings, cards)
    assert found["loudness error, largest"] <= 0.3 and found["held down by their peak"] == 0
    assert found["true peak, largest"] <= -1 and found["edge, largest"] < -60
    assert found["syllables, mean relative error"] <= 0.1
    assert -1 <= found["rank correlation of mass and pitch"] <= 1
    json.dumps(found)
