"""Training goes on from where it is: by settings that a person could write, and cards stay."""

import tomllib

import pytest

from generate.build import build_pictures
from generate.command_line import read_minutes
from generate.errors import Refusal
from generate.freshness.decide import decide_model
from generate.freshness.judge import judge_picture
from generate.hand.more import copy_model, settle_more, write_pictures
from generate.hand.undo import undo_step
from generate.keeping.steps import list_steps
from generate.pictures.model_folder import digest_model
from generate.pictures.training.stage import train_model
from generate.plan import read_bundles
from generate.recipe import digest_file, digest_folder, holds
from generate.settings import read_settings


def read_files(settings):
    return {
        path: path.read_bytes()
        for path in settings.bundles.rglob("*.*")
        if path.name != "postcard.md"
    }


def test_training_goes_on_and_cards_stay(jungle, capsys):
    settings = jungle("exposures = 64 # few", count=2)
    build_pictures(settings)
    first, cards = digest_model(settings.work / "model"), read_files(settings)
    content = digest_folder(settings.bundles)
    toml = settings.home / "content/jungle.toml"
    before = toml.read_bytes()
    settle_more(settings, 0.01)
    assert "2 cards are kept as they are" in capsys.readouterr().out
    more = read_settings(settings.home, {"count": 2})
    assert more.pictures.start == f"content/models/{first[:12]}"
    assert (more.pictures.minutes, more.pictures.exposures) == (0.01, None)
    assert digest_model(settings.home / more.pictures.start) == first
    train_model(more)
    assert digest_model(more.work / "model") != first
    # The next build has nothing to train or to draw.
    assert holds(more.work / "model", decide_model(more))
    assert {judge_picture(more, bundle).state for bundle in read_bundles(more)} == {"kept"}
    build_pictures(read_settings(settings.home, {"count": 2}))
    assert read_files(settings) == cards
    # And once more, from there.
    second = digest_model(more.work / "model")
    settle_more(more, 0.02)
    again = read_settings(settings.home, {"count": 2})
    assert again.pictures.start == f"content/models/{second[:12]}"
    assert undo_step(again) == "train 0.02 more minutes"
    assert undo_step(again) == "train 0.01 more minutes"
    assert toml.read_bytes() == before and list_steps(settings.home) == []
    for bundle in read_bundles(settings):
        assert str(judge_picture(settings, bundle)) == "fresh"
    assert digest_folder(settings.bundles) == content


@pytest.mark.parametrize("recipe", ["ddpm", "pretrained"])
def test_a_recipe_that_begins_from_nothing_is_named(jungle, recipe):
    model = '\nmodel = "x"' if recipe == "pretrained" else ""
    settings = jungle(f'recipe = "{recipe}"{model}')
    before = digest_folder(settings.home)
    with pytest.raises(Refusal, match="cannot go on from a finished model"):
        settle_more(settings, 1.0)
    assert digest_folder(settings.home) == before


def test_settings_that_were_changed_meanwhile_stay(jungle, monkeypatch):
    settings = jungle("exposures = 64")
    path = settings.home / "content/jungle.toml"
    mine = path.read_bytes() + b"# mine\n"
    real = train_model

    def train(settings):
        folder = real(settings)
        path.write_bytes(mine)
        return folder

    monkeypatch.setattr("generate.pictures.training.stage.train_model", train)
    with pytest.raises(Refusal, match="was changed since it was read"):
        settle_more(settings, 1.0)
    assert path.read_bytes() == mine and list_steps(settings.home) == []


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("", '[pictures]\nfrom = "a"\nminutes = 10\n'),
        ("seed = 8 # x\r\n", None),
        ('[pictures]\nfrom = "starter"   # here\n# minutes = 4.0\n[site]\ntheme = "midnight"\n',
         '[pictures]\nfrom = "a"   # here\n# minutes = 4.0\nminutes = 10\n[site]\n'
         'theme = "midnight"\n'),
        ("pictures.exposures = 64\npictures.size = 32\n", None),
        ("[pictures.flow]\nrate = 1e-3\n[pictures]\nexposures = 9\n", None),
    ],
)  # fmt: skip
def test_nothing_else_of_the_settings_changes(tmp_path, text, after):
    told = write_pictures(tmp_path / "jungle.toml", text, {"from": "a", "minutes": 10})
    assert after is None or told == after
    values = tomllib.loads(told.replace("\r\n", "\n"))
    assert values["pictures"]["from"] == "a" and values["pictures"]["minutes"] == 10
    assert "exposures" not in values["pictures"]
    for line in text.splitlines(keepends=True):
        if "from" not in line and "exposures" not in line:
            assert line in told


@pytest.mark.parametrize("text", ["0", "-1", "x", "nan", "inf", "99999", ""])
def test_minutes_that_are_none_are_named(text):
    with pytest.raises(Exception, match="is not a number of minutes above 0"):
        read_minutes(text)
    assert read_minutes("2.5") == 2.5


def test_a_model_in_content_that_a_person_changed_stays(tmp_path, monkeypatch):
    def digest(folder):
        if not (folder / "weights").is_file():
            raise Refusal("no model")
        return digest_file(folder / "weights")

    monkeypatch.setattr("generate.hand.more.digest_model", digest)
    model = tmp_path / "work/model"
    model.mkdir(parents=True)
    (model / "weights").write_text("learnt")
    name = copy_model(tmp_path, model)
    assert copy_model(tmp_path, model) == name and name.name == digest(model)[:12]
    (tmp_path / name / "weights").write_text("mine")
    other = copy_model(tmp_path, model)
    (tmp_path / other / "weights").unlink()
    (tmp_path / other / "notes.txt").write_text("mine")
    assert [copy_model(tmp_path, model).name for _ in range(2)] == [f"{name.name}-3"] * 2
    assert (tmp_path / name / "weights").read_text() == "mine"
    assert (tmp_path / other / "notes.txt").read_text() == "mine"
    assert not list((tmp_path / "content/models").glob(".*"))
