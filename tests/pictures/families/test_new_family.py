"""A new family is one file and one line: it trains in turns, samples and makes cards."""

from dataclasses import replace

import pytest
import torch
from torch import nn
from torch.nn import functional

from generate.build import build_pictures
from generate.cards import read_card
from generate.errors import Refusal
from generate.files import read_json
from generate.pictures.compute.tensors import write_tensors
from generate.pictures.families import registry
from generate.pictures.families.base import Beginning, Drawn, Family
from generate.pictures.families.registry import Spec
from generate.pictures.networks.weights import fill
from generate.pictures.training.plan import Plan
from generate.settings import read_settings


class Blot(Family):
    """The mean picture of the words asked for, and how far pixels stray: two players."""

    phases = ("mean", "spread")

    @classmethod
    def create(cls, vocabulary, facts, own):
        pixels = 3 * facts["size"] ** 2
        parts = {"mean": nn.Linear(len(vocabulary), pixels), "spread": nn.Embedding(1, pixels)}
        return cls(nn.ModuleDict(parts), vocabulary, facts, own)

    def save(self, folder, half=False):
        write_tensors(folder / "blot/weights.safetensors", self.network.state_dict())

    @classmethod
    def load(cls, folder, vocabulary, facts):
        family = cls.create(vocabulary, facts, None)
        fill(family.network, folder / "blot/weights.safetensors")
        return family

    def begin(self, donor, source):
        self.beginning = Beginning(Plan(rate=0.02), arithmetic="float32")
        return self.beginning

    def encode(self, prompts):
        return torch.stack([torch.tensor(self.vocabulary.encode_prompt(p)) for p in prompts])

    def groups(self, phase, plan):
        return [{"params": list(self.network[phase].parameters()), "share": 1.0}]

    def chance(self, phase, batch, generator, share):
        return {}

    def losses(self, phase, batch, chance):
        strays = batch["pictures"].flatten(1) - self.network["mean"](batch["conditions"])
        if phase == "mean":
            return strays.square().mean(1)
        spread = functional.softplus(self.network["spread"].weight)
        return (spread - strays.detach().abs()).square().mean(1)

    def sample(self, conditions, noise, steps, guidance=1.0, watch=None):
        spread = functional.softplus(self.network["spread"].weight).view(1, *noise.shape)
        mean = self.network["mean"](conditions).view(noise.start.shape).detach()
        for step in range(steps + 1):
            state = (mean * step / steps + noise.start * spread.detach()).clamp(-1, 1)
            if watch:
                watch(step, state)
        return Drawn(state, [{".svg": b"<svg/>"} for _ in conditions])

    def write_script(self, steps):
        return "print('no network')\n"


def test_a_throw_away_family_trains_samples_and_makes_cards(jungle, tmp_path, monkeypatch):
    spec = Spec("blot", f"{__name__}:Blot", begins=False, minutes=None, steps=3)
    monkeypatch.setitem(registry.FAMILIES, "blot", spec)
    jungle()
    path = tmp_path / "content/jungle.toml"
    text = (
        path.read_text().replace("minutes = 0.01\n", "exposures = 800\n").replace("steps = 4\n", "")
    )
    path.write_text(f"count = 3\n{text}\n".replace("[pictures]\n", '[pictures]\nrecipe = "blot"\n'))
    settings = read_settings(tmp_path)
    assert (settings.pictures.steps, settings.pictures.minutes) == (3, None)
    build_pictures(settings)
    for number in (1, 2, 3):
        card = read_card(settings.bundles / f"beast-{number:03d}")
        assert card["made"]["picture"]["recipe"] == "blot"
        assert card["made"]["caption"]["how"] == "asked"
        assert (settings.bundles / f"beast-{number:03d}/picture.png").is_file()
        assert (settings.work / f"pictures/beast-{number:03d}.svg").read_bytes() == b"<svg/>"
        assert (settings.bundles / f"beast-{number:03d}/picture.svg").read_bytes() == b"<svg/>"
    report = read_json(settings.work / "report/loss.json")
    assert report["losses"][-1][1] < report["losses"][0][1] / 2
    before = [path.stat().st_mtime_ns for path in settings.bundles.rglob("picture.png")]
    build_pictures(read_settings(tmp_path))
    assert before == [path.stat().st_mtime_ns for path in settings.bundles.rglob("picture.png")]
    monkeypatch.setitem(registry.FAMILIES, "blot", replace(spec, steps=4))
    build_pictures(read_settings(tmp_path))
    assert before != [path.stat().st_mtime_ns for path in settings.bundles.rglob("picture.png")]


class Given(Blot):
    """A model that is used as it is: nothing is trained, and "model" names it."""

    phases = ()

    @classmethod
    def create(cls, vocabulary, facts, own):
        family = super().create(vocabulary, facts, own)
        torch.nn.init.constant_(family.network["mean"].bias, float(facts["model"]))
        return family

    def losses(self, phase, batch, chance):
        raise AssertionError("nothing is trained")


def test_a_family_that_is_not_trained_draws_with_the_model_it_is_given(
    jungle, tmp_path, monkeypatch
):
    spec = Spec("given", f"{__name__}:Given", trains=False, begins=False, minutes=None, steps=3)
    monkeypatch.setitem(registry.FAMILIES, "given", spec)
    jungle()
    path = tmp_path / "content/jungle.toml"
    asked = '[pictures]\nrecipe = "given"\nmodel = "0.5"\n'
    path.write_text("count = 1\n" + path.read_text().replace("[pictures]\n", asked))
    settings = read_settings(tmp_path)
    build_pictures(settings)
    assert read_json(settings.work / "model/jungle.json")["model"] == "0.5"
    assert (settings.bundles / "beast-001/picture.png").is_file()
    path.write_text(path.read_text().replace('"given"', '"flow"'))
    with pytest.raises(Refusal, match="flow is trained here"):
        read_settings(tmp_path)
