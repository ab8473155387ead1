"""What the captioner's eye is given: pictures themselves, or the features of frozen eyes."""

import torch
from torch import Tensor
from torch.nn import functional

from generate.pictures.captioning.learned.eye import CELLS
from generate.pictures.captioning.learned.network import OURS
from generate.pictures.compute.precision import choose_device
from generate.pictures.eyes.opening import open_eyes

# Pictures are enlarged to this side for the frozen eyes, whose grid is then 8 by 8.
ENLARGED = 128


@torch.no_grad()
def look(eyes: str, pictures: Tensor) -> Tensor:
    """Pictures (B, 3, S, S) in [-1, 1] as the captioner takes them.

    As they are for eyes of our own; else EfficientNet-Lite0's maps at 1/16 and 1/32, joined
    (B, 432, 8, 8). Raises `Refusal` where its package is missing.
    """
    if eyes == OURS:
        return pictures
    pictures = pictures.to(choose_device())  # where the frozen eyes are
    frozen = open_eyes('the captioner with features = "lite0"')
    side = (ENLARGED, ENLARGED)
    large = functional.interpolate(pictures, side, mode="bilinear", align_corners=False)
    *_, fine, coarse = frozen.look(large)
    coarse = functional.interpolate(coarse, (CELLS, CELLS), mode="nearest")
    return torch.cat([fine, coarse], 1).float()
