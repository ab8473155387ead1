"""Read a sound file, whatever length its header claims: no more than there is room for."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from generate.sounds.mastering.headers import mend_header

Array = NDArray[np.float32]
MOST = 1 << 27
"""Samples, all channels counted, that are read at once: half a gigabyte, 25 minutes of stereo."""
SLOWEST, FASTEST, USUAL = 1000, 1_000_000, 44_100
"""Hz: no sound has fewer or more samples a second; each takes as much memory as one of the usual
rate, to which it is brought."""
BLOCK = 1 << 18
"""Frames that are read at a time from a file whose header claims more."""
HEADER = 4096
"""Bytes that a file without sound has at most."""
ENDLESS = 1 << 40
"""More frames than a file has; libsndfile gives such a number where it knows of no end."""


class Forward(soundfile.SoundFile):
    """A sound file that is read from its beginning to its end.

    soundfile seeks after each read of a file that can be sought, and libsndfile's decoder of MP3
    comes back from a seek with silence or torn sound.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(mend_header(path) or path)
        if not self.frames and path.stat().st_size > HEADER:
            self.close()
            raise RuntimeError(
                "its header says that it holds nothing, as a recorder without power leaves it; "
                "open it in a sound editor and save it anew"
            )

        if not SLOWEST <= self.samplerate <= FASTEST:
            told = f"its header says {self.samplerate} samples a second"
            self.close()
            raise RuntimeError(f"{told}, which no sound has; save it at 44,100")

    def seekable(self) -> bool:
        return False

    def take(self, count: int) -> Array:
        """The next `count` frames (n, channels), fewer at the end."""
        return self.read(count, dtype="float32", always_2d=True)


def read_samples(path: Path) -> tuple[Array, int, int]:
    """Samples (n, channels) of a file, its rate in Hz, and the frames that its header claims.

    Raises soundfile's own errors, and RuntimeError for more than `MOST` samples, counted at the
    `USUAL` rate. Memory is taken for what a header claims only if that is no more.
    """
    with Forward(path) as file:
        claimed, channels = file.frames, file.channels
        most = MOST * min(file.samplerate, USUAL) // USUAL
        if claimed * channels <= most:
            return file.take(claimed), file.samplerate, claimed
        parts, room = [np.zeros((0, channels), np.float32)], most // channels
        while room and len(part := file.take(min(BLOCK, room))):
            parts.append(part)
            room -= len(part)
        if not room:
            raise RuntimeError(f"more than {most:,} samples; cut it shorter")
        return np.concatenate(parts), file.samplerate, claimed
