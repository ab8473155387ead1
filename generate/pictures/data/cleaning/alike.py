"""Find pictures that are nearly the same: by a hash of gradients, and by their colours.

The hash is dHash (Krawetz, "Kind of Like That", 2013): whether each of 8 × 8 places is lighter than
the one beside it. Plain drawings share many of its bits, so that colours must agree as well.
"""

from collections import defaultdict

import numpy as np
from PIL import Image

SIDE = 8
# So many of the 64 bits may differ, and so many levels the colours of 8 × 8 places in the mean.
BITS, LEVELS = 4, 6.0


class Gallery:
    """Pictures that were seen, found again by any like them."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.hashes: list[int] = []
        self.colours: list[np.ndarray] = []
        # Of seven parts of a hash three at least are the same where four bits differ at most.
        self.parts: dict[tuple[int, int], list[int]] = defaultdict(list)

    def find(self, picture: Image.Image) -> str | None:
        """The name of the first picture seen that is nearly the same as ``picture`` (RGB)."""
        mark, colours = hash_gradients(picture), shrink(picture)
        likely = {place for part in cut_hash(mark) for place in self.parts.get(part, ())}
        for place in sorted(likely):
            if (mark ^ self.hashes[place]).bit_count() <= BITS:
                if np.abs(colours - self.colours[place]).mean() <= LEVELS:
                    return self.names[place]
        return None

    def add(self, name: str, picture: Image.Image) -> None:
        """Keep ``picture`` (RGB) by its name."""
        mark = hash_gradients(picture)
        for part in cut_hash(mark):
            self.parts[part].append(len(self.names))
        self.names.append(name)
        self.hashes.append(mark)
        self.colours.append(shrink(picture))


def hash_gradients(picture: Image.Image) -> int:
    """64 bits of a picture: which places of 8 × 8 are lighter than their right neighbours."""
    small = picture.convert("L").resize((SIDE + 1, SIDE), Image.Resampling.BOX)
    levels = np.asarray(small, np.int64)
    bits = (levels[:, :-1] > levels[:, 1:]).ravel()
    return int("".join("01"[bit] for bit in bits.astype(int)), 2)


def cut_hash(mark: int) -> list[tuple[int, int]]:
    """Seven parts of a hash, each with its place."""
    return [(place, mark >> (place * 10) & 0x3FF) for place in range(6)] + [(6, mark >> 60)]


def shrink(picture: Image.Image) -> np.ndarray:
    """float32 (8, 8, 3): the colours of 8 × 8 places."""
    small = picture.convert("RGB").resize((SIDE, SIDE), Image.Resampling.BOX)
    return np.asarray(small, np.float32)
