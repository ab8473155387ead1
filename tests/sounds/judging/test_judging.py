"""The judge of calls and music: on examples it never learnt from, and in the choice of clips."""

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile

from generate.errors import Refusal
from generate.sounds.engines.candidates import choose_best, tell_music
from generate.sounds.engines.recordings import master_recording
from generate.sounds.judging import judge, teaching
from generate.sounds.judging.examples import CALLS, INSTRUMENTS, RATE, make_call, make_melody
from generate.sounds.judging.judge import judge_music
from generate.sounds.judging.traits import Traits, measure_traits
from tests.sounds.engines.recorded import settings_for

# Numbers that neither the fit nor its own trial used.
UNSEEN = range(50_000, 50_060)


def test_held_out_calls_and_melodies() -> None:
    calls = [judge_music(make_call(number), RATE).is_music for number in UNSEEN]
    melodies = [judge_music(make_melody(number), RATE).is_music for number in UNSEEN]
    assert np.mean(calls) <= 0.1 and np.mean(melodies) >= 0.9


def test_every_kind_is_among_them() -> None:
    assert len({number % (len(CALLS) + 2) for number in UNSEEN}) == len(CALLS) + 2
    assert len({number % len(INSTRUMENTS) for number in UNSEEN}) == len(INSTRUMENTS)
    first, again, other = make_melody(3), make_melody(3), make_melody(9)
    assert np.array_equal(first, again) and first.shape != other.shape


def play(*cents: float, seconds: float = 0.4) -> np.ndarray:
    """Steady tones one after the other, so many cents above 440 Hz."""
    t = np.arange(int(seconds * RATE)) / RATE
    ends = np.minimum(1, np.minimum(t, t[::-1]) / 0.01)
    return np.concatenate([np.sin(2 * np.pi * 440 * 2 ** (c / 1200) * t) * ends for c in cents])


def glide(seconds: float = 2.0) -> np.ndarray:
    t = np.arange(int(seconds * RATE)) / RATE
    return np.sin(2 * np.pi * np.cumsum(300 * 2 ** (1.5 * np.sin(2.1 * t))) / RATE)


def test_traits_are_what_they_say() -> None:
    scale = measure_traits(play(0, 200, 400, 500, 700), RATE)
    assert scale.held > 0.8 and scale.notes == 5 / 8 and scale.steps > 0.5 and scale.clear > 0.9
    # Steps of any size are no scale.
    odd = measure_traits(play(0, 250, 420, 570, 740), RATE)
    assert odd.notes == 5 / 8 and odd.steps < 0.2
    bent = measure_traits(glide(), RATE)
    assert bent.held < 0.1 and bent.glide > scale.glide + 0.2
    noise = np.random.default_rng(0).standard_normal(2 * RATE)
    assert measure_traits(noise, RATE).clear < 0.1 and measure_traits(noise, RATE).held == 0
    clicks = np.zeros(4 * RATE)
    for at in np.arange(0.1, 3.9, 0.5):
        clicks[int(at * RATE) : int(at * RATE) + 800] = noise[:800]
    even = measure_traits(clicks, RATE)
    assert even.beat > 0.7 and even.pulse > 0.9
    assert judge_music(play(0, 200, 400, 500, 700), RATE).why.startswith("held tones")


def test_level_rate_and_channels_do_not_matter() -> None:
    clip = make_melody(4)
    one = judge_music(clip, RATE).music
    assert judge_music(0.01 * clip, RATE).music == pytest.approx(one, abs=1e-6)
    assert judge_music(np.stack([clip, clip], axis=1), RATE).music == pytest.approx(one, abs=1e-9)
    from scipy import signal

    twice = signal.resample_poly(clip, 2, 1).astype(np.float32)
    assert judge_music(twice, 2 * RATE).music == pytest.approx(one, abs=0.1)


@pytest.mark.parametrize(
    "clip",
    [np.zeros(RATE), np.zeros(0), np.full(RATE, np.nan), np.zeros((RATE, 2)), np.ones(50)],
)
def test_nothing_to_hear_is_no_music(clip: np.ndarray) -> None:
    found = judge_music(clip.astype(np.float32), RATE)
    assert found.traits == Traits(0, 0, 0, 0, 0, 0, 0) and not found.is_music and found.why == ""


def test_music_is_passed_over_and_the_reason_said() -> None:
    melody, call, silence = play(0, 400, 700, 400, 0), glide(), np.zeros(2 * RATE)
    clips = [c[:, None].astype(np.float32) for c in (melody, call, silence)]
    best, verdict = choose_best(clips, RATE)
    assert best == 1 and verdict["music"] < 0.5
    music, silent = verdict["passed over"]
    assert music.startswith("0: like music, 0.9") and "held tones" in music and "3 notes" in music
    assert silent == "2: silent or broken"
    assert tell_music(verdict) == ["passed over 1 clips that are like music"]
    best, verdict = choose_best([clips[0], clips[0]], RATE)
    assert "the kept clip is like music" in tell_music(verdict)[0]
    assert tell_music(choose_best([clips[1]], RATE)[1]) == []


def test_a_persons_recording_is_used_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    soundfile.write(tmp_path / "own/tune.wav", 0.5 * play(0, 400, 700, 400, 0), RATE)
    call, mastered, passed = master_recording(settings_for("own", tmp_path), 1)
    assert call.facts["music"] > 0.5 and not passed and mastered.seconds > 1
    assert any("tune.wav: sounds like music" in note for note in call.notes)


def test_the_frozen_numbers_say_how_they_came_about() -> None:
    record = json.loads(judge.FILE.read_text())
    assert set(record["weights"]) == set(Traits.__dataclass_fields__)
    held_out = record["right of those held out"]
    assert min(held_out.values()) >= 0.9 and record["learnt from"]["recordings of calls"] > 0


def test_a_fit_finds_what_tells_two_groups_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = np.random.default_rng(1)
    values = chance.random((200, 3))
    music = (values[:, 1] > 0.5).astype(float)
    found = teaching.fit(values, music)
    assert abs(found[1]) > 5 * abs(found[0]) and abs(found[1]) > 5 * abs(found[2])
    assert teaching.share_music(values[music == 1], found) > 0.9
    # The whole of it, small.
    monkeypatch.setattr(teaching, "LEARNT", 20)
    monkeypatch.setattr(teaching, "TRIAL", 10)
    monkeypatch.setattr(teaching, "FILE", tmp_path / "judge.json")
    for number in range(4):
        soundfile.write(tmp_path / f"{number}.wav", make_call(number), RATE)
    record = teaching.teach(tmp_path)
    assert json.loads((tmp_path / "judge.json").read_text()) == record
    assert record["right of those held out"]["synthetic melodies"] >= 0.7


def test_a_damaged_file_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judge, "FILE", tmp_path / "judge.json")
    for text in (None, "{", '{"weights": {}}', '{"weights": {"held": "x"}, "bias": 0}'):
        judge.read_weights.cache_clear()
        if text is not None:
            (tmp_path / "judge.json").write_text(text)
        with pytest.raises(Refusal, match=r"judge\.json: is damaged"):
            judge_music(play(0), RATE)
    judge.read_weights.cache_clear()
