"""How unlike two pictures are: by pixels, by edges, and by what frozen eyes see in them."""

from collections.abc import Callable, Sequence

from torch import Tensor
from torch.nn import functional

# Feature maps of pictures, the finest first.
Look = Callable[[Tensor], Sequence[Tensor]]
# Weights beside the mean difference of pixels.
EDGES, SEEN = 1.0, 0.1
# Sides of the blocks of pixels whose means are compared for edges.
SCALES = (1, 2, 4)


def measure_unlikeness(shown: Tensor, pictures: Tensor, look: Look | None = None) -> Tensor:
    """The mean absolute difference of pixels, edges and features (B,) of pictures (B, 3, S, S).

    A mean of squares would be smallest for a grey blur, and so would a mean over pixels alone where
    an edge may be a pixel to the left or the right: differences of neighbours see that it is gone.
    """
    strays = shown - pictures
    total = strays.abs().mean((1, 2, 3))
    for scale in SCALES:
        coarse = functional.avg_pool2d(strays, scale) if scale > 1 else strays
        down = (coarse[:, :, 1:] - coarse[:, :, :-1]).abs().mean((1, 2, 3))
        across = (coarse[:, :, :, 1:] - coarse[:, :, :, :-1]).abs().mean((1, 2, 3))
        total = total + EDGES * (down + across) / (2 * len(SCALES))
    if look is not None:
        total = total + SEEN * compare_maps(look(shown), look(pictures))
    return total


def compare_maps(ours: Sequence[Tensor], theirs: Sequence[Tensor]) -> Tensor:
    """The mean absolute difference (B,) of feature maps, each level counting the same."""
    pairs = zip(ours, theirs, strict=True)
    parts = [(one.float() - other.float().detach()).abs().mean((1, 2, 3)) for one, other in pairs]
    total: Tensor = sum(parts[1:], parts[0]) / len(parts)
    return total
