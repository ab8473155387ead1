"""Let few large pictures be in memory at a time, however many processes encode."""

from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.synchronize import Semaphore
from pathlib import Path

from generate.pictures.data.pixels import FAULTS, open_image, quiet

# One of 50 megapixels takes 200 MB as it is decoded, and as much again each time it is converted.
LARGE, AT_A_TIME = 16_000_000, 2

_room: Semaphore | None = None


def share_room(room: Semaphore | None) -> None:
    """Let this process take its turns with all that have the same ``room``."""
    global _room
    _room = room


@contextmanager
def take_turn(source: Path) -> Iterator[None]:
    """A block that waits while `AT_A_TIME` others have large pictures open, if this is one."""
    if _room is None or not is_large(source):
        yield
        return
    with _room:
        yield


def is_large(source: Path) -> bool:
    """Whether a file is a picture of more than `LARGE` pixels, by its header.

    A JPEG is none: it is decoded at a half, a quarter or an eighth of its size.
    """
    try:
        with quiet(), open_image(source) as picture:
            return picture.format != "JPEG" and picture.width * picture.height > LARGE
    except FAULTS:
        return False
