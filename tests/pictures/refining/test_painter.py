"""The painter: its arithmetic against closed forms, its lessons, its training on blots."""

import math

import numpy as np
import pytest
import torch
from torch.nn import functional

from generate.pictures.networks.weights import copy_weights, count_parameters
from generate.pictures.refining.painter import lessons as teaching
from generate.pictures.refining.painter import pages
from generate.pictures.refining.painter.lessons import PATCH, PainterLessons, choose_corner
from generate.pictures.refining.painter.network import TIMES, Painter, find_velocity
from generate.pictures.refining.painter.painting import (
    UNIT,
    measure_error,
    paint,
)
from generate.pictures.refining.refiner import enlarge_plainly
from generate.pictures.training.loop import make_optimisers, train_steps
from generate.pictures.training.pictures import seeded
from generate.pictures.training.plan import Plan

WORDS = 5


@pytest.mark.parametrize("spread", [0.1, 1.0, 4.0])
@pytest.mark.parametrize("time", [0.05, 0.4, 0.9])
def test_the_velocity_is_the_best_linear_one_for_the_deviation_that_is_told(spread, time):
    generator = torch.Generator().manual_seed(0)
    lacking = spread * torch.randn(400_000, generator=generator)
    noise = torch.randn(400_000, generator=generator)
    state = (1 - time) * lacking + time * noise
    slope = float(((noise - lacking) * state).mean() / state.square().mean())
    told = torch.tensor(3 * math.atanh(math.log(spread) / 3))
    found = find_velocity(torch.ones(()), torch.tensor(time), torch.zeros(()), told)
    assert float(found) == pytest.approx(slope, abs=0.03 * max(1, abs(slope)))


def test_what_is_known_beyond_it_moves_the_answer_by_its_own_measure():
    """A mean of 1 lowers the root mean square error of a perfect teller to nought."""
    time, spread = torch.tensor(0.5), 0.5
    lacking, noise = torch.tensor(0.7), torch.tensor(-0.3)
    state = (1 - time) * lacking + time * noise
    told = torch.tensor(3 * math.atanh(math.log(spread) / 3))
    plain = find_velocity(state, time, torch.zeros(()), told)
    each = plain - find_velocity(state, time, torch.ones(()), told)
    mean = (plain - (noise - lacking)) / each
    assert torch.allclose(find_velocity(state, time, mean, told), noise - lacking, atol=1e-6)


class Knowing(torch.nn.Module):
    """A painter that knows the large picture, and remembers the times that it was asked at."""

    def __init__(self, large):
        super().__init__()
        self.large, self.times = large, []

    def forward(self, state, small, facts, words):
        self.times.append(float(facts[0, 0]))
        lacking = (self.large - enlarge_plainly(small)) / UNIT
        return (state - lacking) / facts[:, :1, None, None]


@pytest.mark.parametrize("moments", [(1.0,), (1.0, 0.75, 0.5, 0.25)])
def test_who_knows_the_large_picture_paints_it_in_any_number_of_calls(moments):
    generator = torch.Generator().manual_seed(1)
    large = torch.rand(2, 3, 32, 32, generator=generator) * 1.8 - 0.9
    small, words = functional.avg_pool2d(large, TIMES), torch.zeros(2, WORDS)
    noises = [torch.randn(t.shape, generator=generator) for t in (small, large)]
    knowing = Knowing(large)
    found = paint(knowing, small, words, noises, 0.05, 0.3, moments)
    assert torch.allclose(found, large, atol=1e-4) and knowing.times == pytest.approx(moments)
    facts = torch.tensor([[0.3, 0.0, 0.0]] * 2)
    assert measure_error(knowing, large, small, facts, words, noises[1]).max() < 1e-4


def test_a_place_depends_on_what_is_near_and_no_picture_on_another():
    torch.manual_seed(0)
    painter = Painter(WORDS).eval()
    for weight in painter.parameters():
        torch.nn.init.normal_(weight, std=0.05)
    state, small = torch.randn(2, 3, 256, 256), torch.randn(2, 3, 64, 64)
    facts, words = torch.rand(2, 3), torch.rand(2, WORDS)
    with torch.inference_mode():
        both = painter(state, small, facts, words)
        alone = painter(state[1:], small[1:], facts[1:], words[1:])
        far = state.clone()
        far[:, :, :, 128:] = 0
        half = painter(far, small, facts, words)
    assert both.shape == state.shape and torch.allclose(both[1:], alone, atol=1e-4)
    assert torch.allclose(both[..., :32], half[..., :32], atol=1e-5)
    assert not torch.allclose(both[..., 120:128], half[..., 120:128], atol=1e-3)


