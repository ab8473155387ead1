"""Whether cards hold a long look: their fine detail beside that of unseen drawings.

Reads the cards' pictures and the field guide, and writes nothing. Drawings show what the cards were
asked to show, and go through the same enlarging and reducing.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from tqdm import tqdm

from generate.cards import Card
from generate.evaluation.judge.extractor import resize
from generate.evaluation.scoring.sets import is_asked, is_drawn, open_picture
from generate.evaluation.scoring.spectrum import compare_spectra
from generate.pictures.data.source import FIELD_GUIDE
from generate.pictures.sheets import as_images, enlarge
from generate.recipe import derive_seed
from generate.settings import Settings

# Side in pixels at which detail is compared, and of the drawings.
SIDE = 256
# Steadier figures than of a handful of pictures are not needed of a large jungle.
MOST = 50


def compare_detail(settings: Settings, cards: Sequence[Card]) -> dict[str, float]:
    """Power by spatial frequency and steepest edges of the cards, over those of drawings.

    1 where they are alike. Empty where the training pictures are not the field guide's, or the
    model drew no card from words, or cards are smaller than `SIDE`.
    """
    if settings.pictures.source != FIELD_GUIDE or settings.pictures.postcard < SIDE:
        return {}
    chosen = [card for card in cards if card.picture and is_drawn(card) and is_asked(card)][:MOST]
    if not chosen:
        return {}
    ours = np.stack([open_picture(card, SIDE) for card in chosen])
    drawn = [
        draw_unseen(number, card.traits, settings.pictures.postcard)
        for number, card in enumerate(tqdm(chosen, "drawings", unit="picture"))
    ]
    return compare_spectra(ours, np.stack(drawn))


def draw_unseen(number: int, traits: Mapping[str, str], postcard: int) -> np.ndarray:
    """A drawing that no training saw, of ``traits``, uint8 (3, SIDE, SIDE), printed as cards are.

    It is enlarged to ``postcard`` pixels and reduced again.
    """
    from generate.pictures.fieldguide.scene import VOCABULARY, draw

    asked = {group: value for group, value in traits.items() if value in VOCABULARY.get(group, ())}
    asked.setdefault("feature", "none")
    picture = draw(derive_seed("unseen", number), SIDE, asked).image
    return print_and_reduce(np.asarray(picture).transpose(2, 0, 1), postcard)


def print_and_reduce(picture: np.ndarray, postcard: int) -> np.ndarray:
    """uint8 (3, S, S) enlarged to ``postcard`` pixels and reduced again."""
    large = enlarge(as_images(picture[None])[0], postcard)
    return resize(np.asarray(large).transpose(2, 0, 1)[None], picture.shape[-1])[0]
