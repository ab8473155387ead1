"""A training run under way: how far it got, its checkpoints, its steps to the end or to a stop.

Reads and writes the checkpoints in work/training/ or work/starter/.
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
from generate.pictures.training.checkpoint import Optimisers, read_checkpoint, write_checkpoint
from generate.pictures.training.loop import Learner, Lessons, Lost, Report, train_steps
from generate.pictures.training.plan import Plan
from generate.stops import polite_stops


@dataclass
class Run:
    """A run under way."""

    learner: Learner
    plan: Plan
    average: dict[str, Tensor]
    optimisers: Optimisers
    key: str
    step: int = 0
    seconds: float = 0.0
    losses: list[tuple[int, float]] = field(default_factory=list)
    parts: list[dict[str, float]] = field(default_factory=list)
    held_out: list[tuple[int, float]] = field(default_factory=list)

    def facts(self) -> dict[str, Any]:
        """What a checkpoint keeps beside the tensors."""
        names = ("key", "seconds", "losses", "parts", "held_out")
        return {name: getattr(self, name) for name in names}


def go_on(run: Run, home: Path) -> bool:
    """Take up the run where its newest sound checkpoint left it; False where there is none."""
    facts = read_checkpoint(home, run.key, run.learner.network, run.average, run.optimisers)
    found = [int(facts["step"]) if facts else 0]
    if processes.gather(found) != [found] * processes.world():
        raise Refusal(f"{home}: the processes do not see the same files; share this folder")
    if facts is None:
        return False
    run.step, run.seconds = int(facts["step"]), float(facts["seconds"])
    run.losses = [(int(step), float(loss)) for step, loss in facts["losses"]]
    run.parts = [dict(row) for row in facts["parts"]]
    run.held_out = [(int(step), float(loss)) for step, loss in facts["held_out"]]
    if processes.is_first():
        print(f"train     going on from step {run.step} of {run.plan.steps}", flush=True)
    return True


def step_to_end(
    run: Run,
    lessons: Lessons,
    home: Path,
    watch: Callable[[Report], bool],
    every: float = 30.0,
    rate_at: Callable[[int], float] | None = None,
) -> None:
    """Take steps until the plan, or ``watch``, which sees each, says that it is the end.

    Checkpoints are written every ``every`` seconds, at the end, and when the run is stopped, which
    raises KeyboardInterrupt: all after a step, never within one. A loss that is no number any more
    sends the run back to its last checkpoint, once for the same place: a fault of the moment must
    not cost hours, and a fault of the recipe would come again.
    """
    lost = 0
    while True:
        try:
            return take_steps(run, lessons, home, watch, every, rate_at)
        except Lost:
            reached = run.step
            if reached <= lost or not go_on(run, home):
                raise
            lost = reached


def take_steps(
    run: Run,
    lessons: Lessons,
    home: Path,
    watch: Callable[[Report], bool],
    every: float,
    rate_at: Callable[[int], float] | None,
) -> None:
    """`step_to_end`, up to the first loss that is no number."""
    saved = begun = time.monotonic()
    before = run.seconds
    steps = train_steps(
        run.learner, lessons, run.plan, run.optimisers, run.average, run.step, rate_at
    )
    with contextlib.closing(steps), heeding() as asked:
        for report in steps:
            note(run, report)
            now = time.monotonic()
            run.seconds = before + now - begun
            over = watch(report) or report.step == run.plan.steps
            over, stopped = processes.any_of([over, asked.is_set()])
            if over or stopped or now - saved > every:
                save(run, home)
                saved = time.monotonic()
            if stopped:
                raise KeyboardInterrupt
            if over:
                return


def step_by_clock(
    run: Run,
    lessons: Lessons,
    home: Path,
    budget: float,
    show: Callable[[], object],
    warm: int = 200,
    tail: float = 0.45,
    every: float = 240.0,
    shown_every: float = 900.0,
) -> None:
    """Step until ``budget`` seconds have been spent on this run, all its resumptions together.

    The learning rate rises over ``warm`` steps, and falls over the share ``tail`` of the budget to
    a hundredth. ``show()`` is called every ``shown_every`` seconds and at the end.
    """
    shown = run.seconds
    with tqdm(
        total=round(budget),
        initial=round(run.seconds),
        unit="s",
        desc=home.name,
        disable=not processes.is_first(),
    ) as bar:

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

        step_to_end(run, lessons, home, watch, every, rate)


@contextlib.contextmanager
def heeding() -> Iterator[threading.Event]:
    """An event that Ctrl-C or a polite stop sets while inside; a second one breaks off at once."""
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


def note(run: Run, report: Report) -> None:
    """Remember a step's losses, all of a short run's, every n-th of a long one's."""
    run.step = report.step
    stride = min(max(1, run.plan.steps // 2000), 10)
    if report.step % stride == 0:
        run.losses.append((report.step, round(report.loss, 5)))
        run.parts.append({name: round(part, 5) for name, part in report.parts.items()})


def save(run: Run, home: Path) -> None:
    """Write a checkpoint of the run as it stands, unless its weights are no numbers any more."""
    sound = all(bool(torch.isfinite(weight).all()) for weight in run.learner.network.parameters())
    if processes.is_first() and sound:
        write_checkpoint(
            home, run.step, run.learner.network, run.average, run.optimisers, run.facts()
        )
