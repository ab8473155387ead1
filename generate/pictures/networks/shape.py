"""What decides a network's layers: chosen for a size of pictures, or read from a saved model."""

from dataclasses import dataclass
from typing import Any, Protocol

from generate.errors import Refusal
from generate.pictures.compute import memory

# Greater than any width, side or folding of a network.
LARGEST = 4096


@dataclass(frozen=True)
class Shape:
    """What decides the network's layers.

    ``widths`` grow towards the coarse levels, where a channel costs least (simple diffusion, arXiv
    2301.11093). ``factor`` is the side of the pixel blocks that are folded into channels at first.
    """

    size: int = 64
    factor: int = 2
    widths: tuple[int, ...] = (64, 96, 144, 160)
    layers: int = 1
    attention: int = 2  # the coarsest levels that have attention
    heads: int = 32  # channels of an attention head
    groups: int = 8
    dropout: float = 0.0
    conditioned: bool = True

    @property
    def numbers(self) -> int:
        """Numbers kept for a picture: skip connections, and eight of the largest maps at work."""
        grid = self.size // self.factor
        maps = [width * (grid >> level) ** 2 for level, width in enumerate(self.widths)]
        return (self.layers + 1) * sum(maps) + 8 * max(maps)


class Sized(Protocol):
    """What decides the layers of any network here: ``numbers`` are kept for each picture."""

    @property
    def numbers(self) -> int: ...


def choose_factor(size: int, levels: int = 4) -> int:
    """The folding of ``size`` pixels to the grid nearest to 32 that halves evenly."""
    step = 2 ** (levels - 1)
    factors = [f for f in (1, 2, 3, 4, 6, 8, 12, 16) if size % (f * step) == 0]
    if not factors:
        raise Refusal(f"pictures.size = {size}: it must be a multiple of {step}")
    return min(factors, key=lambda factor: (abs(size / factor - 32), factor))


def read_shape(config: dict[str, Any], factor: int) -> Shape:
    """The `Shape` behind a UNet2DModel's config.json.

    Raises ValueError, KeyError, TypeError or AttributeError for one that no model here has. It is
    checked before a network is made, since that might need more memory than there is.
    """
    blocks = config["down_block_types"]
    shape = Shape(
        size=int(config["sample_size"]) * factor,
        factor=factor,
        widths=tuple(config["block_out_channels"]),
        layers=int(config["layers_per_block"]),
        attention=sum(block.startswith("Attn") for block in blocks),
        heads=int(config["attention_head_dim"]),
        groups=int(config["norm_num_groups"]),
        dropout=float(config.get("dropout", 0.0)),
        conditioned=config.get("class_embed_type") == "identity",
    )
    folded = config["in_channels"] == 3 * factor**2
    numbers = (factor, shape.size, shape.layers, shape.heads, shape.groups, *shape.widths)
    if not folded or not shape.widths or min(numbers) < 1 or max(numbers) > LARGEST:
        raise ValueError("no such network")
    return shape


def choose_rows(shape: Sized) -> int:
    """The number of pictures that a network of ``shape`` samples at a time, by `memory.CEILING`.

    Free memory has no influence: a picture's last digits may depend on the size of the batch it was
    computed in, and the same settings should give the same picture.
    """
    return max(1, int(memory.CEILING // (4 * shape.numbers)))
