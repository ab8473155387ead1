"""An autoencoder: a picture as a small grid of numbers or codes, and back with the words' help."""

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from generate.errors import Refusal
from generate.pictures.compute import memory
from generate.pictures.networks.layers import keep_layout, use_fast_layers
from generate.pictures.networks.shape import LARGEST, choose_factor

# Values of the digits of a code: 1,000 codes.
LEVELS = (8, 5, 5, 5)
# The logarithm of a latent number's variance stays within these.
LOG_VARIANCES = (-12.0, 4.0)


@dataclass(frozen=True)
class LatentShape:
    """What decides the layers of an `Autoencoder`.

    ``factor`` is the side of the pixel blocks that are folded into channels at first, ``widths``
    the channels at each side from there on; every further one halves the side. The grid has
    ``channels`` numbers at each place, or one code of ``levels`` (numbers of values of its digits).
    The words are told to the decoder in ``words`` channels.
    """

    size: int = 64
    factor: int = 2
    widths: tuple[int, ...] = (32, 64, 128)
    channels: int = 8
    layers: int = 1
    groups: int = 8
    words: int = 16
    levels: tuple[int, ...] = ()

    @property
    def side(self) -> int:
        """Places along each side of the grid."""
        return self.size // self.factor >> (len(self.widths) - 1)

    @property
    def depth(self) -> int:
        """Numbers at each place of the grid."""
        return len(self.levels) or self.channels

    @property
    def grid(self) -> tuple[int, int, int]:
        """The shape of a picture's latent numbers (C, H, W)."""
        return (self.depth, self.side, self.side)


def choose_latent_shape(size: int) -> LatentShape:
    """The layers for pictures of ``size`` pixels; the grid is about 8 × 8."""
    return LatentShape(size=size, factor=choose_factor(size, 3))


def read_latent_shape(record: dict[str, Any]) -> LatentShape:
    """The shape that ``vars`` wrote; ValueError, KeyError or TypeError for one of no model here."""
    known = {name: record[name] for name in LatentShape.__dataclass_fields__}
    shape = LatentShape(
        **known | {"widths": tuple(known["widths"]), "levels": tuple(known["levels"])}
    )
    scalars = [value for value in known.values() if not isinstance(value, list)]
    numbers = [*scalars, *shape.widths, *shape.levels]
    whole = all(type(number) is int and 1 <= number <= LARGEST for number in numbers)
    if not whole or not shape.widths or shape.side < 1:
        raise ValueError("no such network")
    return shape


def make_codes(levels: tuple[int, ...]) -> Any:
    """Finite scalar quantisation (Mentzer et al., arXiv 2309.15505), from vector-quantize-pytorch.

    `Refusal` where the package is not installed.
    """
    try:
        from vector_quantize_pytorch import FSQ
    except ImportError:
        raise Refusal(
            "codes need the package vector-quantize-pytorch: run pip install "
            "'postcards-from-my-jungle[codes]', or pip install vector-quantize-pytorch einx"
        ) from None
    return FSQ(list(levels))


class Autoencoder(nn.Module):
    """diffusers' encoder and decoder on folded pixels; further channels tell the decoder the words.

    The encoder sees the words in the picture. If it were told them, it could pass them on, and
    whether a grid goes with its words would say nothing of the picture.
    """

    def __init__(self, shape: LatentShape, words: int) -> None:
        super().__init__()
        from diffusers.models.autoencoders.vae import Decoder, Encoder

        self.shape = shape
        pixels, levels = 3 * shape.factor**2, len(shape.widths)
        common = (shape.widths, shape.layers, shape.groups)
        encoder: Any = Encoder(
            pixels,
            shape.depth,
            ("DownEncoderBlock2D",) * levels,
            *common,
            double_z=not shape.levels,
        )
        decoder: Any = Decoder(
            shape.depth + shape.words, pixels, ("UpDecoderBlock2D",) * levels, *common
        )
        self.encoder, self.decoder = encoder, decoder
        self.words = nn.Linear(words, shape.words, bias=False)
        nn.init.normal_(self.words.weight, std=0.3)
        self.codes = make_codes(shape.levels) if shape.levels else None
        for part in (encoder, decoder):
            use_fast_layers(part)
            part.to(memory_format=torch.channels_last)

    def train(self, mode: bool = True) -> "Autoencoder":
        super().train(mode)
        for part in (self.encoder, self.decoder):
            keep_layout(part)
        return self

    def tell(self, grid: Tensor, words: Tensor) -> Tensor:
        """``grid`` (B, C, H, W) with ``words`` (B, V) as further channels, the same everywhere."""
        told = self.words(words)[:, :, None, None].expand(-1, -1, *grid.shape[2:])
        both = torch.cat([grid, told.to(grid.dtype)], 1)
        return both.contiguous(memory_format=torch.channels_last)

    def encode(self, pictures: Tensor) -> tuple[Tensor, Tensor]:
        """Means and log variances (B, C, H, W) of the latent numbers of ``pictures``.

        With codes, the numbers before they are rounded, and noughts.
        """
        folded = functional.pixel_unshuffle(pictures, self.shape.factor)
        answer = self.encoder(folded.contiguous(memory_format=torch.channels_last)).float()
        if self.shape.levels:
            return answer, torch.zeros_like(answer)
        mean, spread = answer.chunk(2, 1)
        return mean, spread.clamp(*LOG_VARIANCES)

    def round(self, numbers: Tensor) -> tuple[Tensor, Tensor]:
        """The nearest codes' ``numbers`` (B, C, H, W) in [-1, 1], and their indices (B, H, W).

        Gradients pass through the rounding.
        """
        assert self.codes is not None
        rounded, indices = self.codes(numbers.float())
        return rounded, indices

    def snap(self, numbers: Tensor) -> Tensor:
        """The codes' numbers nearest to ``numbers`` (B, C, H, W), which are on their scale."""
        levels = torch.tensor(self.shape.levels, device=numbers.device).view(-1, 1, 1)
        half = levels // 2
        return (numbers * half).round().clamp(-half, levels - 1 - half) / half

    def look_up(self, indices: Tensor) -> Tensor:
        """The numbers (B, C, H, W) of the codes ``indices`` (B, H, W)."""
        assert self.codes is not None
        found: Tensor = self.codes.indices_to_codes(indices)
        return found

    def decode(self, latents: Tensor, words: Tensor) -> Tensor:
        """Pictures (B, 3, S, S), about in [-1, 1], of ``latents`` (B, C, H, W)."""
        answer = self.decoder(self.tell(latents, words)).float()
        return functional.pixel_shuffle(answer, self.shape.factor)

    @property
    def rows(self) -> int:
        """Pictures to compute at a time without gradients, by `memory.CEILING`."""
        side = self.shape.size // self.shape.factor
        return max(1, int(memory.CEILING // (4 * 24 * max(self.shape.widths) * side**2)))
