"""A transformer that writes a picture's codes one by one, or fills in hidden ones: GPT-2's."""

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from generate.pictures.networks.shape import LARGEST
from generate.pictures.networks.unet import ALTERATIONS


@dataclass(frozen=True)
class WriterShape:
    """What decides the layers of a `Writer`.

    ``codes`` kinds of codes, ``length`` of them in a picture, after a prefix of at most ``prefix``
    words. ``masked``: it sees codes before and after; else only those before.
    """

    codes: int
    length: int
    prefix: int = 12
    width: int = 256
    layers: int = 6
    heads: int = 8
    dropout: float = 0.1
    masked: bool = False


def read_writer_shape(record: dict[str, Any]) -> WriterShape:
    """The shape that ``vars`` wrote; ValueError, KeyError or TypeError for one of no model here."""
    shape = WriterShape(**{name: record[name] for name in WriterShape.__dataclass_fields__})
    numbers = (shape.codes, shape.length, shape.width, shape.layers, shape.heads, shape.prefix + 1)
    if min(numbers) < 1 or max(numbers) > LARGEST * 16 or not 0 <= shape.dropout < 1:
        raise ValueError("no such network")
    return shape


class Writer(nn.Module):
    """transformers' GPT2Model (Radford et al., 2019) over codes, with words as a prefix.

    The output embeddings are the input's. The code number ``shape.codes`` stands for a hidden one.
    """

    def __init__(self, shape: WriterShape, words: int) -> None:
        super().__init__()
        from transformers import GPT2Config, GPT2Model

        self.shape = shape
        config = GPT2Config(
            vocab_size=shape.codes + 1,
            n_positions=shape.prefix + 1 + shape.length,
            n_embd=shape.width,
            n_layer=shape.layers,
            n_head=shape.heads,
            resid_pdrop=shape.dropout,
            embd_pdrop=shape.dropout,
            attn_pdrop=shape.dropout,
            bos_token_id=None,
            eos_token_id=None,
        )
        # Read by transformers, which then lets each place see all others.
        config.is_causal = not shape.masked
        gpt: Any = GPT2Model(config)
        for block in gpt.h:
            block.attn.is_causal = not shape.masked
        self.gpt = gpt
        self.words = nn.Linear(words + ALTERATIONS, shape.width, bias=False)
        nn.init.normal_(self.words.weight, std=0.02)

    def begin(self, words: Tensor) -> Tensor:
        """The prefix (B, prefix + 1, D) that tells ``words`` (B, V) or (B, V + ALTERATIONS).

        A token for each of the words that are asked for most, as strong as it is asked for, noughts
        where there are fewer, and one that tells how a training picture was altered.
        """
        table = self.words.weight.T
        known = len(table) - ALTERATIONS
        asked, altered = words[:, :known], words[:, known:]
        strengths, places = asked.sort(dim=1, descending=True, stable=True)
        strengths, places = strengths[:, : self.shape.prefix], places[:, : self.shape.prefix]
        tokens = table[places] * strengths[:, :, None]
        if missing := self.shape.prefix - tokens.shape[1]:
            tokens = torch.cat([tokens, tokens.new_zeros(len(tokens), missing, tokens.shape[2])], 1)
        last = altered @ table[known:] if altered.shape[1] else torch.zeros_like(tokens[:, 0])
        return torch.cat([tokens, last[:, None]], 1)

    def forward(self, words: Tensor, codes: Tensor) -> Tensor:
        """Logits (B, T, codes) of each of ``codes`` (B, T): from those before it, or from all."""
        prefix = self.begin(words)
        seen = codes if self.shape.masked else codes[:, :-1]
        state = torch.cat([prefix, self.gpt.wte(seen)], 1)
        answer = self.gpt(inputs_embeds=state, use_cache=False).last_hidden_state
        return self.weigh(answer[:, -codes.shape[1] :])

    def weigh(self, state: Tensor) -> Tensor:
        """Logits (…, codes) of ``state`` (…, D)."""
        logits = state @ self.gpt.wte.weight[: self.shape.codes].T
        return logits.float()

    def go_on(self, state: Tensor, cache: Any = None) -> tuple[Tensor, Any]:
        """Logits (B, codes) after the embedded ``state`` (B, T, D), and the cache to go on with."""
        answer = self.gpt(inputs_embeds=state, past_key_values=cache, use_cache=True)
        return self.weigh(answer.last_hidden_state[:, -1]), answer.past_key_values
