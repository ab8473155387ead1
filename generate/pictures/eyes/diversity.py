"""Measure how much pictures differ from each other, against pictures of the training set."""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional

# Side of the thumbnails by which pictures are compared.
THUMBNAIL = 16


def measure_diversity(
    drawn: Tensor, shown: Tensor, see: Callable[[Tensor], Tensor]
) -> tuple[float, float]:
    """How far apart two of ``drawn`` are, over two of ``shown``: in the mean, and to the nearest.

    Both are pictures (N, 3, S, S) in [-1, 1], N of 2 or more, which ``see`` turns into features
    (N, D). 0: all are the same; 1: they differ as the training pictures do. One picture by day and
    by night has a fair mean, but its nearest is near.
    """
    pairs = [spread(see(pictures)) for pictures in (drawn, shown)]
    mean, nearest = (mine / max(other, 1e-9) for mine, other in zip(*pairs, strict=True))
    return mean, nearest


def spread(features: Tensor) -> tuple[float, float]:
    """The mean distance between two rows of ``features`` (N, D), and that to the nearest other."""
    rows = features.float().flatten(1)
    distances = (rows[:, None] - rows[None]).norm(dim=2)
    others = ~torch.eye(len(rows), dtype=torch.bool, device=rows.device)
    nearest = distances.masked_fill(~others, float("inf")).amin(1)
    return float(distances[others].mean()), float(nearest.mean())


def see_thumbnails(pictures: Tensor) -> Tensor:
    """Pixels (N, 768) of pictures at 16 × 16: layout and colours, which nobody learns to please."""
    return functional.adaptive_avg_pool2d(pictures, THUMBNAIL).flatten(1)
