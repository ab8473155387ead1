"""``voice:`` in front matter: bad values are named, good ones change one card's sound alone."""

import json
import shutil

import pytest

from generate.bundles.merged import merge_card
from generate.errors import Refusal
from generate.recipe import digest_file
from generate.sounds.voice import kinds
from generate.sounds.voice.body import imagine_beast
from generate.sounds.voice.prosody import MOODS, find_mood
from generate.words import voices
from tests.jungles import ROOT
from tests.six_cards import run

WISH = "voice: {mass: 300, pitch: 0.8, family: roarer, pace: 0.9, mood: grumpy}\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{mass: 0}", "voice.mass: Input should be greater than or equal to 0.02"),
        ("{mass: heavy}", "voice.mass: Input should be a valid number"),
        ("{mass: '3'}", "voice.mass: Input should be a valid number"),
        ("{mass: .nan}", "voice.mass: Input should be"),
        ("{mass: true}", "voice.mass: Input should be a valid number"),
        ("{pitch: 3}", "voice.pitch: Input should be less than or equal to 2"),
        ("{pace: 0.1}", "voice.pace: Input should be greater than or equal to 0.5"),
        ("{family: singr}", "voice.family: singr is no kind of voice; did you mean singer?"),
        ("{family: 7}", "voice.family: Input should be a valid string"),
        ("{mood: xyzzy}", "voice.mood: xyzzy is no feeling; known: calm, sleepy, sad"),
        ("{pich: 1}", "voice: pich is unknown; did you mean pitch?"),
        ("loud", "voice: write what is asked for, such as {mass: 40, mood: calm}"),
        ("[1]", "voice: write what is asked for"),
    ],
)
def test_what_no_voice_can_do_is_named(bundle, text, said):
    (bundle / "postcard.md").write_text(f"---\ntitle: T\nvoice: {text}\n---\nHi")
    with pytest.raises(Refusal) as refusal:
        merge_card(bundle)
    told = str(refusal.value)
    assert f"beast-001/postcard.md: {said}" in told
    assert told.endswith("(line 3)") and "\n" not in told


def test_the_names_are_those_that_the_voices_have():
    assert tuple(kinds.FAMILIES) == voices.FAMILIES
    assert tuple(MOODS) == voices.FEELINGS
    assert all(find_mood(word) == MOODS[words] for words in voices.FEELINGS for word in words)


def test_a_wish_goes_before_what_the_card_decides():
    usual = imagine_beast(7, {"plan": "moth"}, "A tiny moth.")
    wished = imagine_beast(7, {"plan": "moth"}, "A tiny moth.", {"mass": 300.0})
    assert wished.mass_kg == 300 and wished.pitch < usual.pitch
    assert kinds.FAMILIES[wished.family].build[1] >= 300, "a voice that such a body may have"
    higher = imagine_beast(7, {"plan": "moth"}, "A tiny moth.", {"pitch": 2.0})
    assert higher.pitch == pytest.approx(2 * usual.pitch)
    assert imagine_beast(7, {"plan": "moth"}, "A tiny moth.", {"family": "roarer"}).family == (
        "roarer"
    )
    assert imagine_beast(7, {"plan": "moth"}, "A tiny moth.", {}) == usual


@pytest.mark.parametrize("slug", ["beast-002", "bee"])
def test_one_sound_changes_and_nothing_else(six, tmp_path, slug):
    """Of a numbered card and of one added by hand; a clean build gives the same."""
    home = shutil.copytree(six, tmp_path / "home")
    before = {path: digest_file(path) for path in sorted((home / "content").rglob("*.*"))}
    folder = home / "content/postcards" / slug
    path = folder / "postcard.md"
    usual = path.read_text()
    front = "" if usual.startswith("---\n") else "---\n"
    path.write_text("---\n" + WISH + front + usual.removeprefix("---\n"))
    told = run(home, "why", slug)[1]
    assert "sound     stale: voice.family unset → roarer, voice.mass unset → 300" in told
    assert "voice.mood unset → grumpy, voice.pace unset → 0.9, voice.pitch unset → 0.8" in told
    assert "phrase    fresh" in told and "picture   stale" not in told
    status, said = run(home, "sounds")
    assert status == 0 and "sounds    1 made, 5 fresh" in said
    changed = {p.name for p, old in before.items() if digest_file(p) != old}
    assert changed == {"postcard.md", "sound.flac", "card.json"}
    card = json.loads((folder / "card.json").read_text())
    beast = card["made"]["sound"]["beast"]
    assert (beast["mass_kg"], beast["family"], beast["higher"]) == (300, "roarer", 0.8)
    assert "sounds    0 made, 6 fresh" in run(home, "sounds")[1]
    clean = tmp_path / "clean"
    shutil.copytree(home, clean, ignore=shutil.ignore_patterns("work", ".jungle"))
    fixture = ROOT / "tests/fixtures/jungle-0.1.0/postcards" / slug
    for name in ("card.json", "sound.flac"):
        (clean / "content/postcards" / slug / name).unlink()
        if (fixture / name).is_file():
            shutil.copy(fixture / name, clean / "content/postcards" / slug / name)
    assert run(clean, "sounds")[0] == 0
    again = clean / "content/postcards" / slug
    assert digest_file(again / "sound.flac") == digest_file(folder / "sound.flac")
    assert (again / "card.json").read_text() == (folder / "card.json").read_text()
    path.write_text(usual)
    assert "sounds    1 made" in run(home, "sounds")[1]
    assert digest_file(folder / "sound.flac") == before[folder / "sound.flac"]


def test_other_engines_have_voices_of_their_own(six, tmp_path):
    home = shutil.copytree(six, tmp_path / "home")
    path = home / "content/postcards/ant/postcard.md"
    settings = home / "content/jungle.toml"
    settings.write_text(settings.read_text() + '[sounds]\nengine = "folder"\nfolder = "mine"\n')
    before = run(home, "why", "ant")[1]
    path.write_text("---\n" + WISH + "---\nHi")
    assert run(home, "why", "ant")[1] == before
