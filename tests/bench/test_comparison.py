"""The recorded comparison and the trials: run on tiny networks, stopped, gone on with, judged."""

import json
import signal
from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image

from generate import bench
from generate.bench import comparison, experiments, trials
from generate.bench import entrant as contest
from generate.bench.entrant import Entrant, read_facts, run_entrant
from generate.bench.samples import gather_samples, read_samples
from generate.errors import Refusal
from generate.files import read_json
from generate.pictures.data.dataset import build_dataset
from generate.pictures.data.vocabulary import Vocabulary
from generate.pictures.networks.unet import Network
from generate.pictures.training import run as progress
from generate.pictures.training.augment import Augment
from tests.pictures.tiny import TINY, use_tiny_networks

CLASSIC = Entrant("ddpm", None, 6, 8, 2)
FASTER = replace(CLASSIC, arithmetic=None)
OURS = Entrant("flow", 0.01, None, 8, 2)


@pytest.fixture
def tiny(monkeypatch):
    """Networks of a few thousand weights; one process, and one extractor."""

    use_tiny_networks(monkeypatch.setattr)
    monkeypatch.setattr(comparison, "EXTRACTORS", ("random", "nowhere"))
    monkeypatch.setattr(
        comparison.fight, "__defaults__", (lambda function, *rest: function(*rest),)
    )


def pictures_of(home):
    return np.concatenate([
        read_samples(path, read_json(home / "facts.json")["key"])[0]
        for path in sorted(home.glob("samples-*.safetensors"))
    ])  # fmt: skip


def test_a_comparison_is_recorded_and_not_run_twice(jungle, tiny, monkeypatch):
    settings = jungle()
    monkeypatch.setattr(contest, "probe", lambda step: ("bfloat16", 0.1))
    report = comparison.compare_recipes(settings, "set", 0.01, updates=6, samples=8)
    folder = settings.home / "docs" / "comparison"
    assert json.loads((folder / "set.json").read_text()) == report
    classic, ours = report["entrants"]["classic"], report["entrants"]["ours"]
    assert (classic["updates"], classic["exposures"], classic["arithmetic"]) == (6, 96, "bfloat16")
    trial = classic["first losses"]
    assert trial["updates"] == 6 and trial["bfloat16"] == pytest.approx(trial["float32"], rel=0.02)
    assert ours["first losses"] is None
    assert ours["updates"] >= 8 and ours["samples"] == 8
    assert classic["training seconds"] > 0 and classic["peak memory"] > 2**26
    found = report["KID"]["random"]
    assert set(found) == {"classic", "ours", "held-out pictures", "a Gaussian"}
    assert len(report["left out"]) == 1 and "nowhere" in report["left out"][0]
    table = (folder / "set.md").read_text()
    assert f"first 6 updates: {trial['bfloat16']:.4f} in bfloat16, {trial['float32']:.4f}" in table
    assert f"| classic | {1000 * found['classic'][0]:.2f} |" in table
    with Image.open(folder / "set.webp") as grid:
        assert grid.width > 2 * comparison.COLUMNS * 16
    monkeypatch.setattr(contest, "train_steps", None)
    assert comparison.compare_recipes(settings, "set", 0.01, updates=6, samples=8) == report


@pytest.mark.parametrize("entrant", [CLASSIC, FASTER, OURS], ids=["classic", "faster", "ours"])
def test_a_run_that_was_killed_goes_on_to_the_same_pictures(jungle, tiny, monkeypatch, entrant):
    # Two trials on a busy machine may choose differently.
    monkeypatch.setattr(contest, "probe", lambda step: ("bfloat16", 0.1))
    settings = comparison.settle(jungle(), "set", "here", 24)
    build_dataset(settings)
    whole, broken = settings.home / "whole", settings.home / "broken"
    run_entrant(settings, entrant, whole)
    facts = read_json(whole / "facts.json")
    monkeypatch.setattr(contest, "settle_plan", settled(facts))
    monkeypatch.setattr(contest, "EVERY", 0)
    steps = contest.train_steps

    def killed(family, training, plan, *about):
        trial = plan.arithmetic != facts["arithmetic"]
        for number, report in enumerate(steps(family, training, plan, *about)):
            if number == 4 and not trial:
                raise MemoryError("as if killed")
            yield report

    monkeypatch.setattr(contest, "train_steps", killed)
    with pytest.raises(MemoryError):
        run_entrant(settings, entrant, broken)
    assert not (broken / "facts.json").exists()
    monkeypatch.setattr(contest, "train_steps", steps)
    taken = []
    note = progress.note
    monkeypatch.setattr(contest, "note", lambda run, r: (taken.append(r.step), note(run, r)))
    run_entrant(settings, entrant, broken)
    assert taken == list(range(5, facts["updates"] + 1))
    assert np.array_equal(pictures_of(whole), pictures_of(broken))
    # Its time is that of both parts, and nothing is left to be gone on with.
    assert read_json(broken / "facts.json")["training seconds"] >= 0
    assert not list(broken.glob("checkpoint-*"))


def settled(facts):
    """A plan of as many steps as before, whatever this machine is busy with now."""
    settle = contest.settle_plan

    def again(*about):
        plan = settle(*about)
        return replace(plan, steps=facts["updates"], arithmetic=facts["arithmetic"])

    return again


