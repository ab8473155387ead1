"""The finisher: where it begins, its grain, its critic, its losses, and training on blots."""

from functools import lru_cache

import numpy as np
import pytest
import torch
from torch.nn import functional

from generate.pictures.networks.weights import copy_weights, count_parameters
from generate.pictures.refining.finisher import lessons as teaching
from generate.pictures.refining.finisher.critic import Critic
from generate.pictures.refining.finisher.lessons import (
    FinisherLessons,
    compare,
    compare_power,
    measure_faults,
)
from generate.pictures.refining.finisher.network import (
    GRAINS,
    GRAINY,
    TILE,
    TIMES,
    Finisher,
    begin_as,
)
from generate.pictures.refining.finisher.trainer import train_finisher
from generate.pictures.refining.painter import lessons as painters
from generate.pictures.refining.painter import pages
from generate.pictures.refining.refiner import Refiner
from generate.pictures.training.loop import make_optimisers, train_steps
from generate.pictures.training.plan import Plan


def draw_small(count, seed=0):
    """Blots of blocks of 4 pixels, with clear edges, and as many levels of noise."""
    generator = torch.Generator().manual_seed(seed)
    cells = torch.rand(count, 3, 4, 4, generator=generator) * 1.6 - 0.8
    small = functional.interpolate(cells, scale_factor=4)
    return small, 0.05 * torch.rand(count, generator=generator)


def test_it_begins_as_the_refiner_with_a_little_grain():
    torch.manual_seed(0)
    refiner, finisher = Refiner(), Finisher()
    for weight in refiner.parameters():
        torch.nn.init.normal_(weight, std=0.05)
    begin_as(refiner, finisher)
    small, level = draw_small(2)
    grain = torch.randn(2, GRAINS, 16, 16)
    with torch.inference_mode():
        wanted = refiner(small, level)
        assert torch.allclose(finisher(small, level, 0 * grain), wanted, atol=1e-5)
        added = finisher(small, level, grain) - wanted
    folded = functional.pixel_shuffle(GRAINY * grain, TIMES)
    assert torch.allclose(added, folded.expand(-1, 3, -1, -1), atol=1e-5)
    # Its last layers can learn from the blocks that answer 0, and to be strong in grain.
    finisher(small, level, grain).square().sum().backward()
    assert finisher.body[-1][2].weight.grad.abs().sum() > 0
    assert finisher.strength.weight.grad.abs().sum() > 0


def test_settled_grain_is_the_same_for_every_picture_and_size():
    torch.manual_seed(0)
    finisher = Finisher().eval()
    pictures = torch.rand(2, 3, 2 * TILE + 8, TILE) * 2 - 1
    level = torch.full((2,), 0.04)
    with torch.inference_mode():
        both = finisher.enlarge(pictures, level)
        alone = finisher.enlarge(pictures[1:], level[:1])
        flat = finisher.enlarge(torch.zeros(1, 3, 4 * TILE, 4 * TILE), level[:1])
    assert both.shape == (2, 3, TIMES * (2 * TILE + 8), TIMES * TILE)
    assert torch.allclose(both[1:], alone, atol=1e-5)
    # Away from the border a plain picture repeats itself, and only after a whole tile.
    inner = flat[..., TIMES * TILE : -TIMES * TILE, TIMES * TILE : -TIMES * TILE]
    step = TIMES * TILE
    assert torch.allclose(inner[..., :step], inner[..., step:], atol=1e-5)
    half = step // 2
    assert (inner[..., :half] - inner[..., half:step]).abs().mean() > 1e-3
    assert 0.9 < float(finisher.tile.std()) < 1.1 and "tile" not in finisher.state_dict()


def test_pairs_are_compared_place_by_place():
    better, worse = torch.tensor([[3.0, -1.0]]), torch.tensor([[1.0, -1.0]])
    wanted = (np.log1p(np.exp(-2)) + np.log(2)) / 2
    assert float(compare(better, worse)) == pytest.approx(wanted, rel=1e-5)
    assert float(compare(worse, better)) == pytest.approx(wanted + 1, rel=1e-5)


def test_power_is_compared_where_it_is_and_not_by_its_signs():
    generator = torch.Generator().manual_seed(0)
    noise = 0.2 * torch.randn(2, 3, 32, 32, generator=generator)
    other = 0.2 * torch.randn(2, 3, 32, 32, generator=generator)
    assert float(compare_power(noise, noise).max()) == 0
    # Half the amplitude is a quarter of the power, in each of two octaves.
    assert float(compare_power(noise / 2, noise).mean()) == pytest.approx(2 * np.log(4), rel=0.02)
    assert float(compare_power(other, noise).mean()) < 0.6
    smooth = torch.linspace(-0.1, 0.1, 32).expand(2, 3, 32, 32)
    assert float(compare_power(smooth, torch.zeros_like(smooth)).max()) < 0.3
    left = noise * (torch.arange(32) < 16)
    assert (compare_power(left, left.flip(-1)) > compare_power(left, noise)).all()


def test_single_pixels_count_in_true_small_pictures_alone():
    generator = torch.Generator().manual_seed(0)
    large = torch.rand(2, 3, 48, 48, generator=generator) - 0.5
    # Neighbours cancel in a small pixel, and small pixels in a lattice.
    signs = torch.randint(0, 2, (12, 24), generator=generator) * 2.0 - 1
    rows = torch.cat([signs, -signs]).repeat_interleave(2, 1)[:, :48]
    error = 0.3 * torch.stack([rows, -rows], 1).flatten(0, 1)[:48]
    worse = large + error
    faults = measure_faults(worse, large, torch.tensor([1.0, 0.0]))
    pixels = teaching.PIXELS * 0.3 / teaching.UNIT
    assert float(faults[0] - faults[1]) == pytest.approx(
        pixels + float(teaching.POWER * compare_power(worse, large).diff() * -1), rel=1e-3
    )