def test_with_the_starter_it_stays_within_sixteen_mebibytes():
    from generate.pictures import STARTER
    from generate.pictures.data.vocabulary import read_vocabulary

    words = len(read_vocabulary(STARTER / "words/vocabulary.json"))
    names = ("unet/diffusion_pytorch_model", "words/embedding", "refiner")
    shipped = sum((STARTER / f"{name}.safetensors").stat().st_size for name in names)
    assert shipped + 2 * count_parameters(Painter(words)) + 8192 <= 16 * 2**20


class Certain:
    """A sampler that knows a single picture."""

    shift = 0.6

    def __init__(self, picture):
        self.picture = picture

    def velocity(self, state, times, conditions):
        return (state - self.picture) / times.view(-1, 1, 1, 1)


def test_what_is_imagined_again_is_what_the_sampler_knows():
    generator = torch.Generator().manual_seed(2)
    picture, other = (torch.rand(2, 3, 16, 16, generator=generator) - 0.5 for _ in range(2))
    again = pages.imagine(Certain(picture), other, torch.ones(2, WORDS), 0.5, generator)
    assert torch.allclose(again, picture, atol=1e-3)


def make_page(number):
    """Blots in place of drawings; what is imagined is darker."""
    generator = np.random.default_rng(number)
    cells = generator.integers(60, 256, (pages.PAGE, 3, 64, 64)).astype(np.uint8)
    small = torch.from_numpy(cells)
    bodies = torch.zeros(pages.PAGE, 64, 64, dtype=torch.bool)
    bodies[:, 50:, 2:5] = True
    return {
        "large": small.repeat_interleave(TIMES, 2).repeat_interleave(TIMES, 3),
        "small": small,
        "imagined": small // 2,
        "doubts": torch.full((pages.PAGE,), 0.4),
        "conditions": torch.ones(pages.PAGE, WORDS),
        "bodies": bodies,
        "faces": torch.tensor([[0.9, 0.1, 0.1]]).repeat(pages.PAGE, 1),
    }


@pytest.fixture
def lessons(monkeypatch, tmp_path):
    monkeypatch.setattr(teaching, "read_page", lambda home, number, *rest: make_page(number))
    monkeypatch.setattr(teaching, "FIRST", 2)
    torch.manual_seed(0)
    return PainterLessons(Painter(WORDS, (16, 16), 16, 1), tmp_path, None, "float32")


def test_crops_of_both_sizes_are_of_one_place_and_mirrored_together(lessons):
    plan = Plan(steps=9, batch=24)
    batch = lessons.draw_batch(plan, 0, seeded("crops"))
    again = lessons.draw_batch(plan, 0, seeded("crops"))
    assert all(torch.equal(batch[name], again[name]) for name in batch)
    plain = batch["doubts"] == 0
    assert plain.any() and not plain.all()
    pooled = functional.avg_pool2d(batch["large"], TIMES)
    assert torch.allclose(pooled[plain], batch["small"][plain], atol=1e-5)
    darker = (batch["small"] - pooled)[~plain].flatten(1).mean(1)
    assert (darker < -0.2).all()


def test_crops_hold_the_face_or_some_of_the_body():
    face, body = torch.tensor([0.9, 0.1, 0.1]), make_page(0)["bodies"][0]
    generator = seeded("corners")
    for first, (y, x) in ((0.1, (6.4, 57.6)), (0.5, (57, 3))):
        for dice in torch.rand(20, 2, generator=generator).tolist():
            row, column = choose_corner(body, face, [first, *dice], generator)
            assert 0 <= row <= 64 - PATCH and 0 <= column <= 64 - PATCH
            assert row - 8 <= y <= row + PATCH and column - 2 <= x <= column + PATCH
    corners = {choose_corner(body, face, [0.9, a, a], generator) for a in (0.0, 0.999)}
    assert corners == {(0, 0), (64 - PATCH, 64 - PATCH)}
    # A drawing whose body is nowhere has crops from anywhere.
    assert choose_corner(torch.zeros(64, 64), face, [0.5, 0.0, 0.0], generator) == (0, 0)


def test_a_few_steps_teach_it_more_than_the_untrained_painter_knows(lessons):
    plan = Plan(steps=40, batch=4, micro=4, rate=3e-3, ramp=4)
    optimisers = make_optimisers(lessons, plan)
    average = copy_weights(lessons.network)
    losses = [r.loss for r in train_steps(lessons, lessons, plan, optimisers, average)]
    assert np.mean(losses[-10:]) < 0.75 * np.mean(losses[:5])
