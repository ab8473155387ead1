"""Find each picture's nearest training picture, and decide whether it is a copy.

Works on arrays in memory; reads and writes nothing.
"""

from dataclasses import dataclass

import numpy as np

# A copy: its nearest training picture is nearer than this share of the distance to any other.
SHARE = 1 / 3
# Two training pictures count as one if their average hashes differ in at most BITS of 64 and their
# pixels by at most SAME. By hashes alone, all round faces on white would be the same face.
BITS, SAME = 5, 0.1
HASH = 8
# Bytes of a chunk of training pictures as float32, and how many pictures are compared at a time.
CHUNK_BYTES, ROWS = 64 << 20, 256


@dataclass(frozen=True)
class Nearest:
    """The nearest training picture of each of N pictures, its distance, and that of the next.

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
    pictures: np.ndarray, training: np.ndarray, hashes: np.ndarray | None = None
) -> Nearest:
    """The two nearest different ones of ``training`` (M, 3, S, S) for ``pictures`` (N, 3, S, S).

    Both uint8. A mirrored picture is as near as its original. Near-duplicates within the training
    set count as one picture: otherwise the second would be as near as the first, and no copy would
    be found. Works in chunks, which take about 2 ``CHUNK_BYTES`` + 12 M ``ROWS`` bytes. Raises
    ValueError for other shapes or an empty training set. ``hashes`` of the training set, from
    `average_hash`, save time if it is compared more than once.
    """
    if training.ndim != 4 or not len(training) or pictures.shape[1:] != training.shape[1:]:
        raise ValueError(f"cannot compare {pictures.shape} with {training.shape}")
    hashes = average_hash(training) if hashes is None else hashes
    place = np.zeros(len(pictures), np.int64)
    distance, second = np.zeros((2, len(pictures)))
    for start in range(0, len(pictures), ROWS):
        block = pictures[start : start + ROWS]
        table = estimate_distances(block, training)
        for row, picture in enumerate(block):
            nearest = int(table[row].argmin())
            mirrored = average_hash(training[nearest][None, ..., ::-1])[0]
            near = np.minimum(*(count_differing(hashes, h) for h in (hashes[nearest], mirrored)))
            alike = np.flatnonzero(near <= BITS)
            alike = alike[measure_distances(training[nearest], training[alike]) <= SAME]
            table[row, alike] = np.inf
            table[row, nearest] = np.inf
            other = int(table[row].argmin())
            place[start + row] = nearest
            # Matrix products lose the last digits of small differences; here they matter.
            distance[start + row], second[start + row] = measure_distances(
                picture, training[[nearest, other]]
            )
            if not np.isfinite(table[row, other]):
                second[start + row] = np.inf
    return Nearest(place, distance, second)


def estimate_distances(pictures: np.ndarray, training: np.ndarray) -> np.ndarray:
    """Distances float32 (N, M) of all pairs, mirrored or not, whichever is less."""
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


def measure_distances(picture: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Exact distances float64 (M,) of a picture (3, S, S), mirrored or not, to ``others``."""
    straight, turned = (
        np.square((p.astype(np.float64) - others) / 255).mean((1, 2, 3))
        for p in (picture, picture[..., ::-1])
    )
    return np.sqrt(np.minimum(straight, turned))


def as_rows(pictures: np.ndarray) -> np.ndarray:
    """uint8 (N, 3, S, S) as float32 (N, 3 S S) in [-0.5, 0.5]; near 0 fewer digits are lost."""
    return pictures.reshape(len(pictures), -1).astype(np.float32) / 255 - np.float32(0.5)


def average_hash(pictures: np.ndarray) -> np.ndarray:
    """bool (N, 64): which cells of an 8 × 8 grid are lighter than the picture's mean."""
    parts = [pictures[start : start + ROWS] for start in range(0, len(pictures), ROWS)]
    cells = np.concatenate([shrink(part, HASH).mean(1).reshape(len(part), -1) for part in parts])
    return cells > cells.mean(1, keepdims=True)


def count_differing(hashes: np.ndarray, one: np.ndarray) -> np.ndarray:
    """How many bits (M,) of ``hashes`` (M, 64) differ from ``one`` (64,)."""
    return (hashes != one).sum(1)


def shrink(pictures: np.ndarray, side: int) -> np.ndarray:
    """Means float64 (N, 3, side, side) over the cells of a grid; ``side`` need not divide S."""
    size = pictures.shape[-1]
    edges = np.arange(side) * size // side
    counts = np.diff(np.append(edges, size)).clip(1)
    rows = np.add.reduceat(pictures, edges, 2, dtype=np.float64) / counts[:, None]
    return np.add.reduceat(rows, edges, 3) / counts
