"""The captioner's network: an eye, what it knows of the picture as a whole, and a teller."""

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from generate.pictures.captioning.learned.decoders import TELLERS
from generate.pictures.captioning.learned.eye import CELLS, Eye

# Channels of the frozen features: EfficientNet-Lite0's maps at 1/16 and 1/32, joined.
FROZEN = 432
OURS, LITE0 = "ours", "lite0"


@dataclass(frozen=True)
class CaptionerShape:
    """What decides the layers of a `Captioner`.

    ``words`` numbers of a `Wording`, ``concepts`` tokens of a `Vocabulary`; ``eyes`` is "ours" or
    "lite0", ``decoder`` "transformer" or "lstm"; ``most`` numbers at most in a caption.
    """

    words: int
    concepts: int
    eyes: str = OURS
    decoder: str = "transformer"
    width: int = 128
    layers: int = 2
    heads: int = 4
    most: int = 40
    dropout: float = 0.1


def read_captioner_shape(record: dict[str, Any]) -> CaptionerShape:
    """The shape that ``vars`` wrote; ValueError, KeyError or TypeError for one of no model here."""
    shape = CaptionerShape(**{name: record[name] for name in CaptionerShape.__dataclass_fields__})
    numbers = (shape.words, shape.width, shape.layers, shape.heads, shape.most, shape.concepts + 1)
    if min(numbers) < 1 or max(numbers) > 65536 or not 0 <= shape.dropout < 1:
        raise ValueError("no such network")
    if shape.decoder not in TELLERS or shape.eyes not in (OURS, LITE0):
        raise ValueError("no such network")
    return shape


class Captioner(nn.Module):
    """Says captions of pictures (B, 3, 64, 64) in [-1, 1], or of frozen features (B, 432, 8, 8).

    `see` gives what the teller looks at, and logits of the concepts that are shown (Fang et al.,
    arXiv 1411.4952); ``forward(tokens, memory)`` the logits of the next words.
    """

    def __init__(self, shape: CaptionerShape) -> None:
        super().__init__()
        self.shape, width = shape, shape.width
        self.eye = Eye() if shape.eyes == OURS else None
        self.enter = nn.Linear(self.eye.channels if self.eye else FROZEN, width)
        self.places = nn.Parameter(torch.randn(CELLS**2, width) * width**-0.5)
        self.norm = nn.LayerNorm(width)
        self.judge = nn.Sequential(
            nn.Linear(2 * width, 2 * width), nn.ReLU(), nn.Linear(2 * width, shape.concepts)
        )
        self.drop = nn.Dropout(shape.dropout)
        self.known = nn.Linear(shape.concepts, width)
        self.teller = TELLERS[shape.decoder](
            shape.words, width, shape.layers, shape.heads, shape.most, shape.dropout
        )

    def see(self, pictures: Tensor) -> tuple[Tensor, Tensor]:
        """The memory (B, 65, D) that captions are told from, and logits (B, C) of concepts."""
        grid = self.eye(pictures) if self.eye else pictures
        state = self.enter(grid.flatten(2).transpose(1, 2))
        whole = torch.cat([state.mean(1), state.amax(1)], 1)
        concepts = self.judge(self.drop(whole))
        # The judge learns from its own task alone, so that its certainty stays meaningful.
        known = self.known(concepts.detach().sigmoid())
        memory = self.norm(torch.cat([state + self.places, known[:, None]], 1))
        return self.drop(memory), concepts

    def forward(self, tokens: Tensor, memory: Tensor) -> Tensor:
        logits: Tensor = self.teller(tokens, memory)
        return logits.float()
