"""What every family of image models promises, held to by all that are registered."""

import re
from dataclasses import replace

import numpy as np
import pytest
import torch

from generate.errors import Refusal
from generate.pictures.compute.levels import from_levels
from generate.pictures.data.vocabulary import Vocabulary
from generate.pictures.families import registry
from generate.pictures.model_folder import digest_model, load_model, save_model
from generate.pictures.networks.weights import copy_weights
from generate.pictures.training.loop import accumulate, make_optimisers, train_steps
from generate.pictures.training.pictures import TrainingPictures, seeded
from generate.pictures.training.plan import Plan
from generate.settings import read_settings
from tests.pictures.tiny import use_tiny_networks

WORDS = Vocabulary(("bright", "dark"), ("class", "class"))
PROMPTS = [{"text": "a bright", "tags": {"class": "bright"}}, {"text": None, "tags": {}}]
SIZE, STEPS = 16, 4
TRAINED = [name for name, spec in registry.FAMILIES.items() if spec.trains]


@pytest.fixture(autouse=True)
def tiny(monkeypatch):
    use_tiny_networks(monkeypatch.setattr)


def make_family(name, seed=0):
    spec = registry.find_spec(name)
    torch.manual_seed(seed)
    facts = {"recipe": name, "size": SIZE, "source": "set"}
    family = spec.load().create(WORDS, facts, spec.settings())
    family.begin(None, "set")
    return family


def make_training(family):
    """Sixteen blots: bright ones are called so, and dark ones."""
    generator = torch.Generator().manual_seed(0)
    pictures = torch.randint(0, 128, (16, 3, SIZE, SIZE), generator=generator, dtype=torch.uint8)
    pictures[::2] += 127
    strokes = [[[120, 150, 128], [120, 122, 146]], [[130, 136], [130, 140]]]
    rows = [
        {"text": None, "tags": {"class": ("bright", "dark")[n % 2]}, "strokes": strokes}
        for n in range(16)
    ]
    return TrainingPictures(pictures, family.encode(rows))


def learn(family, steps=6, first=0, optimisers=None, average=None):
    """Take steps; the losses, and what a further call goes on with."""
    plan = replace(family.beginning.plan, steps=6, batch=4, micro=4, rate=1e-3, seed=1)
    optimisers = optimisers or make_optimisers(family, plan)
    average = average or copy_weights(family.network)
    training = make_training(family)
    run = train_steps(family, training, plan, optimisers, average, first)
    losses = [report.loss for _, report in zip(range(steps - first), run, strict=False)]
    family.network.eval()
    return losses, optimisers, average


def draw(family, prompts, names, watch=None):
    noise = family.noise([seeded(name) for name in names])
    family.network.eval()
    return family.sample(family.encode(prompts), noise, STEPS, 1.5, watch).pictures


@pytest.mark.parametrize("name", TRAINED)
def test_losses_are_one_a_picture_and_can_be_learnt_from(name):
    family = make_family(name)
    batch = make_training(family).draw_batch(Plan(steps=1, batch=4, micro=4), 0, seeded("batch"))
    for phase in family.phases:
        chance = family.chance(phase, batch, seeded("chance"), 0.0)
        assert all(len(rows) == 4 for rows in chance.values())
        losses = family.losses(phase, batch, chance)
        assert losses.shape == (4,) and bool(torch.isfinite(losses).all())
        again = family.chance(phase, batch, seeded("chance"), 0.0)
        assert torch.equal(family.losses(phase, batch, again), losses)
        parts = family.split_losses(losses.detach(), chance)
        assert all(np.isfinite(part) for part in parts.values())
        moved = [w for group in family.groups(phase, Plan()) for w in group["params"]]
        assert moved and len({id(weight) for weight in moved}) == len(moved)
    settled = family.settled_chance(batch, seeded("held-out"))
    assert settled is None or all(len(rows) == 4 for rows in settled.values())


@pytest.mark.parametrize("name", TRAINED)
def test_shares_of_a_batch_add_up_to_the_whole(name):
    grads = []
    for micro in (4, 1):
        family = make_family(name)
        plan = Plan(steps=1, batch=4, micro=micro)
        batch = make_training(family).draw_batch(plan, 0, seeded("batch"))
        phase = family.phases[0]
        family.network.train()
        accumulate(family, phase, batch, plan, family.chance(phase, batch, seeded("c"), 0.0))
        grads.append([w.grad for w in family.network.parameters() if w.grad is not None])
    for one, other in zip(*grads, strict=True):
        assert torch.allclose(one, other, atol=1e-5)


@pytest.mark.parametrize("name", TRAINED)
def test_a_run_that_goes_on_takes_the_steps_of_an_unbroken_one(name):
    whole, broken = make_family(name), make_family(name)
    losses, _, _ = learn(whole)
    first, optimisers, average = learn(broken, 3)
    rest, _, _ = learn(broken, 6, 3, optimisers, average)
    assert first + rest == losses
    for one, other in zip(whole.network.parameters(), broken.network.parameters(), strict=True):
        assert torch.equal(one, other)


