"""The page to listen: every card's takes are heard, shown, and are what the line keeps."""

import re
from pathlib import Path

import numpy as np
import pytest
import soundfile
from PIL import Image

from generate.cards import MESSAGE
from generate.freshness.decide import decide_sound, digest_path
from generate.keeping.line import find_seen, write_line
from generate.plan import read_bundles
from generate.settings import read_settings
from generate.sounds.brief import brief_sound
from generate.sounds.engines.recordings import survey_folder
from generate.sounds.report.listening import OFFERED, write_listening
from generate.sounds.stage import make_and_master, make_take
from tests.sounds.engines.recorded import RATE, bark, folder_of

TOML = 'title = "<b>Tried</b>"\ncount = 2\n[sounds]\n'


def open_jungle(home: Path, text: str = ""):
    """Settings, and briefs of two cards with phrases."""
    (home / "content").mkdir(exist_ok=True)
    (home / "content/jungle.toml").write_text(TOML + text)
    digest_path.cache_clear()
    survey_folder.cache_clear()
    settings = read_settings(home)
    bundles = read_bundles(settings)
    for bundle in bundles:
        bundle.card |= {"phrase": "moru sali teno", "mood": "happy"}
    return settings, bundles


def listen(settings, bundles) -> tuple[str, Path]:
    """The page's text, with sounds of the cards as they are made now, and its folder."""
    briefs = [brief_sound(bundle) for bundle in bundles]
    made = {sound.slug: sound.path for sound in make_and_master(settings, briefs)}
    page = write_listening(settings, briefs, made)
    return page.read_text(), page.parent / "takes"


def test_every_take_is_on_the_page(tmp_path: Path) -> None:
    settings, bundles = open_jungle(tmp_path)
    text, folder = listen(settings, bundles)
    names = {f"{bundle.slug}-{take}" for bundle in bundles for take in ("now", 2, 3)}
    assert {path.stem for path in folder.glob("*.mp3")} == names
    assert set(re.findall(r'src="takes/([^"]+)\.mp3"', text)) == names
    assert text.count('value="take_sound: 2"') == text.count('value="take_sound: 3"') == 2
    assert "take_sound: 1" not in text and "<b>" not in text and "&lt;b&gt;Tried" in text
    loud = [float(found) for found in re.findall(r"(-\d+\.\d) LUFS", text)]
    assert len(loud) == 2 * OFFERED and all(-20 < one < -15.5 for one in loud)
    peaks = [float(found) for found in re.findall(r"(-?\d+\.\d) dBTP", text)]
    assert max(peaks) <= 0
    for path in folder.glob("*.png"):
        with Image.open(path) as picture:
            assert picture.size == (480, 196)
    sounds = [soundfile.read(folder / f"beast-001-{name}.mp3")[0] for name in ("now", 2, 3)]
    n = min(map(len, sounds))
    assert all(
        np.corrcoef(a[:n, 0], b[:n, 0])[0, 1] < 0.9
        for a, b in [(sounds[0], sounds[1]), (sounds[1], sounds[2])]
    )

    # What lies there is not made again; what is no longer shown goes.
    before = {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}
    (folder / "old.mp3").write_bytes(b"")
    listen(settings, bundles)
    after = {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}
    assert [name for name in after if after[name] != before.get(name)] == ["known.json"]
    bundles[0].card["phrase"] = "tiki rao"
    listen(settings, bundles)
    changed = {p.stem for p in folder.glob("*.mp3") if p.stat().st_mtime_ns != after[p.name]}
    assert changed == {f"beast-001-{name}" for name in ("now", 2, 3)}


def test_a_kept_take_is_what_was_heard(tmp_path: Path) -> None:
    settings, bundles = open_jungle(tmp_path)
    first = bundles[0]
    key = decide_sound(settings, first).key
    offered = make_take(settings, {**brief_sound(first), "take": 2})
    first.folder.mkdir(parents=True)
    path = first.folder / MESSAGE
    text = "---\n# mine\ntitle: 'First'   # a remark\n---\n\nHi\r\n"
    path.write_bytes(text.encode())
    write_line(tmp_path, path, "take_sound", 2, find_seen(path))
    assert path.read_bytes() == text.replace("remark\n", "remark\ntake_sound: 2\n").encode()
    settings, bundles = open_jungle(tmp_path)
    assert bundles[0].front["take_sound"] == 2 and decide_sound(settings, bundles[0]).key != key
    text, _ = listen(settings, bundles)
    assert "beast-001, take 2" in text and "line that keeps take 1 of beast-001" in text.lower()
    (made,) = make_and_master(settings, [brief_sound(bundles[0])])
    assert made.facts["beast"] == offered.facts["beast"]
    spans = [np.diff(one[:2]) for one in made.facts["syllables"]]
    assert np.allclose(spans, [np.diff(one[:2]) for one in offered.facts["syllables"]], atol=2e-4)
    # The first take is what is made without the line.
    path.write_text("---\ntake_sound: 1\n---\n")
    settings, bundles = open_jungle(tmp_path)
    assert decide_sound(settings, bundles[0]).key == key


@pytest.mark.parametrize("wrong", ["0", "two", "1.5", "[1]"])
def test_a_take_is_a_number_from_one_on(tmp_path: Path, wrong: str) -> None:
    settings, bundles = open_jungle(tmp_path)
    bundles[0].folder.mkdir(parents=True)
    (bundles[0].folder / MESSAGE).write_text(f"---\ntake_sound: {wrong}\n---\n")
    found = read_bundles(settings, keep_going=True)
    (fault,) = found.faults
    assert "take_sound" in fault and "\n" not in fault and len(found) == 1


def test_recordings_before_and_after(tmp_path: Path) -> None:
    barks = {f"bark{k}": (np.r_[bark(0.6 + 0.2 * k), np.zeros(RATE // 2)], RATE) for k in range(3)}
    folder_of(tmp_path / "own", **barks)
    lines = 'engine = "folder"\nfolder = "own"\nenhance = ["event", "room"]\nambience = false\n'
    settings, bundles = open_jungle(tmp_path, lines)
    text, folder = listen(settings, bundles)
    assert text.count("<strong>before it was enhanced</strong>") == 2
    for bundle in bundles:
        now, was = (
            soundfile.read(folder / f"{bundle.slug}-{name}.mp3")[0] for name in ("now", "before")
        )
        assert np.square(now[-4000:]).sum() > 0 and len(now) != len(was)
    assert {path.stem for path in folder.glob("beast-001-*.mp3")} == {
        f"beast-001-{name}" for name in ("now", "before", 2, 3)
    }
    # A sound of the person's own has no takes from before.
    (settings.work / "sounds/beast-001/of.json").write_text('{"sound": "another"}')
    briefs = [brief_sound(bundle) for bundle in bundles]
    broken = tmp_path / "broken.flac"
    broken.write_bytes(b"nothing")
    paths = {"beast-001": broken, "beast-002": tmp_path / "none.flac"}
    text = write_listening(settings, briefs, paths).read_text()
    assert "beast-001-before" not in text and "no such sound file" in text
