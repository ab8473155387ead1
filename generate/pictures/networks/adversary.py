"""A network that judges pictures patch by patch: the adversary of an autoencoder."""

from itertools import pairwise

from torch import Tensor, nn
from torch.nn import functional

# Channels of its layers; each halves the side.
WIDTHS = (32, 64, 128)


class PatchCritic(nn.Module):
    """``forward(pictures (B, 3, S, S))`` gives the maps (B, C, S/2, S/2), … of each layer.

    The last map (B, 1, S/8, S/8) is above 0 where a patch looks real (Isola et al., arXiv
    1611.07004). Its norms are those of groups: nothing depends on the other pictures of a batch.
    """

    def __init__(self, widths: tuple[int, ...] = WIDTHS) -> None:
        super().__init__()
        self.layers = nn.ModuleList(
            nn.Conv2d(before, after, 4, 2, 1) for before, after in pairwise((3, *widths))
        )
        self.norms = nn.ModuleList(nn.GroupNorm(4, width) for width in widths)
        self.judge = nn.Conv2d(widths[-1], 1, 3, 1, 1)

    def forward(self, pictures: Tensor) -> list[Tensor]:
        maps, state = [], pictures
        for layer, norm in zip(self.layers, self.norms, strict=True):
            state = functional.leaky_relu(norm(layer(state)), 0.2)
            maps.append(state)
        return [*maps, self.judge(state).float()]
