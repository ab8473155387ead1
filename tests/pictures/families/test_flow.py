"""The flow, the average and the start against closed forms."""

import json
import warnings

import numpy as np
import pytest
import torch
from torch import nn

from generate.pictures import STARTER
from generate.pictures.data.vocabulary import Vocabulary
from generate.pictures.families.ddpm import Ddpm
from generate.pictures.families.flow import (
    GUIDED,
    SHIFT,
    SHIFT_OF_NEW,
    Flow,
    draw_times,
    make_scheduler,
)
from generate.pictures.model_folder import load_model
from generate.pictures.networks.shape import Shape, choose_factor
from generate.pictures.networks.transplant import refold, transplant
from generate.pictures.networks.unet import Network
from generate.pictures.training.augment import Augment
from generate.pictures.training.average import exponent_of, follow
from generate.pictures.training.pictures import seeded
from generate.settings import Settings

TINY = Shape(size=16, factor=1, widths=(16, 16), attention=1, heads=8, groups=4)


def draw(family, conditions, generators, steps, guidance=1.0, watch=None):
    """The pictures that a family samples."""
    return family.sample(conditions, family.noise(generators), steps, guidance, watch).pictures


def find_losses(family, pictures, seed):
    """A batch's losses and the noise levels (B,) that chance gave them."""
    labels = torch.zeros(len(pictures), 8)
    batch = {"pictures": pictures, "conditions": torch.zeros(len(pictures), 1), "labels": labels}
    chance = family.chance("all", batch, seeded(seed), 0.0)
    return family.losses("all", batch, chance), chance["times"]


class Gaussian(nn.Module):
    """The exact velocity for pictures of N(0, deviation²), in place of a network."""

    shape = Shape(size=8)

    def __init__(self, deviation=0.0):
        super().__init__()
        self.variance = deviation**2

    def forward(self, pictures, times, conditions):
        times = (times / 1000).view(-1, 1, 1, 1)
        variance = (1 - times) ** 2 * self.variance + times**2
        return (times - (1 - times) * self.variance) / variance * pictures


class Silent(nn.Module):
    """A network that always answers nought."""

    shape = Shape(size=8)

    def forward(self, pictures, times, conditions):
        return torch.zeros_like(pictures)


@pytest.mark.parametrize("steps", [16, 40])
def test_the_exact_velocity_of_a_gaussian_samples_that_gaussian(steps):
    """Pictures of N(0, 0.09), each pixel for itself: mean, deviation, and share within one."""
    family = Flow(Gaussian(0.3))
    generators = [seeded("gauss", place) for place in range(64)]
    pictures = draw(family, torch.zeros(64, 8), generators, steps)
    assert float(pictures.mean()) == pytest.approx(0, abs=0.01)
    assert float(pictures.std()) == pytest.approx(0.3, rel=1.2 / steps)
    share = float((pictures.abs() < pictures.std()).float().mean())
    assert share == pytest.approx(0.6827, abs=0.01)
    assert float((pictures[:, 0] * pictures[:, 1]).mean()) == pytest.approx(0, abs=0.005)


def test_a_picture_does_not_depend_on_its_company():
    family = Flow(Gaussian(0.3))
    both = draw(family, torch.zeros(2, 8), [seeded("a"), seeded("b")], 6)
    alone = draw(family, torch.zeros(1, 8), [seeded("b")], 6)
    assert torch.equal(both[1:], alone)


def test_only_where_there_is_noise_is_a_picture_guided():
    """The answers count: twice as many where a step is guided."""

    class Counting(Gaussian):
        asked: tuple[int, ...] = ()

        def forward(self, pictures, times, conditions):
            self.asked += (len(pictures),)
            return super().forward(pictures, times, conditions)

    network = Counting(0.3)
    draw(Flow(network), torch.ones(1, 8), [seeded("a")], 16, 2.0)
    scheduler = make_scheduler(SHIFT)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        scheduler.set_timesteps(16)
    wanted = [2 if level >= GUIDED else 1 for level in scheduler.sigmas[:-1]]
    assert list(network.asked) == wanted and 5 < sum(w == 1 for w in wanted) < 12


