"""Hum, hiss and clipping: mixed in at known levels and taken out; clean sounds stay."""

import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import soundfile

from generate.errors import Refusal
from generate.freshness.decide import decide_sound
from generate.plan import read_bundles
from generate.settings import Settings, read_settings
from generate.sounds.engines.recordings import master_recording, survey_folder
from generate.sounds.enhancing.clipping import restore_tops
from generate.sounds.enhancing.enhancing import enhance, measure_clearness
from generate.sounds.enhancing.hum import find_hum
from generate.sounds.report.measures import make_mel_bank
from generate.sounds.report.table import format_table, report_sounds
from generate.sounds.voice.body import imagine_beast
from generate.sounds.voice.voice import speak
from tests.sounds.engines.recorded import RATE, bark, settings_for

ALL = ("clipping", "hum", "hiss")


def surround(call: np.ndarray, pad: float = 1.0) -> np.ndarray:
    """A call (n, channels) with silence before and after it."""
    call = call if call.ndim == 2 else call[:, None]
    quiet = np.zeros((int(pad * RATE), call.shape[1]))
    return np.concatenate([quiet, call, quiet])


def voice(seed: int) -> np.ndarray:
    samples = speak("moru sali teno", imagine_beast(seed, {}, "")).samples
    return 0.5 * samples / np.abs(samples).max()


# By family: hummer, croaker, howler, clicker; and a bark.
CALLS = {"hummer": 0, "croaker": 2, "howler": 3, "clicker": 4, "bark": None}


def take(name: str) -> np.ndarray:
    seed = CALLS[name]
    return surround(bark() if seed is None else voice(seed))


def ratio(clean: np.ndarray, found: np.ndarray) -> float:
    """Signal to noise in dB."""
    return 10 * np.log10(np.square(clean).sum() / np.square(found - clean).sum())


def mix(clean: np.ndarray, noise: np.ndarray, decibels: float) -> np.ndarray:
    noise = np.broadcast_to(noise, clean.shape)
    scale = np.square(clean).sum() / np.square(noise).sum() / 10 ** (decibels / 10)
    return clean + noise * np.sqrt(scale)


def hum(count: int, hertz: float = 50.07) -> np.ndarray:
    t = np.arange(count) / RATE
    return sum(np.sin(2 * np.pi * hertz * k * t + k) / k for k in range(1, 9))[:, None]


def hiss(count: int) -> np.ndarray:
    return np.random.default_rng(0).standard_normal((count, 1))


def compare_spectra(clean: np.ndarray, found: np.ndarray) -> float:
    """Root mean square of the distances in dB of the log-mel spectra, while the clean one calls.

    Down to 60 dB below its loudest band: what is fainter is as good as silent.
    """

    def spectra(x: np.ndarray) -> np.ndarray:
        cut = np.lib.stride_tricks.sliding_window_view(x.mean(axis=1), 1024)[::512]
        power = np.abs(np.fft.rfft(cut * np.hanning(1024), axis=1)) ** 2
        return 10 * np.log10(power @ make_mel_bank(RATE, 1024).T + 1e-12)

    one, two = spectra(clean), spectra(found)
    calls = one.max(axis=1) > one.max() - 40
    one, two = (np.maximum(levels[calls], one.max() - 60) for levels in (one, two))
    return float(np.sqrt(np.square(one - two).mean()))


@pytest.mark.parametrize("decibels", [10, 20])
@pytest.mark.parametrize("name", CALLS)
def test_hum_and_hiss_go(name: str, decibels: float) -> None:
    clean = take(name)
    noises = {"hum": hum(len(clean)), "hiss": hiss(len(clean))}
    for wish, noise in noises.items():
        dirty = mix(clean, noise, decibels).astype(np.float32)
        found, facts = enhance(dirty, RATE, (wish,))
        # Clicks are short and as broad as noise.
        least = 8.0 if (name, wish) == ("clicker", "hiss") else 9.9
        assert ratio(clean, found) > ratio(clean, dirty) + least, (wish, facts)
        assert wish in facts and facts["after"] > facts["before"] + 6
        assert compare_spectra(clean, found) < compare_spectra(clean, dirty)
    both = mix(mix(clean, noises["hum"], decibels), noises["hiss"], decibels).astype(np.float32)
    found, facts = enhance(both, RATE, ("hum", "hiss"))
    assert ratio(clean, found) > ratio(clean, both) + 10
    assert facts["hum"] == pytest.approx(50.07, abs=0.01)


@pytest.mark.parametrize("hertz", [49.8, 60.0, 60.3])
def test_the_mains_of_all_countries(hertz: float) -> None:
    clean = take("bark")
    dirty = mix(clean, hum(len(clean), hertz), 15).astype(np.float32)
    found = find_hum(dirty, RATE)
    assert found is not None and found.hertz == pytest.approx(hertz, abs=0.01)
    assert ratio(clean, enhance(dirty, RATE, ("hum",))[0]) > 25


