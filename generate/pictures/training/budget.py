"""Turn a time budget into a fixed number of training pictures, before the first step.

Reads and writes work/training/<key>/plan.json.
"""

import contextlib
import time
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from generate.errors import Refusal
from generate.files import read_json, write_json
from generate.pictures.compute import processes
from generate.pictures.compute.memory import allowance, fitting, measure_activations
from generate.pictures.compute.precision import choose_device, current_arithmetic, measure, probe
from generate.pictures.families.base import Beginning, Family
from generate.pictures.networks.weights import copy_weights, put_weights
from generate.pictures.training.loop import accumulate, make_optimisers, take_rows
from generate.pictures.training.pictures import TrainingPictures, seeded
from generate.pictures.training.plan import Plan
from generate.recipe import Recipe
from generate.settings import Settings

# Seconds of a budget that go to probing, grids and saving.
OVERHEAD = 8.0
GRIDS = 4
# Batches are made smaller to get enough steps, but never smaller than this.
SMALLEST = 8
# A budget in minutes is divided by the time of a step. Once the arithmetic is chosen, steps are
# timed for about so many seconds, but at least and at most so many of them.
TIMED, FEWEST, MOST = 3.0, 3, 15


def settle_plan(
    settings: Settings,
    recipe: Recipe,
    family: Family,
    training: TrainingPictures,
    beginning: Beginning,
    home: Path,
) -> Plan:
    """The plan of this run: as recorded if it was begun before, else probed and recorded.

    A budget in minutes becomes a number of steps here, once: reruns and resumes never look at the
    clock again, and so are the same run. ``exposures`` need no clock, and make the same run
    anywhere where the arithmetic is the same. Of several processes the first decides.
    """
    path = home / "plan.json"
    recorded = processes.tell(read_plan(path, recipe.key))
    if recorded is not None:
        return Plan(**recorded)
    asked = settings.pictures
    # An accelerator, which sixteen small pictures would leave half idle, is given more at a time.
    usual = beginning.batch or (16 if choose_device().type == "cpu" else 64)
    batch = asked.batch or usual
    plan = replace(beginning.plan, batch=batch, micro=batch, seed=settings.seed)
    if plan.batch < processes.world():
        raise Refusal(
            f"{plan.batch} pictures at a time cannot be shared among {processes.world()} "
            "processes; set a larger batch under [pictures]"
        )
    weights = copy_weights(family.network)
    plan = replace(plan, micro=find_micro(family, training, plan))
    kind, seconds = beginning.arithmetic, 0.0
    if kind is None:
        kind, seconds = probe(trial_step(family, training, plan))
    plan = replace(plan, arithmetic=kind)
    plan, seconds = count_steps(settings, family, training, beginning, plan, seconds)
    smallest = plan.batch if asked.batch else max(SMALLEST, processes.world())
    while plan.batch // 2 >= smallest and processes.tell(plan.steps < beginning.enough):
        half = plan.batch // 2
        plan = replace(plan, batch=half, micro=min(plan.micro, half))
        plan, seconds = count_steps(settings, family, training, beginning, plan, seconds / 2)
    put_weights(family.network, weights)
    chosen = processes.tell(asdict(plan))
    if processes.is_first():
        write_json(path, {"key": recipe.key, "plan": chosen, "seconds_per_step": round(seconds, 4)})
    return Plan(**chosen)


def count_steps(
    settings: Settings,
    family: Family,
    training: TrainingPictures,
    beginning: Beginning,
    plan: Plan,
    seconds: float,
) -> tuple[Plan, float]:
    """``plan`` with the steps that the budget holds, and the seconds of one, about ``seconds``.

    They are timed where the budget is in minutes. Of several processes each counts for itself.
    """
    asked = settings.pictures
    if asked.minutes and not asked.exposures:
        tries = FEWEST if not seconds else min(max(FEWEST, int(TIMED / seconds)), MOST)
        step = trial_step(family, training, plan)
        seconds = measure(step, plan.arithmetic, tries, float("inf"))
    whole = beginning.epochs * len(training.pictures) // plan.batch
    if asked.exposures:
        steps = asked.exposures // plan.batch
    elif not asked.minutes:
        steps = whole
    else:
        within = divide_minutes(asked.minutes, slowest(seconds, family))
        steps = min(whole, within) if beginning.capped else within
    return replace(plan, steps=max(steps, 1)), seconds


def read_plan(path: Path, key: str) -> dict[str, Any] | None:
    """The plan recorded for the run ``key``, None if there is none that can be read."""
    with contextlib.suppress(Refusal, OSError, KeyError, TypeError):
        recorded = read_json(path)
        if recorded["key"] == key:
            return asdict(Plan(**recorded["plan"]))
    return None


def slowest(seconds: float, family: Family) -> float:
    """``seconds`` of the slowest process, with what it takes to add up the gradients of all."""
    if processes.world() == 1:
        return seconds
    weights = [weight.detach().clone() for weight in family.network.parameters()]
    processes.add_up(weights)
    started = time.perf_counter()
    processes.add_up(weights)
    return max(processes.gather(seconds)) + time.perf_counter() - started


def find_micro(family: Family, training: TrainingPictures, plan: Plan) -> int:
    """The largest share of ``plan.batch``, halved as often as need be, that fits in memory.

    The bytes that one picture's backward pass keeps are counted, not guessed, and out of memory all
    the same means half again. Gradients are summed over the shares, so the batch stays what it was.
    """
    network = family.network
    weights = {p.untyped_storage().data_ptr() for p in network.parameters()}
    whole, each = slice(None), replace(plan, batch=1, micro=1)

    def keep(phase: str) -> int:
        batch = training.draw(each, 0, seeded("fit"))
        chance = take_rows(family.chance(phase, batch, seeded("fit"), 0.0), whole, family.device)
        one = take_rows(batch, whole, family.device)
        return measure_activations(lambda: family.losses(phase, one, chance), weights)

    per_picture, micro = max(map(keep, family.phases)), plan.batch
    while micro > 1 and micro * per_picture > allowance(family.device):
        micro = (micro + 1) // 2

    def work(micro: int) -> None:
        trial = replace(plan, batch=micro * processes.world(), micro=micro)
        batch = training.draw(trial, 0, seeded("fit"))
        for phase in family.phases:
            accumulate(family, phase, batch, trial, family.chance(phase, batch, seeded("fit"), 0.0))
        network.zero_grad(set_to_none=True)

    return fitting(work, micro, network.zero_grad)[1]


def divide_minutes(minutes: float, seconds: float) -> int:
    """Steps of ``seconds`` that fit in ``minutes``, with time left for probing, grids and saving.

    A grid and a look at the held-out pictures cost about as much as eight steps.
    """
    spare = max(minutes * 60 * 0.97 - OVERHEAD, minutes * 40)
    return max(8, int(spare / max(seconds, 1e-6)) - 8 * GRIDS)


def trial_step(family: Family, training: TrainingPictures, plan: Plan) -> Callable[[], object]:
    """A function that takes one step as training does, with a learning rate of 0."""
    optimisers = make_optimisers(family, replace(plan, rate=0.0, decay=0.0))

    def step() -> None:
        batch = training.draw(replace(plan, steps=1), 0, seeded("trial"))
        for phase in family.phases:
            chance = family.chance(phase, batch, seeded("trial"), 0.0)
            accumulate(family, phase, batch, replace(plan, arithmetic=current_arithmetic()), chance)
            optimisers[phase].step()
            family.network.zero_grad(set_to_none=True)

    family.network.train()
    return step
