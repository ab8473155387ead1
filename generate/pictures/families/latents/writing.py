"""Write the codes of pictures: one after the other, or first those that the writer is surest of."""

import math
from collections.abc import Iterator

import torch
from torch import Tensor

from generate.pictures.families.base import Noise
from generate.pictures.networks.writer import Writer


def write_in_order(
    writer: Writer, words: Tensor, noise: Noise, guidance: float, temperature: float
) -> Iterator[Tensor]:
    """Codes (N, n) so far, for n = 1 … T, each drawn from what the writer expects after the others.

    ``noise`` has T numbers for each picture. The keys and values of earlier codes are kept.
    """
    length, count = writer.shape.length, len(words)
    shares = torch.special.ndtr(noise.start.double()).to(words.device)
    guided = guidance != 1 and bool(words.any())
    told = torch.cat([words, torch.zeros_like(words)]) if guided else words
    codes = torch.zeros(count, 0, dtype=torch.long, device=words.device)
    state, cache = writer.begin(told), None
    for place in range(length):
        logits, cache = writer.go_on(state, cache)
        chosen = pick(guide(logits, count, guidance) / temperature, shares[:, place])
        codes = torch.cat([codes, chosen[:, None]], 1)
        yield codes
        state = writer.gpt.wte(chosen)[:, None]
        state = torch.cat([state, state]) if guided else state


def write_surest(
    writer: Writer, words: Tensor, noise: Noise, steps: int, guidance: float, temperature: float
) -> Iterator[Tensor]:
    """Codes (N, T) after each of ``steps`` steps; `Writer.shape.codes` where none is chosen yet.

    MaskGIT's decoding (Chang et al., arXiv 2202.04200): all hidden codes are guessed at once, the
    surest are kept; chance has less and less say in what is sure.
    """
    length, hidden = writer.shape.length, writer.shape.codes
    count, device = len(words), words.device
    guided = guidance != 1 and bool(words.any())
    told = torch.cat([words, torch.zeros_like(words)]) if guided else words
    codes = torch.full((count, length), hidden, dtype=torch.long, device=device)
    for step in range(1, steps + 1):
        seen = torch.cat([codes, codes]) if guided else codes
        logits = guide(writer(told, seen), count, guidance) / temperature
        guesses = pick(logits, torch.special.ndtr(noise.next().double()).to(device))
        sure = logits.log_softmax(-1).gather(2, guesses[:, :, None])[:, :, 0].double()
        luck = torch.special.ndtr(noise.next().double()).clamp(1e-9, 1 - 1e-9).to(device)
        sure = sure - (1 - step / steps) * (-luck.log()).log()
        known = codes != hidden
        sure = sure.masked_fill(known, math.inf)
        kept = length - math.floor(length * math.cos(math.pi / 2 * step / steps) + 1e-9)
        order = sure.argsort(dim=1, descending=True, stable=True)[:, :kept]
        open_ = torch.zeros_like(known).scatter(1, order, True)
        codes = torch.where(open_ & ~known, guesses, codes)
        yield codes


def guide(logits: Tensor, count: int, guidance: float) -> Tensor:
    """Logits of ``count`` pictures: those with words, led away from those without.

    As in classifier-free guidance (Ho and Salimans, arXiv 2207.12598), if there are both.
    """
    if len(logits) == count:
        return logits
    asked, none = logits.split(count)
    return none + guidance * (asked - none)


def pick(logits: Tensor, shares: Tensor) -> Tensor:
    """The codes (…) at which the distribution of ``logits`` (…, K) reaches ``shares`` (…)."""
    reached = logits.double().softmax(-1).cumsum(-1)
    found = torch.searchsorted(reached, shares[..., None].clamp(max=1 - 1e-9) * reached[..., -1:])
    return found[..., 0].clamp(max=logits.shape[-1] - 1)