def test_damaged_samples_are_drawn_again(jungle, tiny):
    settings = comparison.settle(jungle(), "set", "here", 24)
    build_dataset(settings)
    home = settings.home / "classic"
    run_entrant(settings, CLASSIC, home)
    before = pictures_of(home)
    path = home / "samples-00000.safetensors"
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(Refusal, match="damaged"):
        gather_samples(home, 8)
    (home / "facts.json").unlink()
    run_entrant(settings, CLASSIC, home)
    assert np.array_equal(pictures_of(home), before)
    assert read_facts(home, "another") is None


def test_a_set_that_is_not_there_is_refused(jungle):
    with pytest.raises(Refusal, match="no such folder"):
        comparison.compare_recipes(jungle(), "nothing-here")


def test_a_process_that_fails_is_told():
    with pytest.raises(Refusal, match="ended with"):
        contest.run_apart(int, "no number")


def test_a_process_that_is_stopped_stops_this_one():
    with pytest.raises(KeyboardInterrupt):
        contest.run_apart(signal.default_int_handler, 2, None)


def test_the_bench_writes_its_table_and_grid(jungle, tiny, monkeypatch, capsys):
    cost = {"name": "cost", "baseline": 2.0, "ours": 1.0, "ratio": 2.0, "unit": "s"}
    monkeypatch.setattr("generate.bench.turns.measure_costs", lambda settings: [cost])
    monkeypatch.setattr("generate.bench.gallery.measure_gallery", lambda: [cost])
    monkeypatch.setattr(bench, "SAMPLES", 8)
    monkeypatch.setattr("generate.pictures.data.source.FIELD_GUIDE", "set")
    monkeypatch.setattr(comparison, "FIELD_GUIDE", "another")
    settings = jungle()
    bench.run_bench(settings, 0.005)
    rows = json.loads((settings.work / "bench.json").read_text())
    assert rows[0] == rows[-1] == cost
    assert rows[1]["name"] == "KID after 0.005 minutes, features random"
    assert rows[1]["ratio"] == pytest.approx(rows[1]["baseline"] / rows[1]["ours"], abs=0.01)
    assert (settings.work / "report" / "bench.png").is_file()
    assert "cost" in capsys.readouterr().out


def test_trials_are_kept_and_their_table_joins_the_page(jungle, tiny, monkeypatch):
    settings = jungle()
    monkeypatch.setattr(experiments, "FIELD_GUIDE", "set")
    monkeypatch.setattr(experiments, "SAMPLES", 8)
    page = settings.home / "docs" / "experiments.md"
    page.parent.mkdir()
    page.write_text("# Experiments\n\nSolvers stand here.\n")
    rows = experiments.run_experiments(settings, ["target"], 64)
    names = ["default", "target: noise", "target: picture", "target: preconditioned"]
    assert [row["name"] for row in rows] == names
    assert all(row["plan"]["steps"] == 4 and row["loss"] > 0 for row in rows)
    assert len({row["loss"] for row in rows}) == 4
    monkeypatch.setattr(experiments, "train_steps", None)
    assert experiments.run_experiments(settings, ["target"], 64) == rows
    text = page.read_text()
    assert text.startswith("# Experiments\n\nSolvers stand here.\n")
    assert text.count("| default |") == text.count(experiments.BEGIN) == 1
    with pytest.raises(Refusal, match="known are alterations, average, batch"):
        experiments.run_experiments(settings, ["wings"], 64)


def make_leaning(target, answer):
    network = Network(TINY, len(Vocabulary(())))
    network.forward = answer
    leaning = trials.Leaning(network)
    leaning.target, leaning.sigma = target, 0.5
    return leaning


def test_preconditioning_answers_for_the_best_guess_when_the_network_is_silent():
    """For Gaussian pictures the best linear guess is the velocity to be expected."""
    torch.manual_seed(0)
    sigma, moment, count = 0.5, 0.7, 4000
    silent = make_leaning("preconditioned", lambda noisy, *rest: torch.zeros_like(noisy))
    pictures, noise = sigma * torch.randn(count, 3, 2, 2), torch.randn(count, 3, 2, 2)
    noisy = (1 - moment) * pictures + moment * noise
    target = noise - pictures
    slope = float((target * noisy).mean() / noisy.square().mean())
    answer = silent.velocity(noisy, torch.full((count,), moment), None)
    assert torch.allclose(answer, slope * noisy, atol=0.05)
    rest = (target - answer).std()
    assert float(rest) == pytest.approx(sigma / (0.3**2 * sigma**2 + moment**2) ** 0.5, rel=0.02)


@pytest.mark.parametrize("target", ["velocity", "noise", "picture"])
def test_a_network_that_knows_its_target_gives_the_velocity(target):
    torch.manual_seed(0)
    pictures, noise = torch.randn(2, 5, 3, 4, 4)
    times = torch.linspace(0.1, 0.9, 5)
    known = {"velocity": noise - pictures, "noise": noise, "picture": pictures}[target]
    knowing = make_leaning(target, lambda *rest: known)
    noisy = (1 - times.view(-1, 1, 1, 1)) * pictures + times.view(-1, 1, 1, 1) * noise
    assert torch.allclose(knowing.velocity(noisy, times, None), noise - pictures, atol=1e-5)


def test_alterations_left_unsaid_are_the_same_alterations():
    pictures = torch.rand(6, 3, 16, 16) * 2 - 1
    said, labels = Augment(shift=1.0)(pictures, torch.Generator().manual_seed(3))
    unsaid, nothing = trials.Unsaid(shift=1.0)(pictures, torch.Generator().manual_seed(3))
    assert torch.equal(said, unsaid) and labels.any() and not nothing.any()
