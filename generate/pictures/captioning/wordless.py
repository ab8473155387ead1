"""Give training pictures without words their words: `captions` under [pictures]."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from PIL import Image
from tqdm import tqdm

from generate.pictures.captioning.telling import LEARNED, find_captioner, tell_pictures
from generate.settings import Settings

ROWS = 32


def give_words(
    settings: Settings, images: Sequence[np.ndarray], rows: Sequence[dict[str, Any]]
) -> list[str]:
    """Set "text" of the ``rows`` without caption and class, by what their ``images`` show.

    ``images`` are uint8 (3, S, S). By the shipped captioner ("learned"), which learnt from the
    field guide alone and so never from the pictures of the model that is to be trained; where it
    is not sure, by what is measured. Or by an image-text model. Returns lines that tell of it.
    """
    named = settings.pictures.captions
    mute = [place for place, row in enumerate(rows) if not row["text"] and not row["tags"]]
    if not named or not mute:
        return []
    learned = 0
    for start in tqdm(range(0, len(mute), ROWS), "captions", unit="batch", leave=False):
        places = mute[start : start + ROWS]
        pictures = [Image.fromarray(images[place].transpose(1, 2, 0)) for place in places]
        if named == LEARNED:
            told = tell_pictures(pictures, find_captioner(None), settings.captioner.confidence)
        else:
            from generate.pictures.captioning.pretrained import tell_by_model

            told = tell_by_model(settings, named, pictures)
        for place, found in zip(places, told, strict=True):
            rows[place]["text"] = found.text
            learned += found.how == LEARNED
    by = "the captioner" if named == LEARNED else named
    return [f"{len(mute)} pictures without words: {learned} told by {by}, the others as measured"]
