"""EfficientNet-Lite0 (Tan and Le, arXiv 1905.11946), frozen, as a pyramid of feature maps.

Lite0 has no squeeze-and-excitation, and ReLU6 in place of swish. Weights that TensorFlow trained on
ImageNet are read from a state dict in the layout of the PyTorch port; each batch norm is folded
into the convolution before it.
"""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

# Batch norm's epsilon in the weights that are read.
EPSILON = 1e-3
# Of each stage: blocks, kernel, stride of its first block, expansion, channels.
STAGES = (
    (1, 3, 1, 1, 16),
    (2, 3, 2, 6, 24),
    (2, 5, 2, 6, 40),
    (3, 3, 2, 6, 80),
    (3, 5, 1, 6, 112),
    (4, 5, 2, 6, 192),
    (1, 3, 1, 6, 320),
)
STEM, POOLED, SMALLEST = 32, 1280, 64
# The blocks whose answers are the levels of the pyramid, at 1/4, 1/8, 1/16 and 1/32 of the side.
LEVELS = (2, 4, 10, 15)
# About the deviation of each level on drawings and photographs of animals, at 64 pixels.
SPREADS = (10.0, 8.5, 7.5, 3.5)


class Folded(nn.Module):
    """A convolution without batch norm, padded as TensorFlow pads ("SAME") even sides.

    ``forward(state (B, C, H, W))``; a stride of 2 pads more after than before.
    """

    def __init__(self, before: int, after: int, kernel: int, stride: int = 1, groups: int = 1):
        super().__init__()
        missing = kernel - stride
        self.sides = (missing // 2, missing - missing // 2) * 2
        self.even = self.sides[0] == self.sides[1]
        padding = self.sides[0] if self.even else 0
        self.conv = nn.Conv2d(before, after, kernel, stride, padding, groups=groups)

    def forward(self, state: Tensor) -> Tensor:
        answer: Tensor = self.conv(state if self.even else functional.pad(state, self.sides))
        return answer


class Block(nn.Module):
    """An inverted residual block: expand, convolve by channel, project (arXiv 1801.04381)."""

    def __init__(self, before: int, after: int, kernel: int, stride: int, expansion: int) -> None:
        super().__init__()
        inner = before * expansion
        self.expand = Folded(before, inner, 1) if expansion > 1 else None
        self.depthwise = Folded(inner, inner, kernel, stride, inner)
        self.project = Folded(inner, after, 1)
        self.skips = stride == 1 and before == after

    def forward(self, state: Tensor) -> Tensor:
        inner = functional.relu6(self.expand(state)) if self.expand else state
        answer: Tensor = self.project(functional.relu6(self.depthwise(inner)))
        return answer + state if self.skips else answer


class Lite0(nn.Module):
    """``forward(pictures (B, 3, S, S) in [-1, 1])`` gives four maps, the finest first.

    Their channels are `widths`, their sides S/4, S/8, S/16, S/32. On pictures of animals each has
    a deviation of about 1. Smaller pictures than 64 pixels are enlarged to 64.
    """

    widths = (24, 40, 112, 320)

    def __init__(self) -> None:
        super().__init__()
        self.stem = Folded(3, STEM, 3, 2)
        blocks: list[Block] = []
        channels = (STEM, *(stage[-1] for stage in STAGES))
        for (before, after), (count, kernel, stride, expansion, _) in zip(
            pairwise(channels), STAGES, strict=True
        ):
            blocks.append(Block(before, after, kernel, stride, expansion))
            blocks += [Block(after, after, kernel, 1, expansion) for _ in range(count - 1)]
        self.blocks = nn.ModuleList(blocks)
        self.head = Folded(channels[-1], POOLED, 1)
        self.requires_grad_(False)

    def forward(self, pictures: Tensor) -> list[Tensor]:
        levels = self.climb(pictures)
        return [level / spread for level, spread in zip(levels, SPREADS, strict=True)]

    def climb(self, pictures: Tensor) -> list[Tensor]:
        """The four maps as Lite0 has them."""
        if pictures.shape[-1] < SMALLEST:
            side = (SMALLEST, SMALLEST)
            pictures = functional.interpolate(pictures, side, mode="bilinear", align_corners=False)
        # Lite0 was trained on (level - 127) / 128.
        scaled = (pictures * 127.5 + 0.5) / 128
        state = functional.relu6(self.stem(scaled.contiguous(memory_format=torch.channels_last)))
        levels = []
        for place, block in enumerate(self.blocks):
            state = block(state)
            if place in LEVELS:
                levels.append(state)
        return levels

    def pool(self, pictures: Tensor) -> Tensor:
        """The features (B, 1280) before ImageNet's classes, their mean over the picture."""
        last: Tensor = functional.relu6(self.head(self.climb(pictures)[-1]))
        return last.mean((2, 3))


def read_lite0(state: Mapping[str, Tensor]) -> Lite0:
    """The network with the weights of ``state``; KeyError or RuntimeError if it is another's."""
    network: Any = Lite0()

    def fold(layer: Folded, conv: str, norm: str) -> None:
        scale = state[f"{norm}.weight"] * (state[f"{norm}.running_var"] + EPSILON).rsqrt()
        bias = state[f"{norm}.bias"] - state[f"{norm}.running_mean"] * scale
        weight = state[f"{conv}.weight"] * scale.view(-1, 1, 1, 1)
        layer.conv.load_state_dict({"weight": weight, "bias": bias})

    fold(network.stem, "_conv_stem", "_bn0")
    for place, block in enumerate(network.blocks):
        name = f"_blocks.{place}"
        if block.expand:
            fold(block.expand, f"{name}._expand_conv", f"{name}._bn0")
        fold(block.depthwise, f"{name}._depthwise_conv", f"{name}._bn1")
        fold(block.project, f"{name}._project_conv", f"{name}._bn2")
    fold(network.head, "_conv_head", "_bn1")
    frozen: Lite0 = network.eval().to(memory_format=torch.channels_last)
    return frozen
