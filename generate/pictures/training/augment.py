"""Alter training pictures at random, and say how, so that the alterations do not leak.

Each alteration fires with its own probability and is described to the network in a vector that is
zero when sampling (Karras et al., arXiv 2206.00364, appendix F.2). Mirroring is left unsaid: a
mirrored beast is as good a beast.
"""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from generate.pictures.networks.unet import ALTERATIONS

# Rec. 709 luma, about which saturation is turned up or down.
LUMA = (0.2126, 0.7152, 0.0722)


@dataclass(frozen=True)
class Augment:
    """What may happen to a training picture.

    ``rotation`` in degrees either way and ``jitter`` as a share of brightness, contrast and
    saturation touch every picture; ``shift`` is the probability of a change of scale and place.
    """

    mirror: bool = True
    rotation: float = 0.0
    jitter: float = 0.0
    shift: float = 0.0

    def __call__(self, pictures: Tensor, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """Altered ``pictures`` (B, 3, S, S) in [-1, 1], and labels (B, ALTERATIONS)."""
        count = len(pictures)
        labels = torch.zeros(count, ALTERATIONS)
        if self.mirror:
            turned = torch.rand(count, generator=generator) < 0.5
            turned = turned[:, None, None, None].to(pictures.device)
            pictures = torch.where(turned, pictures.flip(-1), pictures)
        if self.rotation or self.shift:
            pictures, labels[:, :5] = self.move(pictures, generator)
        if self.jitter:
            pictures, labels[:, 5:] = self.tint(pictures, generator)
        return pictures, labels

    def move(self, pictures: Tensor, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """Turn, scale and shift, the borders reflected; labels (B, 5)."""
        count = len(pictures)
        fires = (torch.rand(count, generator=generator) < self.shift).float()
        angle = (torch.rand(count, generator=generator) * 2 - 1) * self.rotation * torch.pi / 180
        scale = torch.exp2(0.2 * torch.randn(count, generator=generator) * fires)
        places = 0.125 * torch.randn(count, 2, generator=generator) * fires[:, None]
        cosine, sine = torch.cos(angle) / scale, torch.sin(angle) / scale
        rows = (cosine, -sine, places[:, 0], sine, cosine, places[:, 1])
        matrix = torch.stack(rows, 1).view(count, 2, 3).to(pictures.device)
        grid = functional.affine_grid(matrix, list(pictures.shape), align_corners=False)
        moved = functional.grid_sample(
            pictures, grid, mode="bicubic", padding_mode="reflection", align_corners=False
        ).clamp(-1, 1)
        still = ((angle == 0) & (fires == 0))[:, None, None, None].to(pictures.device)
        moved = torch.where(still, pictures, moved)
        labels = torch.cat(
            [torch.stack([angle.cos() - 1, angle.sin(), scale.log2()], 1), places], 1
        )
        return moved, labels

    def tint(self, pictures: Tensor, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """Change brightness, contrast and saturation; labels (B, 3)."""
        amounts = (torch.rand(len(pictures), 3, generator=generator) * 2 - 1) * self.jitter
        factors = (1 + amounts)[:, :, None, None, None].to(pictures.device)
        light, contrast, colour = factors.unbind(1)
        weights = torch.tensor(LUMA, device=pictures.device).view(1, 3, 1, 1)
        # In [0, 1] a factor of brightness leaves black black.
        bright = (pictures + 1) / 2 * light
        middle = bright.mean((1, 2, 3), keepdim=True)
        bright = middle + (bright - middle) * contrast
        grey = (bright * weights).sum(1, keepdim=True)
        bright = grey + (bright - grey) * colour
        return (bright * 2 - 1).clamp(-1, 1), amounts
