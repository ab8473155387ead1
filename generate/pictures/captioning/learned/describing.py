"""Say what pictures show, and how sure it is: the captioner as the rest of the house asks it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from PIL import Image, ImageOps
from torch import Tensor

from generate.pictures.captioning.learned.eye import SIDE
from generate.pictures.captioning.learned.features import look
from generate.pictures.captioning.learned.model import CaptionModel
from generate.pictures.captioning.learned.searching import BEAMS, search_captions
from generate.pictures.captioning.learned.wording import FIRST
from generate.pictures.compute.levels import from_levels
from generate.pictures.data.pixels import make_plain
from generate.pictures.data.vocabulary import match
from generate.pictures.networks.weights import device_of

ROWS = 32
# A concept that is less likely is not said where only what is sure may be.
SURE = 0.5


@dataclass(frozen=True)
class Description:
    """A caption, the chance in [0, 1] that it is right, and the concepts in it by group.

    The caption is "" where nothing that is known is seen; its chance is then 0. ``belief`` is the
    logit of the least certain concept in it.
    """

    text: str
    chance: float
    traits: dict[str, str]
    belief: float = -math.inf


def describe_pictures(
    model: CaptionModel, pictures: Sequence[Image.Image], beams: int = BEAMS, sure: bool = False
) -> list[Description]:
    """A description of each picture, of any size and mode.

    ``sure``: words of concepts that are not likely are left out of the captions.
    """
    shrunk = np.stack([fit_picture(picture) for picture in pictures]) if pictures else np.empty(0)
    found: list[Description] = []
    for start in range(0, len(pictures), ROWS):
        stack = torch.from_numpy(np.ascontiguousarray(shrunk[start : start + ROWS]))
        found += describe_batch(model, from_levels(stack), beams, sure)
    return found


def fit_picture(picture: Image.Image) -> np.ndarray:
    """The middle square of a picture as uint8 (3, 64, 64), on white where it is see-through."""
    plain = ImageOps.fit(make_plain(picture), (SIDE, SIDE), Image.Resampling.LANCZOS)
    return np.asarray(plain).transpose(2, 0, 1)


@torch.inference_mode()
def describe_batch(
    model: CaptionModel, pictures: Tensor, beams: int = BEAMS, sure: bool = False
) -> list[Description]:
    """Descriptions of pictures (B, 3, 64, 64) in [-1, 1]."""
    network = model.network.eval()
    seen = look(network.shape.eyes, pictures).to(device_of(network))
    memory, logits = network.see(seen)
    barred = bar_words(model, logits.sigmoid() < SURE) if sure else None
    said = search_captions(network, memory, beams, barred)
    beliefs = logits.float().cpu().numpy()
    return [weigh(model, numbers, belief) for numbers, belief in zip(said, beliefs, strict=True)]


def weigh(model: CaptionModel, numbers: Sequence[int], beliefs: np.ndarray) -> Description:
    """The description of a caption given as ``numbers``, by the logits (C,) of its concepts."""
    text = model.wording.decode(numbers)
    tokens, _ = model.vocabulary.find(text)
    if not tokens:
        return Description("", 0.0, {})
    places = {token: place for place, token in enumerate(model.vocabulary.tokens)}
    telling = choose_telling(model, tokens)
    belief = min(float(beliefs[places[token]]) for token in telling)
    traits: dict[str, str] = {}
    for token in tokens:
        traits.setdefault(model.vocabulary.groups[places[token]], token)
    return Description(text, model.scale.weigh(belief), traits, belief)


def choose_telling(model: CaptionModel, tokens: Sequence[str]) -> list[str]:
    """Those of ``tokens`` by which a caption stands or falls: what kind of being, if it is told."""
    groups = dict(zip(model.vocabulary.tokens, model.vocabulary.groups, strict=True))
    kinds = [token for token in tokens if groups[token] in ("plan", "class", "kind")]
    return kinds or list(tokens)


def bar_words(model: CaptionModel, unsure: Tensor) -> Tensor:
    """Which words (B, V) name nothing but concepts that are ``unsure`` (B, C)."""
    names = {token: token for token in model.vocabulary.tokens} | dict(model.vocabulary.synonyms)
    places = {token: place for place, token in enumerate(model.vocabulary.tokens)}
    means = torch.zeros(unsure.shape[1], model.network.shape.words, device=unsure.device)
    for number, word in enumerate(model.wording.words, FIRST):
        token = match(word, names)
        if token in places:
            means[places[token], number] = 1
    told = means.any(0)
    return told & ((~unsure).float() @ means == 0)
