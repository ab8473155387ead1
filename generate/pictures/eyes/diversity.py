"""Measure how much pictures differ from each other, against pictures of the training set."""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional

# Side of the thumbnails by which pictures are compared where there are no eyes.
THUMBNAIL = 16


def measure_diversity(drawn: Tensor, shown: Tensor, see: Callable[[Tensor], Tensor]) -> float:
    """The mean distance of two of ``drawn`` over that of two of ``shown``, by their features.

    Both are pictures (N, 3, S, S) in [-1, 1], which ``see`` turns into features (N, D). 0: all are
    the same; 1: they differ as the training pictures do. NaN for fewer than two pictures of each.
    """
    return spread(see(drawn)) / max(spread(see(shown)), 1e-9)


def spread(features: Tensor) -> float:
    """The mean distance between two rows of ``features`` (N, D)."""
    distances = torch.pdist(features.float().flatten(1))
    return float(distances.mean())


def see_thumbnails(pictures: Tensor) -> Tensor:
    """Pixels (N, 768) of pictures at 16 × 16: layout and colours, no more."""
    return functional.adaptive_avg_pool2d(pictures, THUMBNAIL).flatten(1)
