"""A search of settings on a tiny set: resumed, judged on other pictures than it chose by."""

import json
import re
import tomllib

import pytest

from generate.bench.tuning import page
from generate.bench.tuning import study as studies
from generate.bench.tuning import tune as tuning
from generate.bench.tuning.study import choose, mend_journal, open_study, work
from generate.bench.tuning.trial import Job, Outcome, apply, run_trial
from generate.bench.tuning.tune import choose_set, compare, tune
from generate.errors import Refusal
from generate.pictures.data.dataset import build_dataset
from generate.pictures.families.registry import FAMILIES
from generate.pictures.families.space import BY_LOSS, Choice
from generate.pictures.training import budget
from tests.pictures.tiny import use_tiny_networks

# Drawing takes seconds; one test looks at the plots.
DRAW_PLOTS = page.draw_plots


@pytest.fixture
def settings(jungle, monkeypatch):
    use_tiny_networks(monkeypatch.setattr)
    # Networks this small have no shipped weights, and pictures enough are held out to compare by.
    monkeypatch.setattr(tuning, "find_start", lambda settings: None)
    monkeypatch.setattr(budget, "probe", lambda trial: ("float32", 0.01))
    monkeypatch.setattr(page, "draw_plots", lambda study: {})
    found = jungle()
    pictures = found.pictures.model_copy(update={"held_out": 0.5, "exposures": 64})
    return found.model_copy(update={"pictures": pictures})


def here(function, count, *rest):
    for worker in range(count):
        function(*rest, worker)


def search(settings, trials=3, **more):
    return tune(settings, minutes=0.01, trials=trials, run=here, **more)


@pytest.mark.parametrize("name", FAMILIES)
def test_what_is_searched_is_what_the_family_accepts(name):
    model = FAMILIES[name].settings
    for key, span in getattr(model, "searched", {}).items():
        ends = span.values if isinstance(span, Choice) else (span.low, span.high)
        for value in ends:
            whole = int(value) if getattr(span, "step", None) else value
            assert getattr(model(**{key: whole}), key) == value
    if FAMILIES[name].trains:
        assert {"rate"} <= set(model.searched)


def test_a_search_is_told_whole_and_not_run_twice(settings, monkeypatch):
    monkeypatch.setattr(page, "draw_plots", DRAW_PLOTS)
    report = search(settings)
    assert len(report["trials"]) == 3
    assert report["best"] in {row["number"] for row in report["trials"]}
    best = min(r["figure"] for r in report["trials"] if not r["refused"] and not r["given_up"])
    assert best == next(r["figure"] for r in report["trials"] if r["number"] == report["best"])
    # What is printed is what was tried, and jungle.toml takes it.
    table = tomllib.loads("\n".join(report["lines"]))["pictures"]["flow"]
    assert table == report["values"]
    FAMILIES["flow"].settings(**table)
    shown = (settings.work / "report/tuning.html").read_text()
    assert "History" in shown and "Slices" in shown and shown.count("data:image/png") >= 2
    assert json.loads((settings.work / "report/tuning.json").read_text()) == report
    # Every trial saw as many pictures as the default, since the network is the same.
    assert {row["exposures"] for row in report["trials"] if not row["given_up"]} == {64}
    before = sorted((p, p.stat().st_mtime_ns) for p in settings.work.rglob("facts.json"))
    assert search(settings) == report
    assert before == sorted((p, p.stat().st_mtime_ns) for p in settings.work.rglob("facts.json"))


def test_a_killed_search_tries_again_what_was_under_way(settings, monkeypatch):
    class Killed(BaseException):
        pass

    begun = []

    def die(job, values, seed, exposures=None, look=None):
        begun.append(values)
        if len(begun) == 4:  # two of the default, one trial, and this one
            raise Killed
        return run_trial(job, values, seed, exposures, look)

    monkeypatch.setattr(studies, "run_trial", die)
    monkeypatch.setattr(tuning, "run_trial", die)
    with pytest.raises(Killed):
        search(settings)
    journal = next(settings.work.rglob("journal.log"))
    journal.write_bytes(journal.read_bytes() + b'{"op_code": 5, "work')  # a line half written
    report = search(settings)
    finished = [row["values"] for row in report["trials"]]
    assert len(finished) == 3
    assert begun[3] in finished
    assert all(values in finished for values in begun[2:3])


def test_two_workers_share_the_trials(settings):
    report = search(settings, trials=4, workers=2)
    assert len(report["trials"]) == 4


