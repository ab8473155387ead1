"""The second stage: enlarge a picture four times, with sharp edges.

Reads generate/pictures/starter/refiner.safetensors. A small convolutional network works on the
picture's own grid and unfolds its channels into pixels at the end (sub-pixel convolution, Shi et
al., arXiv 1609.05158). Its output is added to the bicubic enlargement. In training its input has
noise of a known level, so that it corrects faults of a sampled picture instead of sharpening them
(cascaded diffusion, Ho et al., 2106.15282, section 4). It was trained on drawings alone, and
removes fur and fine pattern as if they were noise. What is clearly above that noise is therefore
put back.
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
from generate.pictures.sheets import as_images, enlarge

WEIGHTS = STARTER / "refiner.safetensors"
TIMES = 4
# Sampled pictures are treated as if they had noise of this level, in units of [-1, 1].
LEVEL = 0.04
# Lost detail is put back in full only where it is well above this share of that level.
# Chosen by trial (docs/experiments.md).
FAINT = 0.5


class Refiner(nn.Module):
    """``forward(pictures (B, 3, H, W) in [-1, 1], level (B,))`` gives (B, 3, 4 H, 4 W)."""

    def __init__(self, width: int = 32, blocks: int = 4) -> None:
        super().__init__()
        self.enter = nn.Conv2d(4, width, 3, padding=1)
        self.body = make_blocks(width, blocks)
        self.leave = nn.Conv2d(width, 3 * TIMES**2, 3, padding=1)
        nn.init.zeros_(self.leave.weight)
        nn.init.zeros_(self.leave.bias)  # type: ignore[arg-type]

    def forward(self, pictures: Tensor, level: Tensor) -> Tensor:
        plane = level.view(-1, 1, 1, 1).expand(-1, 1, *pictures.shape[-2:])
        state = self.enter(torch.cat([pictures, plane], 1))
        for block in self.body:
            state = state + block(state)
        detail = functional.pixel_shuffle(self.leave(state), TIMES)
        return enlarge_plainly(pictures) + detail

    def enlarge(self, pictures: Tensor, level: Tensor) -> Tensor:
        """The whole second stage: `forward`, and the detail that it lost put back."""
        return put_back(self(pictures, level), pictures, FAINT * level)


@lru_cache(maxsize=2)
def load_refiner(path: Path = WEIGHTS) -> Refiner | None:
    """The trained refiner, None where no weights are shipped."""
    if not path.is_file():
        return None
    refiner = Refiner()
    fill(refiner, path)
    return refiner.to(choose_device()).eval()


def refine(picture: np.ndarray, level: float = LEVEL) -> Image.Image:
    """uint8 (3, S, S) as a picture of 4 S pixels; by Lanczos if there are no weights."""
    refiner = load_refiner()
    if refiner is None:
        return enlarge_smoothly(picture)
    # One at a time, in float32: a picture must not depend on the others of a batch.
    with torch.inference_mode():
        device = choose_device()
        pixels = from_levels(torch.from_numpy(picture.copy())[None].to(device))
        large = refiner.enlarge(pixels, torch.tensor([level], device=device))
    return as_images(to_levels(large))[0]


def enlarge_smoothly(picture: np.ndarray) -> Image.Image:
    """uint8 (3, S, S) as a picture of 4 S pixels by Lanczos's filter."""
    return enlarge(as_images(picture[None])[0], picture.shape[-1] * TIMES)


def put_back(large: Tensor, pictures: Tensor, faint: Tensor) -> Tensor:
    """``large`` (B, 3, 4 H, 4 W) with the detail that it lost of ``pictures`` (B, 3, H, W).

    One step of iterative back-projection (Irani and Peleg, CVGIP 53(3), 1991): ``large`` is made
    small again, and what is missing is added to it. A missing value d is multiplied by
    d² / (d² + faint²), as in Wiener's filter, so that little noise below ``faint`` (B,) comes back.
    """
    missing = pictures - functional.avg_pool2d(large, TIMES)
    power = missing.square()
    missing = missing * power / (power + faint.square().view(-1, 1, 1, 1)).clamp(min=1e-12)
    return large + enlarge_plainly(missing)


def enlarge_plainly(pictures: Tensor) -> Tensor:
    """``pictures`` (B, 3, H, W) enlarged by the bicubic filter: (B, 3, 4 H, 4 W)."""
    return functional.interpolate(pictures, scale_factor=TIMES, mode="bicubic", align_corners=False)


def make_blocks(width: int, blocks: int) -> nn.ModuleList:
    """Blocks of two convolutions (B, ``width``, H, W), each to be added to what goes in."""
    return nn.ModuleList(
        nn.Sequential(
            nn.Conv2d(width, width, 3, padding=1),
            nn.SiLU(),
            nn.Conv2d(width, width, 3, padding=1),
        )
        for _ in range(blocks)
    )
