"""Keep drawings in files, a chunk of them in each, and draw those again that are damaged."""

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

    A caption is {"text", "tags"}. They are drawn in chunks that are kept in ``home``.
    """
    pictures: list[Tensor] = []
    rows: list[dict[str, Any]] = []
    with tqdm(total=len(seeds), desc="drawings", unit="picture") as bar:
        for start in range(0, len(seeds), CHUNK):
            draw = partial(draw_chunk, seeds[start : start + CHUNK], size)
            path = home / f"drawings-{start:06d}.safetensors"
            tensors, told = keep_chunk(path, ["images"], "rows", draw)
            pictures.append(tensors["images"])
            rows += told
            bar.update(len(pictures[-1]))
    return torch.cat(pictures), rows


def draw_chunk(seeds: list[int], size: int) -> Chunk:
    """The drawings of ``seeds`` as "images", and their captions."""
    drawn = list(draw_all(seeds, size))
    rows = [{"text": entry.text, "tags": entry.tags} for entry in drawn]
    return {"images": stack_drawings(drawn)}, rows


def keep_chunk(path: Path, names: Sequence[str], note: str, make: Callable[[], Chunk]) -> Chunk:
    """The tensors ``names`` of ``path`` and its ``note``, a JSON-able value kept beside them.

    ``make`` gives both; it is called, and the file written, where they cannot be read from it.
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