def test_workers_draw_other_choices_and_resumed_ones_draw_anew(settings, tmp_path):
    drawn = []
    space = FAMILIES["flow"].settings.searched
    for seed in (1, 1, 2):
        home = tmp_path / str(len(drawn))
        home.mkdir()
        drawn.append(choose(open_study(home, seed).ask(), space, BY_LOSS))
    assert drawn[0] == drawn[1] != drawn[2]
    # By the loss nothing is searched that is a part of the loss, or of sampling alone.
    assert set(drawn[0]) == {"rate", "window", "dropout"}


def test_a_family_without_comparable_losses_is_judged_by_kid(settings):
    pictures = settings.pictures.model_copy(update={"recipe": "cvae"})
    settings = settings.model_copy(update={"pictures": pictures})
    report = search(settings, trials=2, samples=8)
    assert report["by"] == "kid" and "KID" in report["verdict"]
    with pytest.raises(Refusal, match="do not tell; leave BY=loss out"):
        search(settings, by="loss")


def test_what_cannot_be_searched_is_refused(settings):
    pictures = settings.pictures.model_copy(update={"recipe": "pretrained", "model": "a/b"})
    with pytest.raises(Refusal, match="pretrained has no settings that can be searched"):
        search(settings.model_copy(update={"pictures": pictures}))


def test_a_choice_that_cannot_be_trained_does_not_end_the_search(settings, monkeypatch):
    refused = []

    def refuse(job, values, seed, exposures=None, look=None):
        if not refused:
            refused.append(values)
            raise Refusal("the loss became NaN")
        return run_trial(job, values, seed, exposures, look)

    monkeypatch.setattr(studies, "run_trial", refuse)
    report = search(settings)
    assert [row["values"] for row in report["trials"] if row["refused"]] == refused
    assert len(report["trials"]) == 3
    assert "the loss became NaN" in (settings.work / "report/tuning.html").read_text()


def test_a_trial_far_behind_is_given_up(settings):
    chosen = choose_set(settings, None)
    build_dataset(chosen)
    job = Job(chosen, None, 0.01, BY_LOSS, 8, settings.work)
    looked = []

    def look(number, figure):
        looked.append((number, figure))
        return number == 2

    outcome = run_trial(job, {"rate": 0.001}, 0, None, look)
    assert outcome.given_up and outcome.exposures == 32 and [n for n, _ in looked] == [1, 2]
    assert outcome.figure == pytest.approx(looked[-1][1], abs=1e-5)
    assert not list(settings.work.rglob("*.ckpt"))


def outcome(losses):
    mean = sum(losses) / len(losses)
    return Outcome(mean, mean, tuple(losses), 1, 1, 1.0)


@pytest.mark.parametrize(
    ("best", "better", "said"),
    [
        ([0.5, 0.6, 0.7, 0.8], True, "better than the default"),
        ([0.98, 1.09, 1.2, 1.29], False, "no better than the default within chance"),
        ([2.0, 2.1, 2.2, 2.3], False, "worse than the default"),
        ([0.1, 1.9, 0.2, 1.9], False, "no better than the default within chance"),
    ],
)
def test_the_verdict_weighs_chance(best, better, said):
    default, other = outcome([1.0, 1.1, 1.2, 1.3]), outcome([1.02, 1.12, 1.22, 1.32])
    found = compare(outcome(best), default, other, BY_LOSS)
    assert found.better is better and found.sentence.startswith(said)
    assert re.search(r"the default 1\.1500 and, under another seed, 1\.1700", found.sentence)


def test_values_join_what_a_person_set(settings):
    tables = {"flow": FAMILIES["flow"].settings(shift=2.0, rate=0.001)}
    pictures = settings.pictures.model_copy(update={"tables": tables})
    own = apply(settings.model_copy(update={"pictures": pictures}), {"rate": 0.002}, 3)
    assert own.pictures.own.rate == 0.002 and own.pictures.own.shift == 2.0 and own.seed == 3


def test_a_torn_journal_is_cut_at_its_last_whole_line(tmp_path):
    path = tmp_path / "journal.log"
    path.write_bytes(b'{"a": 1}\n{"b": 2}\n\x00\x00{"c"')
    (tmp_path / "journal.log.lock").touch()
    mend_journal(tmp_path)
    assert path.read_bytes() == b'{"a": 1}\n{"b": 2}\n'
    assert not (tmp_path / "journal.log.lock").exists()


def test_work_ends_at_once_where_all_is_done(settings, monkeypatch):
    search(settings, trials=2)
    home = next(settings.work.rglob("journal.log")).parent
    monkeypatch.setattr(studies, "run_trial", lambda *_, **__: pytest.fail("one more was trained"))
    job = Job(settings, None, 0.01, BY_LOSS, 8, home)
    work(job, FAMILIES["flow"].settings.searched, 2, (1, 1), 0)
