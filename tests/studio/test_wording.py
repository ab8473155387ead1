"""A word of favourites: made, learnt as one column, used like any word, and taken back."""

import shutil

import numpy as np
import pytest
import torch
from PIL import Image

from generate.build import build_pictures
from generate.cards import read_message
from generate.errors import Refusal
from generate.hand.undo import undo_step
from generate.hand.word import Favourite, add_word
from generate.pictures.model_folder import digest_model, load_model
from generate.pictures.sampling.words import describe, understand
from generate.pictures.training.stage import train_model
from generate.pictures.wording import learning
from generate.pictures.wording.learning import learn_words
from generate.pictures.wording.loading import open_model
from generate.pictures.wording.words import (
    LEARNT,
    find_common,
    list_learnt,
    list_unlearnt,
    list_words,
    read_known,
    sign_words,
)
from generate.settings import read_settings


@pytest.fixture
def home(grown, tmp_path):
    return shutil.copytree(grown, tmp_path / "home")


@pytest.fixture
def settings(home, monkeypatch):
    monkeypatch.setattr(learning, "STEPS", 12)
    return read_settings(home)


@pytest.fixture
def favourites(settings, tmp_path):
    """Six pictures that are red, of which five show what is called dark."""
    found = []
    for number in range(6):
        pixels = np.full((16, 16, 3), (200, 20 * number, 10), np.uint8)
        path = tmp_path / f"{number}.png"
        Image.fromarray(pixels).save(path)
        found.append(Favourite(path, {("dark" if number else "bright"): "class"}))
    return found


def test_a_word_is_learnt_as_one_column_and_all_else_stays(settings, favourites):
    model = settings.work / "model"
    before = digest_model(model), load_model(model)
    name = add_word(settings, favourites, None)
    assert [word.name for word in list_unlearnt(model)] == [name] and name.isalpha()
    steps = []
    assert learn_words(model, settings.seed, lambda *told: steps.append(told))
    assert steps == [(name, step + 1, 12) for step in range(12)]
    assert digest_model(model) == before[0]  # the model is as it was
    family, plain = open_model(model), before[1]
    known = len(plain.vocabulary)
    assert family.vocabulary.tokens == (*plain.vocabulary.tokens, name)
    new, old = family.network.words.weight, plain.network.words.weight
    assert torch.equal(new[:, :known], old[:, :known])
    assert torch.equal(new[:, known + 1 :], old[:, known:])
    for one, other in zip(
        family.network.body.parameters(), plain.network.body.parameters(), strict=True
    ):
        assert torch.equal(one, other)
    start = learning.begin_column(plain, list_words(settings.home)[0])
    assert not torch.allclose(new[:, known], start) and start.abs().max() > 0
    # It is learnt once, and the same again.
    assert not learn_words(model, settings.seed)
    column = new[:, known].clone()
    shutil.rmtree(model.parent / "words")
    assert learn_words(model, settings.seed)
    assert torch.equal(open_model(model).network.words.weight[:, known], column)


def test_what_is_learnt_lowers_the_loss_of_favourites(settings, favourites, monkeypatch):
    monkeypatch.setattr(learning, "STEPS", 60)
    model = settings.work / "model"
    add_word(settings, favourites, "velu")
    learn_words(model, settings.seed)
    family, word = open_model(model), list_words(settings.home)[0]
    pictures = learning.read_favourites(word, family.size)
    start = learning.begin_column(load_model(model), word)
    losses = []
    for column in (start, family.network.words.weight[:, len(family.vocabulary) - 1].clone()):
        with torch.no_grad():
            family.network.words.weight[:, len(family.vocabulary) - 1] = column
            asked = family.encode([{"weights": {"velu": 1.0}}] * 60)
            times = (torch.arange(60) + 0.5) / 60
            noise = torch.randn(60, 3, 16, 16, generator=torch.Generator().manual_seed(1))
            losses.append(
                float(family.losses_at(pictures.repeat(10, 1, 1, 1), asked, times, noise).mean())
            )
    assert losses[1] < losses[0]


