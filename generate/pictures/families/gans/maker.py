"""The maker of a GAN: noise and words → a picture in one pass, in the manner of DF-GAN.

Words enter at every resolution, as a scale and a shift of each channel (Tao et al., arXiv
2008.05865). There is no batch norm, so a picture depends on nothing but its own noise and words.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

# Numbers of noise for a picture, and the width of what the layers are told.
NOISE, TOLD = 96, 192
# Channels at each resolution, the coarsest first; the last is kept for all finer ones.
WIDTHS = (256, 224, 144, 64, 48)
# Channels at the full resolution.
LAST = 16


@dataclass(frozen=True)
class MakerShape:
    """What decides a maker's layers: pictures of ``size`` pixels, ``words`` condition columns."""

    size: int
    words: int
    noise: int = NOISE
    told: int = TOLD
    widths: tuple[int, ...] = WIDTHS

    @property
    def sides(self) -> list[int]:
        """Sides of the grids from the coarsest to half of the size."""
        side = self.size // 2
        sides = [side]
        while side % 2 == 0 and side // 2 >= 4:
            side //= 2
            sides.append(side)
        return sides[::-1]

    def width_at(self, level: int) -> int:
        """Channels at the ``level``-th grid."""
        return self.widths[min(level, len(self.widths) - 1)]

    def as_json(self) -> dict[str, Any]:
        """For config.json."""
        return asdict(self) | {"widths": list(self.widths)}

    @classmethod
    def read(cls, config: Mapping[str, Any]) -> "MakerShape":
        """The shape in a config.json; TypeError or KeyError if it is none."""
        return cls(**{**config, "widths": tuple(config["widths"])})


def narrow(widths: Sequence[int], share: float) -> tuple[int, ...]:
    """``share`` of the ``widths``, in multiples of 8."""
    return tuple(max(8, 8 * round(width * share / 8)) for width in widths)


def even(state: Tensor) -> Tensor:
    """``state`` (B, C, …) with a root mean square of 1 over its channels, at each place."""
    return state * torch.rsqrt(state.square().mean(1, keepdim=True) + 1e-6)


def bend(state: Tensor) -> Tensor:
    """The leaky ReLU of all adversaries."""
    return functional.leaky_relu(state, 0.2)


class Told(nn.Module):
    """A convolution of a state that is evened, then scaled and shifted by what is told."""

    def __init__(self, told: int, before: int, after: int) -> None:
        super().__init__()
        self.tell = nn.Linear(told, 2 * before)
        self.conv = nn.Conv2d(before, after, 3, padding=1)
        nn.init.normal_(self.tell.weight, std=told**-0.5 / 2)
        nn.init.zeros_(self.tell.bias)

    def forward(self, state: Tensor, told: Tensor) -> Tensor:
        scale, shift = self.tell(told)[..., None, None].chunk(2, 1)
        answer: Tensor = self.conv(bend(even(state) * (1 + scale) + shift))
        return answer


class Stage(nn.Module):
    """Two told convolutions beside a straight way, on one grid."""

    def __init__(self, told: int, before: int, after: int) -> None:
        super().__init__()
        self.first, self.second = Told(told, before, after), Told(told, after, after)
        self.round = nn.Conv2d(before, after, 1, bias=False)

    def forward(self, state: Tensor, told: Tensor) -> Tensor:
        inner = self.second(self.first(state, told), told)
        straight: Tensor = self.round(state)
        return straight + inner


def double(state: Tensor) -> Tensor:
    """``state`` (B, C, h, w) on a grid of twice the side."""
    return functional.interpolate(state, scale_factor=2.0, mode="nearest")


class Brush(nn.Module):
    """A picture of twice the side, from a state.

    No pixel shuffle: its pattern of single pixels is nothing that the critic's coarse maps see.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        self.thin = nn.Conv2d(width, LAST, 3, padding=1)
        self.paint = nn.Conv2d(LAST, 3, 3, padding=1)

    def forward(self, state: Tensor) -> Tensor:
        fine = bend(self.thin(double(bend(even(state)))))
        return torch.tanh(self.paint(fine).float())


class Painter(nn.Module):
    """Stages on a first grid and on each doubling of it, then a picture twice as large as the last.

    ``widths`` are the stages' channels, ``before`` those of the first state.
    """

    def __init__(self, told: int, before: int, widths: Sequence[int]) -> None:
        super().__init__()
        befores = [before, *widths]
        self.stages = nn.ModuleList(
            [Stage(told, befores[level], width) for level, width in enumerate(widths)]
        )
        self.brush = Brush(widths[-1])

    def forward(self, state: Tensor, told: Tensor) -> Tensor:
        state = state.contiguous(memory_format=torch.channels_last)
        for level, stage in enumerate(self.stages):
            state = stage(double(state) if level else state, told)
        answer: Tensor = self.brush(state)
        return answer


class Maker(nn.Module):
    """``forward(noise (B, noise), conditions (B, words))`` gives pictures (B, 3, S, S) in [-1, 1].

    Without words in its shape, ``conditions`` are what is told (B, told), as they are.
    """

    def __init__(self, shape: MakerShape) -> None:
        super().__init__()
        self.shape = shape
        told, sides = shape.told, shape.sides
        self.words = nn.Linear(shape.words, told, bias=False) if shape.words else nn.Identity()
        if isinstance(self.words, nn.Linear):
            nn.init.normal_(self.words.weight, std=0.5)
        self.mix = nn.Linear(shape.noise + told, told)
        self.again = nn.Linear(told, told)
        widths = [shape.width_at(level) for level in range(len(sides))]
        self.start = nn.Linear(shape.noise + told, widths[0] * sides[0] ** 2)
        self.painter = Painter(told, widths[0], widths)

    def forward(self, noise: Tensor, conditions: Tensor) -> Tensor:
        asked = torch.cat([noise, self.words(conditions)], 1)
        told = bend(self.again(bend(self.mix(asked))))
        side = self.shape.sides[0]
        state = self.start(asked).view(-1, self.shape.width_at(0), side, side)
        answer: Tensor = self.painter(state, told)
        return answer
