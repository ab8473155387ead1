"""Which settings are tried: an Optuna study in a journal, and the processes that work on it.

The journal is work/tuning/…/journal.log. A kill leaves it as it is; the next call cuts off a line
that was half written and tries again what was under way.
"""

import json
import logging
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from generate.bench.entrant import run_together
from generate.bench.tuning.trial import Job, run_trial
from generate.errors import Refusal
from generate.pictures.families.space import BY_KID, Choice, Space, Span
from generate.recipe import derive_seed

NAME, JOURNAL = "tune", "journal.log"
# So many choices are drawn at random before the earlier ones guide the next.
RANDOM = 4
# Trials that must have been judged before one can be given up, and looks without giving up.
JUDGED, SPARED = 3, 1


def open_study(home: Path, seed: int = 0) -> Any:
    """The study in ``home``, made if there is none; its sampler is seeded by ``seed``.

    The sampler is Optuna's tree-structured Parzen estimator (Bergstra et al., NeurIPS 2011), the
    pruner gives up what is behind the median of the others at the same look. Raises `Refusal`
    without the package.
    """
    try:
        import optuna
        from optuna.storages.journal import JournalFileBackend, JournalFileOpenLock
    except ImportError:
        raise Refusal(
            "tune needs the package optuna; install it "
            "(pip install 'postcards-from-my-jungle[tuning]')"
        ) from None
    optuna.logging.set_verbosity(logging.WARNING)
    # The parts that are used here and called experimental there have stood for years.
    warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
    backend = JournalFileBackend(str(home / JOURNAL), JournalFileOpenLock(str(home / JOURNAL)))
    return optuna.create_study(
        study_name=NAME,
        storage=optuna.storages.JournalStorage(backend),
        sampler=optuna.samplers.TPESampler(
            seed=seed % 2**32, n_startup_trials=RANDOM, multivariate=True, constant_liar=True
        ),
        pruner=optuna.pruners.MedianPruner(JUDGED, SPARED),
        direction="minimize",
        load_if_exists=True,
    )


def mend_journal(home: Path) -> None:
    """Cut off a last line that a kill left unfinished, and the lock of the process that had it."""
    path = home / JOURNAL
    for lock in home.glob(f"{JOURNAL}.lock*"):
        lock.unlink()
    if not path.is_file():
        return
    lines = path.read_bytes().splitlines(keepends=True)
    while lines and not is_entry(lines[-1]):
        lines.pop()
    sound = b"".join(lines)
    if len(sound) != path.stat().st_size:
        with path.open("r+b") as file:
            file.truncate(len(sound))


def is_entry(line: bytes) -> bool:
    """Whether a line of a journal was written to its end."""
    try:
        return line.endswith(b"\n") and isinstance(json.loads(line), dict)
    except ValueError:
        return False


def retry_stopped(study: Any) -> None:
    """Call what was under way when the last call ended failed, and try its choices again."""
    from optuna.trial import TrialState

    for trial in study.get_trials(states=(TrialState.RUNNING,)):
        if trial.params:
            study.enqueue_trial(trial.params)
        study.tell(trial.number, state=TrialState.FAIL)


def count_finished(study: Any) -> int:
    """Trials that were judged or given up."""
    return sum(trial.state.name in ("COMPLETE", "PRUNED") for trial in study.get_trials())


def choose(trial: Any, space: Space, by: str) -> dict[str, Any]:
    """The values of ``trial`` for each key of ``space`` that can be judged by ``by``.

    Numbers have three significant digits, so that what is printed is what was tried.
    """
    found: dict[str, Any] = {}
    for name, searched in sorted(space.items()):
        if not searched.compares and by != BY_KID:
            continue
        if isinstance(searched, Choice):
            found[name] = trial.suggest_categorical(name, searched.values)
        else:
            found[name] = suggest(trial, name, searched)
    return found


def suggest(trial: Any, name: str, span: Span) -> float | int:
    """A number of ``span``."""
    if span.step:
        return int(trial.suggest_int(name, int(span.low), int(span.high), step=span.step))
    return float(f"{trial.suggest_float(name, span.low, span.high, log=span.log):.3g}")


def work(job: Job, space: Space, trials: int, exposures: tuple[int, int], worker: int) -> None:
    """Try one choice after another until ``trials`` are finished or under way."""
    from optuna.trial import TrialState

    finished = count_finished(open_study(job.home))
    study = open_study(job.home, derive_seed("tune", job.settings.seed, worker, finished))
    while True:
        trial = study.ask()
        place = number_of(study, trial)
        if place > trials:
            study.tell(trial, state=TrialState.FAIL)
            return
        values = choose(trial, space, job.by)
        trial.set_user_attr("values", values)
        print(f"tune      {place} of {trials}: {', '.join(tell(values))}", flush=True)

        def look(number: int, figure: float, trial: Any = trial) -> bool:
            trial.report(figure, number)
            return bool(trial.should_prune())

        try:
            outcome = run_trial(job, values, job.settings.seed, exposures, look)
        except Refusal as refusal:
            # Such as a loss that became NaN at this rate: the others go on.
            trial.set_user_attr("refused", str(refusal))
            study.tell(trial, state=TrialState.PRUNED)
            print(f"tune      given up: {refusal}", flush=True)
            continue
        trial.set_user_attr("outcome", vars(outcome))
        state = TrialState.PRUNED if outcome.given_up else TrialState.COMPLETE
        study.tell(trial, None if outcome.given_up else outcome.figure, state=state)


def number_of(study: Any, trial: Any) -> int:
    """The place of ``trial`` among those that did not fail, from 1."""
    earlier = study.get_trials(deepcopy=False)[: trial.number]
    return 1 + sum(one.state.name != "FAIL" for one in earlier)


def tell(values: Mapping[str, Any]) -> list[str]:
    """Values as jungle.toml has them, a line each."""
    return [f"{name} = {json.dumps(value)}" for name, value in values.items()]


def run_side_by_side(function: Callable[..., None], count: int, *arguments: Any) -> None:
    """Call ``function(*arguments, worker)`` in ``count`` new processes, as `run_together` does."""
    run_together("tune", function, [(*arguments, worker) for worker in range(count)])
