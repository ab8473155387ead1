"""Turn grey levels 0 to 255 into the numbers that networks see, and back."""

import numpy as np
import torch
from torch import Tensor


def from_levels(levels: Tensor) -> Tensor:
    """uint8 levels of any shape as float32 in [-1, 1]."""
    return levels.float() / 127.5 - 1


def to_levels(pictures: Tensor) -> np.ndarray:
    """Numbers in [-1, 1], of any shape, as uint8 levels; what lies outside is clipped."""
    levels = ((pictures.float().clamp(-1, 1) + 1) * 127.5).round()
    return np.asarray(levels.to(torch.uint8).cpu())
