"""The network of the diffusion transformer: its body, its words, and what decides its layers."""

from dataclasses import asdict, dataclass
from typing import Any

from torch import Tensor, nn
from torch.nn import functional

from generate.pictures.networks.shape import LARGEST
from generate.pictures.networks.transformer import Transformer, find_velocity
from generate.pictures.networks.unet import ALTERATIONS


@dataclass(frozen=True)
class Patches:
    """What decides the layers of a `Transformer`: pictures of ``size``² in tokens of ``patch``².

    ``spread``, the variance of pixels in [-1, 1], decides what share of a noisy picture is passed
    on; weights whose config has none were trained without it.
    """

    size: int = 64
    patch: int = 8
    width: int = 256
    depth: int = 9
    heads: int = 4
    dropout: float = 0.0
    spread: float = 0.25
    conditioned: bool = True

    @property
    def factor(self) -> int:
        """The side of the pixel blocks that become one place of the network's grid."""
        return self.patch

    @property
    def numbers(self) -> int:
        """Numbers kept for a picture: its tokens at each long skip, and those at work."""
        tokens = (self.size // self.patch) ** 2
        return tokens * (self.width * (self.depth // 2 + 16) + self.heads * tokens)


def read_patches(config: dict[str, Any]) -> Patches:
    """The `Patches` behind a config.json; ValueError, KeyError or TypeError for an impossible one.

    It is checked before a network is made, since that might need more memory than there is.
    """
    names = ("size", "patch", "width", "depth", "heads")
    size, patch, width, depth, heads = numbers = [int(config[name]) for name in names]
    fits = min(numbers) >= 1 and max(numbers) <= LARGEST and depth <= 99
    if not fits or size % patch or width % (4 * heads) or depth % 2 == 0:
        raise ValueError("no such network")
    dropout, spread = (float(config.get(name, 0.0)) for name in ("dropout", "spread"))
    if not 0 <= spread <= 1:
        raise ValueError("no such network")
    return Patches(size, patch, width, depth, heads, dropout, spread)


class PatchNetwork(nn.Module):
    """A `Transformer` that sees noisy pictures, times, and conditions.

    ``forward(pictures (B, 3, S, S), times (B,) in [0, 1000], conditions (B, words + ALTERATIONS))``
    gives the velocity (B, 3, S, S). Conditions of (B, words) mean that no picture was altered.
    """

    def __init__(self, shape: Patches, words: int) -> None:
        super().__init__()
        self.shape = shape
        layers = asdict(shape)
        del layers["conditioned"]
        self.transformer = Transformer(**layers)
        self.words = nn.Linear(words + ALTERATIONS, shape.width // 2, bias=False)
        nn.init.normal_(self.words.weight, std=0.02)

    @property
    def body(self) -> nn.Module:
        """All but the words."""
        return self.transformer

    def describe(self) -> dict[str, Any]:
        """What config.json holds: the arguments of `Transformer`."""
        layers = asdict(self.shape)
        del layers["conditioned"]
        return {"_class_name": type(self.transformer).__name__, **layers}

    def forward(self, pictures: Tensor, times: Tensor, conditions: Tensor) -> Tensor:
        lacking = self.words.in_features - conditions.shape[1]
        told = self.words(functional.pad(conditions, (0, lacking)))
        return find_velocity(self.transformer, pictures, times / 1000, told)
