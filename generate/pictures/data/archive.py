"""Read a zip in place, member by member: whatever is wrong with one is an OSError."""

import lzma
import struct
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from generate.errors import Refusal, describe_error

# A member that unpacks to more than this is no picture but a bomb, or a film.
LARGEST = 256 * 2**20
# Unpacked at a time, so that a member that lies about its size cannot fill the memory.
PIECE = 16 * 2**10
# RuntimeError where a member is encrypted or packed in a way that Python does not know.
DAMAGE = (
    zipfile.BadZipFile,
    RuntimeError,
    ValueError,
    EOFError,
    zlib.error,
    lzma.LZMAError,
    struct.error,
)


def open_archive(path: Path) -> zipfile.ZipFile:
    """The zip at ``path``, open; `Refusal` if its directory is damaged."""
    try:
        return zipfile.ZipFile(path)
    except DAMAGE as error:
        raise Refusal(
            f"{path}: is a damaged zip ({describe_error(error)}); pack it again"
        ) from None


def list_members(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """The files in a zip by name, without hidden ones and what macOS adds."""
    return {
        info.filename: info
        for info in archive.infolist()
        if info.filename  # a damaged zip may have a nameless one
        and not info.filename.endswith("/")
        and not any(p.startswith((".", "__MACOSX")) for p in PurePosixPath(info.filename).parts)
    }


def read_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    """The unpacked bytes of one member; OSError says why they cannot be had.

    It may be damaged, encrypted, packed in an unknown way, or larger than `LARGEST`.
    """
    if info.file_size > LARGEST:
        raise OSError(f"it unpacks to more than {LARGEST:,} bytes")
    try:
        with archive.open(info) as file:
            return b"".join(iter(lambda: file.read(PIECE), b""))
    except DAMAGE as error:
        raise OSError(describe_error(error)) from None
