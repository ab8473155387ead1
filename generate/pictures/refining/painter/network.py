"""The painter's network: a small convolutional U-Net on a grid of 4 × 4 pixel blocks.

No layer looks at a whole picture at once, so what learnt from crops works on whole pictures.
"""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional

from generate.pictures.networks.layers import FullConv

TIMES = 4
# Angular frequencies that tell a number in [0, 1] to the network.
WAVES = 8


class Block(nn.Module):
    """Two convolutions beside a shortcut; what the network is told scales and shifts in between."""

    def __init__(self, width: int, told: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(width, width, 3, padding=1)
        self.second = nn.Conv2d(width, width, 3, padding=1)
        self.tell = nn.Linear(told, 2 * width)
        for layer in (self.second, self.tell):
            nn.init.zeros_(layer.weight)
            nn.init.zeros_(layer.bias)  # type: ignore[arg-type]

    def forward(self, state: Tensor, told: Tensor) -> Tensor:
        scale, shift = self.tell(told)[..., None, None].chunk(2, 1)
        inner = self.first(functional.silu(normalise(state)))
        inner = torch.addcmul(inner + shift.to(inner.dtype), inner, scale.to(inner.dtype))
        return state + self.second(functional.silu(inner))


class Painter(nn.Module):
    """The velocity of a flow from noise to what a small picture lacks of the large one.

    ``forward(state (B, 3, 4 H, 4 W), small (B, 3, H, W) in [-1, 1], facts (B, 3), words (B, K))``
    gives (B, 3, 4 H, 4 W). H and W are even. ``facts`` are the time of ``state`` in [0, 1] (1 is
    noise alone), the level of the noise on ``small``, and its doubt (see `painting`).

    The layers need not carry the noise of 48 numbers a place from end to end. They tell the mean of
    what lacks and how far it strays, for each pixel; the rest is the best linear estimate. That is
    the preconditioning of Karras et al. (arXiv 2206.00364, table 1), for straight paths, with a
    deviation of its own in every place. Much lacks at an edge, and little in the sky.
    """

    def __init__(
        self, words: int, widths: tuple[int, int] = (48, 72), told: int = 64, depth: int = 2
    ) -> None:
        super().__init__()
        fine, coarse = widths
        folded = 3 * TIMES**2
        self.words = nn.Linear(words, told, bias=False)
        self.facts = nn.Linear(3 * 2 * WAVES, told)
        self.enter = FullConv(folded + 3, fine, 3, padding=1)
        self.enter.rounds = True
        self.before = Block(fine, told)
        self.down = nn.Conv2d(fine, coarse, 3, stride=2, padding=1)
        self.middle = nn.ModuleList(Block(coarse, told) for _ in range(depth))
        self.up = nn.Conv2d(coarse, fine, 3, padding=1)
        self.after = nn.ModuleList(Block(fine, told) for _ in range(2))
        self.leave = FullConv(fine, folded + TIMES**2, 3, padding=1)
        nn.init.normal_(self.words.weight, std=0.02)
        nn.init.zeros_(self.leave.weight)
        nn.init.zeros_(self.leave.bias)  # type: ignore[arg-type]

    def forward(self, state: Tensor, small: Tensor, facts: Tensor, words: Tensor) -> Tensor:
        told = functional.silu(self.facts(wave(facts)) + self.words(words))
        seen = torch.cat([functional.pixel_unshuffle(state, TIMES), small], 1)
        fine = self.before(self.enter(seen.contiguous(memory_format=torch.channels_last)), told)
        coarse = self.down(fine)
        for block in self.middle:
            coarse = block(coarse, told)
        fine = fine + functional.interpolate(self.up(normalise(coarse)), scale_factor=2.0)
        for block in self.after:
            fine = block(fine, told)
        answer = functional.pixel_shuffle(self.leave(normalise(fine)), TIMES)
        return find_velocity(state, facts[:, :1, None, None], answer[:, :3], answer[:, 3:])


def find_velocity(state: Tensor, time: Tensor, mean: Tensor, strays: Tensor) -> Tensor:
    """v at ``state`` = (1 - t) r + t e, where r is believed to stray by s.

    ``mean`` is what is known of r beyond the best linear estimate, in units of that estimate's
    deviation, and ``strays`` tells log s, which is kept within 3.
    """
    spread = (3 * torch.tanh(strays / 3)).exp()
    power = ((1 - time) * spread).square() + time.square()
    return (time - (1 - time) * spread.square()) / power * state - spread / power.sqrt() * mean


def normalise(state: Tensor) -> Tensor:
    """Each place's channels with a mean square of 1 (Karras et al., arXiv 1710.10196, 4.2)."""
    return state * torch.rsqrt(state.square().mean(1, keepdim=True) + 1e-4)


def wave(numbers: Tensor) -> Tensor:
    """Numbers in [0, 1] (B, K) as sines and cosines (B, K · 2 WAVES)."""
    speeds = math.pi * 2.0 ** torch.arange(WAVES, device=numbers.device) / 2
    angles = (numbers[..., None] * speeds).flatten(1)
    return torch.cat([angles.sin(), angles.cos()], 1)