def test_the_exact_velocity_has_the_least_loss_there_is():
    """Var(v | x_t) = σ² / ((1 - t)² σ² + t²) for pictures of N(0, σ²)."""
    pictures = 0.5 * torch.randn(256, 3, 8, 8, generator=seeded("data"))
    losses, times = find_losses(Flow(Gaussian(0.5)), pictures, "loss")
    least = 0.25 / ((1 - times) ** 2 * 0.25 + times**2)
    assert losses.shape == times.shape == (256,)
    assert float((losses / least).mean()) == pytest.approx(1.0, rel=0.02)
    silent, _ = find_losses(Flow(Silent()), pictures, "loss")
    assert float(silent.mean()) == pytest.approx(1.25, rel=0.02)


def test_times_are_one_from_each_share_of_a_logit_normal():
    times = draw_times(1000, seeded("times"))
    shares = np.sort(torch.special.ndtr(torch.logit(times.double())).numpy())
    assert (np.floor(shares * 1000).clip(0, 999) == np.arange(1000)).mean() > 0.99
    assert len(torch.unique(draw_times(7, seeded("few")))) == 7
    logits = torch.logit(draw_times(4000, seeded("a"), 1.2))
    assert float(logits.mean()) == pytest.approx(1.2, abs=0.01)
    assert float(logits.std()) == pytest.approx(1.0, abs=0.01)


@pytest.mark.parametrize("shift", [SHIFT, SHIFT_OF_NEW])
def test_the_shift_spaces_the_steps(shift):
    """s t / (1 + (s - 1) t) of evenly spaced t, in the scheduler that is saved and in sampling."""
    seen = []

    class Watching(Silent):
        def forward(self, pictures, times, conditions):
            seen.append(float(times[0]) / 1000)
            return super().forward(pictures, times, conditions)

    family = Flow(Watching(), facts={"shift": shift})
    draw(family, torch.zeros(1, 8), [seeded("a")], 16)
    even = np.linspace(1, 1 / 1000, 17)[:-1]
    assert seen == pytest.approx(list(shift * even / (1 + (shift - 1) * even)), abs=2e-3)
    assert make_scheduler(family.shift).config.flow_shift == shift


def test_the_average_has_the_width_asked_for():
    """Its weights on the past are a power law whose relative standard deviation is the window."""
    window, steps = 0.1, 4000
    network = nn.Linear(1, 1, bias=False)
    average = {"weight": torch.zeros(1, 1)}
    share = np.zeros(steps)
    squares = {"weight": torch.zeros(1, 1)}
    for step in range(1, steps + 1):
        nn.init.constant_(network.weight, step / steps)
        follow(average, network, step, window)
        nn.init.constant_(network.weight, (step / steps) ** 2)
        follow(squares, network, step, window)
        share[step - 1] = step / steps
    mean, square = float(average["weight"]), float(squares["weight"])
    gamma = exponent_of(window)
    assert mean == pytest.approx((gamma + 1) / (gamma + 2), abs=0.002)
    assert (square - mean**2) ** 0.5 == pytest.approx(window, rel=0.03)


def test_guidance_of_one_is_the_asked_velocity_and_words_steer():
    torch.manual_seed(0)
    network = Network(TINY, 2).eval()
    nn.init.normal_(network.unet.conv_out.weight, std=0.1)
    nn.init.normal_(network.words.weight)
    asked = torch.zeros(2, 2)
    asked[:, 0] = 1
    family = Flow(network)

    def guide(guidance, conditions=asked):
        generators = [seeded("noise", place) for place in range(2)]
        return draw(family, conditions, generators, 4, guidance)

    assert torch.equal(guide(1.0), guide(1.0))
    assert not torch.allclose(guide(1.0), guide(3.0))
    assert not torch.allclose(guide(1.0), guide(1.0, torch.zeros_like(asked)))


def test_watchers_see_noise_first_and_the_picture_last():
    seen = []
    family = Flow(Silent())
    pictures = draw(
        family,
        torch.zeros(1, 8),
        [seeded("a")],
        5,
        watch=lambda step, state: seen.append((step, state)),
    )
    assert [step for step, _ in seen] == [0, 1, 2, 3, 4, 5]
    assert torch.equal(seen[0][1], torch.randn(1, 3, 8, 8, generator=seeded("a")))
    assert torch.allclose(seen[-1][1].clamp(-1, 1), pictures)


