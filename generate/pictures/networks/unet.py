"""The denoiser's network: a diffusers UNet2DModel that sees folded pixels, and its words."""

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from generate.pictures.networks.layers import FullConv, keep_layout, use_fast_layers
from generate.pictures.networks.shape import Shape

# Condition columns after those of the words: how a training picture was altered (`augment`). Zero
# when sampling.
ALTERATIONS = 8


class Network(nn.Module):
    """A UNet2DModel that sees pictures folded, times, and conditions.

    ``forward(pictures (B, 3, S, S), times (B,) in [0, 1000], conditions (B, words + ALTERATIONS))``
    gives (B, 3, S, S). Conditions of (B, words) mean that no picture was altered. A linear map adds
    them to the time embedding (class_embed_type "identity"), unless the shape is unconditioned, as
    that of the classic recipe is.
    """

    def __init__(self, shape: Shape, words: int) -> None:
        super().__init__()
        from diffusers import UNet2DModel

        self.shape = shape
        levels = len(shape.widths)
        attends = [level >= levels - shape.attention for level in range(levels)]
        channels = 3 * shape.factor**2
        unet: Any = UNet2DModel(
            sample_size=shape.size // shape.factor,
            in_channels=channels,
            out_channels=channels,
            layers_per_block=shape.layers,
            block_out_channels=shape.widths,
            down_block_types=["AttnDownBlock2D" if a else "DownBlock2D" for a in attends],
            up_block_types=["AttnUpBlock2D" if a else "UpBlock2D" for a in reversed(attends)],
            attention_head_dim=shape.heads,
            norm_num_groups=shape.groups,
            dropout=shape.dropout,
            resnet_time_scale_shift="scale_shift" if shape.conditioned else "default",
            class_embed_type="identity" if shape.conditioned else None,
        )
        self.unet = unet
        self.words = nn.Linear(words + ALTERATIONS, 4 * shape.widths[0], bias=False)
        nn.init.normal_(self.words.weight, std=0.02)
        if not shape.conditioned:
            return
        for name in ("conv_in", "conv_out"):
            plain = getattr(unet, name)
            full = FullConv(plain.in_channels, plain.out_channels, 3, padding=1)
            full.load_state_dict(plain.state_dict())
            setattr(unet, name, full)
        unet.conv_in.rounds = True
        use_fast_layers(unet)
        # A network that answers zero at first learns steadily from the first step.
        nn.init.zeros_(unet.conv_out.weight)
        nn.init.zeros_(unet.conv_out.bias)

    @property
    def body(self) -> nn.Module:
        """All but the words."""
        return self.unet

    def describe(self) -> dict[str, Any]:
        """The config.json by which diffusers makes the same UNet."""
        config = dict(self.unet.config) | {"_class_name": "UNet2DModel"}
        config.pop("_name_or_path", None)
        return config

    def train(self, mode: bool = True) -> "Network":
        super().train(mode)
        if self.shape.conditioned:
            keep_layout(self.unet)
        return self

    def forward(self, pictures: Tensor, times: Tensor, conditions: Tensor) -> Tensor:
        folded = functional.pixel_unshuffle(pictures, self.shape.factor)
        folded = folded.contiguous(memory_format=torch.channels_last)
        embedded = self.embed(conditions) if self.shape.conditioned else None
        answer = self.unet(folded, times, class_labels=embedded).sample
        return functional.pixel_shuffle(answer.float(), self.shape.factor)

    def embed(self, conditions: Tensor) -> Tensor:
        """What the conditions add to the time embedding (B, 4 widths[0])."""
        if lacking := self.words.in_features - conditions.shape[1]:
            conditions = functional.pad(conditions, (0, lacking))
        embedded: Tensor = self.words(conditions)
        return embedded
