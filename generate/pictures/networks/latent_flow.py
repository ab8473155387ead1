"""The network of a flow over latent numbers: a small UNet2DModel that is told the words."""

from typing import Any

import torch
from torch import Tensor, nn

from generate.pictures.networks.autoencoder import LatentShape
from generate.pictures.networks.layers import keep_layout, use_fast_layers

# Channels at the grid's side, and at half of it.
WIDTHS = (96, 160)


class LatentFlow(nn.Module):
    """Predicts the velocity of latent numbers (B, C, H, W) on their way from noise.

    ``mean`` and ``spread`` (the logarithm of the deviation) of each channel bring them to the scale
    of the noise.
    """

    def __init__(self, shape: LatentShape, words: int, widths: tuple[int, ...] = WIDTHS) -> None:
        super().__init__()
        from diffusers import UNet2DModel

        levels = len(widths) if shape.side % 2 ** (len(widths) - 1) == 0 else 1
        self.widths = widths
        unet: Any = UNet2DModel(
            sample_size=shape.side,
            in_channels=shape.depth,
            out_channels=shape.depth,
            layers_per_block=1,
            block_out_channels=widths[:levels],
            down_block_types=["AttnDownBlock2D"] * levels,
            up_block_types=["AttnUpBlock2D"] * levels,
            attention_head_dim=min(32, widths[0]),
            norm_num_groups=shape.groups,
            resnet_time_scale_shift="scale_shift",
            class_embed_type="identity",
        )
        self.unet = unet
        self.words = nn.Linear(words, 4 * widths[0], bias=False)
        nn.init.normal_(self.words.weight, std=0.02)
        nn.init.zeros_(unet.conv_out.weight)
        nn.init.zeros_(unet.conv_out.bias)
        self.mean = nn.Parameter(torch.zeros(shape.depth, 1, 1))
        self.spread = nn.Parameter(torch.zeros(shape.depth, 1, 1))
        use_fast_layers(unet)
        unet.to(memory_format=torch.channels_last)

    def train(self, mode: bool = True) -> "LatentFlow":
        super().train(mode)
        keep_layout(self.unet)
        return self

    def forward(self, latents: Tensor, times: Tensor, words: Tensor) -> Tensor:
        """Velocities at ``times`` (B,) in [0, 1], told ``words`` (B, V)."""
        state = latents.contiguous(memory_format=torch.channels_last)
        answer = self.unet(state, times * 1000, class_labels=self.words(words)).sample
        return answer.float()

    def normalise(self, latents: Tensor) -> Tensor:
        """Latent numbers at the scale of the noise."""
        return (latents - self.mean.detach()) * torch.exp(-self.spread.detach())

    def restore(self, state: Tensor) -> Tensor:
        """What `normalise` was given."""
        return state * torch.exp(self.spread) + self.mean

    def measure_misfit(self, latents: Tensor) -> Tensor:
        """How badly ``mean`` and ``spread`` fit ``latents`` (B,): -log of a normal's density."""
        strays = (latents - self.mean) * torch.exp(-self.spread)
        return (strays.square() / 2 + self.spread).mean((1, 2, 3))
