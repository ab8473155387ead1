"""A voice learnt from recordings: it sings as they do, copies none, and says what it lacks."""

import os
from pathlib import Path

import numpy as np
import pytest
import soundfile

from generate.errors import Refusal
from generate.freshness.decide import decide_sound, digest_path
from generate.phrases.language.phonemes import syllables
from generate.plan import read_bundles
from generate.settings import Settings, read_settings
from generate.sounds.learned import engine, network
from generate.sounds.learned.comparison import Memory, compare_songs, tell_statistics
from generate.sounds.learned.contours import trace_notes
from generate.sounds.learned.engine import open_singer, sing_call
from generate.sounds.learned.lessons import encode_notes, hear, read_lessons
from generate.sounds.learned.listening import Listener
from generate.sounds.report.measures import find_nuclei
from generate.sounds.stage import make_and_master
from tests.sounds.learned.callers import RATE, bark, brief, crow, record, settings_of

PHRASES = ["moru sali teno", "tiki rao shala", "o lumeni qaro te", "nyela mo"]


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Path:
    home = tmp_path_factory.mktemp("learned")
    record(home / "barks", bark)
    record(home / "crows", crow)
    return home


@pytest.fixture(scope="module", autouse=True)
def short_lessons():
    """A hundred and fifty steps are enough for animals made by rule."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(network, "LONGEST", 150)
        yield


def teach(settings, count: int):
    """The taught voice's calls of ``count`` beasts, as notes, and errors of syllables heard."""
    calls, errors = [], []
    for seed in range(count):
        phrase = PHRASES[seed % len(PHRASES)]
        written = sum(len(syllables(word)) for word in phrase.split())
        call = sing_call(settings, brief(seed, phrase))
        errors.append(abs(len(find_nuclei(call.samples, call.rate)) - written) / written)
        calls.append(trace_notes(call.samples, call.rate))
    return calls, errors


def judge_kinds(home: Path, folders: dict[str, str], count: int, seed: int = 7) -> dict[str, float]:
    """For each kind the share of its voice's calls that a listener to held-out recordings knows."""
    held, sung = {}, {}
    for kind, folder in folders.items():
        settings = settings_of(home, folder, seed)
        lessons = open_singer(settings)[1]
        assert not {one.name for one in lessons.held} & {one.name for one in lessons.learnt}
        held[kind] = [hear(home / folder / one.name) for one in lessons.held]
        sung[kind], errors = teach(settings, count)
        assert np.median(errors) == 0 and np.mean(np.array(errors) <= 0.1) >= 0.9
        report = engine.compare(open_singer(settings)[0], lessons, seed)
        assert report["nearest"]["copies"] == 0 and report["nearest"]["of"] == engine.COMPARED
    listener = Listener(held)
    return {kind: np.mean([listener.recognise(c) == kind for c in sung[kind]]) for kind in sung}


def test_a_listener_tells_what_a_voice_was_taught(home: Path) -> None:
    known = judge_kinds(home, {"bark": "barks", "crow": "crows"}, 6)
    assert min(known.values()) >= 0.9


@pytest.mark.skipif(not os.environ.get("JUNGLE_SOUNDS"), reason="run with JUNGLE_SOUNDS=folder")
@pytest.mark.parametrize("seed", [7, 8, 9])
def test_roosters_and_dogs(tmp_path: Path, monkeypatch, seed: int) -> None:
    """The folder holds recordings called rooster… and dog…, nine of each or so."""
    monkeypatch.setattr(network, "LONGEST", 1500)
    source = Path(os.environ["JUNGLE_SOUNDS"])
    for kind in ("rooster", "dog"):
        (tmp_path / kind).mkdir()
        for path in source.glob(f"{kind}*"):
            (tmp_path / kind / path.name).symlink_to(path)
    known = judge_kinds(tmp_path, {"rooster": "rooster", "dog": "dog"}, 30, seed)
    assert np.mean(list(known.values())) >= 0.9, known


def test_the_report_lies_between_its_anchors(home: Path, capsys) -> None:
    settings = settings_of(home, "crows", seed=8)
    open_singer(settings)
    told = capsys.readouterr().out
    for words in ("learnt 45 notes of 9 recordings", "intervals of pitch", "copies: 0 of 50 songs"):
        assert words in told
    open_singer(settings)
    assert not capsys.readouterr().out  # it is kept
    calls = [one.notes for one in read_lessons(settings).all]
    itself = compare_songs(calls, calls, 0)
    for kind in ("pitch", "rhythm"):
        assert itself[kind]["songs"] == 0 < itself[kind]["floor"] < itself[kind]["shuffled"]
    dogs = [encode_notes(trace_notes(bark(k), RATE)) for k in range(9)]
    strange = compare_songs(dogs, calls, 0)
    assert all(strange[kind]["songs"] > itself[kind]["floor"] for kind in itself)
    low, usual, high = tell_statistics(calls)["seconds of a note"]
    assert low <= usual <= high and usual == pytest.approx(0.22, abs=0.05)


def test_a_copy_is_known(home: Path) -> None:
    calls = [one.notes for one in read_lessons(settings_of(home, "crows")).all]
    memory = Memory(calls)
    assert all(memory.is_copy(call) and memory.measure(call) == 0 for call in calls)
    assert memory.is_copy(np.concatenate([calls[0][1:4], calls[1][:1]]))
    rng = np.random.default_rng(0)
    spread = np.concatenate(calls).std(axis=0)
    nearly = calls[0] + 0.02 * spread * rng.standard_normal(calls[0].shape)
    other = calls[0] + 1.5 * spread * rng.standard_normal(calls[0].shape)
    assert memory.is_copy(nearly) and not memory.is_copy(other)


