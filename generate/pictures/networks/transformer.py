"""A diffusion transformer that answers a noisy picture with the clean one.

Needs torch alone: this file travels with the weights, so that they can be used without the project.
A picture is cut into square patches, one token each (Peebles and Xie, arXiv 2212.09748). It answers
with the picture and not with the noise, which a plain transformer cannot carry (Li and He,
2511.13720): with a share of the noisy one, and what the transformer adds to it. Long skips join its
first half to its second (Bao et al., 2209.12152).
"""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional

# Waves that tell the noise level, and the highest of their frequencies.
WAVES, HIGHEST = 64, 1000.0
# A velocity is the picture's error divided by the noise level: never by less than this.
LEAST = 0.05


class Transformer(nn.Module):
    """``forward(noisy (B, 3, S, S), levels (B,) in [0, 1], told (B, width // 2))``: (B, 3, S, S).

    The answer is the clean picture. ``size`` is S, ``patch`` the side of a token in pixels,
    ``depth`` an odd number of blocks, ``told`` what the words add to the noise level's embedding.
    ``spread`` is the variance of pictures' pixels, 0 where no share of the noisy one is passed on.
    """

    def __init__(
        self,
        size: int,
        patch: int,
        width: int,
        depth: int,
        heads: int,
        dropout: float = 0.0,
        spread: float = 0.0,
    ) -> None:
        super().__init__()
        self.patch, self.spread, inner = patch, spread, 3 * patch**2
        self.enter = nn.Linear(inner, width)
        self.register_buffer("places", place_tokens(size // patch, width), persistent=False)
        told = width // 2
        self.level = nn.Sequential(nn.Linear(2 * WAVES, told), nn.SiLU(), nn.Linear(told, told))
        self.blocks = nn.ModuleList(Block(width, heads, told, dropout) for _ in range(depth))
        self.joins = nn.ModuleList(nn.Linear(2 * width, width) for _ in range(depth // 2))
        self.adjust = nn.Linear(told, 2 * width)
        self.leave = nn.Linear(width, inner)
        # The seams between patches are mended by a last look across them.
        self.mend = nn.Conv2d(3, 3, 3, padding=1)
        for layer in (self.adjust, self.leave):
            nn.init.zeros_(layer.weight)
            nn.init.zeros_(layer.bias)
        nn.init.dirac_(self.mend.weight)
        nn.init.zeros_(self.mend.bias)  # type: ignore[arg-type]
        with torch.no_grad():
            below = torch.cat([torch.eye(width), torch.zeros(width, width)], 1)
            for name, weight in self.joins.named_parameters():  # at first what is below passes
                weight.copy_(below if name.endswith("weight") else torch.zeros(width))

    def forward(self, noisy: Tensor, levels: Tensor, told: Tensor) -> Tensor:
        told = functional.silu(self.level(wave(levels)) + told)
        patches = functional.pixel_unshuffle(noisy, self.patch)
        cells = patches.shape[-1]
        state = self.enter(patches.flatten(2).transpose(1, 2)) + self.places
        half = len(self.joins)
        kept: list[Tensor] = []
        for place, block in enumerate(self.blocks):
            if place > half:
                state = self.joins[place - half - 1](torch.cat([state, kept.pop()], 2))
            state = block(state, told)
            if place < half:
                kept.append(state)
        scale, shift = self.adjust(told)[:, None].chunk(2, 2)
        answer = self.leave(standardise(state) * (1 + scale) + shift)
        answer = answer.transpose(1, 2).unflatten(2, (cells, cells))
        clean: Tensor = self.mend(functional.pixel_shuffle(answer, self.patch))
        if self.spread:
            clean = clean + share_clean(levels, self.spread).view(-1, 1, 1, 1) * noisy
        return clean


class Block(nn.Module):
    """Attention and two layers; each is scaled, moved and gated by what is told (adaLN-zero)."""

    def __init__(self, width: int, heads: int, told: int, dropout: float) -> None:
        super().__init__()
        self.heads = heads
        self.adjust = nn.Linear(told, 6 * width)
        self.look, self.say = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.widen, self.narrow = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)
        self.drop = nn.Dropout(dropout)
        nn.init.zeros_(self.adjust.weight)
        nn.init.zeros_(self.adjust.bias)

    def forward(self, state: Tensor, told: Tensor) -> Tensor:
        parts = self.adjust(told)[:, None].chunk(6, 2)
        scale, shift, gate = parts[:3]
        state = state + gate * self.attend(standardise(state) * (1 + scale) + shift)
        scale, shift, gate = parts[3:]
        hidden = self.widen(standardise(state) * (1 + scale) + shift)
        return state + gate * self.drop(self.narrow(functional.gelu(hidden, approximate="tanh")))

    def attend(self, state: Tensor) -> Tensor:
        """Attention among the tokens; queries and keys are standardised, so that it stays calm."""
        asked, known, held = self.look(state).unflatten(2, (3, self.heads, -1)).unbind(2)
        parts = [standardise(asked), standardise(known), held]
        seen = functional.scaled_dot_product_attention(*(part.transpose(1, 2) for part in parts))
        return self.drop(self.say(seen.transpose(1, 2).flatten(2)))


def share_clean(levels: Tensor, spread: float) -> Tensor:
    """What part of a noisy picture is the best guess of the clean one at noise ``levels`` (B,).

    The least squared error of a linear guess at x from (1 - t) x + t e, where ``spread`` is the
    variance of x: the network has only the rest to say (as Karras et al. do it, arXiv 2206.00364).
    """
    clean = (1 - levels) * spread
    return clean / ((1 - levels) * clean + levels**2)


def standardise(state: Tensor) -> Tensor:
    """Mean 0 and deviation 1 over the last dimension."""
    return functional.layer_norm(state, state.shape[-1:])


def wave(levels: Tensor) -> Tensor:
    """Noise levels (B,) in [0, 1] as sines and cosines (B, 2 WAVES)."""
    steps = torch.arange(WAVES, device=levels.device, dtype=torch.float32) / WAVES
    angles = levels.float()[:, None] * torch.exp(math.log(HIGHEST) * steps)
    return torch.cat([angles.sin(), angles.cos()], 1)


def place_tokens(cells: int, width: int) -> Tensor:
    """Where each of cells² tokens lies (1, cells², width): sines and cosines of row and column."""
    share = torch.arange(width // 4) / (width // 4)
    angles = torch.arange(cells)[:, None] * torch.exp(-math.log(10000.0) * share)
    line = torch.cat([angles.sin(), angles.cos()], 1)
    row = line[:, None].expand(cells, cells, -1)
    column = line[None].expand(cells, cells, -1)
    return torch.cat([row, column], 2).flatten(0, 1)[None]


def find_velocity(network: Transformer, noisy: Tensor, levels: Tensor, told: Tensor) -> Tensor:
    """dx/dt at ``noisy`` = (1 - t) x + t e, where ``network`` answers x: (noisy - x) / t."""
    steps = levels.clamp(min=LEAST).view(-1, 1, 1, 1)
    return (noisy - network(noisy, levels, told).float()) / steps
