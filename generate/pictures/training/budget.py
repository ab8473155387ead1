"""Turn a time budget into a fixed number of training pictures, before the first step.

Reads and writes work/training/<key>/plan.json.
"""

import contextlib
import math
import time
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from generate.errors import Refusal
from generate.files import read_json, write_json
from generate.pictures.compute import processes
from generate.pictures.compute.memory import allowance, fit_in_memory, measure_activations
from generate.pictures.compute.precision import choose_device, probe, time_step
from generate.pictures.compute.sharing import give_way
from generate.pictures.families.base import Family
from generate.pictures.networks.weights import copy_weights, put_weights
from generate.pictures.training.loop import accumulate, make_optimisers, take_rows
from generate.pictures.training.pictures import TrainingPictures, seeded
from generate.pictures.training.plan import Plan
from generate.settings import Settings

# Seconds of a budget that go to probing, grids and saving.
OVERHEAD = 8.0
GRIDS = 4
# Batches are made smaller to get enough steps, but never smaller than this.
SMALLEST = 8
# A budget in minutes is divided by the time of a step. To measure it, steps are taken for about
# TIMED seconds, but at least FEWEST and at most MOST of them.
TIMED, FEWEST, MOST = 3.0, 3, 15


def settle_plan(
    settings: Settings, key: str, family: Family, training: TrainingPictures, home: Path
) -> Plan:
    """The plan of the run ``key``: as recorded if it was begun before, else chosen and recorded.

    A budget in minutes becomes a number of steps here, once. Reruns and resumptions use the
    recorded number, and so are the same run. ``exposures`` need no clock, and make the same run
    anywhere where the arithmetic is the same. Of several processes the first decides.
    """
    path, beginning = home / "plan.json", family.beginning
    recorded = processes.tell(read_plan(path, key))
    if recorded is not None:
        return Plan(**recorded)
    asked = settings.pictures
    # Batches of 16 small pictures would leave an accelerator half idle.
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
    plan, seconds = count_steps(settings, family, training, plan, seconds)
    smallest = plan.batch if asked.batch else max(SMALLEST, processes.world())
    while plan.batch // 2 >= smallest and processes.tell(plan.steps < beginning.least_steps):
        half = plan.batch // 2
        plan = replace(plan, batch=half, micro=min(plan.micro, half))
        plan, seconds = count_steps(settings, family, training, plan, seconds / 2)
    put_weights(family.network, weights)
    chosen = processes.tell(asdict(plan))
    if processes.is_first():
        write_json(path, {"key": key, "plan": chosen, "seconds_per_step": round(seconds, 4)})
    return Plan(**chosen)


def count_steps(
    settings: Settings, family: Family, training: TrainingPictures, plan: Plan, seconds: float
) -> tuple[Plan, float]:
    """``plan`` with the steps that the budget holds, and the seconds of one, about ``seconds``.

    Steps are timed where the budget is in minutes, those of each act. Of several processes each
    counts for itself.
    """
    asked, beginning = settings.pictures, family.beginning
    if asked.minutes and not asked.exposures:
        tries = FEWEST if not seconds else min(max(FEWEST, int(TIMED / seconds)), MOST)
        acts = [trial_step(family, training, plan, 0.0, act) for act in family.acts]
        times = [time_step(step, plan.arithmetic, tries, math.inf) for step in acts]
        parts = zip(times, family.acts, [*family.acts[1:], 1.0], strict=True)
        seconds = sum(time * (end - begin) for time, begin, end in parts)
    whole = beginning.epochs * len(training.pictures) // plan.batch
    if asked.exposures:
        steps = asked.exposures // plan.batch
    elif not asked.minutes:
        steps = whole
    else:
        within = divide_minutes(asked.minutes, add_exchange(seconds, family))
        steps = min(whole, within) if beginning.capped else within
    return replace(plan, steps=max(steps, 1)), seconds


def read_record(path: Path, key: str) -> dict[str, Any]:
    """The JSON record in ``path`` if its "key" is ``key``; empty if there is none such."""
    with contextlib.suppress(Refusal, OSError, KeyError, TypeError):
        record = read_json(path)
        if record["key"] == key:
            return dict(record)
    return {}


def read_plan(path: Path, key: str) -> dict[str, Any] | None:
    """The plan recorded for the run ``key``, None if there is none that can be read."""
    with contextlib.suppress(KeyError, TypeError):
        return asdict(Plan(**read_record(path, key)["plan"]))
    return None


def add_exchange(seconds: float, family: Family) -> float:
    """``seconds`` of the slowest process, and the time to add up the gradients of all."""
    if processes.world() == 1:
        return seconds
    weights = [weight.detach().clone() for weight in family.network.parameters()]
    processes.add_up(weights)
    started = time.perf_counter()
    processes.add_up(weights)
    return max(processes.gather(seconds)) + time.perf_counter() - started


def find_micro(family: Family, training: TrainingPictures, plan: Plan) -> int:
    """The largest part of ``plan.batch``, halved until it fits in memory.

    The bytes that one picture's backward pass keeps are counted. If memory runs out all the same,
    the part is halved again. Gradients are summed over the parts, so the batch stays the same.
    """
    network = family.network
    weights = {p.untyped_storage().data_ptr() for p in network.parameters()}
    whole, each = slice(None), replace(plan, batch=1, micro=1)

    def count_bytes(phase: str) -> int:
        batch = training.draw_batch(each, 0, seeded("fit"))
        chance = take_rows(family.chance(phase, batch, seeded("fit"), 0.0), whole, family.device)
        one = take_rows(batch, whole, family.device)
        return measure_activations(lambda: family.losses(phase, one, chance), weights)

    per_picture, micro = max(map(count_bytes, family.phases)), plan.batch
    while micro > 1 and micro * per_picture > allowance(family.device):
        micro = (micro + 1) // 2

    def work(micro: int) -> None:
        trial = replace(plan, batch=micro * processes.world(), micro=micro)
        batch = training.draw_batch(trial, 0, seeded("fit"))
        for phase in family.phases:
            accumulate(family, phase, batch, trial, family.chance(phase, batch, seeded("fit"), 0.0))
        network.zero_grad(set_to_none=True)

    return fit_in_memory(work, micro, network.zero_grad)[1]


def divide_minutes(minutes: float, seconds: float) -> int:
    """Steps of ``seconds`` that fit in ``minutes``, with time left for probing, grids and saving.

    A grid and the held-out loss cost about as much as eight steps.
    """
    return max(8, int(spare_seconds(minutes) / max(seconds, 1e-6)) - 8 * GRIDS)


def spare_seconds(minutes: float) -> float:
    """Seconds of ``minutes`` that are left for steps, grids and measures."""
    return max(minutes * 60 * 0.97 - OVERHEAD, minutes * 40)


def trial_step(
    family: Family, training: TrainingPictures, plan: Plan, rate: float = 0.0, share: float = 0.0
) -> Callable[[], object]:
    """A function that takes a step in the current arithmetic, without clipping and average.

    It is a step of a run of which ``share`` is done. With a ``rate`` of 0 the weights stay as they
    are.
    """
    trial = replace(plan, steps=1, rate=rate, decay=0.0, arithmetic="")
    optimisers = make_optimisers(family, trial)

    def step() -> None:
        give_way()
        batch = training.draw_batch(trial, 0, seeded("trial"))
        for phase in family.take_turns(share):
            chance = family.chance(phase, batch, seeded("trial"), share)
            accumulate(family, phase, batch, trial, chance)
            optimisers[phase].step()
            family.network.zero_grad(set_to_none=True)

    family.network.train()
    return step
