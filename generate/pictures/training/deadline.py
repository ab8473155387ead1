"""The minutes of a run as a promise of the clock: said when they will not do, or kept.

A plan counts its steps before the first of them. Other programs may slow a run afterwards.
"""

from collections import deque
from dataclasses import dataclass, field

from generate.pictures.training.budget import spare_seconds

# A run says so when it will take more than so many times its minutes.
LATE = 1.5
# Seconds of steps that tell the pace, and those that must have been taken before anything is said.
RECENT, FIRST = 30.0, 10.0


@dataclass
class Deadline:
    """Watches a run of ``steps`` steps that should take ``minutes`` (None: as long as it takes).

    If ``strict``, the run is over when the time is, and its rate has fallen by then as it would
    have at its last step.
    """

    steps: int
    minutes: float | None
    strict: bool = False
    seconds: float = field(default=0.0, init=False)
    _step: int = field(default=0, init=False)
    _recent: deque[tuple[float, int]] = field(default_factory=deque, init=False, repr=False)

    def note(self, step: int, seconds: float) -> None:
        """``step`` steps have been taken, and ``seconds`` have gone by since the run began."""
        self._step, self.seconds = step, seconds
        self._recent.append((seconds, step))
        while len(self._recent) > 2 and seconds - self._recent[1][0] > RECENT:
            self._recent.popleft()

    @property
    def over(self) -> bool:
        """Whether the time is over, and the run with it."""
        return self.strict and self.seconds >= self.budget

    @property
    def budget(self) -> float:
        """Seconds that the steps may take."""
        return spare_seconds(self.minutes) if self.minutes else float("inf")

    def done(self, step: int) -> float:
        """The share of the run that is done before ``step``, in steps or in time."""
        gone = min(self.seconds / self.budget, 1.0) if self.strict else 0.0
        return max(step / self.steps, gone)

    def left(self) -> float:
        """Seconds that the other steps will take at the pace of the last ones."""
        first, last = self._recent[0], self._recent[-1]
        pace = (last[0] - first[0]) / max(last[1] - first[1], 1)
        return (self.steps - self._step) * pace

    def warn(self) -> str:
        """What to say of the time, where the run will take far longer than asked; else ""."""
        if self.strict or not self.minutes or len(self._recent) < 2 or self.seconds < FIRST:
            return ""
        left, promised = self.left(), self.minutes * 60
        if self.seconds + left <= LATE * promised:
            return ""
        return f"slow here: {max(1, round(left / 60))} min left of {self.minutes:g} asked for"
