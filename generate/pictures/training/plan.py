"""What is settled before the first step of a run: how many steps, how large, at what rate."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Plan:
    """So many steps of ``batch`` pictures, ``micro`` of them in memory at a time.

    ``rate`` is the highest learning rate: reached after the share ``warm``, held, and led linearly
    to zero over the share ``tail``. It takes at least ``ramp`` steps to rise: Adam's first steps,
    whose moments know little, would undo what trained weights know. ``window`` is the relative
    width of the weights' average, ``clip`` the greatest norm of a gradient.
    """

    steps: int = 0
    batch: int = 16
    micro: int = 16
    rate: float = 1e-3
    warm: float = 0.03
    tail: float = 0.4
    ramp: int = 1
    window: float = 0.06
    decay: float = 0.01
    beta: float = 0.99
    clip: float = 1.0
    arithmetic: str = "float32"
    seed: int = 0

    def rate_at(self, step: int) -> float:
        """The learning rate of step 0, 1, … steps - 1."""
        warm = max(self.ramp, round(self.warm * self.steps), 1)
        tail = max(1, round(self.tail * self.steps)) if self.tail else 1
        falling = (self.steps - step) / tail if self.tail else 1.0
        return self.rate * min(1.0, (step + 1) / warm, falling)
