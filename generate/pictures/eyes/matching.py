"""A matching network: regions of a picture and words in one space, on frozen features.

The DAMSM of AttnGAN (Xu et al., arXiv 1711.10485) for a closed list of words: each word looks at
the regions that it fits, and a picture fits words as well as those regions do. It is measured by
R-precision on pictures held out before anything relies on it.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

# Numbers for a region or a word; rival words for each picture.
SPACE, RIVALS = 64, 9
# Sharpness of a word's look at the regions, of the words among each other, and of the choice among
# rivals (γ1, γ2, γ3 for birds in the paper's own settings).
LOOK, AMONG, CHOICE = 4.0, 5.0, 10.0
# The levels of the eyes whose places are regions: at 1/8 and 1/16 of the side.
LEVELS = (1, 2)


class Matcher(nn.Module):
    """``forward(levels, words (B, K, W))`` gives how well (B, K) each picture fits each of K words.

    ``widths`` are the channels of the eyes' levels, W is ``tokens``. ``precision`` is the
    R-precision that was measured; -1: not yet.
    """

    precision: Tensor

    def __init__(self, widths: Sequence[int], tokens: int) -> None:
        super().__init__()
        self.regions = nn.ModuleList([nn.Conv2d(widths[n], SPACE, 1) for n in LEVELS])
        self.named = nn.Embedding(tokens, SPACE)
        nn.init.normal_(self.named.weight, std=SPACE**-0.5)
        self.register_buffer("precision", torch.tensor(-1.0))

    def forward(self, levels: Sequence[Tensor], words: Tensor) -> Tensor:
        maps = [see(levels[n]).flatten(2) for see, n in zip(self.regions, LEVELS, strict=True)]
        regions = functional.normalize(torch.cat(maps, 2).float(), dim=1)
        means = functional.normalize(self.named.weight.float(), dim=1)
        fits = torch.einsum("bdr,wd->bwr", regions, means)
        looks = torch.softmax(LOOK * fits, 2)
        seen = torch.einsum("bwr,bdr->bwd", looks, regions)
        near = functional.cosine_similarity(seen, means[None], dim=2)[:, None]
        asked = words > 0
        # The mean over the words asked for, so that more words do not fit better.
        total = (near * AMONG).masked_fill(~asked, -1e4).logsumexp(2)
        return (total - asked.sum(2).clamp(min=1).log()) / AMONG


def choose_losses(
    matcher: Matcher, levels: Sequence[Tensor], words: Tensor, rivals: Tensor
) -> Tensor:
    """How hard (B,) it is to choose ``words`` (B, W) for a picture among ``rivals`` (B, K, W).

    Rivals that are the same words do not count, nor pictures without words.
    """
    logits = rank(matcher, levels, words, rivals)
    losses = -functional.log_softmax(CHOICE * logits, 1)[:, 0]
    return losses * words.any(1)


def rank(matcher: Matcher, levels: Sequence[Tensor], words: Tensor, rivals: Tensor) -> Tensor:
    """How well (B, 1 + K) each picture fits its own words, then each rival; same words: -10⁴."""
    fits = matcher(levels, torch.cat([words[:, None], rivals], 1))
    same = (rivals == words[:, None]).all(2)
    return torch.cat([fits[:, :1], fits[:, 1:].masked_fill(same, -1e4)], 1)


def measure_precision(
    matcher: Matcher, levels: Sequence[Tensor], words: Tensor, rivals: Tensor
) -> float:
    """R-precision: the share of pictures that fit their own words best, of K rivals besides.

    NaN where there are no pictures.
    """
    best = rank(matcher, levels, words, rivals).argmax(1)
    return float((best == 0).float().mean())
