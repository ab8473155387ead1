"""Train with one choice of settings and judge it: by its loss on held-out pictures, or by KID.

Reads a training set; writes a trial's folder: checkpoints, plan.json, samples, facts.json. If it is
killed, the next call goes on from the last checkpoint.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch

from generate.bench.samples import FACTS, read_samples, sample_entrant
from generate.evaluation.scoring.features import open_features
from generate.evaluation.scoring.scores import kid
from generate.files import write_json
from generate.pictures.data.dataset import Dataset, read_dataset
from generate.pictures.families.base import Family
from generate.pictures.families.space import BY_LOSS
from generate.pictures.networks.weights import copy_weights, count_parameters, put_weights
from generate.pictures.training.budget import read_record, settle_plan
from generate.pictures.training.checkpoint import list_checkpoints
from generate.pictures.training.loop import Report, list_held_out
from generate.pictures.training.pictures import TrainingPictures
from generate.pictures.training.run import Run, open_bar, resume, step_to_end
from generate.pictures.training.trainer import HELD_OUT, create_family, make_training, take_over
from generate.recipe import derive_seed, digest
from generate.settings import Settings
from generate.stops import is_orphan

# Seconds of training between checkpoints, and how often a trial is judged on its way.
EVERY, LOOKS = 60.0, 4
# Held-out pictures that a loss is measured on, and pictures that are sampled for KID, at most.
MOST = 512
# Called with the number of a look, from 1, and the figure then; True gives the trial up.
Look = Callable[[int, float], bool]


@dataclass(frozen=True)
class Job:
    """What all trials have in common.

    ``settings`` name the family and the training set, and lie in the folder that holds it. Trials
    begin from the weights in ``start`` (None: from scratch), train for ``minutes``, are judged by
    ``by`` ("loss" or "kid"), the latter on twice ``samples`` pictures, and lie in ``home``.
    """

    settings: Settings
    start: Path | None
    minutes: float
    by: str
    samples: int
    home: Path


@dataclass(frozen=True)
class Outcome:
    """What came of a trial; less is better.

    ``figure`` is what it is chosen by, ``other`` the same on pictures that no choice was made by.
    ``losses`` are those of the latter one by one, in the order of the held-out pictures; empty
    where KID judges. ``given_up``: its training ended early, and the figure is that of then.
    """

    figure: float
    other: float
    losses: tuple[float, ...]
    parameters: int
    exposures: int
    seconds: float
    given_up: bool = False


def run_trial(
    job: Job,
    values: Mapping[str, Any],
    seed: int,
    exposures: tuple[int, int] | None = None,
    look: Look | None = None,
) -> Outcome:
    """Train with ``values`` in the place of the family's own settings; from the record, if done.

    ``exposures`` tell (parameters, pictures) of the default. A network of as many parameters sees
    as many pictures, since the clock of a busy machine would favour one of two equal ones. Raises
    `Refusal` as training does.
    """
    settings = apply(job.settings, values, seed)
    own = settings.pictures.own.model_dump()
    key = digest([own, job.minutes, job.by, job.samples, seed, exposures])
    home = job.home / f"trial-{key[:10]}"
    record = read_record(home / FACTS, key)
    if "outcome" in record:
        return read_outcome(record["outcome"])
    dataset = read_dataset(settings.work / "dataset")
    torch.manual_seed(seed)
    family = create_family(settings, dataset)
    take_over(family, job.start, settings.pictures.source)
    training, held_out = make_training(settings, family, dataset)
    family.meet(held_out.take(HELD_OUT))
    settings = set_length(settings, job.minutes, exposures, count_parameters(family.network))
    run = Run(family, training, settle_plan(settings, key, family, training, home), key, home)
    resume(run)
    given_up = train_trial(run, family, held_out, look if job.by == BY_LOSS else None)
    put_weights(family.network, run.average)
    figure, other, losses = judge(job, settings, run, family, dataset, held_out)
    outcome = Outcome(
        figure,
        other,
        losses,
        count_parameters(family.network),
        run.step * run.plan.batch,
        round(run.seconds, 1),
        given_up,
    )
    write_json(home / FACTS, {"key": key, "values": dict(values), "outcome": vars(outcome)})
    for checkpoint in list_checkpoints(home):
        checkpoint.unlink()
    return outcome


def read_outcome(record: Mapping[str, Any]) -> Outcome:
    """An outcome as JSON has kept it."""
    return Outcome(**{**record, "losses": tuple(record["losses"])})


def apply(settings: Settings, values: Mapping[str, Any], seed: int) -> Settings:
    """``settings`` with ``values`` in the table of their family, and another ``seed``."""
    asked = settings.pictures
    said = asked.own.model_dump(exclude_none=True, exclude_unset=True) | dict(values)
    tables = {**asked.tables, asked.recipe: type(asked.own).model_validate(said)}
    pictures = asked.model_copy(update={"tables": tables})
    return settings.model_copy(update={"pictures": pictures, "seed": seed})


def set_length(
    settings: Settings, minutes: float, exposures: tuple[int, int] | None, parameters: int
) -> Settings:
    """How long a trial of so many ``parameters`` trains; exposures that a person set stand."""
    if settings.pictures.exposures:
        return settings
    changes: dict[str, Any] = {"minutes": minutes}
    if exposures and exposures[0] == parameters:
        changes["exposures"] = exposures[1]
    return settings.model_copy(update={"pictures": settings.pictures.model_copy(update=changes)})


def train_trial(run: Run, family: Family, held_out: TrainingPictures, look: Look | None) -> bool:
    """Take the plan's steps; True if ``look`` gave the trial up on the way.

    Stops when the process that started this one has ended.
    """
    marks = {round(run.plan.steps * share / LOOKS): share for share in range(1, LOOKS)}
    given_up = False
    with open_bar(
        "trial", run.plan.steps * run.plan.batch, run.step * run.plan.batch, "picture"
    ) as bar:

        def watch(report: Report) -> bool:
            nonlocal given_up
            bar.update(run.plan.batch)
            if look and report.step in marks:
                losses = measure_average(run, family, held_out)
                given_up = losses is not None and look(marks[report.step], mean(losses[::2]))
            return given_up or is_orphan()

        step_to_end(run, watch, EVERY)
    if is_orphan():
        raise KeyboardInterrupt
    return given_up


def measure_average(
    run: Run, family: Family, held_out: TrainingPictures
) -> tuple[float, ...] | None:
    """The held-out losses under the weights' average, one by one; the weights stay as they are."""
    weights = copy_weights(family.network)
    put_weights(family.network, run.average)
    found = list_held_out(family, held_out, replace(run.plan, seed=0), MOST)
    put_weights(family.network, weights)
    return None if found is None else tuple(round(loss, 6) for loss in found.float().tolist())


def judge(
    job: Job,
    settings: Settings,
    run: Run,
    family: Family,
    dataset: Dataset,
    held_out: TrainingPictures,
) -> tuple[float, float, tuple[float, ...]]:
    """The figures of a trained family, and the losses of the second one, as `Outcome` has them."""
    if job.by == BY_LOSS:
        losses = measure_average(run, family, held_out) or (float("nan"),) * 2
        return mean(losses[::2]), mean(losses[1::2]), losses[1::2]
    dealt = settings.model_copy(update={"seed": derive_seed("tune", job.settings.seed)})
    sample_entrant(dealt, run, family, dataset, 2 * job.samples, family.spec.preview)
    extract = open_features("ours", Path()).extract
    theirs = extract(dataset.images[dataset.places("train")][:MOST])
    ours = extract(read_samples(run.home, run.key, 2 * job.samples))
    return kid(ours[::2], theirs)[0], kid(ours[1::2], theirs)[0], ()


def mean(losses: tuple[float, ...]) -> float:
    """The mean of at least one loss."""
    return sum(losses) / len(losses)
