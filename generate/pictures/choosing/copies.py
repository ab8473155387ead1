"""Find each picture's nearest training picture, and tell whether it is a copy.

Works on arrays in memory; reads and writes nothing.
"""

from dataclasses import dataclass

import numpy as np

# Copied: nearer to one training picture than a third of the way to any other.
SHARE = 1 / 3
# Two training pictures are one if their average hashes differ in at most BITS of 64 and their
# pixels by at most SAME: hashes alone take all round faces on white for one face.
BITS, SAME = 5, 0.1
HASH = 8
# Bytes that a chunk of training pictures may take as float32, and pictures compared at once.
CHUNK_BYTES, ROWS = 64 << 20, 256


@dataclass(frozen=True)
class Nearest:
    """For each of N pictures its nearest training picture and how near it and the next are.

    ``place`` (N,) is a row of the training set; ``distance`` and ``second`` (N,) are root mean
    square differences of pixels in [0, 1], the second to the nearest training picture that is not
    a near-duplicate of the first (infinite where there is none).
    """

    place: np.ndarray
    distance: np.ndarray
    second: np.ndarray

    @property
    def ratio(self) -> np.ndarray:
        """distance / second (N,): 0 for an exact copy, 1 where two are equally near."""
        with np.errstate(invalid="ignore"):
            ratio = self.distance / self.second
        return np.where(self.second == 0, 1.0, ratio)

    @property
    def copied(self) -> np.ndarray:
        """bool (N,): distance < second / 3 (Gu et al., arXiv 2310.02664, section 2.2)."""
        return self.distance < self.second * SHARE


def find_nearest(
    pictures: np.ndarray, training: np.ndarray, marks: np.ndarray | None = None
) -> Nearest:
    """The two nearest different ones of ``training`` (M, 3, S, S) for ``pictures`` (N, 3, S, S).

    Both uint8. A mirrored picture is as near as its original. Near-duplicates within the training
    set count as one picture, since of two copies each would hide the other. Works in chunks, which
    take about 2 ``CHUNK_BYTES`` + 12 M ``ROWS`` bytes beside the arrays. Raises ValueError for
    other shapes or an empty training set. ``marks`` may hold the training set's `average_hash`,
    for who asks more than once.
    """
    if training.ndim != 4 or not len(training) or pictures.shape[1:] != training.shape[1:]:
        raise ValueError(f"cannot compare {pictures.shape} with {training.shape}")
    marks = average_hash(training) if marks is None else marks
    place = np.zeros(len(pictures), np.int64)
    distance, second = np.zeros((2, len(pictures)))
    for start in range(0, len(pictures), ROWS):
        block = pictures[start : start + ROWS]
        table = measure_all(block, training)
        for row, picture in enumerate(block):
            nearest = int(table[row].argmin())
            turned = average_hash(training[nearest][None, ..., ::-1])[0]
            near = np.minimum(differ(marks, marks[nearest]), differ(marks, turned))
            alike = np.flatnonzero(near <= BITS)
            alike = alike[measure(training[nearest], training[alike]) <= SAME]
            table[row, alike] = np.inf
            table[row, nearest] = np.inf
            other = int(table[row].argmin())
            place[start + row] = nearest
            # Products of matrices lose the last digits of small differences; these two matter.
            distance[start + row], second[start + row] = measure(
                picture, training[[nearest, other]]
            )
            if not np.isfinite(table[row, other]):
                second[start + row] = np.inf
    return Nearest(place, distance, second)


def measure_all(pictures: np.ndarray, training: np.ndarray) -> np.ndarray:
    """Distances float32 (N, M) of all pairs, each the lesser of the two with and without mirror."""
    both = np.stack([pictures, pictures[..., ::-1]])
    asked = as_rows(both.reshape(-1, *pictures.shape[1:]))
    lengths = np.square(asked).sum(1)[:, None]
    width = asked.shape[1]
    table = np.empty((len(pictures), len(training)), np.float32)
    step = max(1, CHUNK_BYTES // (4 * width))
    for start in range(0, len(training), step):
        known = as_rows(training[start : start + step])
        squares = lengths + np.square(known).sum(1) - 2 * (asked @ known.T)
        squares = squares.reshape(2, len(pictures), -1).min(0)
        table[:, start : start + step] = np.sqrt(squares.clip(0) / width)
    return table


def measure(picture: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Exact distances float64 (M,) of one picture (3, S, S) to ``others`` (M, 3, S, S)."""
    straight, turned = (
        np.square((p.astype(np.float64) - others) / 255).mean((1, 2, 3))
        for p in (picture, picture[..., ::-1])
    )
    return np.sqrt(np.minimum(straight, turned))


def as_rows(pictures: np.ndarray) -> np.ndarray:
    """uint8 (N, 3, S, S) as float32 (N, 3 S S) about nought, which spares digits."""
    return pictures.reshape(len(pictures), -1).astype(np.float32) / 255 - np.float32(0.5)


def average_hash(pictures: np.ndarray) -> np.ndarray:
    """bool (N, 64): which cells of an 8 by 8 grid are lighter than the picture's mean."""
    parts = [pictures[start : start + ROWS] for start in range(0, len(pictures), ROWS)]
    cells = np.concatenate([shrink(part, HASH).mean(1).reshape(len(part), -1) for part in parts])
    return cells > cells.mean(1, keepdims=True)


def differ(marks: np.ndarray, mark: np.ndarray) -> np.ndarray:
    """How many bits (M,) of ``marks`` (M, 64) differ from ``mark`` (64,)."""
    return (marks != mark).sum(1)


def shrink(pictures: np.ndarray, side: int) -> np.ndarray:
    """Means float64 (N, 3, side, side) over the cells of a grid, which need not divide the size."""
    size = pictures.shape[-1]
    edges = np.arange(side) * size // side
    counts = np.diff(np.append(edges, size)).clip(1)
    rows = np.add.reduceat(pictures, edges, 2, dtype=np.float64) / counts[:, None]
    return np.add.reduceat(rows, edges, 3) / counts
