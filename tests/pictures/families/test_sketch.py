"""The pen: its likelihood against closed forms, its chance, its files."""

import json
import runpy
import xml.etree.ElementTree as ET

import numpy as np
import pytest
import torch
from PIL import Image

from generate.build import build_pictures
from generate.cards import read_card
from generate.errors import Refusal
from generate.files import read_json
from generate.pictures.data.vocabulary import Vocabulary
from generate.pictures.families.base import PRINT
from generate.pictures.families.sketch import Hand, Sketch
from generate.pictures.model_folder import load_model, save_model
from generate.pictures.networks import pen
from generate.pictures.training.loop import make_optimisers, train_steps
from generate.pictures.training.pictures import TrainingPictures, seeded
from generate.pictures.training.plan import Plan

WORDS = Vocabulary(("flat", "tall"), ("class", "class"))
ACROSS, BESIDE = [20, 230, 230, 20], [110, 110, 140, 140]
SHAPES = {"flat": [ACROSS, BESIDE], "tall": [BESIDE, ACROSS]}


@pytest.fixture(autouse=True)
def small(monkeypatch):
    hand = Hand(width=48, mixtures=4, points=16, dropout=0.0, word_dropout=0.0)
    monkeypatch.setattr(Sketch, "choose_hand", classmethod(lambda cls: hand))


def make_family(**own):
    from generate.pictures.families.settings import SketchSettings

    torch.manual_seed(0)
    facts = {"recipe": "sketch", "size": 32, "source": "set"}
    family = Sketch.create(WORDS, facts, SketchSettings(**own))
    family.begin(None, "set")
    return family


def learn(family, steps):
    rows = [
        {"text": None, "tags": {"class": word}, "strokes": [shape]}
        for word, shape in SHAPES.items()
        for _ in range(8)
    ]
    pictures = torch.zeros(16, 3, 32, 32, dtype=torch.uint8)
    training = TrainingPictures(pictures, family.encode(rows))
    plan = Plan(steps=steps, batch=16, micro=16, rate=1e-2, seed=1, decay=0.0)
    average = {name: weight.detach().clone() for name, weight in family.network.named_parameters()}
    reports = list(train_steps(family, training, plan, make_optimisers(family, plan), average))
    family.network.eval()
    return [report.loss for report in reports]


def draw(family, word, count=6, temperature=None):
    asked = [{"text": None, "tags": {"class": word}}] * count
    noise = family.noise([seeded(place) for place in range(count)])
    if temperature:
        family.facts["hand"]["temperature"] = temperature
    return family.sample(family.encode(asked), noise, 4)


def test_one_bell_has_the_likelihood_of_a_normal_pair():
    answer = torch.tensor([0.0, 0.3, -0.2, 0.5, 1.0, 0.4, 1.0, -1.0, 0.0]).view(1, 1, 9)
    following = torch.tensor([0.7, 0.1, pen.LIFTS]).view(1, 1, 3)
    _, x, y, wide, high, together, _ = (part[0, 0] for part in pen.split(answer, 1))
    covariance = torch.tensor(
        [[wide**2, together * wide * high], [together * wide * high, high**2]]
    )
    bell = torch.distributions.MultivariateNormal(torch.tensor([x, y]), covariance)
    wanted = (
        -bell.log_prob(torch.tensor([0.7, 0.1]))
        - torch.log_softmax(torch.tensor([1.0, -1.0, 0.0]), 0)[pen.LIFTS]
    )
    assert float(pen.measure_losses(answer, following, 1)) == pytest.approx(float(wanted), abs=1e-5)
    twice = torch.tensor([2.0, 2.0, 0.3, 0.3, -0.2, -0.2, 0.5, 0.5, 1.0, 1.0, 0.4, 0.4, 1, -1, 0])
    same = pen.measure_losses(twice.view(1, 1, 15), following, 2)
    assert float(same) == pytest.approx(float(wanted), abs=1e-5), "two equal bells are one"


def test_a_bell_may_not_become_a_needle():
    """At nought spread and a true hit the likelihood has a limit, and far misses stay finite."""
    needle = torch.tensor([0.0, 0.0, 0.0, -200.0, -200.0, 60.0, 0.0, 0.0, 0.0]).view(1, 1, 9)
    for place in (0.0, 9.0):
        following = torch.tensor([place, place, pen.STAYS]).view(1, 1, 3)
        loss = pen.measure_losses(needle, following, 1)
        assert bool(torch.isfinite(loss).all())


