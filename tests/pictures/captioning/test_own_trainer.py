"""A captioner trained on a person's own captioned set, with either decoder and either features."""

import json

import pytest

from generate.errors import Refusal
from generate.pictures.captioning.learned.describing import describe_pictures
from generate.pictures.captioning.learned.features import look
from generate.pictures.captioning.learned.model import load_caption_model
from generate.pictures.captioning.teaching import own_trainer
from generate.pictures.captioning.teaching.own_trainer import train_own
from generate.pictures.eyes.opening import find_lite0
from tests.pictures.captioning.kinds import CAPTIONS, KINDS, draw_kind


@pytest.fixture
def make_set(tmp_path, write_settings, monkeypatch):
    """Settings of a set of twelve pictures with two captions each."""
    monkeypatch.setattr(own_trainer, "BATCH", 4)

    def make(captioner="", captions=CAPTIONS):
        folder, rows = tmp_path / "set", []
        folder.mkdir(exist_ok=True)
        for place, kind in enumerate([*KINDS] * 4):
            draw_kind(kind, 64, place // 3).save(folder / f"{place}.png")
            rows.append({"file_name": f"{place}.png", "captions": list(captions[kind])})
        (folder / "metadata.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
        told = f"[captioner]\nminutes = 0.02\n{captioner}"
        return write_settings(f'[pictures]\nsource = "set"\nheld_out = 0.25\n{told}')

    return make


def test_it_begins_with_what_the_shipped_one_knows(make_set, captioner, monkeypatch, capsys):
    monkeypatch.setattr(own_trainer, "SHIPPED", captioner)
    monkeypatch.setattr(
        own_trainer,
        "make_model",
        lambda *given, **shape: make_small(*given, **shape),
    )
    settings = make_set()
    path = train_own(settings)
    model = load_caption_model(path)
    for kind in KINDS:
        (said,) = describe_pictures(model, [draw_kind(kind)])
        assert kind in said.text or "serpent" in said.text
    assert model.learnt["of"] == "set"
    assert "of 3 held out told rightly" in capsys.readouterr().out
    before = path.read_bytes()
    assert train_own(settings) == path  # a finished run is not begun anew
    assert "going on from step" in capsys.readouterr().out
    assert load_caption_model(path).learnt["key"] == model.learnt["key"] and before


def make_small(wording, vocabulary, seed, **shape):
    from generate.pictures.captioning.learned.model import make_model

    return make_model(wording, vocabulary, seed, **shape, width=32, layers=1, heads=2, most=12)


def test_an_lstm_is_the_second_choice(make_set, tmp_path, monkeypatch):
    monkeypatch.setattr(own_trainer, "SHIPPED", tmp_path / "none")
    model = load_caption_model(train_own(make_set('decoder = "lstm"\n')))
    assert model.network.shape.decoder == "lstm"
    words = {word for said in CAPTIONS.values() for text in said for word in text.lower().split()}
    assert set(model.wording.words) <= {part.strip(",.") for part in words} | {",", "."}


@pytest.mark.skipif(find_lite0() is None, reason="the package of the frozen features is optional")
def test_frozen_features_are_seen_once_and_not_trained(make_set, tmp_path, monkeypatch):
    monkeypatch.setattr(own_trainer, "SHIPPED", tmp_path / "none")
    seen = []
    monkeypatch.setattr(
        "generate.pictures.captioning.teaching.own_lessons.look",
        lambda eyes, pictures: seen.append(len(pictures)) or look(eyes, pictures),
    )
    path = train_own(make_set('features = "lite0"\n'))
    assert sum(seen) == 2 * 9  # nine pictures, plain and mirrored
    model = load_caption_model(path)
    assert model.network.eye is None
    assert describe_pictures(model, [draw_kind("frog")])


def test_a_set_with_one_caption_teaches_nothing(make_set):
    captions = {kind: ("An animal.",) for kind in KINDS}
    with pytest.raises(Refusal, match="two different captions"):
        train_own(make_set(captions=captions))
