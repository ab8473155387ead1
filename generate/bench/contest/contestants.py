"""Who takes part in a contest: each family from scratch, and from its shipped weights."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from generate.bench.comparison import DRAWN, choose_training_set
from generate.bench.entrant import Entrant
from generate.pictures.families.registry import Spec
from generate.pictures.model_folder import find_starter
from generate.settings import Settings

# The classic recipe takes a thousand steps to a picture; DDIM needs these.
MOST_STEPS = 50
SCRATCH, SHIPPED = "scratch", "starter"


@dataclass(frozen=True)
class Contestant:
    """A family, what it begins from, and its folder below the contest's."""

    spec: Spec
    settings: Settings  # their home holds the training set that it learns from
    entrant: Entrant
    home: Path

    @property
    def name(self) -> str:
        """Its recipe, and whether it began from shipped weights."""
        return self.spec.name + (", from its starter" if self.entrant.start == SHIPPED else "")


def list_contestants(
    settings: Settings,
    source: str,
    place: str,
    specs: Sequence[Spec],
    minutes: float,
    samples: int,
) -> list[Contestant]:
    """Each of ``specs`` from scratch, and then those with shipped weights from these.

    Families that learn strokes have a training set of their own, with the strokes in it.
    """
    found = []
    for start in (SCRATCH, SHIPPED):
        for spec in specs:
            if start == SHIPPED and find_starter(spec.name) is None:
                continue
            within = f"{place}/strokes" if spec.strokes else place
            chosen = choose_training_set(settings, source, within, DRAWN)
            asked = chosen.pictures.model_copy(update={"recipe": spec.name})
            chosen = chosen.model_copy(update={"pictures": asked})
            entrant = Entrant(
                spec.name, minutes, None, samples, min(spec.steps, MOST_STEPS), None, start
            )
            home = settings.work / "bench" / place / f"{spec.name}-{start}"
            found.append(Contestant(spec, chosen, entrant, home))
    return found
