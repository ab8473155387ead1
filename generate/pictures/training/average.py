"""The running average of a network's weights. The average is what is saved and samples."""

import numpy as np
import torch
from torch import Tensor, nn


def update_average(
    average: dict[str, Tensor], network: nn.Module, step: int, window: float
) -> None:
    """Move ``average`` towards the weights by the power function of Karras et al. (2312.02696).

    Its relative width is ``window``, a fixed share of the steps so far. So a short run forgets its
    random beginning, and a long one averages over many steps. Every fourth step is enough.
    """
    stride = 4
    if step % stride and step > stride:
        return
    keep = (max(0.0, 1 - stride / step)) ** (find_exponent(window) + 1)
    weights = dict(network.named_parameters())
    names = list(average)
    torch._foreach_lerp_(
        [average[n] for n in names], [weights[n].detach() for n in names], 1 - keep
    )


def find_exponent(window: float) -> float:
    """γ of the power-function average whose relative width is ``window`` (2312.02696, eq. 126)."""
    roots = np.roots([1, 7, 16 - window**-2, 12 - window**-2])
    return float(max(root.real for root in roots))