def test_a_word_stands_in_prompts_and_cards(settings, favourites):
    name = add_word(settings, favourites, "Velu")
    assert name == "velu"
    train_model(settings)  # the next that needs the model learns the word
    vocabulary = read_known(settings.work / "model")
    words = understand(vocabulary, "a velu")
    assert words.said == [("velu", "velu")] and not words.unknown
    prompts = [{"text": None, "tags": {"class": "bright"}}]
    told = describe(vocabulary, words, prompts, 1)
    assert told["tags"]["class"] == "dark"  # what the favourites share, and nobody asks otherwise
    assert told["weights"]["velu"] == 1 and told["weights"]["bright"] == 0
    path = settings.bundles / "mine" / "postcard.md"
    path.parent.mkdir(parents=True)
    path.write_text("---\nprompt: velu\n---\n")
    build_pictures(settings)
    assert (path.parent / "picture.png").is_file() and read_message(path.parent)[0]["prompt"]


def test_a_word_is_taken_back_and_learnt_again_with_the_model(settings, favourites):
    model = settings.work / "model"
    add_word(settings, favourites, "velu")
    learn_words(model, settings.seed)
    signed = sign_words(model)
    assert signed and len(list_learnt(model)) == 1
    facts = model / "jungle.json"
    before = facts.read_text()
    facts.write_text(before.replace('"key": "', '"key": "0'))
    assert not list_learnt(model) and len(list_unlearnt(model)) == 1 and not sign_words(model)
    facts.write_text(before)
    (settings.content / "words/velu/1.png").write_bytes(favourites[1].picture.read_bytes())
    assert len(list_unlearnt(model)) == 1  # another favourite, another word
    (settings.content / "words/velu/1.png").unlink()
    with pytest.raises(Refusal, match="is not beside it"):
        list_words(settings.home)


def test_the_step_can_be_taken_back(settings, favourites):
    model = settings.work / "model"
    add_word(settings, favourites, "velu")
    learn_words(model, settings.seed)
    assert undo_step(settings) == "the word velu"
    assert list_words(settings.home) == [] == list_learnt(model)
    assert read_known(model).tokens == load_model(model).vocabulary.tokens
    assert (model.parent / LEARNT).is_file()  # it is there again, once the word is
    assert add_word(settings, favourites, "velu") == "velu"
    assert len(list_learnt(model)) == 1


def test_what_makes_no_word_is_refused(settings, favourites):
    for some, name, told in (
        (favourites[:4], None, "needs 5 favourites, there are 4"),
        (favourites, "dark", "means something already"),
        (favourites, "two words", "letters alone"),
        (favourites, "../x", "letters alone"),
        (favourites, "x" * 31, "letters alone"),
        (favourites, "<b>", "letters alone"),
    ):
        with pytest.raises(Refusal, match=told):
            add_word(settings, some, name)
    assert not (settings.content / "words").exists()
    add_word(settings, favourites, "velu")
    with pytest.raises(Refusal, match="means something already"):
        add_word(settings, favourites, "velu")


@pytest.mark.parametrize(
    "wrong",
    ["name = 'a'", "[", "name = 'a b'\nfavourites = []", "name = 1\nfavourites = [1]", "x" * 20],
)
def test_a_file_that_is_no_word_is_named(settings, wrong):
    path = settings.content / "words/odd/word.toml"
    path.parent.mkdir(parents=True)
    path.write_text(wrong)
    with pytest.raises(Refusal, match="odd"):
        list_words(settings.home)


def test_only_groups_in_which_favourites_agree_are_covered():
    shows = [{"red": "colour", token: "plan"} for token in ("owl", "bat", "fox", "owl", "cat")]
    assert find_common(shows) == {"colour": {"red": 1.0}}
    assert find_common([*shows[:4], {"gold": "colour"}])["colour"]["red"] == 0.8
