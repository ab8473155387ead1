"""Captions by an image-text model of transformers: BLIP, GIT, ViT-GPT2, and others of their kind.

Only safetensors are opened, and no code of a model's folder is run.
"""

import os
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import torch
from PIL import Image

from generate.errors import Refusal
from generate.pictures.captioning.measured import caption_picture
from generate.pictures.captioning.telling import LEARNED, MEASURED, Told
from generate.pictures.compute.precision import choose_device
from generate.pictures.data.pixels import make_plain
from generate.safety.hub_models import explain_failure, find_model, is_cached
from generate.settings import Settings

SETTING, CONFIG = "pictures.captions", "config.json"
# What models are asked that are to be spoken with.
QUESTION = "Describe this picture in one short sentence."
LONGEST, BEAMS, ROWS = 40, 3, 8


@dataclass(frozen=True)
class Reader:
    """An image-text model with what prepares its pictures, and what reads its answers.

    ``asks``: it answers a question, and is asked of one picture at a time, since pictures of
    different size would take different room in a batch and be padded.
    """

    model: Any
    prepare: Any
    tokenizer: Any
    asks: bool


def tell_by_model(settings: Settings, named: str, pictures: Sequence[Image.Image]) -> list[Told]:
    """A caption of each picture by the model ``named``, a folder or a Hub id.

    What is measured stands where it answers nothing. Raises `Refusal` in one line.
    """
    reader = open_reader(find_model(SETTING, named, settings.home))
    told = []
    for picture, text in zip(pictures, read_pictures(reader, pictures), strict=True):
        measured = caption_picture(picture)
        hour, how = measured.traits["hour"], LEARNED if text else MEASURED
        told.append(Told(text or measured.text, measured.traits, hour, how, float(bool(text))))
    return told


@lru_cache(maxsize=1)
def open_reader(model: str) -> Reader:
    """Open ``model``, a folder or a Hub id, where it computes best. Raises `Refusal`."""
    local = Path(model).is_dir()
    options = {
        "token": os.environ.get("HF_TOKEN") or None,
        "local_files_only": local or is_cached(SETTING, model, CONFIG),
        "trust_remote_code": False,
    }
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return load_reader(model, options)
    except Refusal:
        raise
    except Exception as error:  # the Hub's client and the loaders raise a dozen unrelated classes
        kind = " as an image-text model"
        raise Refusal(explain_failure(SETTING, model, local, error, kind)) from None


def load_reader(model: str, options: dict[str, Any]) -> Reader:
    """`open_reader`, with whatever the loaders raise."""
    from transformers import (
        AutoImageProcessor,
        AutoModelForImageTextToText,
        AutoProcessor,
        AutoTokenizer,
    )

    dtype = torch.float32 if choose_device().type == "cpu" else torch.float16
    network = AutoModelForImageTextToText.from_pretrained(
        model, use_safetensors=True, dtype=dtype, **options
    )
    network = network.to(choose_device()).eval()  # type: ignore[arg-type]
    if network.config.model_type == "vision-encoder-decoder":
        # It has no processor of its own: an image model and a text model were joined.
        prepare = AutoImageProcessor.from_pretrained(model, **options)
        tokenizer = AutoTokenizer.from_pretrained(model, **options)
        return Reader(network, prepare, tokenizer, False)
    prepare = AutoProcessor.from_pretrained(model, **options)
    tokenizer = getattr(prepare, "tokenizer", prepare)
    return Reader(network, prepare, tokenizer, bool(getattr(prepare, "chat_template", None)))


def read_pictures(reader: Reader, pictures: Sequence[Image.Image]) -> list[str]:
    """A caption of each picture, tidied; each is the one that the picture would have alone."""
    plain = [make_plain(picture) for picture in pictures]
    if reader.asks:
        return [tidy(ask(reader, picture)) for picture in plain]
    found: list[str] = []
    for start in range(0, len(plain), ROWS):
        found += read_batch(reader, plain[start : start + ROWS])
    return [tidy(text) for text in found]


@torch.inference_mode()
def read_batch(reader: Reader, pictures: Sequence[Image.Image]) -> list[str]:
    """Captions without a prompt: all rows begin alike, so none is padded before its end."""
    network = reader.model
    pixels = reader.prepare(images=list(pictures), return_tensors="pt")["pixel_values"]
    pixels = pixels.to(network.device, network.dtype)
    answer = network.generate(pixel_values=pixels, **choose_manner(reader))
    told: list[str] = reader.tokenizer.batch_decode(answer, skip_special_tokens=True)
    return told


@torch.inference_mode()
def ask(reader: Reader, picture: Image.Image) -> str:
    """The answer of a model that is spoken with, about one picture."""
    content = [{"type": "image"}, {"type": "text", "text": QUESTION}]
    prompt = reader.prepare.apply_chat_template(
        [{"role": "user", "content": content}], add_generation_prompt=True
    )
    asked = reader.prepare(images=[picture], text=prompt, return_tensors="pt")
    asked = asked.to(reader.model.device, reader.model.dtype)
    answer = reader.model.generate(**asked, **choose_manner(reader))
    new = answer[:, asked["input_ids"].shape[1] :]
    return str(reader.tokenizer.batch_decode(new, skip_special_tokens=True)[0])


def choose_manner(reader: Reader) -> dict[str, Any]:
    """How captions are searched for: without chance, and never longer than a sentence."""
    manner: dict[str, Any] = {"do_sample": False, "num_beams": BEAMS, "max_new_tokens": LONGEST}
    settled = reader.model.generation_config
    if settled.pad_token_id is None:  # GPT-2 has none, and rows that ended are filled up
        end = settled.eos_token_id
        end = end[0] if isinstance(end, list) else end
        manner["pad_token_id"] = reader.tokenizer.pad_token_id or end
    return manner


def tidy(text: str) -> str:
    """One line that begins with a capital letter."""
    line = " ".join(text.split())
    return line[:1].upper() + line[1:]
