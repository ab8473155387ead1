"""The small convolutional network that the shipped captioner sees by."""

import torch
from torch import Tensor, nn
from torch.nn import functional

from generate.pictures.networks.layers import Norm

SIDE, CELLS, CHANNELS = 64, 8, 128


class Bottleneck(nn.Module):
    """Narrow, look around, widen, beside a skip (He et al., arXiv 1512.03385)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        inner = channels // 2
        self.norm = Norm(8, channels)
        self.narrow = nn.Conv2d(channels, inner, 1)
        self.around = nn.Conv2d(inner, inner, 3, padding=1)
        self.widen = nn.Conv2d(inner, channels, 1)

    def forward(self, state: Tensor) -> Tensor:
        inner = functional.relu(self.narrow(functional.relu(self.norm(state))))
        answer: Tensor = self.widen(functional.relu(self.around(inner)))
        return state + answer


class Eye(nn.Module):
    """``forward(pictures (B, 3, 64, 64) in [-1, 1])`` gives a grid of features (B, 128, 8, 8)."""

    channels = CHANNELS

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(  # type: ignore[call-overload]
            nn.Conv2d(3, 64, 6, 4, 1),
            Bottleneck(64),
            Bottleneck(64),
            Norm(8, 64),
            nn.ReLU(),
            nn.Conv2d(64, CHANNELS, 3, 2, 1),
            Bottleneck(CHANNELS),
            Bottleneck(CHANNELS),
            Bottleneck(CHANNELS),
            Norm(8, CHANNELS),
        ).to(memory_format=torch.channels_last)

    def forward(self, pictures: Tensor) -> Tensor:
        answer: Tensor = self.layers(pictures.contiguous(memory_format=torch.channels_last))
        return answer
