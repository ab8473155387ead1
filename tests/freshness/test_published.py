"""Cards that version 0.1.0 published stay as they are, in every later version."""

import shutil
from dataclasses import replace

import numpy as np
import pytest
import soundfile as sf

from generate.build import build_phrases, build_pictures, build_sounds
from generate.freshness import decide
from generate.recipe import digest_folder
from generate.settings import read_settings
from generate.why import tell_why
from tests.jungles import ROOT, run

FIXTURE = ROOT / "tests/fixtures/jungle-0.1.0"


@pytest.fixture
def published(tmp_path):
    shutil.copytree(FIXTURE, tmp_path / "home/content")
    return tmp_path / "home"


def test_published_cards_are_kept_without_torch(published, no_torch):
    before = digest_folder(published / "content")
    assert run(published, "needs", "build", env=no_torch).stdout == "light\n"
    made = run(published, "build", env=no_torch).stdout.splitlines()
    assert made[:3] == [
        "pictures  0 made, 3 fresh",
        "phrases   0 written, 3 fresh",
        "sounds    0 made, 3 fresh",
    ]
    assert digest_folder(published / "content") == before
    assert (published / "site/cards/beast-003.html").is_file()
    told = run(published, "why", env=no_torch).stdout
    for product in ("picture", "caption", "phrase", "sound"):
        assert f"{product:<9} 3 fresh\n" in told
    assert digest_folder(published / "content") == before


def test_what_0_1_0_did_not_record_is_told_in_a_word(published, no_torch):
    """Its cards say by which settings they were made in a digest alone."""
    told = run(published, "why", "beast-002", "--seed", "12", env=no_torch).stdout
    assert "picture   stale: settings\n" in told
    assert "phrase    stale: settings\n" in told
    assert run(published, "needs", "build", "--seed", "12", env=no_torch).stdout == "model\n"


def test_keep_holds_a_card_whatever_changes(published, no_torch):
    for number in (1, 2, 3):
        path = published / f"content/postcards/beast-{number:03d}/postcard.md"
        path.write_text(path.read_text().replace("---\n", "---\nkeep: true\n", 1))
    settings = published / "content/jungle.toml"
    text = settings.read_text().replace("seed = 11", "seed = 12").replace("s = 4", "s = 5")
    settings.write_text(f'{text}loudness = -20.0\n[phrases]\nmood = "dark"\n')
    before = digest_folder(published / "content/postcards")
    assert run(published, "needs", "build", "--force", env=no_torch).stdout == "light\n"
    made = run(published, "build", "--force", env=no_torch).stdout
    assert made.startswith("pictures  0 made, 3 fresh\nphrases   0 written, 3 fresh\n")
    assert "sounds    0 made, 3 fresh\n" in made
    assert digest_folder(published / "content/postcards") == before
    told = run(published, "why", "beast-001", env=no_torch).stdout
    for product in ("picture", "caption", "phrase", "sound"):
        assert f"{product:<9} kept\n" in told
    path.write_text(path.read_text().replace("keep: true", "keep: perhaps"))
    refused = run(published, "build", env=no_torch, ok=False)
    assert "keep is true or false, not perhaps" in refused.stderr
    path.write_text(path.read_text().replace("keep: perhaps", "keep: false"))
    assert run(published, "needs", "build", env=no_torch).stdout == "model\n"


def test_why_names_a_card_that_is_not_there(published, no_torch):
    refused = run(published, "why", "beast-004", env=no_torch, ok=False)
    assert refused.returncode == 1 and len(refused.stderr.splitlines()) == 1
    assert "beast-004: no such card" in refused.stderr


@pytest.mark.parametrize(
    ("module", "name", "old", "said", "made"),
    [
        ("generate.phrases.writing", "phrase writer", 2, "phrase", "phrases   3 written, 0 fresh"),
        ("generate.sounds.voice", "voice", 1, "sound", "sounds    3 made, 0 fresh"),
        ("generate.sounds", "sound", 2, "sound", "sounds    3 made, 0 fresh"),
    ],
)
def test_a_raised_revision_is_named_and_remakes_what_follows(
    published, monkeypatch, capsys, module, name, old, said, made
):
    settings = read_settings(published)

    def explain(slug=None):
        tell_why(settings, slug)
        return capsys.readouterr().out

    before = digest_folder(published / "content")
    monkeypatch.setattr(f"{module}.REVISION", old + 1)
    told = explain()
    assert f"{said:<9} 3 stale: revision of the {name} {old} → {old + 1} (beast-001, " in told
    assert ("follows the phrase" in told) == (said == "phrase")
    bundles = build_pictures(settings)
    build_phrases(settings, bundles)
    build_sounds(settings, bundles)
    lines = capsys.readouterr().out.splitlines()
    assert made in lines
    assert sum(" 3 fresh" in line for line in lines) == 2, lines
    # The same words and sounds are made again: only what card.json says of their making differs,
    # and by how a machine rounds, the last bits of a sound.
    for path in (published / "content/postcards").rglob("*.*"):
        original = FIXTURE / path.relative_to(published / "content")
        if path.name == "sound.flac":
            (ours, rate), (theirs, known) = sf.read(path), sf.read(original)
            assert rate == known and np.abs(ours - theirs).max() <= 2**-12
        else:
            assert path.name == "card.json" or path.read_bytes() == original.read_bytes()
    assert digest_folder(published / "content") != before
    assert f"{said:<9} 3 fresh\n" in explain()
    monkeypatch.setattr(f"{module}.REVISION", old + 2)
    assert f"revision of the {name} {old + 1} → {old + 2}" in explain("beast-001")


def test_the_key_of_the_data_and_the_model_of_0_1_0(published):
    settings = read_settings(published)
    assert decide.decide_dataset(settings).key.startswith("2d9d5789b4f0aaf65f0eac38b0f67e92")
    recipe = decide.decide_model(settings)
    # It began from the weights that version 0.1.0 shipped.
    start = "a49bc5ccf0762b6b011eeba0a7b3ee870bbf7307a615d66d8880e5d79e025caa"
    recipe = replace(recipe, inputs={**recipe.inputs, "start": start})
    assert recipe.key.startswith("be4ff90eeede10085de424bacf20537a")
