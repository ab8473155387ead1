"""The way from one beast to another: it begins and ends at them, and is seamless."""

import pytest
import torch
from PIL import Image

from generate.errors import Refusal
from generate.pictures.families.latents.cvae import turn
from generate.pictures.model_folder import load_model
from generate.pictures.sampling.walk import WAY, draw_walk
from generate.pictures.training.pictures import seeded

CVAE = 'recipe = "cvae"\nexposures = 64'


def test_the_way_is_an_animation_there_and_back(jungle, capsys):
    settings = jungle(CVAE)
    path = draw_walk(settings, "bright griffin", "beast-002")
    assert "not known here: griffin" in capsys.readouterr().out
    with Image.open(path) as image:
        assert image.is_animated and image.n_frames <= 2 * WAY
        assert image.n_frames > WAY and image.info["loop"] == 0
        assert image.size == (64, 64)
    family = load_model(settings.work / "model")
    conditions = family.encode([{"text": None, "tags": {"class": w}} for w in ("bright", "dark")])

    def make_noise():
        return family.noise([seeded("a"), seeded("b")])

    way = family.walk(conditions, make_noise(), [0.0, 0.5, 1.0], 4, 2.0)
    ends = family.sample(conditions, make_noise(), 4, 2.0).pictures
    assert torch.allclose(way[[0, 2]], ends, atol=1e-4)
    assert not torch.allclose(way[1], way[0], atol=1e-2)


def test_halfway_is_as_far_from_nought_as_the_ends():
    one, other = torch.randn(2, 4, 8, 8, generator=seeded("ends"))
    other = other * one.norm() / other.norm()
    assert float(turn(one, other, 0.5).norm()) == pytest.approx(float(one.norm()), rel=1e-4)
    assert torch.allclose(turn(one, other, 0.0), one, atol=1e-5)
    assert torch.allclose(turn(one, one, 0.3), one, atol=1e-5)


@pytest.mark.parametrize(
    ("recipe", "start", "said"),
    [
        ("flow", "red", '\'cvae|"cvae" or "vaegan"'),
        ("cvae", " + ", "FROM holds no words"),
        ("gpt", "red", "no way between"),
    ],
)
def test_a_way_that_is_not_there_is_refused_before_training(jungle, recipe, start, said):
    settings = jungle(f'recipe = "{recipe}"')
    with pytest.raises(Refusal, match=said):
        draw_walk(settings, start, "dark")
    assert not settings.work.exists()
