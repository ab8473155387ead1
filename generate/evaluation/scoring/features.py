"""Extractors by name: they turn pictures uint8 (N, 3, S, S) into features float32 (N, D).

"ours" is the project's own, "random" is not trained at all, "lite0" is EfficientNet-Lite0 from its
package, and any folder with a vision model of transformers (config.json, model.safetensors) is
another, such as a copy of DINOv2. What a model trained with does not judge it.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors import SafetensorError
from torch import Tensor
from torch.nn import functional

from generate.errors import Refusal
from generate.evaluation.judge.extractor import BATCH, examine, load_extractor, resize
from generate.pictures.compute.levels import from_levels
from generate.pictures.compute.precision import choose_device
from generate.pictures.eyes.opening import LITE0, open_eyes
from generate.recipe import digest_file

# For "random": side of the pictures it convolves, and of the pixels among its features.
SIDE, KEPT = 64, 16
WIDTHS = (3, 32, 64, 128)
# Weights of its pixels and of its convolutions.
PIXELS, ANSWERS = 0.1, 10.0
# For "lite0": side at which it sees pictures, which costs a third of that of its own training.
LITE0_SIDE = 128
# Mean and deviation of ImageNet, for folders that do not name those of their model.
MEAN, DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


@dataclass(frozen=True)
class Features:
    """An extractor with the name under which its scores are shown.

    Scores of different extractors have different units, so each has a table of its own. ``digest``
    is the SHA-256 of weights that an image model might have trained with; "" if none can have.
    """

    name: str
    extract: Callable[[np.ndarray], np.ndarray]
    digest: str = ""


def open_features(name: str, home: Path) -> Features:
    """The extractor called ``name``: "ours", "random", "lite0", or a folder relative to ``home``.

    Raises `Refusal` for a folder without a vision model or without safetensors.
    """
    if name == "ours":
        extractor = load_extractor()
        return Features("ours", lambda pictures: examine(pictures, extractor)[0])
    if name == "random":
        return Features("random", extract_random)
    if name == LITE0:
        return open_lite0()
    return open_folder(name, home / name)


def extract_random(pictures: np.ndarray) -> np.ndarray:
    """Three layers of fixed random convolutions, pooled over the picture, and 16 × 16 pixels.

    Features (N, 1216) without any training: weak, but no training set can bias them. The kernels
    have the mean 0, so a plain colour gives nothing. The pixels have a small weight, since pictures
    of a Gaussian have the right pixels too.
    """
    generator = np.random.default_rng(0)
    kernels = []
    for before, after in pairwise(WIDTHS):
        drawn = generator.standard_normal((after, before, 5, 5))
        drawn -= drawn.mean((1, 2, 3), keepdims=True)
        drawn /= np.sqrt(np.square(drawn).sum((1, 2, 3), keepdims=True))
        kernels.append(torch.from_numpy(drawn.astype(np.float32)))
    found = []
    for batch in batches(pictures):
        state = torch.from_numpy(resize(batch, SIDE)).float() / 127.5 - 1
        parts = [PIXELS * (torch.from_numpy(resize(batch, KEPT)).float().flatten(1) / 127.5 - 1)]
        for kernel in kernels:
            state = functional.relu(functional.conv2d(state, kernel, stride=2, padding=2))
            parts += [ANSWERS * state.mean((2, 3)), ANSWERS * state.std((2, 3))]
        found.append(torch.cat(parts, 1).numpy())
    return np.concatenate(found)


def keep_apart(
    extractors: Sequence[Features], facts: Mapping[str, Any]
) -> tuple[list[Features], list[str]]:
    """The ``extractors`` that may judge a model with these ``facts``; a line for each other one.

    A model that trained with an extractor has learnt to please it, and its scores would say no more
    than that. Raises `Refusal` if none is left.
    """
    trained = {eyes["digest"]: eyes["name"] for eyes in facts.get("eyes", [])}
    kept = [one for one in extractors if one.digest not in trained]
    lines = [
        f"scores by {one.name}: the {facts['recipe']} model trained with {trained[one.digest]}, "
        "and nothing that trains with an extractor is judged by it"
        for one in extractors
        if one.digest in trained
    ]
    if lines and not kept:
        raise Refusal(f'evaluate.extractors: {lines[0]}; add another, such as "ours"')
    return kept, lines


def open_lite0() -> Features:
    """ImageNet's features, 1280 of each picture at 128 pixels; `Refusal` without the package."""
    eyes = open_eyes("evaluate.extractors: lite0")

    def extract(pictures: np.ndarray) -> np.ndarray:
        found = []
        with torch.inference_mode():
            for batch in batches(pictures):
                pixels = from_levels(torch.from_numpy(resize(batch, LITE0_SIDE)))
                found.append(eyes.pool(pixels.to(choose_device())).float().cpu().numpy())
        return np.concatenate(found)

    return Features(LITE0, extract, eyes.digest)


