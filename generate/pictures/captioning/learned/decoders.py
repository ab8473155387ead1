"""What turns a grid of features into words: a transformer, or an LSTM that looks around."""

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from generate.pictures.captioning.learned.wording import PAD


class TransformerTeller(nn.Module):
    """A transformer decoder (Vaswani et al., arXiv 1706.03762), torch's, its norms before.

    ``forward(tokens (B, T), memory (B, M, D))`` gives logits (B, T, V) of the token after each.
    The output embeddings are the input's.
    """

    def __init__(self, words: int, width: int, layers: int, heads: int, most: int, drop: float):
        super().__init__()
        self.words = nn.Embedding(words, width, padding_idx=PAD)
        self.places = nn.Embedding(most, width)
        layer = nn.TransformerDecoderLayer(
            width, heads, 4 * width, drop, "gelu", batch_first=True, norm_first=True
        )
        self.layers = nn.TransformerDecoder(layer, layers, nn.LayerNorm(width))
        for table in (self.words, self.places):
            nn.init.normal_(table.weight, std=width**-0.5)

    def forward(self, tokens: Tensor, memory: Tensor) -> Tensor:
        length = tokens.shape[1]
        state = self.words(tokens) + self.places.weight[:length]
        later = torch.ones(length, length, dtype=torch.bool, device=tokens.device).triu(1)
        state = self.layers(state, memory, tgt_mask=later, tgt_is_causal=True)
        return functional.linear(state, self.words.weight)


class LstmTeller(nn.Module):
    """An LSTM that attends to the grid before each word (Xu et al., arXiv 1502.03044).

    ``forward`` as that of `TransformerTeller`.
    """

    def __init__(self, words: int, width: int, layers: int, heads: int, most: int, drop: float):
        super().__init__()
        self.words = nn.Embedding(words, width, padding_idx=PAD)
        nn.init.normal_(self.words.weight, std=width**-0.5)
        self.begin = nn.Linear(width, 4 * width)
        self.ask, self.match = nn.Linear(2 * width, width), nn.Linear(width, width)
        self.weigh = nn.Linear(width, 1)
        self.cell = nn.LSTMCell(2 * width, 2 * width)
        self.answer = nn.Linear(4 * width, width)
        self.drop = nn.Dropout(drop)

    def forward(self, tokens: Tensor, memory: Tensor) -> Tensor:
        hidden, kept = torch.tanh(self.begin(memory.mean(1))).chunk(2, 1)
        matched, told = self.match(memory), []
        for word in self.drop(self.words(tokens)).unbind(1):
            focus = self.weigh(torch.tanh(matched + self.ask(hidden)[:, None])).softmax(1)
            seen = (focus * memory).sum(1)
            hidden, kept = self.cell(torch.cat([word, seen], 1), (hidden, kept))
            told.append(torch.cat([hidden, word, seen], 1))
        state = self.answer(self.drop(torch.stack(told, 1)))
        return functional.linear(state, self.words.weight)


TELLERS: dict[str, Any] = {"transformer": TransformerTeller, "lstm": LstmTeller}
