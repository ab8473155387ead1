"""What a person writes about a card in postcard.md is what phrase and voice are made from."""

import json
import shutil

import pytest

from generate.build import build_phrases, build_pictures
from generate.cards import Bundle
from generate.freshness.judge import judge_phrase, judge_sound
from generate.phrases.language.file import read_language
from generate.plan import read_bundles
from generate.settings import read_settings
from generate.sounds.brief import brief_sound
from tests.jungles import ROOT


@pytest.fixture
def home(tmp_path):
    shutil.copytree(ROOT / "tests/fixtures/jungle-0.1.0", tmp_path / "content")
    return tmp_path


def write(home, text):
    (home / "content/postcards/beast-001/postcard.md").write_text(f"---\n{text}\n---\nHi\n")


@pytest.mark.parametrize(
    ("front", "subject"),
    [
        ({}, {"caption": "An owl.", "traits": {"plan": "bird", "colour": "red"}, "hour": "day"}),
        (
            {"traits": {"colour": "blue"}},
            {"caption": "An owl.", "traits": {"plan": "bird", "colour": "blue"}, "hour": "day"},
        ),
        ({"caption": "A newt."}, {"caption": "A newt.", "traits": {}, "hour": "day"}),
        (
            {"caption": "A newt.", "traits": {"plan": "frog"}, "hour": "night"},
            {"caption": "A newt.", "traits": {"plan": "frog"}, "hour": "night"},
        ),
    ],
)
def test_what_a_person_says_of_a_card_counts(tmp_path, front, subject):
    card = {"caption": "An owl.", "traits": {"plan": "bird", "colour": "red"}, "hour": "day"}
    for made in (card, {"caption": "Seen.", "traits": {}, "about": card}):
        bundle = Bundle(tmp_path, 1, 7, made, front, False)
        assert bundle.subject == subject
        assert brief_sound(bundle)["caption"] == subject["caption"]


@pytest.mark.parametrize("line", ["caption: A whale", "traits: {colour: red}", "hour: night"])
def test_phrase_and_voice_follow_what_a_person_says(home, line):
    settings = read_settings(home)
    language = read_language(home / "content/language.toml").digest
    write(home, "title: Not about what is shown")
    bundle = read_bundles(settings)[0]
    assert judge_phrase(settings, bundle, language).state == "fresh"
    assert judge_sound(settings, bundle).state == "fresh"
    write(home, line)
    bundle = read_bundles(settings)[0]
    assert judge_phrase(settings, bundle, language).state == "stale"
    heard = "fresh" if line.startswith("hour") else "stale"
    assert judge_sound(settings, bundle).state == heard


def test_unknown_keys_and_words_are_named(home, capsys):
    settings = read_settings(home)
    language = read_language(home / "content/language.toml")
    river = language.speller.roots["river"]
    write(home, f"colours: red\nweather: rain\nphrase: {river} qqqq {river}x")
    bundles = build_pictures(settings)
    build_phrases(settings, bundles)
    said = capsys.readouterr().out
    file = home / "content/postcards/beast-001/postcard.md"
    assert f"cards     {file}: unknown key weather; it is kept for templates of your own" in said
    assert f"{file}: unknown key colours; " in said
    (line,) = [line for line in said.splitlines() if "not in the language" in line]
    assert f"{file}: phrase: not in the language: qqqq" in line
    assert f"{river}x ({river}" in line
    card = json.loads((file.parent / "card.json").read_text())
    assert card["translation"] == ""
    assert [word["meaning"] for word in card["words"]] == ["river", "", ""]
    (home / "templates").mkdir()
    write(home, "weather: rain\nmoods: dark")
    build_pictures(settings)
    said = capsys.readouterr().out
    assert "weather" not in said, "templates of one's own may read it"
