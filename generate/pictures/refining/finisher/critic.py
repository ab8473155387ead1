"""The finisher's critic: it judges the places of a large picture beside the small one."""

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.parametrizations import spectral_norm

# Channels at a half, a quarter and an eighth of the side.
WIDTHS = (16, 32, 48)


class Critic(nn.Module):
    """``forward(large, beside)``, both (B, 3, S, S), gives worths (B, P) of places.

    ``beside`` is the small picture, plainly enlarged.
    Two maps are judged, at a quarter and an eighth of the side: the finer one is for texture and
    outlines, the coarser one for eyes and claws. Each layer's greatest gain is 1 (Miyato et al.,
    "Spectral normalization", arXiv 1802.05957).
    """

    def __init__(self, widths: tuple[int, int, int] = WIDTHS) -> None:
        super().__init__()
        half, quarter, eighth = widths

        def conv(before: int, after: int, kernel: int = 3, stride: int = 1) -> nn.Module:
            padding = 1 if kernel > 1 else 0
            return spectral_norm(nn.Conv2d(before, after, kernel, stride, padding))

        self.enter = conv(6 * 4, half)
        self.finer = nn.ModuleList([conv(half, quarter, 4, 2), conv(quarter, quarter)])
        self.coarser = nn.ModuleList([conv(quarter, eighth, 4, 2), conv(eighth, eighth)])
        self.judges = nn.ModuleList([conv(quarter, 1, 1), conv(eighth, 1, 1)])

    def forward(self, large: Tensor, beside: Tensor) -> Tensor:
        seen = functional.pixel_unshuffle(torch.cat([large, beside], 1), 2)
        state = bend(self.enter(seen))
        worths = []
        for layers, judge in zip((self.finer, self.coarser), self.judges, strict=True):
            for layer in layers:
                state = bend(layer(state))
            worths.append(judge(state).flatten(1))
        return torch.cat(worths, 1)


def bend(state: Tensor) -> Tensor:
    """A leaky ReLU that keeps the mean power, so that a worth can be far from 0."""
    return functional.leaky_relu(state, 0.2) * 2**0.5