def open_folder(name: str, folder: Path) -> Features:
    """A vision model in the format of transformers, used as its own settings say."""
    if not (folder / "config.json").is_file():
        raise Refusal(
            f'evaluate.extractors: {name!r} is neither "ours", "random" nor a folder with the '
            "config.json of a transformers model"
        )
    if not list(folder.glob("*.safetensors")):
        raise Refusal(f"{folder}: holds no model.safetensors; other formats are not opened")
    from transformers import AutoModel

    try:
        model: Any = AutoModel.from_pretrained(
            folder, local_files_only=True, use_safetensors=True, trust_remote_code=False
        )
    except (SafetensorError, OSError, ValueError, KeyError, RuntimeError) as error:
        reason = str(error).splitlines()[0][:120]
        raise Refusal(f"{folder}: no model that transformers can open ({reason})") from None
    model = model.eval().float()
    size, mean, deviation = read_preparation(folder, model.config)
    if size is None:
        raise Refusal(f"{folder}: config.json names no image_size; is it a vision model?")

    def extract(pictures: np.ndarray) -> np.ndarray:
        found = []
        with torch.inference_mode():
            for batch in batches(pictures):
                pixels = torch.from_numpy(resize(batch, size)).float() / 255
                found.append(pool(model, (pixels - mean) / deviation).float().numpy())
        return np.concatenate(found)

    weights = sorted(folder.glob("*.safetensors"))[0]
    return Features(folder.name, extract, digest_file(weights))


def read_preparation(folder: Path, config: Any) -> tuple[int | None, Tensor, Tensor]:
    """Side in pixels, mean and deviation (1, 3, 1, 1) with which the model was trained."""
    path = folder / "preprocessor_config.json"
    asked = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    vision = getattr(config, "vision_config", config)
    size: Any = asked.get("crop_size") or asked.get("size") or getattr(vision, "image_size", None)
    if isinstance(size, dict):
        size = size.get("height") or size.get("shortest_edge")
    mean, deviation = (
        torch.tensor(asked.get(key) or usual, dtype=torch.float32).view(1, 3, 1, 1)
        for key, usual in (("image_mean", MEAN), ("image_std", DEVIATION))
    )
    return int(size) if size else None, mean, deviation


def pool(model: Any, pixels: Tensor) -> Tensor:
    """One vector for each picture (B, D): the pooled output, else the mean of the last layer."""
    if hasattr(model, "get_image_features"):
        answer = model.get_image_features(pixel_values=pixels)
    else:
        answer = model(pixel_values=pixels)
    if isinstance(answer, Tensor):
        return answer.flatten(1)
    pooled = getattr(answer, "pooler_output", None)
    if pooled is not None:
        return pooled.flatten(1)
    last: Tensor = answer.last_hidden_state
    return last.mean(tuple(range(2, last.ndim))) if last.ndim == 4 else last.mean(1)


def batches(pictures: np.ndarray) -> list[np.ndarray]:
    """``pictures`` in parts of at most 64."""
    return [pictures[start : start + BATCH] for start in range(0, len(pictures), BATCH)]
