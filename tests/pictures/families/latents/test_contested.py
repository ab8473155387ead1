"""The adversary pulls as hard as it is told to, and only once it has entered."""

from dataclasses import replace

import pytest
import torch

from generate.pictures.training.pictures import seeded
from tests.pictures.families.latents.test_coder import make_family, make_rows
from tests.pictures.tiny import use_tiny_networks


@pytest.fixture(autouse=True)
def tiny(monkeypatch):
    use_tiny_networks(monkeypatch.setattr)


def find_gradient(family, rows, share):
    """The gradient of the loss at the pictures that are shown."""
    chance = family.chance("autoencoder", rows, seeded("chance"), share)
    shown = (rows["pictures"] * 0.5).requires_grad_()
    family.compare(shown, rows["pictures"], chance).sum().backward()
    return shown.grad


def test_its_pull_is_a_share_of_the_pictures_own():
    family = make_family("vaegan", adversary=0.25, enter=0.5)
    rows = make_rows(family)
    alone = find_gradient(family, rows, 0.1)
    both = find_gradient(family, rows, 0.45)
    lengths = [g.square().sum((1, 2, 3)).sqrt() for g in (both - alone, alone)]
    assert torch.allclose(lengths[0], 0.25 * lengths[1], rtol=1e-3)
    family.beginning = replace(family.beginning, adversary=0.0)
    assert torch.allclose(find_gradient(family, rows, 0.45), alone)


def test_it_learns_to_tell_pictures_from_their_copies():
    family = make_family("vaegan")
    rows = make_rows(family)
    optimiser = torch.optim.Adam(family.network["adversary"].parameters(), 0.01)
    losses = []
    for _ in range(20):
        chance = family.chance("adversary", rows, seeded("chance"), 0.4)
        loss = family.losses("adversary", rows, chance).mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(float(loss.detach()))
    assert losses[-1] < 0.5 * losses[0]
    assert not any(p.grad is not None for p in family.coder.parameters())


def test_held_out_pictures_are_compared_without_it():
    family = make_family("vaegan")
    rows = make_rows(family)
    with torch.inference_mode():
        losses = family.losses("autoencoder", rows, family.settled_chance(rows, seeded("held")))
    assert losses.shape == (4,) and bool(torch.isfinite(losses).all())


def test_with_codes_it_lends_its_tokenizer():
    donor, family = make_family("vaegan", codes=True), make_family("gpt")
    assert family.beginning.split > 0
    family.begin(donor, "set")
    assert family.beginning.split == 0.0 and family.take_turns(0.0) == ["writer"]
    for one, other in zip(family.coder.parameters(), donor.coder.parameters(), strict=True):
        assert torch.equal(one, other)
    family = make_family("gpt")
    family.begin(donor, "other pictures")
    assert "autoencoder" in family.take_turns(0.0)
