"""The bench: both recipes are measured by the same code, and the ratios are theirs."""

import json

import pytest

from generate import bench
from generate.pictures import measure
from generate.pictures.measure import Cost, measure_recipe
from generate.pictures.model import Shape


@pytest.mark.parametrize("recipe", ["flow", "ddpm"])
def test_costs_are_measured(monkeypatch, recipe):
    shape = Shape(16, 1, (16, 16), 1, 1, 8, 4, conditioned=recipe != "ddpm")
    monkeypatch.setattr(measure, "choose_shape", lambda recipe, size: shape)
    monkeypatch.setattr(measure, "SIZE", 16)
    monkeypatch.setattr(measure, "CALLS", 2)
    cost = measure_recipe(recipe, steps=2)
    assert 0 < cost.training < 10 and 0 < cost.finished < 1000
    assert cost.memory > 2**26


def test_the_better_round_counts_and_the_table_is_written(write_settings, monkeypatch, capsys):
    costs = {
        "ddpm": iter([Cost(1.0, 90.0, 2**31), Cost(0.5, 100.0, 2**31)]),
        "flow": iter([Cost(0.02, 0.3, 2**30), Cost(0.05, 0.2, 2**30)]),
    }

    class Here:
        """A pool of one that works in this process."""

        def Pool(self, count):
            return self

        def __enter__(self):
            return self

        def __exit__(self, *about):
            return None

        def apply(self, function, task):
            return next(costs[task[0]])

    monkeypatch.setattr(bench.multiprocessing, "get_context", lambda method: Here())
    encoding = {"name": "encoding", "baseline": 2.0, "ours": 1.0, "ratio": 2.0, "unit": "s"}
    monkeypatch.setattr("generate.gallery.measure.measure_gallery", lambda: [encoding])
    settings = write_settings()
    bench.run_bench(settings)
    rows = {row["name"]: row for row in json.loads((settings.work / "bench.json").read_text())}
    assert rows["seconds per training picture"]["ratio"] == 25
    assert rows["seconds per finished picture"]["ratio"] == 450
    assert rows["peak memory"] == {
        "name": "peak memory",
        "baseline": 2048,
        "ours": 1024,
        "ratio": 2,
        "unit": "MiB",
    }
    assert rows["encoding"] == encoding
    assert "seconds per training picture" in capsys.readouterr().out
