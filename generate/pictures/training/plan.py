"""What is fixed before the first step of a run: the steps, the batch, the rate, the folder."""

from dataclasses import dataclass
from pathlib import Path

from generate.recipe import Recipe
from generate.settings import Settings


@dataclass(frozen=True)
class Plan:
    """``steps`` steps of ``batch`` pictures, ``micro`` of them in memory at a time.

    ``rate`` is the highest learning rate. The rate rises over the share ``warm`` of the steps and
    falls linearly to zero over the share ``tail``. It rises over ``ramp`` steps at least: in Adam's
    first steps its moments are poor estimates, and a high rate would spoil trained weights.
    ``window`` is the relative width of the weights' average, ``clip`` the greatest norm of a
    gradient.
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

    def rate_at(self, step: int, done: float = 0.0) -> float:
        """The learning rate of step 0, 1, … steps - 1.

        Where a greater share ``done`` of the run's time has gone by than of its steps, the rate
        rises and falls by that share.
        """
        warm = max(self.ramp, round(self.warm * self.steps), 1)
        tail = max(1, round(self.tail * self.steps)) if self.tail else 1
        rising = (step + 1) / warm
        falling = (self.steps - step) / tail if self.tail else 1.0
        if done * self.steps > step:
            in_time = done / self.warm if self.warm else 1.0
            rising = max(rising, min((step + 1) / max(self.ramp, 1), in_time))
            falling = (1 - done) / self.tail if self.tail else 1.0
        return self.rate * min(1.0, rising, falling)


def find_training(settings: Settings, recipe: Recipe) -> Path:
    """The folder of a run's plan and checkpoints. Other settings are another run, elsewhere."""
    return settings.work / "training" / recipe.key[:8]


def forget_run(home: Path) -> None:
    """Delete the checkpoints in the folder of a run whose model is finished."""
    for checkpoint in home.glob("checkpoint-*.safetensors"):
        checkpoint.unlink(missing_ok=True)
