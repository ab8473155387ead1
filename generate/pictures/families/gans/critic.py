"""The critic of a GAN: small heads on the maps of a pyramid, which judge pictures and their words.

The maps are frozen features (Sauer et al., "Projected GANs converge faster", arXiv 2111.01007), or
those of a pyramid that the critic learns itself. Words are judged by projection (Miyato and Koyama,
arXiv 1802.05637): what a picture with wrong words is worth costs no further pass.
"""

from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional

from generate.pictures.families.gans.maker import bend, even

WIDTH = 96
# How often each level's map is halved, the finest first.
HALVINGS = (2, 1, 0, 0)
# Channels of the levels of a pyramid that the critic learns itself.
OWN_WIDTHS = (48, 64, 96, 128)


class Head(nn.Module):
    """Judges one map: ``forward`` gives what it sees (B, width, s, s)."""

    def __init__(self, before: int, halvings: int, width: int, words: int) -> None:
        super().__init__()
        self.enter = nn.Conv2d(before, width, 3, padding=1)
        self.halve = nn.ModuleList([nn.Conv2d(width, width, 4, 2, 1) for _ in range(halvings)])
        self.last = nn.Conv2d(width, width, 3, padding=1)
        self.leave = nn.Conv2d(width, 1, 1)
        self.words = nn.Linear(words, width, bias=False)
        nn.init.normal_(self.words.weight, std=0.02)

    def forward(self, level: Tensor) -> Tensor:
        state = bend(even(self.enter(level)))
        for halve in self.halve:
            if state.shape[-1] > 1:
                state = bend(even(halve(state)))
        return bend(even(self.last(state)))

    def judge(self, seen: Tensor, conditions: Tensor) -> Tensor:
        """Worth (B, P) of each place: as a picture, and as one of ``conditions`` (B, words)."""
        asked = self.words(conditions)[..., None, None]
        fits = (asked * seen).sum(1).mean((1, 2)) / seen.shape[1] ** 0.5
        worth: Tensor = self.leave(seen).flatten(1)
        return worth + fits[:, None]


class Pyramid(nn.Module):
    """Maps of a picture at 1/4, 1/8, 1/16 and 1/32 of its side, learnt with the critic."""

    def __init__(self, widths: Sequence[int] = OWN_WIDTHS) -> None:
        super().__init__()
        self.widths = tuple(widths)
        self.enter = nn.Conv2d(3, widths[0], 4, 2, 1)
        befores = (widths[0], *widths)
        self.down = nn.ModuleList([nn.Conv2d(b, a, 4, 2, 1) for b, a in pairwise(befores)])

    def forward(self, pictures: Tensor) -> list[Tensor]:
        if pictures.shape[-1] < 64:
            pictures = functional.interpolate(pictures, (64, 64), mode="bilinear")
        state, levels = bend(self.enter(pictures)), []
        for down in self.down:
            state = bend(even(down(state)))
            levels.append(state)
        return levels


class Critic(nn.Module):
    """A head for each level, and one more for all that names the words a picture shows.

    ``tokens`` is the number of words; conditions have ``words`` columns, alterations included.
    """

    def __init__(
        self, widths: Sequence[int], tokens: int, words: int, width: int = WIDTH, own: bool = False
    ) -> None:
        super().__init__()
        self.pyramid = Pyramid(widths) if own else None
        self.heads = nn.ModuleList(
            [Head(before, n, width, words) for before, n in zip(widths, HALVINGS, strict=True)]
        )
        self.named = nn.Linear(width * len(self.heads), tokens)

    def forward(self, levels: Sequence[Tensor]) -> list[Tensor]:
        """What each head sees of its level."""
        return [head(level) for head, level in zip(self.heads, levels, strict=True)]

    def judge(self, seen: Sequence[Tensor], conditions: Tensor) -> Tensor:
        """The worth (B, P) of pictures with ``conditions``, at all places of all levels.

        Each level counts alike, however many places it has.
        """
        worths = [h.judge(s, conditions) for h, s in zip(self.heads, seen, strict=True)]  # type: ignore[operator]
        most = max(worth.shape[1] for worth in worths)
        return torch.cat([w.repeat_interleave(most // w.shape[1], 1) for w in worths], 1)

    def name(self, seen: Sequence[Tensor]) -> Tensor:
        """Logits (B, tokens): which words the pictures show."""
        answer: Tensor = self.named(torch.cat([s.mean((2, 3)) for s in seen], 1))
        return answer
