"""The costs of a recipe: each is measured by the same code, in turns, and the ratios are theirs."""

import threading
from multiprocessing import Pipe

import pytest

from generate.bench import subject as measure
from generate.bench import turns as costs
from generate.bench.subject import open_subject, serve
from generate.bench.turns import CLASSIC, FULL, OURS, Remote, compare, make_rows, take_turns
from generate.errors import Refusal
from tests.pictures.tiny import use_tiny_networks


@pytest.fixture
def tiny(monkeypatch):
    """Networks of a few thousand weights, pictures of 16 pixels."""

    use_tiny_networks(monkeypatch.setattr)
    monkeypatch.setattr(measure, "SIZE", 16)
    monkeypatch.setattr(measure, "GROUP", 2)
    monkeypatch.setattr(measure, "CALLS", 2)


@pytest.mark.parametrize(("recipe", "calls"), [("flow", [4, 4, 2]), ("ddpm", [2, 2])])
def test_a_subject_learns_and_samples_while_it_is_timed(tiny, recipe, calls):
    subject = open_subject(recipe, "float32", solver=3)
    network = subject.family.network
    before = network.unet.conv_out.weight.detach().clone()
    assert 0 < subject.train() < 10
    assert not before.equal(network.unet.conv_out.weight)
    seen = []
    network.register_forward_hook(lambda *about: seen.append(len(about[1][0])))
    assert 0 < subject.sample() < 1000
    # Guidance asks twice but for the last step; the classic recipe has nothing to be guided by.
    assert seen == calls
    assert subject.memory() > 2**26


def test_a_served_subject_answers_until_it_is_dismissed(tiny):
    near, far = Pipe()
    serving = threading.Thread(target=serve, args=(far, "flow", "float32", 1, 2, 1.5))
    serving.start()
    remote = Remote(near)
    assert remote.hear() == ("float32", 1)
    assert remote.ask("train") > 0 and remote.ask("sample") > 0 and remote.ask("memory") > 2**26
    near.send("")
    serving.join(300)
    assert not serving.is_alive()
    far.close()
    with pytest.raises(Refusal, match="memory enough"):
        remote.hear()


class Clockwork:
    """A worker whose every figure is known."""

    arithmetic, threads = "bfloat16", 2

    def __init__(self, log, name, **figures):
        self.log, self.name, self.figures = log, name, {k: iter(v) for k, v in figures.items()}

    def ask(self, what):
        self.log.append((what, self.name))
        return next(self.figures[what])


def test_turns_alternate_and_ratios_are_of_the_same_round():
    log = []
    workers = {
        CLASSIC: Clockwork(log, CLASSIC, train=[9, 1, 2, 1], sample=[90, 100, 80], memory=[2**31]),
        OURS: Clockwork(log, OURS, train=[9, 0.04, 0.05, 0.02], sample=[0.3, 0.2, 0.4],
                        memory=[2**30]),
        FULL: Clockwork(log, FULL, train=[9, 0.1, 0.1, 0.1], sample=[1, 1, 1]),
    }  # fmt: skip
    rows = {row["name"]: row for row in make_rows(workers, take_turns(workers, 3))}
    order = [name for what, name in log if what == "train"]
    assert order == [CLASSIC, OURS, FULL] * 4
    training = rows["seconds per training picture"]
    # 25, 40 and 50 times; the round that warms up is not among them.
    assert training["ratio"] == 40 and training["spread"] == [25, 50]
    assert training["baseline"] == 1 and training["ours"] == 0.04
    assert rows["seconds per training picture, float32"]["ratio"] == 10
    assert rows["seconds per finished picture"]["ratio"] == 300
    assert rows["peak memory"] == {
        "name": "peak memory",
        "baseline": 2048,
        "ours": 1024,
        "ratio": 2,
        "spread": [2, 2],
        "unit": "MiB",
    }
    assert rows["processor threads"]["baseline"] == rows["processor threads"]["ours"] == 2


def test_threads_are_those_asked_for(monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    assert costs.count_threads() == 3
    monkeypatch.delenv("OMP_NUM_THREADS")
    assert costs.count_threads() >= 1


def test_the_ratio_is_the_median_of_the_rounds():
    row = compare("x", "s", [1, 10, 3], [1, 2, 1])
    assert (row["ratio"], row["spread"], row["baseline"], row["ours"]) == (3, [1, 5], 3, 1)