@pytest.mark.parametrize("name", TRAINED)
def test_pictures_depend_on_seed_and_words_and_not_on_their_company(name):
    family = make_family(name)
    learn(family)
    pictures = draw(family, PROMPTS, ["a", "b"])
    assert pictures.shape == (2, 3, SIZE, SIZE)
    assert -1 <= float(pictures.min()) and float(pictures.max()) <= 1
    assert torch.equal(pictures, draw(family, PROMPTS, ["a", "b"]))
    assert torch.allclose(pictures[1:], draw(family, PROMPTS[1:], ["b"]), atol=1e-4)
    assert not torch.allclose(pictures, draw(family, PROMPTS, ["c", "d"]))
    heeded = family.asks(family.encode(PROMPTS))
    assert heeded.tolist() == [family.spec.reads_words, False]
    if family.spec.reads_words:
        with torch.no_grad():
            for weight in family.network.parameters():
                weight.add_(0.05 * torch.randn(weight.shape, generator=seeded("stir")))
        words = [{"text": None, "tags": {"class": word}} for word in WORDS.tokens]
        one, other = draw(family, words, ["a", "a"])
        assert not torch.allclose(one, other, atol=1e-3)


@pytest.mark.parametrize("name", TRAINED)
def test_watchers_see_every_step_from_noise_to_picture(name):
    family, seen = make_family(name), []
    pictures = draw(family, PROMPTS, ["a", "b"], lambda step, state: seen.append((step, state)))
    assert [step for step, _ in seen] == list(range(STEPS + 1))
    assert torch.allclose(seen[-1][1].clamp(-1, 1), pictures)
    shown = family.develop(seen[0][1])
    assert shown.shape == pictures.shape and float(shown.abs().max()) <= 1


@pytest.mark.parametrize("name", TRAINED)
def test_what_is_saved_is_loaded_bit_for_bit(name, tmp_path):
    family = make_family(name)
    learn(family)
    save_model(family, tmp_path, [], "card")
    found = load_model(tmp_path)
    assert type(found) is type(family) and found.vocabulary.tokens == WORDS.tokens
    assert torch.equal(draw(found, PROMPTS, ["a", "b"]), draw(family, PROMPTS, ["a", "b"]))
    assert not (list(tmp_path.rglob("*.bin")) + list(tmp_path.rglob("*.pt")))
    key = digest_model(tmp_path)
    weights = next(tmp_path.rglob("*.safetensors"))
    (tmp_path / "README.md").write_text("another card")
    assert digest_model(tmp_path) == key
    weights.write_bytes(weights.read_bytes() + b" ")
    assert digest_model(tmp_path) != key, "weights are part of what decides the pictures"


@pytest.mark.parametrize("name", TRAINED)
def test_a_score_is_one_a_picture_or_none(name):
    family = make_family(name)
    learn(family)
    pictures = from_levels(make_training(family).pictures[:2])
    scores = family.score(pictures, family.encode(PROMPTS))
    assert scores is None or (scores.shape == (2,) and np.isfinite(scores).all())


@pytest.mark.parametrize("name", TRAINED)
def test_weights_are_taken_over_or_refused(name):
    family, donor = make_family(name, 1), make_family(name, 2)
    learn(donor)
    if not family.spec.begins:
        return
    family.begin(donor, "set")
    for one, other in zip(family.network.parameters(), donor.network.parameters(), strict=True):
        assert torch.equal(one, other)


@pytest.mark.parametrize("name", registry.FAMILIES)
def test_own_settings_are_checked_and_named(name, tmp_path):
    (tmp_path / "content").mkdir()
    path = tmp_path / "content/jungle.toml"
    given = "" if registry.find_spec(name).trains else 'model = "owner/name"\n'
    path.write_text(f'[pictures]\n{given}recipe = "{name}"\n[pictures.{name}]\nrat = 1.0\n')
    with pytest.raises(Refusal, match=re.escape(f"unknown setting pictures.{name}.rat")):
        read_settings(tmp_path)
    path.write_text(f'[pictures]\n{given}recipe = "{name}"\n[pictures.{name}]\n')
    asked = read_settings(tmp_path).pictures
    spec = registry.find_spec(name)
    assert (asked.minutes, asked.steps) == (spec.minutes, spec.steps)
    assert asked.own == spec.settings()


def test_own_settings_reach_the_run(tmp_path):
    (tmp_path / "content").mkdir()
    (tmp_path / "content/jungle.toml").write_text("[pictures.flow]\nrate = 0.002\nshift = 1.5\n")
    own = read_settings(tmp_path).pictures.own
    family = registry.find_spec("flow").load().create(WORDS, {"recipe": "flow", "size": 16}, own)
    beginning = family.begin(None, "set")
    assert (beginning.plan.rate, family.shift, family.facts["shift"]) == (0.002, 1.5, 1.5)


def test_a_recipe_that_is_not_there_is_refused_with_those_that_are(write_settings):
    with pytest.raises(Refusal, match="'flow' or 'ddpm'"):
        write_settings('[pictures]\nrecipe = "flwo"\n')
