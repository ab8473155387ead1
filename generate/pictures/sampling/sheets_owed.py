"""Remember that the sheets and the zip of the pictures are yet to be made, if a run is stopped."""

from contextlib import suppress

from generate.files import write_text
from generate.pictures.compute import processes
from generate.settings import Settings

# Lies in work/ from the first new picture until its sheets are made.
MARK = "pictures/.sheets-owed"


def owe(settings: Settings) -> None:
    """Note that pictures are about to be made."""
    if processes.is_first():
        write_text(settings.work / MARK, "")


def are_owed(settings: Settings) -> bool:
    """Whether a run was stopped between its first picture and the sheets of all."""
    return (settings.work / MARK).is_file()


def lay_out(settings: Settings) -> None:
    """Make the sheets and the zip; without torch they wait for the next run that has it.

    Of several processes the first does it.
    """
    if not processes.is_first():
        return
    with suppress(ImportError):
        from generate.pictures.sampling.prints import lay_out_cards

        lay_out_cards(settings)
        (settings.work / MARK).unlink(missing_ok=True)
