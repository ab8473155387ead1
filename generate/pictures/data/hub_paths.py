"""Tell whether a path that a hub dataset's row names is a file of that very set.

A row may name any path or address, which the library would open with this machine's rights.
"""

import os
import re
from pathlib import Path

# What reads a file inside the one that follows "::", and nothing else (fsspec's chained paths).
PACKED = re.compile(r"(?:zip|tar|gzip|bz2|xz|lz4|zstd)://", re.IGNORECASE)


def is_of_set(name: str, path: str) -> bool:
    """Whether ``path`` is a file of the dataset ``name``, or of an archive in it.

    ``name`` is "owner/name" on the hub; a set that lies in a folder of this machine is that folder.
    """
    *inside, file = path.split("::")
    if not all(PACKED.match(part) for part in inside):
        return False
    if "://" not in file:
        folder = os.path.join(os.path.realpath(name), "")
        return Path(name).is_dir() and os.path.realpath(file).startswith(folder)
    start = re.match(rf"hf://datasets/{re.escape(name)}[@/]", file, re.IGNORECASE)
    return start is not None and ".." not in re.split(r"[/\\]", file)