def test_the_shipped_starter_tells_of_the_solver_that_samples_it():
    """Its scheduler and its card's script are those that a model trained today would have."""
    told = json.loads((STARTER / "scheduler/scheduler_config.json").read_text())
    ours = json.loads(make_scheduler(SHIFT).to_json_string())
    assert told == ours
    card = (STARTER / "README.md").read_text()
    assert load_model(STARTER).write_script(Settings().pictures.steps) in card


def test_ddpm_loss_of_nought_is_the_noise_itself():
    family = Ddpm(Silent())
    losses, times = find_losses(family, torch.zeros(64, 3, 8, 8), "ddpm")
    assert float(losses.mean()) == pytest.approx(1.0, rel=0.03)
    assert 0 <= float(times.min()) and float(times.max()) < 1
    few = draw(family, torch.zeros(2, 8), [seeded("a"), seeded("b")], 3)
    alone = draw(family, torch.zeros(1, 8), [seeded("b")], 3)
    assert torch.equal(few[1:], alone)


def test_altered_pictures_say_how_and_have_no_black_corners():
    pictures = torch.full((64, 3, 16, 16), 0.5)
    turned, labels = Augment(mirror=False, rotation=30, shift=0.5)(pictures, seeded("turn"))
    assert torch.allclose(turned, pictures, atol=1e-4)
    assert (labels[:, 1].abs() > 0).all()
    plain = torch.rand(8, 3, 16, 16) * 2 - 1
    still, none = Augment(mirror=False)(plain, seeded("still"))
    assert torch.equal(still, plain)
    assert not none.any()
    tinted, told = Augment(mirror=False, jitter=0.3)(plain, seeded("tint"))
    assert (told[:, 5:].abs().sum(1) > 0).all() and not told[:, :5].any()
    assert not torch.equal(tinted, plain)


@pytest.mark.parametrize(("old", "new"), [(2, 4), (2, 1), (1, 2), (2, 2)])
def test_a_refolded_layer_does_to_a_resized_picture_what_the_old_one_did(old, new):
    """On pictures that are constant over blocks, both foldings see and say the same."""
    unfold = torch.nn.functional.pixel_unshuffle
    base = torch.rand(1, 3, 4, 4, generator=seeded("base"))
    grown = [base.repeat_interleave(f, 2).repeat_interleave(f, 3) for f in (old, new)]
    weight = torch.randn(5, 3 * old**2, 1, 1, generator=seeded("in"))
    moved = refold(weight.transpose(0, 1), old, new, total=True).transpose(0, 1)
    first = torch.nn.functional.conv2d(unfold(grown[0], old), weight)
    second = torch.nn.functional.conv2d(unfold(grown[1], new), moved)
    assert torch.allclose(first, second, atol=1e-5)
    leave = torch.randn(3 * old**2, 5, 1, 1, generator=seeded("out"))
    means = [refold(leave, old, f, total=False).reshape(3, f * f, 5).mean(1) for f in (old, new)]
    assert torch.allclose(means[0], means[1], atol=1e-5)


def test_words_keep_their_columns_and_new_ones_begin_at_nought():
    torch.manual_seed(0)
    donor, known = Network(TINY, 2), Vocabulary(("owl", "snake"), ("plan", "plan"))
    vocabulary = Vocabulary(("cat", "snake"), ("class", "class"))
    network = Network(TINY, 2)
    assert transplant(donor, known, network, vocabulary) == []
    assert not network.words.weight[:, 0].any()
    assert torch.equal(network.words.weight[:, 1], donor.words.weight[:, 1])
    assert torch.equal(network.unet.conv_in.weight, donor.unet.conv_in.weight)


def test_foldings_bring_sizes_near_a_grid_of_32():
    assert [choose_factor(size) for size in (16, 32, 64, 96, 128, 256)] == [1, 1, 2, 3, 4, 8]
