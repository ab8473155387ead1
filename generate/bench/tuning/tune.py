"""Search the settings of one family: the default twice, then the trials, then an honest verdict.

Works in work/tuning/; writes work/report/tuning.json and tuning.html. Nothing of the jungle is
changed: the winning lines are printed, to be pasted. Killed at any moment, the next call goes on.
"""

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from generate.bench.entrant import DECIDING
from generate.bench.tuning.page import write_page
from generate.bench.tuning.study import (
    count_finished,
    mend_journal,
    open_study,
    retry_stopped,
    run_side_by_side,
    tell,
    work,
)
from generate.bench.tuning.trial import Job, Outcome, apply, read_outcome, run_trial
from generate.errors import Refusal
from generate.files import write_json
from generate.freshness.decide import find_start
from generate.pictures.data.dataset import build_dataset, decide_dataset
from generate.pictures.families.registry import find_spec
from generate.pictures.families.space import BY_KID, BY_LOSS, Space
from generate.pictures.model_folder import digest_model
from generate.recipe import digest
from generate.settings import Settings

MINUTES, TRIALS, SAMPLES = 30.0, 12, 48
# The share of the pictures that is held out to judge by.
HELD_OUT = 0.2
# The default is trained once more under this seed: so much does a figure differ by chance.
OTHER_SEED = 1
# A difference is one beyond so many standard errors.
SURE = 2.0


@dataclass(frozen=True)
class Verdict:
    """Whether the best trial is better than the default, and the sentence that says so."""

    better: bool
    sentence: str


def tune(
    settings: Settings,
    source: str | None = None,
    minutes: float | None = None,
    trials: int = TRIALS,
    workers: int = 1,
    by: str | None = None,
    samples: int = SAMPLES,
    run: Callable[..., None] = run_side_by_side,
) -> dict[str, Any]:
    """Run what has not been run yet, write the report, and return it.

    ``minutes`` are shared by the trials and the two runs of the default. ``by`` is "loss" or "kid";
    the family's own way if left out. Raises `Refusal` for a family that has nothing to search.
    """
    spec, minutes = find_spec(settings.pictures.recipe), minutes or MINUTES
    own = settings.pictures.own
    space: Space = getattr(own, "searched", {})
    by = str(by or getattr(own, "judged", BY_LOSS))
    if by == BY_LOSS and getattr(own, "judged", BY_LOSS) == BY_KID:
        raise Refusal(f"tune: held-out losses of {spec.name} do not tell; leave BY=loss out")
    if not spec.trains or not space:
        raise Refusal(f"tune: {spec.name} has no settings that can be searched")
    chosen = choose_set(settings, source)
    start = find_start(settings)
    each = minutes / (trials + 2)
    deciding = {name: getattr(chosen.pictures, name) for name in (*DECIDING, "exposures")}
    begun = digest_model(start) if start and start.is_dir() else None
    key = digest([spec.name, begun, decide_dataset(chosen).key, deciding, each, by, samples,
                  settings.seed, own.model_dump(exclude_unset=True)])  # fmt: skip
    home = settings.work / "tuning" / f"{spec.name}-{key[:8]}"
    home.mkdir(parents=True, exist_ok=True)
    job = Job(chosen, start, each, by, samples, home)
    mend_journal(home)
    study = open_study(home)
    retry_stopped(study)
    build_dataset(chosen)
    print(f"tune      {spec.name}: the default, {each:.1f} minutes", flush=True)
    default = run_trial(job, {}, settings.seed)
    exposures = (default.parameters, default.exposures)
    print("tune      the default under another seed", flush=True)
    other = run_trial(job, {}, settings.seed + OTHER_SEED, exposures)
    if count_finished(study) < trials:
        run(work, min(workers, trials), job, space, trials, exposures)
    report = gather(study, settings, job, default, other)
    folder = settings.work / "report"
    write_json(folder / "tuning.json", report)
    write_page(folder / "tuning.html", report, study)
    print(f"tune      {report['verdict']}", flush=True)
    if report["better"]:
        print("\n".join(["tune      to paste into content/jungle.toml:", "", *report["lines"], ""]))
    print(f"tune      {folder / 'tuning.html'}", flush=True)
    return report


