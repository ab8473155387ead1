"""Make a postcard's picture of a small one: the second stage."""

import numpy as np
from PIL import Image

from generate.pictures.sheets import as_images


def refine(picture: np.ndarray) -> Image.Image:
    """uint8 (3, S, S) as a picture of 4 S pixels."""
    image = as_images(picture[None])[0]
    return image.resize((image.width * 4, image.height * 4), Image.Resampling.LANCZOS)
