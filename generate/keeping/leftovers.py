"""What a killed run left half-written in a jungle's folder."""

from generate.files import sweep
from generate.keeping.trash import HIDDEN
from generate.settings import Settings


def sweep_all(settings: Settings) -> None:
    """Remove what a killed run left half-written, whatever it was at.

    work/dataset/ may hold a million files; training sweeps it before it writes there.
    """
    for folder in (settings.content, settings.home / HIDDEN):
        sweep(folder)
    for path in settings.work.glob("*"):
        if path.name != "dataset":
            sweep(path)
