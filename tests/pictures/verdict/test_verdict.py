"""What a run brought is told by the same beasts and held-out pictures, before and after it."""

import numpy as np
import pytest
from PIL import Image

from generate.files import read_json
from generate.pictures.model_folder import digest_model
from generate.pictures.training import trainer
from generate.pictures.training.stage import train_model
from generate.pictures.verdict.verdict import COPIES, Moment, Witness, judge
from generate.recipe import read_recipe

PICTURES = np.zeros((8, 3, 16, 16), np.uint8)


def make_moment(losses=None, copies=0):
    return Moment(PICTURES, copies, None if losses is None else np.asarray(losses, float))


def draw_losses(change, noise=0.02, count=100, seed=0):
    """Losses before and after; each picture has a difficulty of its own, far beyond the change."""
    rng = np.random.default_rng(seed)
    own = rng.uniform(0.1, 1.0, count)
    return make_moment(own), make_moment(own + change + rng.normal(0, noise, count))


@pytest.mark.parametrize(
    ("change", "word"), [(-0.02, "learnt"), (0.02, "worse"), (0.0, "no change"), (-0.3, "learnt")]
)
def test_a_change_counts_where_it_is_beyond_its_noise(change, word):
    verdict = judge(*draw_losses(change))
    assert verdict.word == word and verdict.sentence.startswith(f"{word}: held-out loss 0.")
    assert verdict.change == pytest.approx(change, abs=0.01)
    assert verdict.error == pytest.approx(0.002, rel=0.4), "what pictures have of their own is out"
    assert f"± {verdict.error:.4f} on 100 pictures" in verdict.sentence


def test_nothing_is_seldom_taken_for_something():
    words = [judge(*draw_losses(0.0, seed=seed)).word for seed in range(400)]
    assert words.count("no change") / 400 > 0.92
    assert abs(words.count("learnt") - words.count("worse")) < 20


def test_copies_count_before_what_the_losses_say():
    before, after = draw_losses(-0.3)
    copying = make_moment(after.losses, COPIES)
    verdict = judge(before, copying)
    assert verdict.word == "copying"
    assert verdict.sentence.endswith("; 2 of 8 are copies of training pictures")
    assert judge(make_moment(before.losses, COPIES), copying).word == "learnt", "as many as before"
    one = judge(before, make_moment(after.losses, 1))
    assert one.word == "learnt" and "1 of 8 are copies" in one.sentence


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (None, None, "not measured: the held-out loss was not measured"),
        ([1.0], [0.5], "not measured: too few pictures are held out to tell"),
        ([1.0, np.nan], [0.5, 0.5], "not measured: too few pictures are held out to tell"),
    ],
)
def test_what_was_not_measured_is_not_made_up(before, after, said):
    verdict = judge(make_moment(before), make_moment(after))
    assert verdict.sentence == said
    assert verdict.change is verdict.error is None


def test_the_same_losses_are_no_change():
    assert judge(make_moment([1.0, 2.0]), make_moment([1.0, 2.0])).word == "no change"


@pytest.mark.parametrize("recipe", ["flow", "cvae", "gan", "sketch", "ddpm"])
def test_a_run_ends_with_its_verdict(jungle, recipe, capsys):
    settings = jungle(f'recipe = "{recipe}"\nexposures = 64\nheld_out = 0.25')
    train_model(settings)
    told = read_json(settings.work / "report/verdict.json")
    assert told["word"] in ("learnt", "no change", "worse", "copying", "not measured")
    assert (told["word"] == "not measured") == (told["pictures"] == 0)
    assert f"train     {told['sentence']}; " in capsys.readouterr().out
    assert read_recipe(settings.work / "model")["verdict"] == told["sentence"]
    with Image.open(settings.work / "report/before-after.png") as sheet:
        assert sheet.width == 8 * 130 + 2 and sheet.height > 2 * 130


def test_training_is_the_same_whether_it_is_watched_or_not(jungle, monkeypatch):
    settings = jungle("exposures = 96\nheld_out = 0.25")
    watched = digest_model(train_model(settings))
    report = settings.work / "report/verdict.json"
    before = report.read_bytes()
    monkeypatch.setattr(Witness, "look", lambda self: make_moment())
    (settings.work / "model/recipe.json").unlink()
    for path in (settings.work / "training").rglob("*.safetensors"):
        path.unlink()
    assert digest_model(train_model(settings)) == watched
    monkeypatch.undo()
    assert before != report.read_bytes()


def test_a_run_that_goes_on_compares_with_where_it_began(jungle, monkeypatch, tiny_shapes):
    settings = jungle("exposures = 96\nheld_out = 0.25")
    train_model(settings)
    whole = read_json(settings.work / "report/verdict.json")
    sheet = (settings.work / "report/before-after.png").read_bytes()
    (settings.work / "model/recipe.json").unlink()

    def stop(*given):
        raise KeyboardInterrupt

    save = trainer.save_averaged
    monkeypatch.setattr(trainer, "save_averaged", stop)
    with pytest.raises(KeyboardInterrupt):
        train_model(settings)
    monkeypatch.setattr(trainer, "save_averaged", save)
    train_model(settings)
    assert read_json(settings.work / "report/verdict.json") == whole
    assert (settings.work / "report/before-after.png").read_bytes() == sheet
