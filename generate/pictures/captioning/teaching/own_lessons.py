"""A person's captioned set as lessons: each picture with one of its captions, drawn anew."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional
from tqdm import tqdm

from generate.pictures.captioning.learned.eye import SIDE
from generate.pictures.captioning.learned.features import look
from generate.pictures.captioning.learned.model import CaptionModel
from generate.pictures.captioning.learned.network import OURS
from generate.pictures.captioning.teaching.altering import move
from generate.pictures.captioning.teaching.lessons import pad
from generate.pictures.compute.levels import from_levels
from generate.pictures.data.vocabulary import texts_of, tokens_of_each
from generate.pictures.training.learner import Rows
from generate.pictures.training.plan import Plan

REACH = 0.15
CHUNK = 32


@dataclass
class OwnLessons:
    """What is looked at (N, …), the captions of each as numbers, and its concepts (N, C).

    ``looks`` are pictures (N, 3, 64, 64) in [-1, 1], to be moved about, or the frozen features of
    pictures (2, N, 432, 8, 8), plain and mirrored.
    """

    looks: Tensor
    captions: list[list[list[int]]]
    concepts: Tensor

    def draw_batch(self, plan: Plan, step: int, generator: torch.Generator) -> Rows:
        """ "pictures", "captions" (B, T), "concepts" (B, C), and "told" (B,), all of them."""
        places = torch.randint(len(self.captions), (plan.batch,), generator=generator)
        if self.looks.ndim == 4:
            pictures = self.looks[places]
            whole = torch.ones_like(pictures[:, :1])
            reach = torch.full((plan.batch,), REACH)
            pictures = move(torch.cat([pictures, whole], 1), reach, generator)[:, :3]
        else:
            sides = torch.randint(2, (plan.batch,), generator=generator)
            pictures = self.looks[sides, places]
        draws = torch.rand(plan.batch, generator=generator).tolist()
        said = [
            self.captions[place][int(draw * len(self.captions[place]))]
            for place, draw in zip(places.tolist(), draws, strict=True)
        ]
        told = torch.ones(plan.batch, dtype=torch.bool)
        rows = {"pictures": pictures, "captions": pad(said), "concepts": self.concepts[places]}
        return rows | {"told": told}


def prepare_lessons(
    model: CaptionModel, images: Tensor, rows: Sequence[dict[str, Any]]
) -> OwnLessons:
    """Lessons of pictures uint8 (N, 3, S, S) and their ``rows``, each with a caption at least."""
    most = model.network.shape.most
    captions = [[model.wording.encode(text, most) for text in texts_of(row)] for row in rows]
    concepts = torch.stack([mark_concepts(model, row) for row in rows])
    eyes = model.network.shape.eyes
    pictures = shrink(images)
    if eyes == OURS:
        return OwnLessons(pictures, captions, concepts)
    sides: list[list[Tensor]] = [[], []]
    for start in tqdm(range(0, len(pictures), CHUNK), "features", unit="chunk"):
        part = pictures[start : start + CHUNK]
        sides[0].append(look(eyes, part).cpu())
        sides[1].append(look(eyes, part.flip(-1)).cpu())
    looks = torch.stack([torch.cat(parts) for parts in sides])
    return OwnLessons(looks, captions, concepts)


def mark_concepts(model: CaptionModel, row: dict[str, Any]) -> Tensor:
    """1 for each concept (C,) that the tags or any caption of a row name, else 0."""
    named = [token for tokens in tokens_of_each(model.vocabulary, row) for token in tokens]
    return torch.from_numpy(model.vocabulary.encode(named))


def shrink(images: Tensor) -> Tensor:
    """Pictures uint8 (N, 3, S, S) as (N, 3, 64, 64) in [-1, 1]."""
    pictures = from_levels(images)
    if pictures.shape[-1] == SIDE:
        return pictures
    size = (SIDE, SIDE)
    shrunk = functional.interpolate(
        pictures, size, mode="bilinear", align_corners=False, antialias=True
    )
    return shrunk.clamp(-1, 1)
