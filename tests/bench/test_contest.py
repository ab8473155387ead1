"""A contest of families on a tiny set: each is trained once, scored, shown, and gone on with."""

import json

import numpy as np
import pytest

from generate.bench.contest import contestants
from generate.bench.contest.contest import run_contest
from generate.bench.contest.scores import agree, score_inception, weigh_words
from generate.errors import Refusal
from generate.pictures.data.dataset import gather
from generate.pictures.families.registry import find_spec
from generate.pictures.fieldguide.drawings import open_field_guide
from tests.pictures.tiny import use_tiny_networks


@pytest.fixture
def settings(jungle, monkeypatch):
    use_tiny_networks(monkeypatch.setattr)
    # Networks this small have no shipped weights.
    monkeypatch.setattr(contestants, "find_starter", lambda name: None)
    return jungle()


def hold(settings, families, run=None, **more):
    here = run or (lambda function, *rest: function(*rest))
    return run_contest(settings, "set", 0.01, families, samples=8, run=here, **more)


def test_families_stand_side_by_side_and_are_not_trained_twice(settings):
    trained = []

    def run(function, chosen, entrant, home):
        trained.append(entrant.recipe)
        function(chosen, entrant, home)

    report = hold(settings, ["flow", "cvae"], run, record=True)
    assert set(report["facts"]) == {"flow", "cvae"}
    assert set(report["scores"]) == {*report["facts"], "held-out pictures"}
    assert report["scores"]["held-out pictures"]["diversity"] == pytest.approx(1)
    for facts in report["facts"].values():
        assert facts["exposures"] > 0 and facts["samples"] == 8
    for found in report["scores"].values():
        assert np.isfinite(found["KID ours"]) and 1 <= found["inception score"] <= 99
    page = (settings.work / "report/contest.html").read_text()
    assert page.count("data:image/webp") == 2 and "From scratch" in page
    assert json.loads((settings.work / "report/contest.json").read_text())["left out"] == {}
    table = (settings.home / "docs/comparison/families-set.md").read_text()
    assert "| cvae |" in table and (settings.home / "docs/comparison/families-set.webp").is_file()
    before = {p: p.stat().st_mtime_ns for p in settings.work.rglob("samples-*.safetensors")}
    again = hold(settings, ["flow", "cvae"])
    assert again["facts"] == report["facts"] and len(trained) == 2
    assert before == {p: p.stat().st_mtime_ns for p in settings.work.rglob("samples-*.safetensors")}


def test_shipped_weights_have_a_table_of_their_own(settings, tmp_path, monkeypatch):
    monkeypatch.setattr(
        contestants, "find_starter", lambda name: tmp_path if name == "flow" else None
    )
    found = contestants.list_contestants(
        settings, "set", "place", [find_spec(name) for name in ("flow", "cvae")], 0.01, 8
    )
    assert [one.name for one in found] == ["flow", "cvae", "flow, from its starter"]
    assert len({one.home for one in found}) == 3


def test_one_that_cannot_run_is_left_out_and_named(settings):
    def run(function, chosen, entrant, home):
        if entrant.recipe == "gan":
            raise Refusal("gan needs a package: pip install it")
        function(chosen, entrant, home)

    report = hold(settings, ["gan", "cvae"], run)
    assert set(report["facts"]) == {"cvae"}
    assert report["left out"] == {"gan": "gan needs a package: pip install it"}
    assert "pip install it" in (settings.work / "report/contest.html").read_text()
    with pytest.raises(Refusal, match="no family could be run"):
        hold(settings, ["gan"], run)


def test_a_killed_contest_goes_on_where_it_was(settings):
    class Killed(Exception):
        pass

    def die(function, chosen, entrant, home):
        if entrant.recipe == "cvae":
            raise Killed
        function(chosen, entrant, home)

    with pytest.raises(Killed):
        hold(settings, ["flow", "cvae"], die)
    done = [*settings.work.rglob("facts.json")]
    assert len(done) == 1
    before = done[0].read_bytes()
    assert set(hold(settings, ["flow", "cvae"])["facts"]) >= {"flow", "cvae"}
    assert done[0].read_bytes() == before


@pytest.mark.parametrize(
    ("families", "source", "said"),
    [
        (["nonsense"], "set", "recipe = 'nonsense' is not known"),
        (["pretrained"], "set", "draws with a model that others trained"),
        (["flow"], "nowhere", "no such folder"),
    ],
)
def test_what_cannot_be_is_refused(settings, families, source, said):
    with pytest.raises(Refusal, match=said):
        run_contest(settings, source, 0.01, families, 8, run=lambda *_: None)


def test_words_matter_where_drawings_show_what_was_asked(write_settings):
    settings = write_settings("[pictures]\nexamples = 48\n")
    images, rows, _, _ = gather(settings, open_field_guide(settings))
    right = weigh_words(images, rows)
    assert right["plan"] >= 44 and right["plans"] == 48 and right["words"] > 8
    wrong = weigh_words(images[::-1], rows)
    assert wrong["plan"] < 20 and abs(wrong["words"]) < 3
    assert weigh_words(images, [{"tags": {"class": "cat"}}] * 48)["words"] is None
    assert score_inception(images) > 4 * score_inception(images[:1].repeat(48, 0))
    assert agree(["a", "b"], ["a", None]).tolist() == [1, 0]


def test_a_family_of_strokes_learns_from_a_set_of_its_own(settings):
    found = contestants.list_contestants(settings, "set", "place", [find_spec("sketch")], 1, 8)
    (one,) = found
    assert one.settings.home.name == "strokes" and one.settings.pictures.recipe == "sketch"
