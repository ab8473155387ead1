"""Tiny training sets and networks for the tests of the pictures."""

from dataclasses import asdict

import numpy as np
import pytest
import torch
from PIL import Image

from generate.files import write_json
from generate.pictures.data.dataset import build_dataset
from generate.pictures.training.checkpoint import list_checkpoints
from generate.pictures.training.plan import Plan, find_training
from generate.pictures.training.stage import decide_model
from tests.pictures.tiny import use_tiny_networks


@pytest.fixture(autouse=True, scope="session")
def one_thread():
    """Networks this small are slower on several threads than on one."""
    torch.set_num_threads(1)


@pytest.fixture
def tiny_shapes(monkeypatch):
    """Give each recipe a network of a few thousand weights."""

    use_tiny_networks(monkeypatch.setattr)


@pytest.fixture
def jungle(tmp_path, write_settings, tiny_shapes):
    """Settings for 24 blots in two classes, 16 pixels wide, in ``tmp_path``/set."""
    generator = np.random.default_rng(0)
    for number in range(24):
        kind = ("bright", "dark")[number % 2]
        levels = generator.integers(0, 128, (4, 4, 3)) + 127 * (kind == "bright")
        path = tmp_path / "set" / kind / f"{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(levels.astype(np.uint8)).resize((16, 16)).save(path)

    def settle(extra="", **dials):
        text = (
            '[pictures]\nsource = "set"\nsize = 16\nminutes = 0.01\nfrom = "scratch"\n'
            f"postcard = 64\nsteps = 4\nbatch = 8\n{extra}\n"
        )
        return write_settings(text, **dials)

    return settle


@pytest.fixture
def checkpoints_of():
    """A function that lists the checkpoints of a jungle's run, the oldest first."""
    return lambda settings: list_checkpoints(find_training(settings, decide_model(settings)))


@pytest.fixture
def fix_plan():
    """A function that records a plan beforehand, as a run begun earlier would have."""

    def fix(settings, steps=12):
        build_dataset(settings)
        plan = Plan(steps=steps, batch=8, micro=8, rate=4e-3, seed=settings.seed)
        recipe = decide_model(settings)
        path = find_training(settings, recipe) / "plan.json"
        write_json(path, {"key": recipe.key, "plan": asdict(plan)})

    return fix
