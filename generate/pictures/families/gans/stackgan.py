"""StackGAN: a small picture from noise and words, then a large one from that and the words again.

Zhang et al., arXiv 1612.03242. Words are blurred before they are used (conditioning augmentation):
a thin set of captions becomes a smooth one. Both stages learn in every step, as in StackGAN++, each
with a critic of its own; the second reads the first's picture, and gives it no gradients.
"""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from generate.pictures.compute.memory import in_parts
from generate.pictures.families.gans.adversary import Adversary
from generate.pictures.families.gans.maker import (
    NOISE,
    TOLD,
    Maker,
    MakerShape,
    Painter,
    bend,
    narrow,
)
from generate.pictures.training.learner import Rows

# Side of the first stage's pictures, at most.
SMALL = 32
WIDTHS = (224, 192, 128, 64)
# Channels of the second stage: at the first's side, and at each doubling of it.
SECOND = (96, 64, 48)
# Weight of the divergence of the blur from plain noise.
BLUR = 2.0
SCRIPT = Path(__file__).with_name("stackgan_script.txt")


class Blur(nn.Module):
    """Conditioning augmentation: conditions become the mean and the deviation of what is told."""

    def __init__(self, words: int, told: int) -> None:
        super().__init__()
        self.words = nn.Linear(words, 2 * told)
        nn.init.normal_(self.words.weight, std=0.3)
        nn.init.zeros_(self.words.bias)

    def forward(self, conditions: Tensor, chance: Tensor) -> Tensor:
        middle, spread = self.words(conditions).chunk(2, 1)
        answer: Tensor = middle + spread.exp() * chance
        return answer

    def diverge(self, conditions: Tensor) -> Tensor:
        """The divergence (B,) from standard normal numbers, the mean over those numbers."""
        middle, spread = self.words(conditions).float().chunk(2, 1)
        return ((middle.square() + (2 * spread).exp() - 1) / 2 - spread).mean(1)


class Second(nn.Module):
    """``forward(pictures (B, 3, s, s), conditions, chance)``: the pictures, large and finer."""

    def __init__(self, shape: MakerShape, small: int) -> None:
        super().__init__()
        told = shape.told
        self.blur = Blur(shape.words, told)
        self.tell = nn.Linear(told, told)
        doublings = (shape.size // small).bit_length() - 1
        usual = [SECOND[min(n, len(SECOND) - 1)] for n in range(doublings)]
        widths = narrow(usual, shape.widths[0] / WIDTHS[0])
        self.enter = nn.Conv2d(3, widths[0], 3, padding=1)
        self.painter = Painter(told, widths[0], widths)

    def forward(self, pictures: Tensor, conditions: Tensor, chance: Tensor) -> Tensor:
        told = bend(self.tell(self.blur(conditions, chance)))
        answer: Tensor = self.painter(self.enter(pictures), told)
        return answer


class StackMaker(nn.Module):
    """Both stages. ``forward(noise, conditions)`` gives the large pictures, as a `Maker` does.

    The first ``told`` numbers of the noise are the chance of the blurs.
    """

    def __init__(self, shape: MakerShape) -> None:
        super().__init__()
        self.shape = shape
        small = min(SMALL, shape.size // 2)
        self.blur = Blur(shape.words, shape.told)
        self.first = Maker(replace(shape, size=small, words=0, noise=shape.noise - shape.told))
        self.second = Second(shape, small)

    def draw_small(self, noise: Tensor, conditions: Tensor) -> Tensor:
        """The first stage's pictures."""
        chance, rest = noise[:, : self.shape.told], noise[:, self.shape.told :]
        answer: Tensor = self.first(rest, self.blur(conditions, chance))
        return answer

    def enlarge(self, small: Tensor, noise: Tensor, conditions: Tensor) -> Tensor:
        """The second stage's pictures, from those of the first."""
        answer: Tensor = self.second(small, conditions, noise[:, : self.shape.told])
        return answer

    def forward(self, noise: Tensor, conditions: Tensor) -> Tensor:
        return self.enlarge(self.draw_small(noise, conditions), noise, conditions)


class StackGan(Adversary):
    """A maker of two stages."""

    stages = 2

    @classmethod
    def choose_config(cls, size: int, words: int, share: float) -> dict[str, Any]:
        return MakerShape(size, words, NOISE + TOLD, widths=narrow(WIDTHS, share)).as_json()

    @classmethod
    def make_maker(cls, config: Mapping[str, Any]) -> nn.Module:
        return StackMaker(MakerShape.read(config))

    def draw_stages(self, noise: Tensor, conditions: Tensor) -> list[Tensor]:
        small = self.maker.draw_small(noise, conditions)
        return [small, self.maker.enlarge(small.detach(), noise, conditions)]

    def lose_beside(
        self, chance: Rows, words: Tensor, asked: Tensor, stages: list[Tensor]
    ) -> Tensor | float:
        maker = self.maker
        diverged: Tensor = maker.blur.diverge(asked) + maker.second.blur.diverge(asked)
        return BLUR * diverged

    def draw_on_the_way(self, noise: Tensor, asked: Tensor, share: float) -> Tensor:
        """The small picture along its truncation path; then the large one is painted over it."""
        sketched, painted = min(1.0, 2 * share), max(0.0, 2 * share - 1)
        if painted == 1:
            return in_parts(self.draw, self.rows, noise, asked)
        small = in_parts(self.maker.draw_small, self.rows, noise * sketched, asked * sketched)
        state = functional.interpolate(small, (self.size, self.size), mode="nearest")
        if painted:
            state = torch.lerp(state, in_parts(self.draw, self.rows, noise, asked), painted)
        return state

    def write_script(self, steps: int) -> str:
        return self.join_script(SCRIPT)