def test_a_pattern_that_repeats_with_small_pixels_is_a_fault_and_noise_is_less():
    generator = torch.Generator().manual_seed(0)
    large, none = torch.zeros(1, 3, 48, 48), torch.zeros(1)
    tile = torch.randn(1, 3, TIMES, TIMES, generator=generator)
    tile = 0.1 * (tile - tile.mean((2, 3), keepdim=True))
    noise = 0.1 * torch.randn(1, 3, 48, 48, generator=generator)

    def lattice(drawn):
        faults = measure_faults(drawn, large, none) - teaching.POWER * compare_power(drawn, large)
        coarse = functional.avg_pool2d(drawn, TIMES).abs().mean() * teaching.COARSE
        return float(faults - coarse / teaching.UNIT)

    wanted = teaching.LATTICE * float(tile.abs().mean()) / teaching.UNIT
    assert lattice(tile.repeat(1, 1, 12, 12)) == pytest.approx(wanted, rel=1e-3)
    assert lattice(noise) < 0.35 * wanted


@lru_cache(maxsize=4)
def make_page(number):
    """Blots in place of drawings, with edges where their blocks meet; imagined ones are darker."""
    generator = np.random.default_rng(number)
    cells = generator.integers(60, 256, (pages.PAGE, 3, 16, 16)).astype(np.uint8)
    small = torch.from_numpy(cells).repeat_interleave(4, 2).repeat_interleave(4, 3)
    return {
        "large": small.repeat_interleave(TIMES, 2).repeat_interleave(TIMES, 3),
        "small": small,
        "imagined": small // 2,
        "doubts": torch.full((pages.PAGE,), 0.4),
        "conditions": torch.ones(pages.PAGE, 3),
        "bodies": torch.ones(pages.PAGE, 64, 64, dtype=torch.bool),
        "faces": torch.tensor([[0.5, 0.5, 0.1]]).repeat(pages.PAGE, 1),
    }


@pytest.fixture
def lessons(monkeypatch, tmp_path):
    monkeypatch.setattr(painters, "read_page", lambda home, number, *rest: make_page(number))
    monkeypatch.setattr(painters, "PATCH", 12)
    torch.manual_seed(0)
    finisher = Finisher(8, 1)
    return FinisherLessons(finisher, Critic((8, 8, 8)), tmp_path, None, "float32")


def take(lessons, steps, first=0, **named):
    plan = Plan(steps=steps, batch=2, micro=2, rate=2e-3, ramp=4, **named)
    average = copy_weights(lessons.network)
    optimisers = make_optimisers(lessons, plan)
    return list(train_steps(lessons, lessons, plan, optimisers, average, first))


def test_each_player_changes_its_own_weights_only(lessons):
    plan = Plan(steps=1, batch=2, micro=2)
    optimisers = make_optimisers(lessons, plan)
    owned = {
        phase: {id(w) for group in optimisers[phase].param_groups for w in group["params"]}
        for phase in lessons.phases
    }
    maker, critic = (list(lessons.network[name].parameters()) for name in ("maker", "critic"))
    assert owned["maker"] == {id(w) for w in maker} and owned["critic"] == {id(w) for w in critic}
    generator = torch.Generator().manual_seed(0)
    batch = lessons.draw_batch(plan, 0, generator)
    chance = lessons.chance("maker", batch, generator, 0.0)
    lessons.losses("maker", batch, chance).sum().backward()
    assert all(w.grad is None for w in critic) and all(w.requires_grad for w in critic)
    assert lessons.network["maker"].strength.weight.grad.abs().sum() > 0
    lessons.network.zero_grad(set_to_none=True)
    lessons.losses("critic", batch, chance).sum().backward()
    assert all(w.grad is None for w in maker) and critic[0].grad is not None


def test_the_critic_judges_what_the_maker_has_just_drawn_of_these_crops(lessons):
    plan = Plan(steps=1, batch=2, micro=2)
    generator = torch.Generator().manual_seed(0)
    batch = lessons.draw_batch(plan, 0, generator)
    chance = lessons.chance("maker", batch, generator, 0.0)
    other = lessons.draw_batch(plan, 1, generator)
    lessons.network.eval()  # the norms of the critic's layers move in training
    fresh = lessons.losses("critic", batch, chance)
    lessons.losses("maker", batch, chance)
    assert torch.allclose(lessons.losses("critic", batch, chance), fresh)
    lessons.losses("maker", other, chance)
    assert torch.allclose(lessons.losses("critic", batch, chance), fresh)


def test_a_few_steps_make_it_better_at_what_can_be_said_without_a_critic(lessons):
    reports = take(lessons, 40)
    losses = [report.loss for report in reports]
    assert np.mean(losses[-10:]) < 0.8 * np.mean(losses[:5])
    assert all("critic" in report.parts for report in reports)


def test_a_run_writes_weights_that_a_finisher_takes(lessons, monkeypatch, tmp_path):
    from generate.pictures.networks.weights import fill
    from generate.pictures.refining.finisher import trainer

    monkeypatch.setattr(trainer, "load_teller", lambda: None)
    monkeypatch.setattr(trainer, "BATCH", 2)
    train_finisher(tmp_path / "run", tmp_path / "pages", 0.01)
    finisher = Finisher()
    fill(finisher, tmp_path / "run/finisher.safetensors")
    begun = trainer.begin()
    assert not torch.equal(finisher.leave.weight, begun.leave.weight)
    assert (tmp_path / "run/finisher.safetensors").stat().st_size < 2.2 * count_parameters(begun)
