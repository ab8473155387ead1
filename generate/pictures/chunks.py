"""Keep drawings in files, a chunk of them in each, and draw those again that are damaged."""

import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from generate.files import replacing
from generate.pictures.sources import Entry

Chunk = tuple[dict[str, Tensor], Any]


def keep_chunk(path: Path, names: Sequence[str], note: str, make: Callable[[], Chunk]) -> Chunk:
    """The tensors ``names`` of ``path`` and its ``note``, a JSON-able value kept beside them.

    ``make`` gives both; it is called, and the file written, where they cannot be read from it.
    """
    kept = read_chunk(path, names, note)
    if kept is not None:
        return kept
    tensors, said = make()
    with replacing(path) as temporary:
        save_file(tensors, temporary, metadata={note: json.dumps(said)})
    return tensors, said


def read_chunk(path: Path, names: Sequence[str], note: str) -> Chunk | None:
    """What `keep_chunk` wrote, None where the file is missing or, as it then says, damaged."""
    if not path.exists():
        return None
    try:
        with safe_open(path, "pt") as file:
            tensors = {name: file.get_tensor(name) for name in names}
            return tensors, json.loads(file.metadata()[note])
    except (SafetensorError, OSError, KeyError, TypeError, ValueError):
        print(f"{path}: is damaged; made again", flush=True)
        return None


def stack_drawings(drawn: Iterable[Entry]) -> Tensor:
    """Drawings of one size as uint8 (N, 3, S, S)."""
    pixels = [np.asarray(entry.open()).transpose(2, 0, 1) for entry in drawn]
    return torch.from_numpy(np.ascontiguousarray(np.stack(pixels)))
