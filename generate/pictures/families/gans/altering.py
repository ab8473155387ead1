"""Differentiable augmentation (Zhao et al., arXiv 2006.10738): no critic sees a picture bare.

Real and drawn pictures are altered alike, before the critic looks, so a small set is harder to
learn by heart and the maker does not learn to draw alterations. Colours change less than in the
paper: here they are among the words.
"""

import torch
from torch import Tensor
from torch.nn import functional

# Random numbers for a picture: light, colour, contrast, two of place, two of the hole.
CHANCES = 7
# The most that light, colour and contrast change, and the shares of the side that a picture is
# moved by and that a hole takes.
LIGHT, COLOUR, CONTRAST, MOVED, HOLE = 0.2, 0.3, 0.2, 0.125, 0.4


def alter(pictures: Tensor, chances: Tensor) -> Tensor:
    """``pictures`` (B, 3, S, S) in [-1, 1], altered by ``chances`` (B, CHANCES) in [0, 1)."""
    spread = (chances[:, :3] * 2 - 1)[:, :, None, None, None]
    light, colour, contrast = spread.unbind(1)
    pictures = pictures + light * LIGHT
    grey = pictures.mean(1, keepdim=True)
    pictures = grey + (pictures - grey) * (1 + colour * COLOUR)
    middle = pictures.mean((1, 2, 3), keepdim=True)
    pictures = middle + (pictures - middle) * (1 + contrast * CONTRAST)
    return cut(move(pictures, chances[:, 3:5]), chances[:, 5:7])


def move(pictures: Tensor, chances: Tensor) -> Tensor:
    """Each picture moved by whole pixels; what comes in is 0."""
    side = pictures.shape[-1]
    most = max(1, round(side * MOVED))
    by = (chances * (2 * most + 1)).long().clamp(max=2 * most)
    padded = functional.pad(pictures, (most,) * 4)
    steps = torch.arange(side, device=pictures.device)
    rows = (by[:, :1] + steps)[:, None, :, None]
    columns = (by[:, 1:] + steps)[:, None, None, :]
    batch = torch.arange(len(pictures), device=pictures.device)[:, None, None, None]
    channels = torch.arange(pictures.shape[1], device=pictures.device)[None, :, None, None]
    return padded[batch, channels, rows, columns]


def cut(pictures: Tensor, chances: Tensor) -> Tensor:
    """Each picture with a square hole of 0, whose middle lies anywhere."""
    side = pictures.shape[-1]
    middle = chances * side
    steps = torch.arange(side, device=pictures.device) + 0.5
    inside = [(steps - middle[:, axis : axis + 1]).abs() < side * HOLE / 2 for axis in (0, 1)]
    hole = inside[0][:, :, None] & inside[1][:, None, :]
    return pictures * ~hole[:, None]
