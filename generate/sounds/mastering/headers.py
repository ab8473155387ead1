"""Mend the header of a WAV that tells no length, as streams and stopped recorders leave it."""

from __future__ import annotations

import io
import struct
from pathlib import Path

OPEN = (0, 0xFFFFFFFF)
"""Lengths that stand for one that was not known when the header was written."""
FURTHEST = 1 << 16
"""Bytes within which the sound begins."""


class Mended(io.RawIOBase):
    """The bytes of a file with another beginning of the same length; to be read and sought."""

    def __init__(self, path: Path, head: bytes) -> None:
        self.file = path.open("rb")
        self.head = head

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Fill ``buffer`` with the next bytes and say how many there were."""
        at = self.file.tell()
        count = self.file.readinto(buffer)
        if at < len(self.head):
            some = self.head[at : at + count]
            buffer[: len(some)] = some
        return count

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to another place, as in any file."""
        return self.file.seek(offset, whence)

    def tell(self) -> int:
        """The place of the next byte."""
        return self.file.tell()

    def close(self) -> None:
        """Close the file beneath."""
        self.file.close()
        super().close()


def mend_header(path: Path) -> Mended | None:
    """The WAV or RF64 at ``path``, its sound going on to the file's end; None if that is known.

    None as well for what is no WAV, and for more than 4 GiB, which a WAV cannot tell. Raises
    OSError.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        head = bytearray(file.read(FURTHEST))
    if head[:4] not in (b"RIFF", b"RF64") or head[8:12] != b"WAVE" or size >= OPEN[1]:
        return None
    at, known = 12, True
    while at + 8 <= len(head):
        name, length = struct.unpack_from("<4sI", head, at)
        if name == b"ds64" and length >= 24 and at + 24 <= len(head):
            known = 0 < int.from_bytes(head[at + 16 : at + 24], "little") <= size
            head[at : at + 4] = b"JUNK"
        if name == b"data":
            known = known if head[:4] == b"RF64" and length == OPEN[1] else length not in OPEN
            break
        at += 8 + length + length % 2
    else:
        return None
    if known:
        return None
    head[:4] = b"RIFF"
    struct.pack_into("<I", head, 4, size - 8)
    struct.pack_into("<I", head, at + 4, size - at - 8)
    return Mended(path, bytes(head))
