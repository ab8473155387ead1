"""Find what is wrong with one training picture: blurred, tiny, one colour, text.

Each measure is a figure of one picture and a bound for it; docs/experiments.md says how often each
bound is passed on sets of drawings and photographs, and on the same ones spoilt on purpose.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from PIL import Image
from scipy import ndimage

from generate.pictures.data.pixels import make_plain

# A picture that is enlarged more than so many times holds no detail of its size.
ENLARGED = 2.0
# The deviation of its finest detail, by the Laplacian, over that of its levels: a blurred one's is
# lower (Pech-Pacheco et al., ICPR 2000, take the variance; the ratio leaves contrast out of it).
SHARPEST = 0.15
# The share of pixels within so many levels of the commonest colour.
NEAR, ALIKE = 10, 0.985
# A page of text at this side: lines of ink on paper, many edges in each, hardly any colour.
PAGE = 256
INK, EDGES, LINES, COLOURED = (0.03, 0.45), 20, 4, 0.06


@dataclass(frozen=True)
class Page:
    """A whole picture as its file holds it: small, in RGB, and its ``size`` before."""

    small: Image.Image
    size: tuple[int, int]


def open_page(opened: Image.Image) -> Page:
    """The `Page` of an opened picture; raises one of `pixels.FAULTS` if it is broken."""
    small = make_plain(opened)
    small.thumbnail((PAGE, PAGE), Image.Resampling.BOX)
    return Page(small, opened.size)


def list_faults(pixels: np.ndarray, page: Page) -> Iterator[str]:
    """What is wrong with a picture; nothing for most.

    ``pixels`` uint8 (3, S, S) are what is trained on, ``page`` is the picture before it was cut.
    """
    if min(page.size) * ENLARGED < pixels.shape[1]:
        yield "tiny"
    if measure_alike(pixels) >= ALIKE:
        yield "almost one colour"
        return  # what has no detail is blurred as well
    if is_text(page.small):
        yield "text"
    elif measure_sharpness(pixels) < SHARPEST:
        yield "blurred"


def measure_sharpness(pixels: np.ndarray) -> float:
    """How strong the finest detail of uint8 (3, S, S) is beside all there is: 0 … about 4."""
    grey = pixels.mean(0, dtype=np.float64)
    return float(ndimage.laplace(grey, mode="nearest").std() / max(grey.std(), 1e-6))


def measure_alike(pixels: np.ndarray) -> float:
    """The share of the pixels of uint8 (3, S, S) that have about the commonest colour."""
    coarse = (pixels >> 4).astype(np.int64)
    marks = (coarse[0] << 8 | coarse[1] << 4 | coarse[2]).ravel()
    common = np.bincount(marks).argmax()
    centre = np.median(pixels.reshape(3, -1)[:, marks == common], axis=1)
    away = np.abs(pixels.astype(np.int64) - centre[:, None, None].astype(np.int64)).max(0)
    return float((away <= NEAR).mean())


def is_text(small: Image.Image) -> bool:
    """Whether a picture is a page of text: rows of ink on paper of one colour, without colours."""
    levels = np.asarray(small, np.float64)
    if min(levels.shape[:2]) < 32:
        return False
    grey = levels.mean(2)
    paper = np.bincount(grey.astype(np.int64).ravel(), minlength=256).argmax()
    ink = np.abs(grey - paper) > 48
    coloured = float((np.ptp(levels, axis=2) > 48).mean())
    if not INK[0] < ink.mean() < INK[1] or coloured > COLOURED:
        return False
    inked = ink.mean(1) > 0.02
    edges = np.abs(np.diff(ink.astype(np.int8), axis=1)).sum(1)[inked]
    lines = int((np.diff(inked.astype(np.int8)) == 1).sum())
    per_width = edges.mean() * PAGE / levels.shape[1] if edges.size else 0
    return per_width >= EDGES and lines >= LINES
