"""A training run under way: how far it got, its checkpoints, its steps to the end or to a stop.

Reads and writes checkpoints in the run's folder, such as work/training/KEY/ or work/starter/.
"""

import contextlib
import signal
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

import torch
from torch import Tensor
from tqdm import tqdm

from generate.errors import Refusal
from generate.pictures.compute import processes
from generate.pictures.compute.sharing import give_way
from generate.pictures.networks.weights import copy_weights
from generate.pictures.training.checkpoint import Optimisers, read_checkpoint, write_checkpoint
from generate.pictures.training.learner import Learner, Lessons
from generate.pictures.training.loop import Lost, Report, make_optimisers, train_steps
from generate.pictures.training.plan import Plan
from generate.stops import polite_stops

# What a checkpoint keeps of a run beside the tensors.
FACTS = ("key", "step", "seconds", "losses", "parts", "held_out")
# Called after each step; True ends the run.
Watch = Callable[[Report], bool]
# The learning rate of a step, or the share of the run that is done by then.
Rate = Callable[[int], float]


@dataclass
class Run:
    """A run of ``learner`` on ``lessons``, kept in ``home`` under ``key``, and how far it got.

    ``seconds`` is the time of its steps. ``losses``, ``parts`` and ``held_out`` are its curve.
    """

    learner: Learner
    lessons: Lessons
    plan: Plan
    key: str
    home: Path
    step: int = 0
    seconds: float = 0.0
    losses: list[tuple[int, float]] = field(default_factory=list)
    parts: list[dict[str, float]] = field(default_factory=list)
    held_out: list[tuple[int, float]] = field(default_factory=list)
    average: dict[str, Tensor] = field(init=False)
    optimisers: Optimisers = field(init=False)

    def __post_init__(self) -> None:
        self.average = copy_weights(self.learner.network)
        self.optimisers = make_optimisers(self.learner, self.plan)


def resume(run: Run) -> bool:
    """Load the newest sound checkpoint of ``run``; False where there is none."""
    facts = read_checkpoint(run.home, run.key, run.learner.network, run.average, run.optimisers)
    found = [int(facts["step"]) if facts else 0]
    if processes.gather(found) != [found] * processes.world():
        raise Refusal(f"{run.home}: the processes do not see the same files; share this folder")
    if facts is None:
        return False
    for name in FACTS:
        setattr(run, name, facts[name])
    if processes.is_first():
        print(f"train     going on from step {run.step} of {run.plan.steps}", flush=True)
    return True


def step_to_end(
    run: Run,
    watch: Watch,
    every: float = 30.0,
    rate_at: Rate | None = None,
    done: Rate | None = None,
) -> None:
    """Take steps to the end of the plan, or until ``watch`` ends the run.

    Checkpoints are written every ``every`` seconds, at the end, and when the run is stopped, which
    raises KeyboardInterrupt: always after a step, never within one. When the loss becomes NaN, the
    run goes back to its last checkpoint, but only once for the same place: an accident of the
    machine must not cost hours, and a fault of the recipe would come again. ``rate_at`` and
    ``done`` are those of `train_steps`.
    """
    lost = 0
    while True:
        try:
            return take_steps(run, watch, every, rate_at, done)
        except Lost:
            reached = run.step
            if reached <= lost or not resume(run):
                raise
            lost = reached


def take_steps(
    run: Run, watch: Watch, every: float, rate_at: Rate | None, done: Rate | None
) -> None:
    """`step_to_end`, up to the first loss that is NaN."""
    give_way()
    saved = started = time.monotonic()
    steps = train_steps(
        run.learner, run.lessons, run.plan, run.optimisers, run.average, run.step, rate_at, done
    )
    with contextlib.closing(steps), catch_stops() as asked:
        for report in steps:
            run.seconds += time.monotonic() - started
            record_losses(run, report)
            over = watch(report) or report.step == run.plan.steps
            over, stopped = processes.any_of([over, asked.is_set()])
            if over or stopped or time.monotonic() - saved > every:
                save(run)
                saved = time.monotonic()
            if stopped:
                raise KeyboardInterrupt
            if over:
                return
            give_way()
            started = time.monotonic()


def step_by_count(run: Run, unit: str, every: float) -> None:
    """Take steps to the end of the plan, with a bar that counts ``unit`` and shows the loss.

    Checkpoints are written every ``every`` seconds.
    """
    batch = run.plan.batch
    with open_bar(run.home.name, run.plan.steps * batch, run.step * batch, unit) as bar:

        def watch(report: Report) -> bool:
            bar.update(batch)
            bar.set_postfix(loss=f"{report.loss:.4f}", refresh=False)
            return False

        step_to_end(run, watch, every)


def step_by_clock(
    run: Run,
    budget: float,
    show: Callable[[], object],
    warm: int = 200,
    tail: float = 0.45,
    every: float = 240.0,
    shown_every: float = 900.0,
) -> None:
    """Take steps until they have taken ``budget`` seconds, those before a resumption included.

    The learning rate rises over ``warm`` steps, and falls over the share ``tail`` of the budget to
    a hundredth. ``show()`` is called every ``shown_every`` seconds and at the end.
    """
    shown = run.seconds
    with open_bar(run.home.name, round(budget), round(run.seconds), "s") as bar:

        def rate(step: int) -> float:
            left = 1 - processes.tell(run.seconds) / budget
            return run.plan.rate * min(1.0, (step + 1) / warm) * min(max(left / tail, 0.01), 1)

        def watch(report: Report) -> bool:
            nonlocal shown
            bar.update(min(round(run.seconds), bar.total) - bar.n)
            bar.set_postfix(loss=f"{report.loss:.4f}", refresh=False)
            over = run.seconds >= budget
            if processes.is_first() and (over or run.seconds - shown > shown_every):
                show()
                shown = run.seconds
            return over

        step_to_end(run, watch, every, rate)


@contextlib.contextmanager
def catch_stops() -> Iterator[threading.Event]:
    """An event that Ctrl-C or a polite stop sets inside the block; a second one ends it at once."""
    asked = threading.Event()

    def ask(number: int, frame: FrameType | None) -> None:
        if asked.is_set():
            raise KeyboardInterrupt
        asked.set()

    if threading.current_thread() is not threading.main_thread():
        yield asked  # only the main thread may set handlers, and only it is interrupted
        return
    stops = (signal.SIGINT, *polite_stops())
    earlier = {number: signal.signal(number, ask) for number in stops}
    try:
        yield asked
    finally:
        for number, handler in earlier.items():
            signal.signal(number, handler)


def record_losses(run: Run, report: Report) -> None:
    """Keep the losses of a step: of every step in a short run, of every n-th in a long one."""
    run.step = report.step
    stride = min(max(1, run.plan.steps // 2000), 10)
    if report.step % stride == 0:
        run.losses.append((report.step, round(report.loss, 5)))
        run.parts.append({name: round(part, 5) for name, part in report.parts.items()})


def save(run: Run) -> None:
    """Write a checkpoint of the run, unless its weights are no longer finite."""
    network = run.learner.network
    sound = all(bool(torch.isfinite(weight).all()) for weight in network.parameters())
    if processes.is_first() and sound:
        facts = {name: getattr(run, name) for name in FACTS}
        write_checkpoint(run.home, run.step, network, run.average, run.optimisers, facts)


def open_bar(name: str, total: int, done: int, unit: str) -> Any:
    """A progress bar, shown by the first process only."""
    hidden = not processes.is_first()
    return tqdm(total=total, initial=done, desc=name, unit=unit, disable=hidden)
