"""Drawings of the field guide for the captioner, each with the mask of its beast.

They are kept in files, a chunk in each, in a folder that one can name.
"""

import multiprocessing
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from generate.pictures.training.chunks import Chunk, gather_chunks
from generate.recipe import derive_seed

SIDE = 64
CHUNK = 128
Tags = dict[str, str]


def gather_lessons(home: Path, count: int, what: str = "lesson") -> tuple[Tensor, list[Tags]]:
    """``count`` drawings as uint8 (N, 4, 64, 64), the last layer their masks, and their tags.

    Another ``what`` gives other drawings. They are kept in ``home``.
    """
    seeds = [derive_seed("captioner", what, n) for n in range(-(-count // CHUNK) * CHUNK)]
    tensors, rows = gather_chunks(home / what, ["drawings"], "tags", seeds, CHUNK, draw_lessons)
    return tensors["drawings"][:count], rows[:count]


def draw_lessons(seeds: list[int]) -> Chunk:
    """The drawings of ``seeds`` with their masks, "drawings", and their tags."""
    # "spawn" starts clean processes: forking one that holds torch's threads can deadlock.
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        drawn = pool.map(draw_lesson, seeds, chunksize=4)
    layers = np.stack([layer for layer, _ in drawn])
    return {"drawings": torch.from_numpy(layers)}, [tags for _, tags in drawn]


def draw_lesson(seed: int) -> tuple[np.ndarray, dict[str, Any]]:
    """One drawing as uint8 (4, 64, 64), its mask last, and its tags."""
    from generate.pictures.fieldguide.scene import draw

    drawing = draw(seed, SIDE)
    layers = np.dstack([np.asarray(drawing.image), drawing.mask])
    return np.ascontiguousarray(layers.transpose(2, 0, 1)), dict(drawing.tags)
