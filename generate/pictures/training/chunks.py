"""Keep drawings in files, a chunk in each; missing and damaged chunks are drawn again."""

import json
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from tqdm import tqdm

from generate.pictures.compute.tensors import Damaged, read_tensors, write_tensors
from generate.pictures.data.source import Entry
from generate.pictures.fieldguide.drawings import draw_all

Chunk = tuple[dict[str, Tensor], Any]
CHUNK = 512


def gather_drawings(home: Path, seeds: list[int], size: int) -> tuple[Tensor, list[dict[str, Any]]]:
    """The field guide's drawings of ``seeds``, uint8 (N, 3, size, size), and their captions.

    A caption is {"text", "tags"}. They are drawn in chunks, which are kept in ``home``.
    """
    draw = partial(draw_chunk, size)
    tensors, rows = gather_chunks(home / "drawings", ["images"], "rows", seeds, CHUNK, draw)
    return tensors["images"], rows


def draw_chunk(size: int, seeds: list[int]) -> Chunk:
    """The drawings of ``seeds`` as "images", and their captions."""
    drawn = list(draw_all(seeds, size))
    rows = [{"text": entry.text, "tags": entry.tags} for entry in drawn]
    return {"images": stack_drawings(drawn)}, rows


def gather_chunks(
    stem: Path,
    names: Sequence[str],
    note: str,
    seeds: list[int],
    chunk: int,
    draw: Callable[[list[int]], Chunk],
) -> Chunk:
    """Tensors ``names`` and a list ``note`` for ``seeds``, kept in files STEM-NNNNNN, one a chunk.

    Missing and damaged files are made by ``draw``.
    """
    parts = []
    for start in tqdm(range(0, len(seeds), chunk), stem.name, unit="chunk"):
        path = stem.with_name(f"{stem.name}-{start:06d}.safetensors")
        make = partial(draw, seeds[start : start + chunk])
        parts.append(read_or_make(path, names, note, make))
    tensors = {name: torch.cat([found[name] for found, _ in parts]) for name in names}
    return tensors, [row for _, rows in parts for row in rows]


def read_or_make(path: Path, names: Sequence[str], note: str, make: Callable[[], Chunk]) -> Chunk:
    """The tensors ``names`` in ``path``, and its ``note``, a JSON value stored with them.

    If they cannot be read, ``make`` is called, and what it returns is written.
    """
    try:
        tensors, notes = read_tensors(path)
        return {name: tensors[name] for name in names}, json.loads(notes[note])
    except FileNotFoundError:
        pass
    except (Damaged, KeyError, ValueError):
        print(f"{path}: is damaged; made again", flush=True)
    tensors, said = make()
    write_tensors(path, tensors, **{note: json.dumps(said)})
    return tensors, said


def stack_drawings(drawn: Iterable[Entry]) -> Tensor:
    """Drawings of one size as uint8 (N, 3, S, S)."""
    pixels = [np.asarray(entry.open()).transpose(2, 0, 1) for entry in drawn]
    return torch.from_numpy(np.ascontiguousarray(np.stack(pixels)))
