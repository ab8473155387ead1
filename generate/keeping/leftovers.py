"""Remove what a killed run left half-written in a jungle, whatever it was at."""

from generate.files import sweep
from generate.keeping.trash import HIDDEN
from generate.settings import Settings


def sweep_jungle(settings: Settings) -> None:
    """Sweep content/, work/ and what this copy of the jungle keeps for itself.

    work/dataset/ may hold a million files; training sweeps it before it writes there.
    """
    for folder in (settings.content, settings.home / HIDDEN):
        sweep(folder)
    for path in settings.work.glob("*"):
        if path.name != "dataset":
            sweep(path, foreign=True)
