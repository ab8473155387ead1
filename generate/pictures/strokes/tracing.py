"""Trace a picture: lines between what is light in it and what is dark, as strokes."""

import numpy as np
from PIL import Image, ImageFilter, ImageOps

from generate.pictures.strokes.lines import Strokes, begin_at_top, fit_points, measure_length
from generate.pictures.strokes.outlines import POINTS, find_loops

# Pictures are traced at this side.
SIDE = 128
# Lines shorter than this share of the side are specks.
SHORTEST = 0.15
# Greys, as shares of all between dark and light, at which lines are drawn.
GREYS = (0.35, 0.65)


def trace_picture(picture: Image.Image, most: int = POINTS) -> Strokes:
    """The strokes of a picture in ``most`` points at most, the longest first; [] if it is plain."""
    grey = ImageOps.fit(picture.convert("L"), (SIDE, SIDE)).filter(ImageFilter.GaussianBlur(2))
    levels = np.asarray(grey, np.float32)
    low, high = np.percentile(levels, (2, 98))
    if high - low < 8:
        return []
    dark = 1 - ((levels - low) / (high - low)).clip(0, 1)
    loops = [loop for share in GREYS for loop in find_loops(dark, share)]
    long = [begin_at_top(loop) for loop in loops if measure_length(loop) > SHORTEST]
    return fit_points(sorted(long, key=measure_length, reverse=True), most) if long else []
