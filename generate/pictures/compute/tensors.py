"""Read and write safetensors files; tell a missing file from a damaged one. Light without torch."""

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError, safe_open

from generate.files import replacing


class Damaged(Exception):
    """The file cannot be read; the message says why."""


def write_tensors(path: Path, tensors: Mapping[str, Any], **notes: str) -> None:
    """Write numpy arrays or torch tensors atomically, with ``notes`` as the file's metadata."""
    # safetensors writes memory as it lies, and a transposed array lies transposed.
    if all(isinstance(tensor, np.ndarray) for tensor in tensors.values()):
        ready = {name: np.ascontiguousarray(tensor) for name, tensor in tensors.items()}
        library = import_module("safetensors.numpy")
    else:
        ready = {name: tensor.detach().contiguous() for name, tensor in tensors.items()}
        library = import_module("safetensors.torch")
    with replacing(path) as temporary:
        library.save_file(ready, temporary, metadata=notes)


def read_tensors(path: Path, kind: str = "pt") -> tuple[dict[str, Any], dict[str, str]]:
    """The tensors of a file by name, and its notes.

    ``kind`` is "pt" for torch tensors, "np" for numpy arrays. Raises FileNotFoundError where there
    is no such file, and `Damaged`.
    """
    try:
        with safe_open(path, kind) as file:
            return {name: file.get_tensor(name) for name in file.keys()}, file.metadata() or {}
    except FileNotFoundError:
        raise
    except (SafetensorError, OSError, ValueError) as error:
        raise Damaged(str(error)) from None


def read_kept(path: Path, key: str, kind: str = "np") -> dict[str, Any] | None:
    """The tensors of a file whose note "key" is ``key``; None where it is missing or damaged."""
    try:
        tensors, notes = read_tensors(path, kind)
    except (FileNotFoundError, Damaged):
        return None
    return tensors if notes.get("key") == key else None
