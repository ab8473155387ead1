"""How much words lower the loss of a picture: the evidence that it shows what was asked for."""

from typing import Protocol

import numpy as np
import torch
from torch import Tensor

from generate.pictures.compute.memory import in_parts
from generate.recipe import derive_seed

# Noise levels at which the losses with words and without are compared.
LEVELS = (0.65, 0.8, 0.9)


class LossesAt(Protocol):
    """Losses (B,) of ``pictures`` (B, …), told ``words``, at noise levels ``times`` (B,)."""

    def __call__(self, pictures: Tensor, words: Tensor, times: Tensor, noise: Tensor) -> Tensor: ...


def weigh_words(losses_at: LossesAt, rows: int, pictures: Tensor, words: Tensor) -> np.ndarray:
    """1 - loss with words / loss without, of each of ``pictures`` (N, …); float64 (N,).

    The diffusion classifier's evidence (Li et al., arXiv 2303.16203, equation 5), compared with no
    words, at a few fixed noise levels; all pictures share the noise. ``rows`` are computed at a
    time.
    """
    if not bool(words.any()):
        return np.zeros(len(pictures))
    device = pictures.device
    total = torch.zeros(len(pictures), device=device)
    for level in LEVELS:
        generator = torch.Generator().manual_seed(derive_seed("agreement", level))
        noise = torch.randn(pictures.shape[1:], generator=generator).to(device)

        def losses(
            pictures: Tensor, words: Tensor, level: float = level, noise: Tensor = noise
        ) -> Tensor:
            times = torch.full((len(pictures),), level, device=device)
            return losses_at(pictures, words, times, noise.expand_as(pictures))

        asked = in_parts(losses, rows, pictures, words)
        total += 1 - asked / in_parts(losses, rows, pictures, torch.zeros_like(words))
    return np.asarray(total.double().cpu() / len(LEVELS))
