"""Compare two sets by their features: arrays (N, D) in, numbers out.

A score has a meaning only beside the same score of held-out pictures and of a Gaussian, with the
same features and as many pictures.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist

Array = NDArray[np.float64]

SUBSETS, SUBSET = 100, 40
NEIGHBOURS, DRAWS = 5, 20


def kid(ours: np.ndarray, theirs: np.ndarray, size: int = SUBSET) -> tuple[float, float]:
    """Kernel Inception distance: its mean and standard deviation over random subsets.

    The unbiased squared maximum mean discrepancy with the kernel (x·y / D + 1)³ (Bińkowski et al.,
    arXiv 1801.01401, section 4). Each of 100 subsets has ``size`` of each set, or as many as the
    smaller set has. Equal distributions have the mean 0, so values may be negative.
    """
    size = min(size, len(ours), len(theirs))
    if size < 2:
        return float("nan"), float("nan")
    generator = np.random.default_rng(0)
    values = [
        discrepancy(pick(ours, size, generator), pick(theirs, size, generator))
        for _ in range(SUBSETS)
    ]
    return float(np.mean(values)), float(np.std(values))


def discrepancy(ours: np.ndarray, theirs: np.ndarray) -> float:
    """Unbiased squared maximum mean discrepancy (Gretton et al. 2012, JMLR 13, equation 3)."""
    m, n = len(ours), len(theirs)
    own, other, cross = kernel(ours, ours), kernel(theirs, theirs), kernel(ours, theirs)
    within = (own.sum() - np.trace(own)) / (m * (m - 1))
    without = (other.sum() - np.trace(other)) / (n * (n - 1))
    return float(within + without - 2 * cross.mean())


def kernel(a: np.ndarray, b: np.ndarray) -> Array:
    """(a·b / D + 1)³ of all pairs."""
    return np.asarray((a.astype(np.float64) @ b.T.astype(np.float64) / a.shape[1] + 1) ** 3)


def fid(ours: np.ndarray, theirs: np.ndarray) -> float:
    """Fréchet distance of Gaussians fitted to the sets (Heusel et al., arXiv 1706.08500, eq. 6).

    |m - n|² + tr A + tr B - 2 tr (A½ B A½)½, the last by the eigenvalues of a symmetric matrix.
    Too high for small sets (Chong and Forsyth, 1911.07023): compare sets of one size only.
    """
    if min(len(ours), len(theirs)) < 2:
        return float("nan")
    gap = ours.mean(0, dtype=np.float64) - theirs.mean(0, dtype=np.float64)
    a, b = (np.atleast_2d(np.cov(x.astype(np.float64), rowvar=False)) for x in (ours, theirs))
    values, vectors = np.linalg.eigh(a)
    root = (vectors * np.sqrt(values.clip(0))) @ vectors.T
    shared = np.linalg.eigvalsh(root @ b @ root)
    # Of few pictures most eigenvalues are 0 but for rounding, which the root would enlarge.
    shared[shared < shared.max() * len(shared) * np.finfo(np.float64).eps] = 0
    return float(gap @ gap + np.trace(a) + np.trace(b) - 2 * np.sqrt(shared).sum())


def sliced(ours: np.ndarray, theirs: np.ndarray) -> float:
    """Sliced Wasserstein distance, squared, over 3 D directions (Bonneel et al. 2015, JMIV 51).

    The mean squared difference of the quantiles of both sets along each direction. For few
    pictures it varies less than a Fréchet distance (arXiv 2605.06797).
    """
    if not min(len(ours), len(theirs)):
        return float("nan")
    width = ours.shape[1]
    directions = np.random.default_rng(0).standard_normal((width, 3 * width))
    directions /= np.linalg.norm(directions, axis=0)
    places = (np.arange(256) + 0.5) / 256
    a, b = (np.quantile(x.astype(np.float64) @ directions, places, axis=0) for x in (ours, theirs))
    return float(np.square(a - b).mean())


def neighbourhoods(ours: np.ndarray, theirs: np.ndarray) -> dict[str, float]:
    """precision, recall, density and coverage of ``ours`` against ``theirs``.

    The reach of a picture is the distance to its fifth neighbour. Precision: the share of ours
    within the reach of one of theirs; recall the reverse (Kynkäänniemi et al., arXiv 1904.06991,
    equation 2). Density: within the reach of how many of theirs each of ours is, over 5; coverage:
    the share of theirs with one of ours within reach (Naeem et al., 2002.09797, equations 4 and
    5). Both sets are cut to the size of the smaller, and the mean of 20 random cuts is given.
    Equal distributions have density 1 and coverage near 1 - 2⁻⁵.
    """
    size = min(len(ours), len(theirs))
    if size <= NEIGHBOURS:
        return dict.fromkeys(("precision", "recall", "density", "coverage"), float("nan"))
    generator = np.random.default_rng(0)
    draws = DRAWS if len(ours) != len(theirs) else 1
    found = [
        judge_neighbours(pick(ours, size, generator), pick(theirs, size, generator))
        for _ in range(draws)
    ]
    return {name: float(np.mean([one[name] for one in found])) for name in found[0]}


def judge_neighbours(ours: np.ndarray, theirs: np.ndarray) -> dict[str, float]:
    """The four figures for sets of one size."""
    gap = cdist(ours, theirs)
    reach = measure_reach(theirs)
    reached = gap <= reach[None, :]
    returned = gap <= measure_reach(ours)[:, None]
    return {
        "precision": float(reached.any(1).mean()),
        "recall": float(returned.any(0).mean()),
        "density": float(reached.sum(1).mean() / NEIGHBOURS),
        "coverage": float((gap.min(0) <= reach).mean()),
    }


def measure_reach(features: np.ndarray) -> Array:
    """The distance (N,) of each to its fifth neighbour in the set."""
    return np.asarray(np.partition(cdist(features, features), NEIGHBOURS, axis=1)[:, NEIGHBOURS])


def pick(features: np.ndarray, size: int, generator: np.random.Generator) -> np.ndarray:
    """``size`` random rows."""
    return features[generator.permutation(len(features))[:size]]


def compare(ours: np.ndarray, theirs: np.ndarray) -> dict[str, float]:
    """Every score of ``ours`` against ``theirs`` by name."""
    mean, deviation = kid(ours, theirs)
    return {
        "KID": mean,
        "KID sd": deviation,
        "FID": fid(ours, theirs),
        "SWD": sliced(ours, theirs),
        **neighbourhoods(ours, theirs),
    }