@pytest.mark.parametrize("name", [*CALLS, "hisser", "singer"])
def test_clean_sounds_stay(name: str) -> None:
    seed = {"hisser": 1, "singer": 56701847168622}.get(name)
    clean = (take(name) if seed is None else surround(voice(seed))).astype(np.float32)
    found, facts = enhance(clean, RATE, ALL)
    assert found is clean and facts == {}
    # With the noise of a good recorder.
    quiet = clean + 10 ** (-72 / 20) * hiss(len(clean)).astype(np.float32)
    changed = enhance(quiet, RATE, ALL)[0]
    level = 10 * np.log10(np.square(changed).sum() / np.square(quiet).sum())
    assert abs(level) < 0.05 and compare_spectra(quiet, changed) < 0.5


@pytest.mark.parametrize("name", ["hummer", "croaker", "howler", "clicker", "bark"])
def test_cut_off_tops_are_drawn_anew(name: str) -> None:
    clean = take(name)[RATE:-RATE]
    top = (0.6 if name == "bark" else 0.45) * np.abs(clean).max()
    dirty = np.clip(clean, -top, top).astype(np.float32)
    found, share = restore_tops(dirty)
    assert 0 < share < 0.3
    assert ratio(clean, found) > ratio(clean, dirty) + 3
    # What was not cut is as it was.
    kept = np.abs(dirty) < 0.999 * top
    assert np.array_equal(found[kept], dirty[kept])
    again, facts = enhance(dirty, RATE, ("clipping",))
    assert np.array_equal(again, found) and facts["tops"] == pytest.approx(share, abs=1e-5)


def test_a_steady_call_is_no_hum_and_no_hiss() -> None:
    """A cicada, and a beast that hums at 100 Hz, are all there is to hear."""
    t = np.arange(3 * RATE) / RATE
    drone = sum(np.sin(2 * np.pi * 100 * k * t) / k for k in (1, 2, 3))[:, None]
    cicada = hiss(3 * RATE) * (1 + 0.2 * np.sin(2 * np.pi * 9 * t))[:, None]
    for sound in (drone, cicada):
        quiet = (0.3 * sound / np.abs(sound).max()).astype(np.float32)
        assert enhance(quiet, RATE, ("hum", "hiss"))[0] is quiet


@pytest.mark.parametrize("shape", [(0, 1), (10, 1), (RATE // 4, 2), (3 * RATE, 1)])
def test_short_and_silent_sounds_stay(shape: tuple[int, int]) -> None:
    silent = np.zeros(shape, np.float32)
    assert enhance(silent, RATE, ALL)[0] is silent
    assert measure_clearness(silent, RATE) == 0


def test_a_recording_is_cleaned_and_says_so(tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    clean = take("bark")
    dirty = mix(mix(clean, hum(len(clean)), 12), hiss(len(clean)), 15)
    soundfile.write(tmp_path / "own/dog.wav", dirty, RATE)
    settings = settings_for("own", tmp_path)
    plain = master_recording(settings, 1)[0]
    assert "enhanced" not in plain.facts
    settings.sounds.enhance = ["hum", "hiss"]
    call = master_recording(settings, 1)[0]
    told = call.facts["enhanced"]
    assert told["hum"] == pytest.approx(50.07, abs=0.01) and told["hiss"]
    assert told["after"] > told["before"] + 8
    assert measure_clearness(call.samples, RATE) > measure_clearness(plain.samples, RATE)
    survey_folder.cache_clear()


def test_the_table_shows_before_and_after(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sounds = {}
    enhanced = {"hum": 50.0, "before": 21.4, "after": 48.6}
    for slug, facts in (("cleaned", {"enhanced": enhanced}), ("plain", {}), ("broken", None)):
        folder = tmp_path / slug
        folder.mkdir()
        soundfile.write(folder / "sound.flac", 0.2 * bark(), RATE)
        made = {"made": {"sound": facts}}
        (folder / "card.json").write_text(json.dumps(made) if facts is not None else "{")
        sounds[slug] = folder / "sound.flac"
    asked = SimpleNamespace(loudness=-16.0, ambience=False, bed_loudness=-25.0)
    rows = report_sounds(SimpleNamespace(work=tmp_path / "work", sounds=asked), sounds)
    assert [(row.before, row.after) for row in rows] == [(21.4, 48.6), (None, None), (None, None)]
    head, first, second, *_ = capsys.readouterr().out.splitlines()
    assert "now dB" in head and "    21      49" in first and "49" not in second
    assert "now dB" not in format_table(rows[1:])
    record = json.loads((tmp_path / "work/report/sounds.json").read_text())
    assert record[0]["after"] == 48.6


def ask(home: Path, sounds: str) -> Settings:
    (home / "content").mkdir(exist_ok=True)
    (home / "content/jungle.toml").write_text(f"count = 1\n[sounds]\n{sounds}\n")
    return read_settings(home)


def test_only_what_is_enhanced_becomes_stale(tmp_path: Path) -> None:
    def key(sounds: str) -> str:
        settings = ask(tmp_path, sounds)
        return decide_sound(settings, read_bundles(settings)[0]).key

    assert key("") == key('enhance = ["hum"]')
    model = 'engine = "pretrained"\nmodel = "a/b"\n'
    assert key(model) == key(f"{model}enhance = []")
    assert key(model) != key(f'{model}enhance = ["hum"]')
    assert key(f'{model}enhance = ["hiss", "hum"]') == key(f'{model}enhance = ["hum", "hiss"]')


def test_what_cannot_be_enhanced_is_named(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="'clipping', 'hum', 'hiss', 'event', 'taps' or 'room'"):
        ask(tmp_path, 'enhance = ["wind"]')
