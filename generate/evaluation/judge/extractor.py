"""The project's own extractor: a small network that recognises plan, coat, colour, habitat, hour.

Its last layer but one gives the features by which pictures are compared; its heads answer what a
picture shows. `trainer` made its weights, extractor.safetensors, from drawings of seeds that no
image model learns from, before anything was tuned by its judgement.
"""

import json
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn

from generate.errors import Refusal
from generate.pictures.compute.levels import from_levels
from generate.pictures.compute.tensors import Damaged, read_tensors

WEIGHTS = Path(__file__).with_name("extractor.safetensors")
SIZE, FEATURES = 64, 128
GROUPS = ("plan", "coat", "colour", "habitat", "hour")
BATCH = 64


class Block(nn.Module):
    """A residual block of two 3 × 3 convolutions; ``stride`` 2 halves the grid."""

    def __init__(self, before: int, after: int, stride: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(before, after, 3, stride, 1, bias=False)
        self.second = nn.Conv2d(after, after, 3, 1, 1, bias=False)
        self.norms = nn.ModuleList([nn.BatchNorm2d(after), nn.BatchNorm2d(after)])
        self.round = nn.Conv2d(before, after, 1, bias=False)
        self.pool = nn.AvgPool2d(stride) if stride > 1 else nn.Identity()

    def forward(self, state: Tensor) -> Tensor:
        inner = nn.functional.silu(self.norms[0](self.first(state)))
        inner = self.norms[1](self.second(inner))
        return nn.functional.silu(inner + self.round(self.pool(state)))


class Extractor(nn.Module):
    """``forward(pictures (B, 3, 64, 64) in [-1, 1])`` gives features (B, 128) and answers by group.

    Residual blocks (He et al., arXiv 1512.03385) on grids of 16, 8 and 4.
    """

    def __init__(self, answers: dict[str, list[str]]) -> None:
        super().__init__()
        self.answers = answers
        self.enter = nn.Conv2d(3, 24, 4, 2, 1)
        widths = (24, 48, 80, 120)
        self.body = nn.Sequential(*(Block(before, after, 2) for before, after in pairwise(widths)))
        self.last = nn.Linear(widths[-1], FEATURES)
        self.heads = nn.ModuleDict({g: nn.Linear(FEATURES, len(a)) for g, a in answers.items()})

    def forward(self, pictures: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        state = self.body(nn.functional.silu(self.enter(pictures)))
        features = nn.functional.silu(self.last(state.mean((2, 3))))
        return features, {group: head(features) for group, head in self.heads.items()}


@lru_cache(maxsize=2)
def load_extractor(path: Path = WEIGHTS) -> Extractor:
    """The trained extractor. Raises `Refusal` if the file is missing or corrupt."""
    try:
        tensors, notes = read_tensors(path)
        answers = json.loads(notes["answers"])
        extractor = Extractor(answers)
        extractor.load_state_dict(
            {name: t.float() if t.is_floating_point() else t for name, t in tensors.items()}
        )
    except FileNotFoundError:
        raise Refusal(
            f"{path}: no such file; `python -m generate evaluate --train-extractor` makes it"
        ) from None
    except (Damaged, OSError, KeyError, TypeError, ValueError, RuntimeError):
        raise Refusal(f"{path}: corrupt; restore it from the repository") from None
    return extractor.eval()


def examine(images: np.ndarray, extractor: Extractor) -> tuple[np.ndarray, dict[str, list[str]]]:
    """Features float32 (N, 128) of uint8 (N, 3, S, S), and the likeliest answer of each group.

    All features have the length √128; otherwise the third power in KID would let a few long ones
    decide.
    """
    features: list[np.ndarray] = []
    seen: dict[str, list[str]] = {group: [] for group in extractor.answers}
    with torch.inference_mode():
        for start in range(0, len(images), BATCH):
            pixels = torch.from_numpy(resize(images[start : start + BATCH], SIZE))
            found, answers = extractor(from_levels(pixels))
            features.append((nn.functional.normalize(found) * FEATURES**0.5).numpy())
            for group, scores in answers.items():
                seen[group] += [extractor.answers[group][k] for k in scores.argmax(1).tolist()]
    return np.concatenate(features) if features else np.empty((0, FEATURES), np.float32), seen


def resize(images: np.ndarray, size: int) -> np.ndarray:
    """uint8 (N, 3, S, S) as (N, 3, size, size), antialiased.

    Every set that is compared is resized by this function, since two ways of resizing change
    scores by more than models differ (Parmar et al., arXiv 2104.11222).
    """
    if images.shape[-1] == size:
        return images.copy()
    sized = [
        np.asarray(
            Image.fromarray(np.ascontiguousarray(picture.transpose(1, 2, 0))).resize(
                (size, size), Image.Resampling.LANCZOS
            )
        ).transpose(2, 0, 1)
        for picture in images
    ]
    return np.ascontiguousarray(np.stack(sized))
