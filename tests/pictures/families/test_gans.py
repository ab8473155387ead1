"""Adversaries: what each loss asks for, words that are wrong, collapse, files for others."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest
import torch

from generate.errors import Refusal
from generate.pictures.data.vocabulary import Vocabulary
from generate.pictures.eyes.diversity import measure_diversity, see_thumbnails
from generate.pictures.eyes.opening import open_eyes
from generate.pictures.families import registry
from generate.pictures.families.gans.adversary import ENOUGH, Adversary
from generate.pictures.families.gans.altering import CHANCES, alter
from generate.pictures.families.gans.losses import Player
from generate.pictures.families.gans.words import WrongWords
from generate.pictures.model_folder import save_model
from generate.pictures.training.loop import accumulate
from generate.pictures.training.pictures import seeded
from generate.pictures.training.plan import Plan
from tests.pictures.tiny import use_tiny_networks

WORDS = Vocabulary(("cat", "dog", "red", "blue"), ("plan", "plan", "colour", "colour"))
GANS = [name for name, spec in registry.FAMILIES.items() if ".gans." in spec.target]


@pytest.fixture(autouse=True)
def tiny(monkeypatch):
    use_tiny_networks(monkeypatch.setattr)


def make_family(name="gan", words=WORDS, **own):
    spec = registry.find_spec(name)
    torch.manual_seed(0)
    facts = {"recipe": name, "size": 16, "source": "set"}
    family = spec.load().create(words, facts, spec.settings(**own))
    family.begin(None, "set")
    return family


def make_batch(family, count=6):
    pictures = torch.rand(count, 3, 16, 16, generator=seeded("pictures")) * 2 - 1
    tags = [
        {"plan": ("cat", "dog")[n % 2], "colour": ("red", "blue")[n // 2 % 2]} for n in range(6)
    ]
    conditions = family.encode([{"text": None, "tags": one} for one in tags])[:count]
    return {"pictures": pictures, "conditions": conditions, "labels": torch.zeros(count, 8)}


@pytest.mark.parametrize(
    "own", [{}, {"loss": "r3"}, {"eyes": "own"}, {"eyes": "own", "loss": "r3"}]
)
@pytest.mark.parametrize("name", GANS)
def test_each_phase_moves_its_own_player_alone(name, own):
    if "own" in own.values() and "matcher" in registry.find_spec(name).load().phases:
        pytest.skip("regions are matched with words on frozen features alone")
    family = make_family(name, **own)
    batch, plan = make_batch(family), Plan(steps=1, batch=6, micro=6)
    for phase, other in (("critic", "maker"), ("maker", "critic")):
        family.network.zero_grad()
        accumulate(family, phase, batch, plan, family.chance(phase, batch, seeded("c"), 0.0))
        moved = [w.grad for w in family.network[phase].parameters()]
        assert any(grad is not None and bool(grad.any()) for grad in moved)
        assert all(grad is None for grad in (w.grad for w in family.network[other].parameters()))
        assert all(weight.requires_grad for weight in family.network.parameters())


@pytest.mark.parametrize("loss", ["hinge", "r3"])
def test_the_critic_is_told_right_words_from_wrong_ones(loss):
    """Its loss falls as right words are worth more, and as wrong ones are worth less."""
    family = make_family(loss=loss, naming=0.0, word_dropout=0.0)
    batch = make_batch(family)
    chance = family.chance("critic", batch, seeded("c"), 0.0)
    player = Player(family.critic, family.eyes)
    levels = family.critic(player.look(alter(batch["pictures"], chance["altered"])))
    right = family.ask(batch, batch["conditions"])
    wrong = family.ask(batch, chance["wrong"])
    before = float(family.losses("critic", batch, chance).detach().sum())
    with torch.no_grad():
        for head, seen in zip(family.critic.heads, levels, strict=True):
            means = seen.mean((2, 3))
            head.words.weight += 0.05 * (means.T @ (right - wrong))
    assert float(family.losses("critic", batch, chance).detach().sum()) < before


def test_wrong_words_are_wrong_and_often_in_one_group_alone():
    conditions = torch.eye(4)[torch.tensor([0, 1] * 32)] + torch.eye(4)[torch.tensor([2, 3] * 32)]
    wrong = WrongWords(WORDS).draw(conditions, seeded("wrong"))
    differs = (wrong != conditions).view(64, 2, 2).any(2)
    assert torch.equal(wrong.view(64, 2, 2).sum(2), torch.ones(64, 2)), "one word of each group"
    counts = [int((differs.sum(1) == n).sum()) for n in (1, 2)]
    assert min(counts) > 8
    silent = WrongWords(Vocabulary())
    assert silent.masks.shape == (0, 0)


def test_alterations_are_the_same_for_the_same_chances_and_leave_a_hole():
    pictures = torch.full((4, 3, 16, 16), 0.5)
    chances = torch.full((4, CHANCES), 0.5)
    chances[1, 0] = 0.9
    chances[2, 5:] = 0.0
    altered = alter(pictures, chances)
    assert torch.equal(altered, alter(pictures, chances))
    assert float(altered[0, :, 8, 8].abs().max()) == 0 and float(altered[0, 0, 0, 0]) == 0.5
    assert float(altered[1, 0, 0, 0]) == pytest.approx(0.5 + 0.8 * 0.2)
    assert float(altered[2, 0, 0, 0]) == 0 and float(altered[2, 0, 8, 8]) == 0.5
    moved = torch.zeros(1, 3, 16, 16)
    moved[..., 8, 8] = 1
    chances = torch.full((1, CHANCES), 0.5)
    chances[:, 3:5], chances[:, 5:] = 0.0, 0.999
    place = alter(moved, chances)[0, 0].argmax()
    assert divmod(int(place), 16) == (10, 10)


def test_diversity_is_measured_against_the_set():
    shown = torch.rand(8, 3, 16, 16, generator=seeded("shown")) * 2 - 1
    assert measure_diversity(shown, shown, see_thumbnails) == pytest.approx((1, 1))
    assert measure_diversity(shown / 2, shown, see_thumbnails) == pytest.approx((0.5, 0.5))
    assert measure_diversity(shown[:1].repeat(8, 1, 1, 1), shown, see_thumbnails) == (0, 0)
    day_and_night = torch.cat([shown[:1].repeat(4, 1, 1, 1), -shown[:1].repeat(4, 1, 1, 1)])
    mean, nearest = measure_diversity(day_and_night, shown, see_thumbnails)
    assert mean > 0.7 and nearest == 0, "one picture twice is not eight"


def test_collapse_ends_a_long_run_and_not_a_short_one():
    family = make_family()
    shown = torch.rand(8, 3, 16, 16, generator=seeded("shown")) * 2 - 1
    same = shown[:1].repeat(8, 1, 1, 1)
    assert family.inspect(shown, shown, ENOUGH)["diversity"] == pytest.approx(1, abs=1e-3)
    assert family.inspect(same, shown, ENOUGH - 1)["diversity"] < 0.01
    with pytest.raises(Refusal, match=r"gan has collapsed: after 8,000 pictures .* another seed"):
        family.inspect(same, shown, ENOUGH)


def test_collapse_is_seen_in_the_grid_of_a_run(jungle, fix_plan, tmp_path):
    from PIL import Image

    from generate.pictures.training.stage import train_model

    settings = jungle('recipe = "gan"')
    fix_plan(settings, 4)
    train_model(settings)
    grids = sorted((settings.work / "report/grids").glob("*.png"))
    plain = 16 + 2
    assert grids
    for path in grids:
        with Image.open(path) as grid:
            assert grid.height == 2 * plain + 2 + 14, "a line of figures below two rows"
    facts = json.loads((settings.work / "model/jungle.json").read_text())
    assert 0 <= facts["diversity"] < 10 and facts["eyes"] == [{"name": "lite0", "digest": "0" * 64}]


def test_the_package_is_asked_for_before_anything_is_learnt(monkeypatch):
    from generate.pictures.eyes import opening

    monkeypatch.setattr(Adversary, "opens_eyes", staticmethod(open_eyes))
    monkeypatch.setattr(opening, "find_lite0", lambda: None)
    with pytest.raises(Refusal, match=r'recipe = "gan" needs .* pip install'):
        make_family()
    assert make_family(eyes="own").facts["eyes"] == []


@pytest.mark.parametrize("precision", [0.1, 0.9])
def test_the_maker_listens_to_a_matching_network_that_has_proved_itself(precision, monkeypatch):
    from generate.pictures.families.gans import attngan

    family = make_family("attngan")
    family.meet(make_batch(family))
    batch = make_batch(family)
    monkeypatch.setattr(attngan, "RIVALS", 3)
    monkeypatch.setattr(attngan, "measure_precision", lambda *rows: precision)
    family.chance("matcher", batch, seeded("c"), 0.1)
    assert float(family.matcher.precision) == -1, "too early to tell"
    chance = family.chance("maker", batch, seeded("c"), 0.1)
    before = family.losses("maker", batch, chance).detach()
    family.chance("matcher", batch, seeded("c"), 0.5)
    assert float(family.matcher.precision) == pytest.approx(precision)
    assert family.facts["R-precision"] == precision
    after = family.losses("maker", batch, chance).detach()
    assert torch.equal(before, after) == (precision < attngan.TRUSTED)


@pytest.mark.parametrize("name", GANS)
def test_words_keep_their_weights_in_another_vocabulary(name):
    donor = make_family(name)
    words = Vocabulary(("owl", "red", "cat"), ("plan", "colour", "plan"))
    family = make_family(name, words)
    family.begin(donor, "set")
    noise = torch.randn(1, family.maker.shape.noise, generator=seeded("n"))
    columns = [torch.zeros(1, 12), torch.zeros(1, 11)]
    columns[0][0, [0, 2]] = 1
    columns[1][0, [1, 2]] = 1
    one, other = (f.draw(noise, c) for f, c in zip((donor, family), columns, strict=True))
    assert torch.allclose(one, other, atol=1e-6)
    with pytest.raises(Refusal, match="another family"):
        family.begin(
            registry.find_spec("flow").load().create(WORDS, {"recipe": "flow", "size": 16}, None),
            "set",
        )


@pytest.mark.parametrize("name", GANS)
def test_the_script_of_the_card_draws_without_us(name, tmp_path):
    family = make_family(name)
    save_model(family, tmp_path, [], "card")
    script = family.write_script(11) + "\nimport numpy\nnumpy.save('pixels.npy', pixels.numpy())\n"
    (tmp_path / "sample.py").write_text(script)
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    subprocess.run(
        [sys.executable, "-P", "sample.py"], cwd=tmp_path, check=True, env=environment, timeout=120
    )
    found = np.load(tmp_path / "pixels.npy")
    noise = torch.randn(1, family.maker.shape.noise, generator=torch.Generator().manual_seed(1))
    conditions = torch.nn.functional.pad(torch.eye(4)[:1], (0, 8))
    with torch.inference_mode():
        ours = ((family.draw(noise, conditions)[0] + 1) * 127.5).round()
    assert np.abs(found.astype(float) - ours.numpy()).max() <= 1


@pytest.mark.slow
@pytest.mark.parametrize("name", ["gan", "attngan"])
def test_makers_are_exported_exactly(name, tmp_path):
    onnx = pytest.importorskip("onnx")
    pytest.importorskip("onnxscript")
    from onnx.reference import ReferenceEvaluator

    family = make_family(name)
    (path,) = family.export(tmp_path)
    noise = torch.randn(3, family.maker.shape.noise, generator=seeded("n"))
    conditions = torch.rand(3, 12, generator=seeded("c"))
    feeds = {"noise": noise.numpy(), "conditions": conditions.numpy()}
    answer = ReferenceEvaluator(onnx.load(path)).run(None, feeds)[0]
    with torch.inference_mode():
        assert np.abs(family.draw(noise, conditions).numpy() - answer).max() < 1e-4
