"""Alt texts of cards of which nothing was asked: told where it is sure, else as measured."""

import json
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from generate import build
from generate.freshness.judge import judge_caption, judge_phrase
from generate.phrases.language.file import make_or_read_language
from generate.pictures.captioning import telling
from generate.pictures.captioning.cards import caption_bundle
from generate.pictures.captioning.measured import caption_picture
from generate.pictures.captioning.weights import OWN
from generate.plan import read_bundles
from generate.settings import read_settings
from tests.jungles import ROOT
from tests.pictures.captioning.kinds import CAPTIONS, draw_kind


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A jungle of one card of somebody's own, without any captioner."""
    monkeypatch.setattr(telling, "SHIPPED", tmp_path / "none")
    (tmp_path / "content/postcards/own").mkdir(parents=True)
    (tmp_path / "content/jungle.toml").write_text("count = 1\n[captioner]\nconfidence = 0.6\n")
    draw_kind("snake", 96).save(tmp_path / "content/postcards/own/picture.png")
    return tmp_path


def add_captioner(home, captioner):
    path = home / "work" / OWN
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(captioner.read_bytes())


def caption(home):
    settings = read_settings(home)
    (bundle,) = (bundle for bundle in read_bundles(settings) if bundle.slug == "own")
    caption_bundle(settings, bundle)
    return json.loads((bundle.folder / "card.json").read_text())


def write_words(home):
    settings = read_settings(home)
    bundles = [bundle for bundle in read_bundles(settings) if bundle.slug == "own"]
    build.build_phrases(settings, bundles)
    return json.loads((bundles[0].folder / "card.json").read_text())


def test_a_picture_of_ones_own_is_told_where_the_captioner_is_sure(home, captioner):
    add_captioner(home, captioner)
    card = caption(home)
    assert card["caption"] in CAPTIONS["snake"]
    assert card["traits"]["plan"] == "snake" and card["traits"]["colour"] == "red"
    assert card["hour"] in ("dawn", "day", "dusk", "night")
    assert card["made"]["caption"]["how"] == "learned"
    assert caption(home) == card


def test_below_its_confidence_what_is_measured_stands(home, captioner):
    text = (home / "content/jungle.toml").read_text().replace("0.6", "1.0")
    (home / "content/jungle.toml").write_text(text)
    add_captioner(home, captioner)
    card = caption(home)
    measured = caption_picture(draw_kind("snake", 96))
    assert (card["caption"], card["traits"]) == (measured.text, measured.traits)
    assert card["made"]["caption"]["how"] == "measured"


def test_what_was_measured_gets_another_alt_text_and_keeps_phrase_and_voice(home, captioner):
    caption(home)
    before = write_words(home)
    assert before["made"]["caption"]["how"] == "measured"
    add_captioner(home, captioner)
    after = caption(home)
    assert after["caption"] in CAPTIONS["snake"]
    for name in ("phrase", "name", "title", "translation"):
        assert after.get(name) == before.get(name)
    assert after["made"]["phrase"] == before["made"]["phrase"]
    settings = read_settings(home)
    (bundle,) = (bundle for bundle in read_bundles(settings) if bundle.slug == "own")
    language = make_or_read_language(settings)
    assert judge_phrase(settings, bundle, language.digest).state == "fresh"
    assert judge_caption(bundle).state == "fresh"
    assert write_words(home) == after


def test_it_is_asked_once_of_a_picture_that_it_does_not_know(home, captioner, monkeypatch):
    add_captioner(home, captioner)
    noise = np.random.default_rng(0).integers(0, 255, (64, 64, 3)).astype(np.uint8)
    Image.fromarray(noise).save(home / "content/postcards/own/picture.png")
    text = (home / "content/jungle.toml").read_text().replace("0.6", "1.0")
    (home / "content/jungle.toml").write_text(text)
    card = caption(home)
    assert card["made"]["caption"]["how"] == "measured"

    def fail(*given):
        raise AssertionError("loaded again")

    monkeypatch.setattr(telling, "load", fail)
    assert caption(home) == card


def test_a_build_that_has_nothing_to_tell_does_not_load_it(home, captioner):
    add_captioner(home, captioner)
    caption(home)
    code = (
        "import sys; from pathlib import Path; from generate.settings import read_settings\n"
        "from generate.plan import read_bundles\n"
        "from generate.pictures.captioning.cards import caption_bundle\n"
        f"settings = read_settings(Path({str(home)!r}))\n"
        "for bundle in read_bundles(settings):\n"
        "    if bundle.slug == 'own': caption_bundle(settings, bundle)\n"
        "assert 'torch' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)
    assert telling.find_captioner(home / "work") == home / "work" / OWN


def test_without_torch_it_is_measured(home, captioner, monkeypatch):
    add_captioner(home, captioner)
    monkeypatch.setattr(telling.importlib.util, "find_spec", lambda name: None)
    assert caption(home)["made"]["caption"]["how"] == "measured"
