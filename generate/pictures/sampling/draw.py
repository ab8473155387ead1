"""Draw pictures from noise and words, keeping frames of the way.

Works on a model in memory; writes nothing.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from generate.pictures.choosing.copies import shrink
from generate.pictures.compute.precision import arithmetic
from generate.pictures.data.vocabulary import tokens_of
from generate.pictures.model_folder import ALTERATIONS, Model
from generate.pictures.training.loop import Family
from generate.pictures.training.trainer import to_pixels
from generate.settings import Settings

# A convolution's last bits may change with the size of its batch, so beasts are always drawn in the
# same company: number n with the others of its group, at the same place in it.
GROUP = 8
# Side of the frames that are kept of a picture's way from noise, at most.
FRAME = 128


def draw(
    settings: Settings, model: Model, family: Family, conditions: Tensor, seeds: Sequence[int]
) -> tuple[np.ndarray, np.ndarray]:
    """Pictures uint8 (N, 3, S, S) and their frames uint8 (N, F, 3, T, T) on the way from noise.

    T is at most 128: frames are shown small, and a strip of them has to fit into one WebP.
    """
    asked = settings.pictures
    steps = asked.steps
    kept = set(np.linspace(0, steps, min(asked.frames, steps + 1)).round().astype(int).tolist())
    frames: list[np.ndarray] = []

    def watch(step: int, state: Tensor) -> None:
        if step in kept:
            frames.append(reduce(to_pixels(develop(state) if step < steps else state)))

    generators = [torch.Generator().manual_seed(seed) for seed in seeds]
    with arithmetic(str(model.facts.get("arithmetic", "float32"))):
        pictures = family.sample(conditions, generators, steps, asked.guidance, watch)
    return to_pixels(pictures), np.stack(frames, 1)


def reduce(pictures: np.ndarray) -> np.ndarray:
    """uint8 (N, 3, S, S) at no more than the side of a frame."""
    if pictures.shape[-1] <= FRAME:
        return pictures
    return shrink(pictures, FRAME).round().astype(np.uint8)


def develop(state: Tensor) -> Tensor:
    """Bring a noisy state into [-1, 1]: noise of three deviations would burn out."""
    deviation = state.std((1, 2, 3), keepdim=True)
    return (state / (deviation / 0.5).clamp(min=1)).clamp(-1, 1)


def encode(model: Model, asked: Sequence[dict[str, Any]]) -> Tensor:
    """Conditions (N, words + ALTERATIONS) of prompts {"text", "tags"}."""
    names = [tokens_of(model.vocabulary, row["text"], row["tags"]) for row in asked]
    words = np.stack([model.vocabulary.encode(tokens) for tokens in names])
    return torch.cat([torch.from_numpy(words), torch.zeros(len(asked), ALTERATIONS)], 1)