def test_what_follows_the_end_counts_for_nothing():
    family = make_family()
    row = {"text": None, "tags": {"class": "flat"}, "strokes": [SHAPES["flat"]]}
    conditions = family.encode([row])
    batch = {"pictures": torch.zeros(1, 3, 32, 32), "conditions": conditions}
    chance = family.settled_chance(batch, seeded("x"))
    loss = float(family.losses("all", batch, chance).detach())
    steps = conditions[0, 2:].view(-1, 3)
    assert steps[:5, 2].tolist() == [0, 0, 0, pen.LIFTS, pen.ENDS] and (steps[5:, 2] == -1).all()
    steps[5:, :2] = 7.0
    assert float(family.losses("all", batch, chance).detach()) == pytest.approx(loss)
    assert not family.asks(family.encode([{**row, "tags": {}}])).any(), "strokes ask for nothing"


def test_learning_and_drawing_see_the_same():
    """What is drawn step by step is what the whole row of steps would have followed by."""
    network = pen.Pen(2, 16, 2, 0.0).double().eval()
    words = torch.eye(2).double()
    steps = pen.draw(network, words, torch.randn(2, 12, pen.DRAWS, generator=seeded("a")), 0.5)
    before = torch.cat([pen.begin(2).double(), steps[:, :-1]], 1)
    told = network.words(words)
    state, at, answers = network.prepare(told), torch.zeros(2, 1, 2).double(), []
    for place in range(12):
        at = at + before[:, place : place + 1, :2]
        answer, *state = network.go_on(before[:, place : place + 1], at, told, tuple(state))
        answers.append(answer)
    assert torch.allclose(torch.stack(answers, 1), network(before, words), atol=1e-9)


def test_it_learns_what_each_word_looks_like():
    family = make_family()
    losses = learn(family, 150)
    assert losses[-1] < losses[0] - 2
    spread = {}
    for word in WORDS.tokens:
        ink = (draw(family, word).pictures.mean(1) < 0).float().mean(0)
        rows, columns = np.nonzero(ink.numpy() > 0.3)
        spread[word] = np.ptp(columns) - np.ptp(rows)
    assert spread["flat"] > 8 and spread["tall"] < -8


def test_a_low_temperature_keeps_to_what_is_likely():
    family = make_family()
    learn(family, 60)
    strays = [draw(family, "flat", 8, heat).pictures.std(0).mean() for heat in (0.01, 1.0)]
    assert strays[0] < 0.9 * strays[1]


def test_the_pen_is_at_work_and_its_svg_is_valid_and_small():
    family, seen = make_family(), []
    learn(family, 60)
    asked = family.encode([{"text": None, "tags": {"class": "flat"}}])
    noise = family.noise([seeded("a")])
    drawn = family.sample(asked, noise, 4, watch=lambda step, state: seen.append(state))
    inked = [int((state < 0).sum()) for state in seen]
    assert len(seen) == 5 and inked == sorted(inked) and inked[0] < inked[-1]
    svg = ET.fromstring(drawn.beside[0][".svg"])
    assert svg.tag.endswith("svg") and len(drawn.beside[0][".svg"]) < 8192
    assert drawn.beside[0][PRINT].startswith(b"\x89PNG")


def test_the_script_draws_what_the_project_draws(tmp_path, monkeypatch):
    family = make_family()
    learn(family, 40)
    save_model(family, tmp_path, [], "card")
    (tmp_path / "alone.py").write_text(family.write_script(4))
    monkeypatch.chdir(tmp_path)
    names = runpy.run_path("alone.py")
    asked = family.encode([{"text": None, "tags": {"class": names["wanted"][0]}}])
    words = family.part(asked)[0].double()
    noise = family.noise([torch.Generator().manual_seed(1)])
    ours = pen.draw(family.network.double(), words, noise.start, family.hand.temperature)
    assert torch.allclose(ours[0], names["steps"], atol=1e-6)
    ET.parse(tmp_path / "drawing.svg")


@pytest.mark.parametrize("harm", [{"width": 0}, {"temperature": -1.0}, {"points": 10**9}, None])
def test_a_damaged_folder_is_refused(tmp_path, harm):
    family = make_family()
    save_model(family, tmp_path, [], "card")
    facts = read_json(tmp_path / "jungle.json")
    facts["hand"] = {**facts["hand"], **harm} if harm else None
    (tmp_path / "jungle.json").write_text(json.dumps(facts))
    with pytest.raises(Refusal, match="is not one of this project's models"):
        load_model(tmp_path)


def test_three_cards_of_traced_pictures(jungle, tmp_path):
    settings = jungle('recipe = "sketch"\ncandidates = 1', count=3)
    path = tmp_path / "content/jungle.toml"
    path.write_text("count = 3\n" + path.read_text().replace("steps = 4\n", ""))
    build_pictures(settings)
    for number in (1, 2, 3):
        folder = settings.bundles / f"beast-{number:03d}"
        card = read_card(folder)
        assert card["made"]["picture"]["recipe"] == "sketch"
        with Image.open(folder / "picture.png") as picture:
            assert picture.size == (64, 64)
        assert ET.parse(folder / "picture.svg")
        assert list(card["made"]["picture"]["beside"]) == ["picture.svg"]
    assert not list((settings.work / "pictures").glob("*.print.png"))