def choose_set(settings: Settings, source: str | None) -> Settings:
    """``settings`` with ``source``, or their own, as the training set, in a folder of its own."""
    source = source or settings.pictures.source
    local = settings.home / source
    changes: dict[str, Any] = {
        "source": str(local.resolve()) if local.exists() else source,
        "held_out": max(settings.pictures.held_out, HELD_OUT),
    }
    asked = settings.pictures.model_copy(update=changes)
    home = settings.work / "tuning" / f"set-{digest([changes, asked.size, asked.examples])[:8]}"
    return settings.model_copy(update={"pictures": asked, "home": home})


def gather(
    study: Any, settings: Settings, job: Job, default: Outcome, other: Outcome
) -> dict[str, Any]:
    """The report: every trial, the best one, and what is to be said of it."""
    rows = [
        {
            "number": trial.number,
            "values": trial.user_attrs.get("values", trial.params),
            "refused": trial.user_attrs.get("refused", ""),
            **{k: v for k, v in trial.user_attrs.get("outcome", {}).items() if k != "losses"},
        }
        for trial in study.get_trials()
        if trial.state.name in ("COMPLETE", "PRUNED")
    ]
    finished = [trial for trial in study.get_trials() if trial.state.name == "COMPLETE"]
    if not finished:
        raise Refusal(f"tune: no trial could be trained ({rows[-1]['refused'] if rows else '-'})")
    best = min(finished, key=lambda trial: (trial.value, trial.number))
    verdict = compare(read_outcome(best.user_attrs["outcome"]), default, other, job.by)
    values = best.user_attrs["values"]
    said = apply(settings, values, settings.seed).pictures.own
    table = said.model_dump(exclude_unset=True, exclude_none=True)
    return {
        "recipe": settings.pictures.recipe,
        "by": job.by,
        "minutes": round(job.minutes, 3),
        "default": without_losses(default),
        "default under another seed": without_losses(other),
        "trials": rows,
        "best": best.number,
        "values": values,
        "better": verdict.better,
        "verdict": verdict.sentence,
        "lines": [f"[pictures.{settings.pictures.recipe}]", *tell(table)],
        "training set": decide_dataset(job.settings).key,
    }


def without_losses(outcome: Outcome) -> dict[str, Any]:
    """What a report keeps of an outcome, as it has it of a trial."""
    kept = {name: value for name, value in vars(outcome).items() if name != "losses"}
    return {**kept, "refused": ""}


def compare(best: Outcome, default: Outcome, other: Outcome, by: str) -> Verdict:
    """Is the best of many trials better than the default, on pictures that did not choose it?

    The gain must exceed what another seed changes, and, where pictures have a loss each, the
    standard errors of the difference picture by picture.
    """
    floor = abs(default.other - other.other)
    usual = (default.other + other.other) / 2
    gain = usual - best.other
    error = 0.0
    if by == BY_LOSS and len(best.losses) > 1:
        pairs = zip(default.losses, other.losses, best.losses, strict=True)
        error = standard_error([(one + two) / 2 - three for one, two, three in pairs])
    name = "loss on held-out pictures" if by == BY_LOSS else "KID"
    figures = (
        f"{name} {best.other:.4f}, the default {default.other:.4f} and, under another seed, "
        f"{other.other:.4f}"
    )
    if gain > max(floor, SURE * error):
        return Verdict(True, f"better than the default: {figures}")
    if gain < -max(floor, SURE * error):
        return Verdict(False, f"worse than the default: {figures}; leave the settings as they are")
    return Verdict(
        False,
        f"no better than the default within chance: {figures}; leave the settings as they are",
    )


def standard_error(differences: Sequence[float]) -> float:
    """The standard error of the mean of at least two differences."""
    return statistics.stdev(differences) / len(differences) ** 0.5
