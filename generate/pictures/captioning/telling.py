"""Say what a person's picture shows: by the captioner where it is sure, else by what is measured.

Light: torch is loaded only when a picture is to be told, and only where it is installed.
"""

import importlib.util
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from PIL import Image

from generate.errors import Refusal, describe_error
from generate.pictures.captioning.measured import LIGHTS, caption_picture
from generate.pictures.captioning.weights import OWN, SHIPPED
from generate.pictures.data.pixels import FAULTS, make_plain, open_image, quiet
from generate.recipe import digest, digest_file

LEARNED, MEASURED = "learned", "measured"
# Groups of words that say nothing of what a beast is.
LOOSE = ("word",)


@dataclass(frozen=True)
class Told:
    """A caption of a picture, the traits and the hour in it, and how it was found.

    ``how`` is "learned" or "measured"; ``chance``, in [0, 1], how sure the captioner was.
    """

    text: str
    traits: dict[str, str]
    hour: str
    how: str
    chance: float = 0.0


def find_captioner(work: Path | None) -> Path | None:
    """The weights to tell pictures by: those trained below ``work``, else the shipped ones.

    None where there are none, or no torch to run them.
    """
    own = work / OWN if work else None
    path = own if own and own.is_file() else SHIPPED
    return path if path.is_file() and importlib.util.find_spec("torch") else None


def mark_captioner(path: Path, confidence: float) -> str:
    """A short digest of the weights in ``path`` and of how sure they must be."""
    return digest([digest_file(path), confidence])[:12]


def tell_pictures(
    pictures: Sequence[Image.Image], captioner: Path | None, confidence: float
) -> list[Told]:
    """Tell each picture by the weights ``captioner``; what is measured where it is not sure.

    Sure is a chance of ``confidence`` at least. Raises `Refusal` for broken weights.
    """
    said: list[Any] = [None] * len(pictures)
    if captioner and pictures:
        from generate.pictures.captioning.learned.describing import describe_pictures

        model = load(captioner, digest_file(captioner))
        said = list(describe_pictures(model, pictures, sure=True))
    return [
        choose(picture, found, confidence) for picture, found in zip(pictures, said, strict=True)
    ]


@lru_cache(maxsize=1)
def load(path: Path, key: str) -> Any:
    """The captioner in ``path``, whose file has the digest ``key``."""
    from generate.pictures.captioning.learned.model import load_caption_model

    return load_caption_model(path)


def choose(picture: Image.Image, found: Any, confidence: float) -> Told:
    """What the captioner ``found`` in a picture if it is sure, else what is measured."""
    measured = caption_picture(picture)
    hour, chance = measured.traits["hour"], found.chance if found else 0.0
    if not found or not found.text or chance < confidence:
        return Told(measured.text, measured.traits, hour, MEASURED, chance)
    traits = {group: token for group, token in found.traits.items() if group not in LOOSE}
    if traits.get("hour") not in LIGHTS:
        traits.pop("hour", None)
    traits = measured.traits | traits
    return Told(found.text, traits, traits["hour"], LEARNED, chance)


def open_picture(path: Path) -> Image.Image:
    """The picture in a file, plain; raises `Refusal` naming one that cannot be read."""
    try:
        with quiet(), open_image(path) as opened:
            return make_plain(opened)
    except FAULTS as error:
        reason = describe_error(error)
        raise Refusal(f"{path}: cannot be read as a picture ({reason}); replace it") from None
