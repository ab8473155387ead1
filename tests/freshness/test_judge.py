"""What holds, what must be made, and because of what; and what a better captioner leaves alone."""

import json
import shutil

import pytest
from PIL import Image

from generate import build
from generate.bundles.merged import merge_card
from generate.cards import write_card
from generate.freshness import decide
from generate.freshness.judge import judge_caption, judge_picture
from generate.gallery.catalogue.provenance import list_provenance
from generate.pictures.captioning import measured, telling
from generate.plan import needs_model, read_bundles
from generate.settings import read_settings
from generate.why import tell_why
from tests.jungles import ROOT

FIXTURE = ROOT / "tests/fixtures/jungle-0.1.0"


def make_all(settings):
    bundles = build.build_pictures(settings)
    build.build_phrases(settings, bundles)
    build.build_sounds(settings, bundles)


@pytest.fixture
def home(tmp_path):
    """The jungle of version 0.1.0 with a card of somebody's own."""
    shutil.copytree(FIXTURE, tmp_path / "content")
    (tmp_path / "content/postcards/cat").mkdir()
    Image.new("RGB", (64, 64), "red").save(tmp_path / "content/postcards/cat/picture.png")
    make_all(read_settings(tmp_path))
    return tmp_path


def set_sounds(home, line):
    path = home / "content/jungle.toml"
    path.write_text(path.read_text().replace("[sounds]\n", f"[sounds]\n{line}\n"))


def read(home, name="cat/card.json"):
    return (home / "content/postcards" / name).read_bytes()


def test_a_better_captioner_changes_what_is_shown_and_no_words(home, monkeypatch, capsys):
    settings = read_settings(home)
    before = json.loads(read(home))
    others = [read(home, f"beast-00{number}/card.json") for number in (1, 2, 3)]
    sound, seen = read(home, "cat/sound.flac"), measured.Measured("A cat.", {"hour": "night"})
    monkeypatch.setattr(telling, "caption_picture", lambda picture: seen)
    make_all(settings)
    assert json.loads(read(home)) == before
    monkeypatch.setattr("generate.pictures.captioning.REVISION", 2)
    capsys.readouterr()
    tell_why(settings)
    told = capsys.readouterr().out
    assert "caption   3 fresh\n" in told
    assert "caption   1 stale: revision of the measured captions 1 → 2 (cat)\n" in told
    assert "phrase    4 fresh\nsound     4 fresh\n" in told
    for _ in range(2):
        make_all(settings)
        lines = capsys.readouterr().out.splitlines()
        assert "phrases   0 written, 4 fresh" in lines and "sounds    0 made, 4 fresh" in lines
    after = json.loads(read(home))
    assert (after["caption"], after["traits"], after["hour"]) == (
        "A cat.",
        {"hour": "night"},
        "night",
    )
    assert after["about"]["caption"] == before["caption"]
    for made in ("picture", "phrase", "sound"):
        assert after["made"][made] == before["made"][made]
    assert read(home, "cat/sound.flac") == sound
    told = list_provenance(merge_card(home / "content/postcards/cat"))
    assert told and not any(name.startswith("asked") for _, facts in told for name, _ in facts)
    assert others == [read(home, f"beast-00{number}/card.json") for number in (1, 2, 3)]
    # A sound that is made anew for another reason is still of the same beast.
    text = (
        (home / "content/jungle.toml").read_text().replace("[sounds]", "[sounds]\nloudness = -18.0")
    )
    (home / "content/jungle.toml").write_text(text)
    make_all(read_settings(home))
    assert json.loads(read(home))["made"]["sound"]["beast"] == before["made"]["sound"]["beast"]
    # Another picture is another subject: its words follow.
    Image.new("RGB", (64, 64), "blue").save(home / "content/postcards/cat/picture.png")
    tell_why(read_settings(home), "cat")
    told = capsys.readouterr().out
    assert "caption   stale: picture\nphrase    follows the picture\n" in told
    make_all(read_settings(home))
    assert "about" not in json.loads(read(home))
    assert "phrases   1 written, 3 fresh" in capsys.readouterr().out


def test_a_kept_card_of_ones_own_is_finished_first(tmp_path):
    (tmp_path / "content/postcards/cat").mkdir(parents=True)
    (tmp_path / "content/jungle.toml").write_text("count = 1\n[sounds]\nambience = false\n")
    cat = tmp_path / "content/postcards/cat"
    Image.new("RGB", (64, 64), "red").save(cat / "picture.png")
    (cat / "postcard.md").write_text("---\nkeep: true\n---\nMine.\n")
    settings = read_settings(tmp_path)
    bundles = [bundle for bundle in read_bundles(settings) if bundle.slug == "cat"]
    build.caption_bundle(settings, bundles[0])
    build.build_phrases(settings, bundles)
    build.build_sounds(settings, bundles)
    card = read(tmp_path)
    assert {"phrase", "caption"} <= json.loads(card).keys() and (cat / "sound.flac").is_file()
    Image.new("RGB", (64, 64), "blue").save(cat / "picture.png")
    bundles = [bundle for bundle in read_bundles(settings) if bundle.slug == "cat"]
    build.caption_bundle(settings, bundles[0])
    build.build_phrases(settings, bundles, force=True)
    build.build_sounds(settings, bundles, force=True)
    assert read(tmp_path) == card


def test_sources_count_while_they_lie_here(tmp_path, write_settings, monkeypatch):
    settings = write_settings('count = 1\n[pictures]\nsource = "mine"\nfrom = "weights"')
    for name in ("mine", "weights/unet", "work/pictures"):
        (tmp_path / name).mkdir(parents=True)
        Image.effect_noise((8, 8), 90).save(tmp_path / name / "beast-001.png")
    row = {"text": "A frog.", "hour": "day", "file_name": "beast-001.png"}
    build.adopt_picture(settings, read_bundles(settings)[0], row)

    def judge():
        decide.digest_path.cache_clear()
        return judge_picture(settings, read_bundles(settings)[0])

    assert judge() == ("fresh", ())
    (tmp_path / "weights").rename(tmp_path / "away")
    assert judge() == ("fresh", ())
    shutil.copytree(tmp_path / "away", tmp_path / "weights")
    (tmp_path / "mine/beast-001.png").write_bytes(b"another")
    (tmp_path / "weights/unet/beast-001.png").write_bytes(b"another")
    assert judge() == ("stale", ("source", "start"))
    shutil.rmtree(tmp_path / "mine")
    assert str(judge()) == "stale: start"
    assert judge_caption(read_bundles(settings)[0]).state == "fresh"


def test_stable_audio_is_needed_where_a_phrase_will_change(home):
    text = (home / "content/jungle.toml").read_text()
    (home / "content/jungle.toml").write_text(
        text.replace("ambience", 'engine = "stable-audio"\nambience')
    )
    settings = read_settings(home)
    for bundle in read_bundles(settings):
        made = decide.decide_sound(settings, bundle).record
        bundle.card["made"]["sound"] |= made
        write_card(bundle.folder, bundle.card)
    assert not needs_model(settings, "build")
    dark = settings.phrases.model_copy(update={"mood": "dark"})
    language = (home / "content/language.toml").read_bytes()
    assert needs_model(settings.model_copy(update={"phrases": dark}), "sounds")
    assert not needs_model(settings.model_copy(update={"phrases": dark}), "phrases")
    assert (home / "content/language.toml").read_bytes() == language
