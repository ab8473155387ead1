"""Minutes as a promise of the clock: what is said when they will not do, and how they are kept."""

import json
from itertools import pairwise

import pytest

from generate.pictures.model_folder import read_facts
from generate.pictures.training.budget import spare_seconds
from generate.pictures.training.deadline import Deadline
from generate.pictures.training.loop import train_steps
from generate.pictures.training.plan import Plan, find_training
from generate.pictures.training.stage import decide_model, train_model


def take(deadline, seconds_a_step, steps, begin=(0, 0.0)):
    """Note so many steps of one pace; the last step and its time."""
    step, seconds = begin
    deadline.note(step, seconds)
    for _ in range(steps):
        step, seconds = step + 1, seconds + seconds_a_step
        deadline.note(step, seconds)
    return step, seconds


def test_a_run_at_its_planned_pace_says_nothing():
    deadline = Deadline(steps=240, minutes=4)
    take(deadline, 1.0, 239)
    assert deadline.warn() == "" and not deadline.over
    assert deadline.left() == pytest.approx(1.0)


def test_a_run_that_was_slowed_tells_the_time_left_at_its_pace_of_late():
    deadline = Deadline(steps=240, minutes=4)
    reached = take(deadline, 1.0, 60)
    take(deadline, 4.0, 40, reached)
    assert deadline.left() == pytest.approx(140 * 4.0)
    assert deadline.warn() == "slow here: 9 min left of 4 asked for"
    # Once the others are gone, so is the warning.
    take(deadline, 0.5, 100, (100, 220.0))
    assert deadline.warn() == ""


def test_nothing_is_promised_without_minutes_or_before_the_pace_is_known():
    endless = Deadline(steps=1000, minutes=None)
    take(endless, 100.0, 10)
    assert endless.warn() == "" and not endless.over and endless.done(10) == 0.01
    young = Deadline(steps=1000, minutes=0.1)
    take(young, 3.0, 2)
    assert young.warn() == ""


def test_a_strict_run_is_over_in_time_and_its_rate_has_fallen_by_then():
    plan = Plan(steps=1000, rate=1.0)
    deadline = Deadline(plan.steps, 2, strict=True)
    rates, step, seconds = [], 0, 0.0
    while not deadline.over:
        rates.append(plan.rate_at(step, deadline.done(step)))
        step, seconds = step + 1, seconds + 1.0
        deadline.note(step, seconds)
    assert seconds == pytest.approx(spare_seconds(2), abs=1) and step < 120
    assert rates[60] == 1.0 and 0 < rates[-1] < 0.03
    assert all(later <= earlier for earlier, later in pairwise(rates[30:]))


def test_a_strict_run_with_time_to_spare_has_the_rates_of_its_plan():
    plan, deadline = Plan(steps=50, rate=1.0), Deadline(50, 4, strict=True)
    for step in range(50):
        deadline.note(step, 0.5 * step)
        assert plan.rate_at(step, deadline.done(step)) == plan.rate_at(step)


def test_a_strict_build_ends_on_time_and_records_it(jungle, fix_plan, capsys, monkeypatch):
    settings = jungle("strict_minutes = true", **{"pictures.minutes": 0.05})
    fix_plan(settings, steps=20_000)
    rates = []

    def watched(*given):
        plan, done = given[2], given[-1]
        for report in train_steps(*given):
            rates.append(plan.rate_at(report.step, done(report.step)))
            yield report

    monkeypatch.setattr("generate.pictures.training.run.train_steps", watched)
    folder = train_model(settings)
    recipe = json.loads((folder / "recipe.json").read_text())
    taken = recipe["steps taken"]
    assert 0 < taken < recipe["plan"]["steps"] == 20_000
    assert read_facts(folder)["exposures"] == taken * 8
    assert f"over after {taken:,} of 20,000 steps" in capsys.readouterr().out
    assert rates[-1] < max(rates)
    assert find_training(settings, decide_model(settings)).is_dir()


def test_a_strict_setting_is_another_model_and_its_default_is_not(jungle):
    assert decide_model(jungle("strict_minutes = true")).key != decide_model(jungle()).key
    assert decide_model(jungle("strict_minutes = false")).key == decide_model(jungle()).key
