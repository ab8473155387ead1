"""Taps, event and room: sharp sounds are used, silence goes, the background is the jungle's."""

import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import soundfile

from generate.errors import Refusal
from generate.freshness.decide import decide_sound, digest_path
from generate.plan import read_bundles
from generate.settings import read_settings
from generate.sounds.ambience.beds import make_bed
from generate.sounds.engines.recordings import list_recordings, master_recording
from generate.sounds.enhancing.event import find_event
from generate.sounds.enhancing.finishing import finish_event
from generate.sounds.enhancing.room import Room, colour_bed, compare_colour, measure_colour
from generate.sounds.enhancing.taps import ALLOWED, WANTED, measure_crest, soften_taps
from generate.sounds.mastering.mastering import master
from generate.sounds.report.measures import find_nuclei
from generate.sounds.report.table import format_table, report_sounds
from tests.sounds.engines.recorded import RATE, bark, drum, folder_of, settings_for


def one(samples: np.ndarray) -> np.ndarray:
    return samples.astype(np.float32)[:, None]


@pytest.mark.parametrize("decay", [0.002, 0.003])
def test_a_woodpecker_becomes_loud_enough(decay: float) -> None:
    sharp = one(drum(decay))
    with pytest.raises(Refusal, match="too sharp"):
        master(sharp, RATE)
    soft, crest = soften_taps(sharp, RATE)
    assert crest is not None and crest[0] > ALLOWED and crest[1] < crest[0] - 6
    assert crest[1] == pytest.approx(measure_crest(soft, RATE), abs=0.06)
    assert master(soft, RATE).loudness > -19
    # The same taps at the same times, none louder than it was.
    assert len(find_nuclei(soft, RATE)) == len(find_nuclei(sharp, RATE)) == 6
    assert np.all(np.abs(soft) <= np.abs(sharp) + 1e-7)


def test_what_is_not_sharp_stays() -> None:
    for call in (one(bark()), one(np.zeros(RATE)), one(np.zeros(10))):
        assert soften_taps(call, RATE) == (call, None)
        assert finish_event(call, RATE, ("taps",))[1] == {}
    loud = one(0.9 * np.sin(2 * np.pi * 300 * np.arange(RATE) / RATE))
    assert measure_crest(loud, RATE) < WANTED


def test_the_event_is_kept_and_silence_and_knocks_go() -> None:
    call = np.r_[np.zeros(RATE), bark(), np.zeros(2 * RATE)]
    call[int(3.9 * RATE) :][:60] += 0.1
    noisy = call + 10 ** (-50 / 20) * np.random.default_rng(0).standard_normal(len(call))
    for samples in (call, noisy):
        first, last = find_event(one(samples), RATE)
        # Its swell begins and ends in silence.
        assert 0.93 * RATE < first < 1.2 * RATE and 2.0 * RATE < last < 2.35 * RATE
        event, found = finish_event(one(samples), RATE, ("event",))
        assert found["event"] == pytest.approx([4.2, len(event) / RATE], abs=0.01)
        assert abs(event[0, 0]) < 1e-4 and abs(event[-1, 0]) < 1e-4
        kept = np.square(event).sum() / np.square(one(bark())).sum()
        assert kept == pytest.approx(1, abs=0.01)
    short = one(bark())[int(0.2 * RATE) : int(0.9 * RATE)]
    assert finish_event(short, RATE, ("event",)) == (short, {})
    # Two calls are both the event.
    first, last = find_event(one(np.r_[bark(0.5), np.zeros(RATE), bark(0.5)]), RATE)
    assert last - first > 1.7 * RATE


