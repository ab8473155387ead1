"""The second stage: make a picture four times as large, with edges a pixel-doubler cannot have.

Reads generate/pictures/starter/refiner.safetensors. A small convolutional network works on the
picture's own grid and unfolds its channels into pixels at the end (sub-pixel convolution, Shi et
al., arXiv 1609.05158), adding to what bicubic gives. In training its input carries noise of a known
level, so that it mends a sampled picture's faults rather than sharpening them (cascaded diffusion,
Ho et al., 2106.15282, section 4). It has learnt from drawings alone, and takes fur and fine pattern
for noise; what stands out from such noise is therefore given back to its answer.
"""

from functools import lru_cache
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn
from torch.nn import functional

from generate.pictures import STARTER
from generate.pictures.compute.levels import from_levels, to_levels
from generate.pictures.compute.precision import choose_device
from generate.pictures.networks.weights import fill
from generate.pictures.sheets import as_images

WEIGHTS = STARTER / "refiner.safetensors"
TIMES = 4
# The level of noise, in units of [-1, 1], that sampled pictures are treated as having.
LEVEL = 0.04
# What an answer lost is given back in full only where it is well above so much of that level.
# Settled by trial (docs/experiments.md).
FAINT = 0.5


class Refiner(nn.Module):
    """``forward(pictures (B, 3, H, W) in [-1, 1], level (B,))`` gives (B, 3, 4 H, 4 W)."""

    def __init__(self, width: int = 32, blocks: int = 4) -> None:
        super().__init__()
        self.enter = nn.Conv2d(4, width, 3, padding=1)
        self.body = nn.ModuleList(
            nn.Sequential(
                nn.Conv2d(width, width, 3, padding=1),
                nn.SiLU(),
                nn.Conv2d(width, width, 3, padding=1),
            )
            for _ in range(blocks)
        )
        self.leave = nn.Conv2d(width, 3 * TIMES**2, 3, padding=1)
        nn.init.zeros_(self.leave.weight)
        nn.init.zeros_(self.leave.bias)  # type: ignore[arg-type]

    def forward(self, pictures: Tensor, level: Tensor) -> Tensor:
        plane = level.view(-1, 1, 1, 1).expand(-1, 1, *pictures.shape[-2:])
        state = self.enter(torch.cat([pictures, plane], 1))
        for block in self.body:
            state = state + block(state)
        detail = functional.pixel_shuffle(self.leave(state), TIMES)
        smooth = functional.interpolate(
            pictures, scale_factor=TIMES, mode="bicubic", align_corners=False
        )
        return smooth + detail

    def enlarge(self, pictures: Tensor, level: Tensor) -> Tensor:
        """`forward`'s answer, and what it lost by taking it for noise: the whole second stage."""
        return give_back(self(pictures, level), pictures, FAINT * level)


@lru_cache(maxsize=2)
def load_refiner(path: Path = WEIGHTS) -> Refiner | None:
    """The trained refiner, or None where no weights are shipped."""
    if not path.is_file():
        return None
    refiner = Refiner()
    fill(refiner, path)
    return refiner.to(choose_device()).eval()


def refine(picture: np.ndarray, level: float = LEVEL) -> Image.Image:
    """uint8 (3, S, S) as a picture of 4 S pixels; Lanczos where there are no weights."""
    refiner = load_refiner()
    if refiner is None:
        return enlarge_smoothly(picture)
    # One at a time, in float32: a picture must not depend on its neighbours in a batch.
    with torch.inference_mode():
        device = choose_device()
        pixels = from_levels(torch.from_numpy(picture.copy())[None].to(device))
        large = refiner.enlarge(pixels, torch.tensor([level], device=device))
    return as_images(to_levels(large))[0]


def enlarge_smoothly(picture: np.ndarray) -> Image.Image:
    """uint8 (3, S, S) as a picture of 4 S pixels by Lanczos's filter."""
    image = as_images(picture[None])[0]
    side = image.width * TIMES
    return image.resize((side, side), Image.Resampling.LANCZOS)


def give_back(large: Tensor, pictures: Tensor, faint: Tensor) -> Tensor:
    """``large`` (B, 3, 4 H, 4 W) with what it lost of ``pictures`` (B, 3, H, W) and is no noise.

    One step of iterative back-projection (Irani and Peleg, CVGIP 53(3), 1991): what is missing when
    the answer is made small again is added to it. A missing value d counts for d² / (d² + faint²)
    of itself, as in Wiener's filter: of noise below ``faint`` (B,) little comes back.
    """
    missing = pictures - functional.avg_pool2d(large, TIMES)
    power = missing.square()
    missing = missing * power / (power + faint.square().view(-1, 1, 1, 1)).clamp(min=1e-12)
    return large + functional.interpolate(
        missing, scale_factor=TIMES, mode="bicubic", align_corners=False
    )
