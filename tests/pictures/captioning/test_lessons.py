"""The field guide's lessons: what is hidden is not said; a stopped run goes on as if it had not."""

import random

import pytest
import torch

from generate.pictures.captioning.teaching import guide_trainer
from generate.pictures.captioning.teaching.altering import CUT, FLAT, NOTHING, SCENE, alter, move
from generate.pictures.captioning.teaching.drawings import draw_lesson
from generate.pictures.captioning.teaching.guide_trainer import (
    make_guide_model,
    settle_on_drawings,
    train_captioner,
)
from generate.pictures.captioning.teaching.lessons import OPEN, GuideLessons
from generate.pictures.fieldguide.captions import SYNONYMS
from generate.pictures.training import run
from generate.pictures.training.pictures import seeded
from generate.pictures.training.plan import Plan


@pytest.fixture(scope="module")
def drawn():
    """Six drawings uint8 (6, 4, 64, 64) with their masks, and their tags."""
    found = [draw_lesson(seed) for seed in range(6)]
    return torch.stack([torch.from_numpy(layers) for layers, _ in found]), [t for _, t in found]


@pytest.fixture(scope="module")
def lessons(drawn):
    model = make_guide_model()
    return GuideLessons(*drawn, model.wording, model.vocabulary, 40)


def test_drawings_come_with_the_mask_of_their_beast(drawn):
    layers, tags = drawn
    assert layers.shape == (6, 4, 64, 64) and layers.dtype == torch.uint8
    for mask, told in zip(layers[:, 3], tags, strict=True):
        assert 0.02 < (mask > 127).float().mean() < 0.7, told


def test_cut_out_beasts_stand_on_plain_ground(drawn):
    drawings = drawn[0].float() / 255
    pictures = alter(drawings, torch.full((6,), CUT), seeded("a"))
    assert pictures.shape == (6, 3, 64, 64) and pictures.abs().max() <= 1
    for picture in pictures:  # the upper corners are one colour, or fade evenly
        assert picture[:, 0, :4].std(1).max() < 0.02
    scenes = alter(drawings, torch.full((6,), SCENE), seeded("a"))
    assert (scenes - pictures).abs().mean() > 0.05
    again = alter(drawings, torch.full((6,), CUT), seeded("a"))
    assert torch.equal(pictures, again)


def test_a_mask_moves_with_its_beast(drawn):
    drawings = drawn[0].float() / 255
    drawings = torch.cat([drawings[:, 3:].expand(-1, 3, -1, -1), drawings[:, 3:]], 1)
    moved = move(drawings, torch.full((6,), 0.3), seeded("b"))
    inside = moved[:, 3] > 0
    assert torch.allclose(moved[:, 0][inside], moved[:, 3][inside], atol=1e-5)
    assert not torch.equal(moved, drawings)


def test_what_is_hidden_is_neither_said_nor_marked(lessons, drawn):
    rng = random.Random(0)
    tokens = lessons.vocabulary.tokens
    for tags in drawn[1]:
        for way, gone, unsure in (
            (SCENE, (), ()),
            (CUT, ("habitat", "hour", "weather"), ()),
            (FLAT, ("habitat", "hour", "weather"), ("coat", "colour", "mood")),
        ):
            text, marks = lessons.tell(rng, tags, way)
            words = text.lower().replace(",", "").replace(".", "").split()
            named = {SYNONYMS[word] for word in words if word in SYNONYMS}
            assert tags["plan"] in named
            assert not named & {tags[group] for group in (*gone, *unsure) if group in tags}
            marked = {token for token, mark in zip(tokens, marks, strict=True) if mark == 1}
            assert marked == {t for g, t in tags.items() if g not in (*gone, *unsure)}
            doubted = {
                group
                for group, mark in zip(lessons.vocabulary.groups, marks, strict=True)
                if mark == OPEN
            }
            assert doubted == set(unsure)
        text, marks = lessons.tell(rng, tags, NOTHING)
        assert text == "" and not marks.any()


def test_batches_depend_on_the_step_alone(lessons):
    plan = Plan(10, 5, 5)
    first, again, other = (lessons.draw_batch(plan, n, seeded("step", n)) for n in (3, 3, 4))
    assert all(torch.equal(first[name], again[name]) for name in first)
    assert not torch.equal(first["pictures"], other["pictures"])
    assert first["captions"].shape[0] == len(first["told"]) == 5


def test_a_stopped_run_goes_on_as_if_it_had_not(drawn, tmp_path, monkeypatch):
    monkeypatch.setattr(guide_trainer, "gather_lessons", lambda *given: drawn)
    monkeypatch.setattr(guide_trainer, "BATCH", 3)
    whole = train_captioner(tmp_path / "whole", 3)
    # Stopped after two of three steps, it goes on at the rates of the plan of three.
    steps = run.step_to_end

    def stop_early(one, watch, every):
        steps(one, lambda report: report.step == 2, every)

    with monkeypatch.context() as patch:
        patch.setattr(run, "step_to_end", stop_early)
        train_captioner(tmp_path / "parts", 3)
    parts = train_captioner(tmp_path / "parts", 3)
    assert whole.learnt == parts.learnt == {"of": "field-guide", "pictures": 9}
    for one, other in zip(whole.network.parameters(), parts.network.parameters(), strict=True):
        assert torch.equal(one, other)
    told = settle_on_drawings(parts, *drawn)
    assert "animals named rightly" in told
