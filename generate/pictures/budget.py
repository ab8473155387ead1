"""Turn a time budget into a fixed number of training pictures, before the first step.

Reads and writes work/training/plan.json.
"""

import contextlib
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

import torch

from generate.errors import Refusal
from generate.files import read_json, write_json
from generate.pictures.checkpoint import list_checkpoints
from generate.pictures.families import EPOCHS, choose_plan
from generate.pictures.loop import Family, Plan, Training, accumulate, make_optimiser, seeded
from generate.pictures.memory import find_micro
from generate.pictures.model import copy_weights, put_weights
from generate.pictures.precision import measure, probe
from generate.recipe import Recipe
from generate.settings import Settings

# Seconds of a budget that go to probing, grids and saving.
OVERHEAD = 8.0
GRIDS = 4


def settle_plan(
    settings: Settings,
    recipe: Recipe,
    family: Family,
    training: Training,
    started: bool,
    home: Path,
) -> Plan:
    """The plan of this run: as recorded if it was begun before, else probed and recorded.

    A budget in minutes becomes a number of steps here, once: reruns and resumes never look at the
    clock again, and so are the same run.
    """
    path = home / "plan.json"
    if path.is_file():
        with contextlib.suppress(Refusal, KeyError, TypeError):
            recorded = read_json(path)
            if recorded["key"] == recipe.key:
                return Plan(**recorded["plan"])
    for stale in list_checkpoints(home):
        stale.unlink()
    asked = settings.pictures
    plan = choose_plan(asked.recipe, started, settings.seed)
    if asked.batch:
        plan = replace(plan, batch=asked.batch, micro=asked.batch)
    weights = copy_weights(family.network)
    plan = replace(plan, micro=find_micro(family, training, plan))
    step = trial_step(family, training, plan)
    if asked.recipe == "ddpm":
        kind, seconds = "float32", 0.0
        steps = EPOCHS * len(training.pictures) // plan.batch
        if "minutes" in asked.model_fields_set:
            _, seconds = time_float32(step)
            steps = min(steps, count_steps(asked.minutes, seconds))
    else:
        kind, seconds = probe(step)
        steps = count_steps(asked.minutes, seconds)
    put_weights(family.network, weights)
    plan = replace(plan, steps=max(steps, 1), arithmetic=kind)
    write_json(
        path, {"key": recipe.key, "plan": asdict(plan), "seconds_per_step": round(seconds, 4)}
    )
    return plan


def count_steps(minutes: float, seconds: float) -> int:
    """Steps of ``seconds`` that fit in ``minutes``, with time left for probing, grids and saving.

    A grid and a look at the held-out pictures cost about as much as eight steps.
    """
    spare = max(minutes * 60 * 0.97 - OVERHEAD, minutes * 40)
    return max(8, int(spare / max(seconds, 1e-6)) - 8 * GRIDS)


def time_float32(step: Callable[[], object]) -> tuple[str, float]:
    """Seconds of ``step`` in float32, the slower arithmetic of a recipe that knows no other."""
    return "float32", measure(step, "float32", 3, float("inf"))


def trial_step(family: Family, training: Training, plan: Plan) -> Callable[[], object]:
    """A function that takes one step as training does, with a learning rate of nought."""
    optimiser = make_optimiser(family.network, replace(plan, rate=0.0, decay=0.0))

    def step() -> None:
        kind = "bfloat16" if torch.is_autocast_enabled("cpu") else "float32"
        batch = training.draw(replace(plan, steps=1), 0, seeded("trial"))
        accumulate(family, batch, replace(plan, arithmetic=kind), seeded("trial"))
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)

    family.network.train()
    return step
