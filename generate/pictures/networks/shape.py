"""What decides a network's layers: chosen for a size of pictures, or read from a saved model."""

from dataclasses import dataclass
from typing import Any

from generate.errors import Refusal
from generate.pictures.compute import memory

# No width, side or folding of a network is nearly so large.
LARGEST = 4096


@dataclass(frozen=True)
class Shape:
    """What decides the network's layers.

    ``widths`` grow towards the low levels, where a channel costs least (simple diffusion, arXiv
    2301.11093); ``factor`` is the side of the pixel blocks folded into channels before the first.
    """

    size: int = 64
    factor: int = 2
    widths: tuple[int, ...] = (64, 96, 144, 160)
    layers: int = 1
    attention: int = 2  # the lowest levels that attend
    heads: int = 32  # channels of an attention head
    groups: int = 8
    dropout: float = 0.0
    conditioned: bool = True


def choose_factor(size: int, levels: int = 4) -> int:
    """The folding that brings ``size`` pixels nearest to a grid of 32 which halves evenly."""
    step = 2 ** (levels - 1)
    factors = [f for f in (1, 2, 3, 4, 6, 8, 12, 16) if size % (f * step) == 0]
    if not factors:
        raise Refusal(f"pictures.size = {size}: it must be a multiple of {step}")
    return min(factors, key=lambda factor: (abs(size / factor - 32), factor))


def read_shape(config: dict[str, Any], factor: int) -> Shape:
    """The `Shape` behind a UNet2DModel's config.json.

    Raises ValueError, KeyError, TypeError or AttributeError for one that no model here has. It is
    looked at before a network is made of it, which might ask for more memory than there is.
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


def choose_rows(shape: Shape) -> int:
    """Pictures that a network of ``shape`` may sample at a time, by `memory.CEILING` alone.

    It counts what waits for the way up, and eight of the largest maps for the work under way.
    Free memory does not count, nor what else is running: a picture's last digits may depend on the
    company it was computed in, and the same settings should give the same picture.
    """
    grid = shape.size // shape.factor
    maps = [width * (grid >> level) ** 2 for level, width in enumerate(shape.widths)]
    return max(1, int(memory.CEILING // (4 * ((shape.layers + 1) * sum(maps) + 8 * max(maps)))))