@pytest.mark.parametrize("rate", [RATE, 22_050])
def test_the_background_has_the_colour_of_the_bed(rate: int) -> None:
    padded = one(np.r_[np.zeros(rate), bark(1.2, rate), np.zeros(rate)])
    room = Room("night", 3, 5)
    laid, found = finish_event(padded, rate, ("room",), room)
    was, now = found["room"]
    assert was == 40 and now < 6
    colour = np.array(colour_bed("night", 3))
    assert compare_colour(laid, rate, colour) == pytest.approx(now, abs=3)
    other = np.array(colour_bed("day", 3))
    assert compare_colour(laid, rate, other) > compare_colour(laid, rate, colour)
    # Far below the call, and it comes and goes softly.
    loudest = np.square(padded).max()
    assert 25 < 10 * np.log10(loudest / np.square(laid[rate // 4 : rate // 2]).mean()) < 60
    assert abs(laid[0, 0]) < 1e-6 and abs(laid[-1, 0]) < 1e-6
    again = finish_event(padded, rate, ("room",), room)[0]
    assert np.array_equal(laid, again)
    assert not np.array_equal(laid, finish_event(padded, rate, ("room",), Room("night", 3, 6))[0])
    assert finish_event(padded, rate, ("room",))[1] == {}


def test_a_beds_colour_is_measured() -> None:
    bed = make_bed("night", 3, 6.4)
    assert measure_colour(bed, RATE) == pytest.approx(np.array(colour_bed("night", 3)))


def test_a_sharp_recording_is_used_and_says_so(tmp_path: Path, capsys) -> None:
    folder_of(tmp_path / "own", drum=(np.r_[np.zeros(RATE), drum(), np.zeros(RATE)], RATE))
    settings = settings_for("own", tmp_path)
    with pytest.raises(Refusal, match="too sharp"):
        list_recordings(settings)
    settings.sounds.enhance = ["event", "taps", "room"]
    call, mastered, passed = master_recording(settings, 1, room=Room("dusk", 7, 1))
    assert not passed and mastered.loudness > -19.1
    told = call.facts["enhanced"]
    # It was cut to its event before.
    assert set(told) == {"room", "taps"} and all(len(pair) == 2 for pair in told.values())
    assert call.before is not None and measure_crest(call.before, RATE) > told["taps"][1] + 5


def test_the_table_has_a_column_for_each_switch(tmp_path: Path, capsys) -> None:
    facts = {
        "a": {"taps": [28.1, 15.5], "event": [4.2, 1.13], "room": [31.2, 2.2], "tops": 0.0312},
        "b": {"hum": 50.07, "before": 20.0, "after": 41.0},
        "c": {"taps": "nonsense", "event": [1]},
    }
    for slug, enhanced in facts.items():
        (tmp_path / slug).mkdir()
        soundfile.write(tmp_path / slug / "sound.flac", 0.2 * bark(), RATE)
        made = {"made": {"sound": {"enhanced": enhanced}}}
        (tmp_path / slug / "card.json").write_text(json.dumps(made))
    asked = SimpleNamespace(loudness=-16.0, ambience=False, bed_loudness=-25.0)
    sounds = {slug: tmp_path / slug / "sound.flac" for slug in facts}
    rows = report_sounds(SimpleNamespace(work=tmp_path / "work", sounds=asked), sounds)
    head, *lines = format_table(rows).splitlines()
    assert head.split()[-12:] == "was now dB tops % hum Hz event s crest dB room dB".split()[-12:]
    for text in ("3.1", "4.2>1.1", "28>16", "31>2"):
        assert text in lines[0]
    assert "50.1" in lines[1] and ">" not in lines[1] and ">" not in lines[2]
    assert rows[2].switches == {} or rows[2].switches.get("taps") is None


def test_the_hour_decides_a_room(tmp_path: Path) -> None:
    folder_of(tmp_path / "own", bark=(bark(), RATE))
    (tmp_path / "content").mkdir()

    def key(text: str, hour: str) -> str:
        digest_path.cache_clear()
        told = f'count = 1\n[sounds]\nengine = "folder"\nfolder = "own"\n{text}'
        (tmp_path / "content/jungle.toml").write_text(told)
        settings = read_settings(tmp_path)
        bundle = read_bundles(settings)[0]
        bundle.card["hour"] = hour
        return decide_sound(settings, bundle).key

    assert key("", "day") == key("", "night") != key('enhance = ["room"]', "day")
    assert key('enhance = ["room"]', "day") != key('enhance = ["room"]', "night")
    assert key('enhance = ["taps"]', "day") == key('enhance = ["taps"]', "night")
