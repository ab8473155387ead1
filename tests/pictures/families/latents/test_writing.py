"""Codes are written from words: in order with a cache, or the surest first."""

import math
from dataclasses import replace
from itertools import pairwise

import pytest
import torch

from generate.pictures.families.base import Noise
from generate.pictures.families.latents.writing import pick, write_in_order, write_surest
from generate.pictures.networks.writer import Writer, WriterShape
from generate.pictures.training.pictures import seeded
from tests.pictures.families.latents.test_coder import make_family, make_rows
from tests.pictures.tiny import use_tiny_networks

SHAPE = WriterShape(codes=7, length=6, prefix=2, width=16, layers=2, heads=2, dropout=0.0)
ASKED = torch.tensor([[1.0, 0.0, 0.5], [0.0, 0.0, 0.0]])


@pytest.fixture(autouse=True)
def tiny(monkeypatch):
    use_tiny_networks(monkeypatch.setattr)


def make_writer(masked=False):
    torch.manual_seed(0)
    writer = Writer(replace(SHAPE, masked=masked), 3).eval()
    with torch.no_grad():
        for weight in writer.parameters():
            weight.add_(0.2 * torch.randn_like(weight))
    return writer


def make_noise(count=2):
    return Noise([seeded("writing", n) for n in range(count)], (SHAPE.length,))


@torch.inference_mode()
def test_what_comes_later_is_seen_by_a_masked_writer_only():
    codes = torch.tensor([[0, 1, 2, 3, 4, 5]])
    later = torch.tensor([[0, 1, 2, 3, 6, 6]])
    for masked in (False, True):
        writer = make_writer(masked)
        one, other = writer(ASKED[:1], codes), writer(ASKED[:1], later)
        assert one.shape == (1, 6, 7)
        assert torch.allclose(one[:, :5], other[:, :5], atol=1e-5) != masked


@torch.inference_mode()
def test_the_cache_changes_nothing():
    writer = make_writer()
    *_, codes = write_in_order(writer, ASKED, make_noise(), 2.0, 1.0)
    shares = torch.special.ndtr(make_noise().start.double())
    asked, none = writer(ASKED, codes), writer(torch.zeros_like(ASKED), codes)
    assert torch.equal(pick(none + 2.0 * (asked - none), shares), codes)


@torch.inference_mode()
def test_words_go_before_the_picture_as_strong_as_they_are_asked_for():
    writer = make_writer()
    prefix = writer.begin(ASKED)
    table = writer.words.weight.T
    assert torch.allclose(prefix[0, 0], table[0]) and torch.allclose(prefix[0, 1], table[2] / 2)
    assert not prefix[1].any() and not prefix[0, 2].any()
    altered = torch.cat([ASKED, torch.ones(2, 8)], 1)
    assert torch.allclose(writer.begin(altered)[1, 2], table[3:].sum(0))


def test_codes_are_picked_as_often_as_they_are_expected():
    odds = torch.tensor([0.1, 0.0, 0.6, 0.3])
    shares = (torch.arange(1000, dtype=torch.float64) + 0.5) / 1000
    found = pick(odds.log().expand(1000, 4), shares)
    assert torch.bincount(found, minlength=4).tolist() == [100, 0, 600, 300]
    assert int(pick(odds.log()[None], torch.ones(1, dtype=torch.float64))) == 3


@torch.inference_mode()
def test_the_surest_stay_and_in_the_end_none_is_hidden():
    writer = make_writer(masked=True)
    seen = list(write_surest(writer, ASKED, make_noise(), 4, 1.5, 1.0))
    hidden = [(codes == SHAPE.codes).sum(1).tolist() for codes in seen]
    expected = [math.floor(6 * math.cos(math.pi / 2 * step / 4) + 1e-9) for step in (1, 2, 3, 4)]
    assert hidden == [[count, count] for count in expected] and expected[-1] == 0
    for before, after in pairwise(seen):
        known = before != SHAPE.codes
        assert torch.equal(before[known], after[known])
    alone = list(write_surest(writer, ASKED[1:], Noise([seeded("writing", 1)], (6,)), 4, 1.5, 1.0))
    assert torch.equal(alone[-1], seen[-1][1:])


@pytest.mark.parametrize("order", ["causal", "masked"])
def test_a_writer_learns_which_words_go_with_which_picture(order):
    family = make_family("gpt", order=order)
    rows = make_rows(family)
    rows["pictures"] = rows["pictures"][:2].repeat(2, 1, 1, 1)
    optimiser = torch.optim.Adam(family.writer.parameters(), 0.01)
    family.network.train()
    for step in range(100):
        chance = family.chance("writer", rows, seeded("chance", step), 0.6)
        loss = family.losses("writer", rows, chance).mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    family.network.eval()
    right = family.score(rows["pictures"], rows["conditions"])
    wrong = family.score(rows["pictures"], rows["conditions"].flip(1))
    assert (right > wrong + 0.01).all()
    assert not family.score(rows["pictures"], torch.zeros_like(rows["conditions"])).any()
    noise = family.noise([seeded("a"), seeded("b")])
    states = []
    family.sample(rows["conditions"][:2], noise, 5, 2.0, lambda step, state: states.append(state))
    paper = [(state == states[0][0, 0, 0, 0]).float().mean() for state in states]
    assert paper[0] == 1 and sorted(paper, reverse=True) == paper and paper[-1] < 0.1