def test_songs_that_copy_are_passed_over(home: Path, monkeypatch) -> None:
    settings = settings_of(home, "crows")
    lessons = open_singer(settings)[1]
    learnt = lessons.learnt[0].notes
    drawn = engine.compose_song
    turns = []

    def first_a_copy(singer, count, names):
        turns.append(names)
        song = drawn(singer, count, names)
        song[:3] = learnt[:3] if len(turns) == 1 else song[:3]
        return song

    monkeypatch.setattr(engine, "compose_song", first_a_copy)
    facts = sing_call(settings, brief(3)).facts
    assert facts["copies"] == 1 and facts["song"] > 1 and facts["heard"] == 6


def test_a_stopped_lesson_goes_on_to_the_same_weights(tmp_path: Path, monkeypatch) -> None:
    calls = [encode_notes(trace_notes(bark(k), RATE)) for k in range(6)]
    monkeypatch.setattr(network, "LONGEST", 100)
    monkeypatch.setattr(network, "SAVE", 50)
    whole, told = network.train_singer(calls[:4], calls[4:], 5, tmp_path / "a", "key")
    monkeypatch.setattr(network, "LONGEST", 50)
    network.train_singer(calls[:4], calls[4:], 5, tmp_path / "b", "key")
    monkeypatch.setattr(network, "LONGEST", 100)
    rest, again = network.train_singer(calls[:4], calls[4:], 5, tmp_path / "b", "key")
    for name, value in whole.state_dict().items():
        assert np.array_equal(value, rest.state_dict()[name]), name
    assert told == again and told.likely > told.alone
    other, _ = network.train_singer(calls[:4], calls[4:], 6, tmp_path / "c", "key")
    assert not np.array_equal(other.leave.bias.detach(), whole.leave.bias.detach())
    # What is torn, or of other recordings, is begun again.
    (tmp_path / "b").write_bytes(b"torn")
    assert network.load_singer(tmp_path / "b", "key") is None
    network.save_singer(whole, told, tmp_path / "d", "key")
    assert network.load_singer(tmp_path / "d", "another") is None
    held = network.load_singer(tmp_path / "d", "key")
    assert held and np.array_equal(
        network.compose(held[0], 4, 1, 0.8), network.compose(whole, 4, 1, 0.8)
    )


def refuse(settings) -> str:
    with pytest.raises(Refusal) as refusal:
        read_lessons(settings)
    assert "\n" not in str(refusal.value)
    return str(refusal.value)


def test_what_cannot_be_learnt_from_is_said(tmp_path: Path, capsys) -> None:
    assert "sounds.folder is not set" in refuse(settings_of(tmp_path, None))
    assert "no such folder" in refuse(settings_of(tmp_path, "nowhere"))
    folder = record(tmp_path / "few", bark, 7)
    told = refuse(settings_of(tmp_path, "few"))
    assert "holds 7 recordings to learn from, where at least 8 are needed" in told
    soundfile.write(folder / "silent.wav", np.zeros(RATE), RATE)
    (folder / "broken.wav").write_bytes(b"RIFF of nothing")
    (folder / "empty.wav").write_bytes(b"")
    (folder / ".hidden").write_bytes(b"nothing")
    from generate.sounds.learned.lessons import listen_to

    listen_to.cache_clear()
    assert "holds 7" in refuse(settings_of(tmp_path, "few"))
    soundfile.write(folder / "bark8.wav", bark(8), RATE)
    listen_to.cache_clear()
    settings = settings_of(tmp_path, "few")
    lessons = read_lessons(settings)
    assert len(lessons.all) == 8 and len(lessons.held) == 3
    assert {Path(line.split(":")[0]).name for line in lessons.refused} == {
        "silent.wav",
        "broken.wav",
        "empty.wav",
    }
    open_singer(settings)
    assert capsys.readouterr().out.count("passed over: ") == 3


def test_cards_are_sung_and_mastered(home: Path, capsys) -> None:
    settings = settings_of(home, "barks")
    one, two = make_and_master(settings, [brief(1, mood="happy"), brief(2, voice={"mass": 300.0})])
    for made in (one, two):
        assert made.facts["engine"] == "learned" and made.facts["loudness"] == pytest.approx(
            -16, abs=0.5
        )
        assert len(made.facts["syllables"]) == 6 and len(made.times) == 3
        assert len(made.facts["model"]) == 12 and made.path.is_file()
    assert two.facts["beast"]["mass_kg"] == 300
    again = next(iter(make_and_master(settings, [brief(1, mood="happy")])))
    assert again.facts == one.facts
    other = sing_call(settings, brief(1, mood="happy", take=2))
    assert other.facts["syllables"] != one.facts["syllables"]


def test_a_recording_more_makes_sung_cards_stale(tmp_path: Path) -> None:
    folder = record(tmp_path / "own", bark, 2)
    (tmp_path / "content").mkdir()
    text = 'count = 1\n[sounds]\nengine = "{}"\nfolder = "own"\n'

    def key(engine_name: str) -> str:
        digest_path.cache_clear()
        (tmp_path / "content/jungle.toml").write_text(text.format(engine_name))
        settings = read_settings(tmp_path)
        return decide_sound(settings, read_bundles(settings)[0]).key

    spoken, sung = key("voice"), key("learned")
    assert sung != spoken
    soundfile.write(folder / "more.wav", bark(9), RATE)
    assert key("learned") != sung and key("voice") == spoken
    assert Settings().sounds.engine == "voice" and not Settings().sounds.runs_model
