"""The painter's training pairs: drawings at both sizes, and as the sampler imagines them again."""

from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from generate.pictures.compute.levels import from_levels, to_levels
from generate.pictures.compute.precision import arithmetic
from generate.pictures.families.flow import GUIDED, start_scheduler
from generate.pictures.fieldguide.scene import Drawing, draw
from generate.pictures.refining.painter.network import TIMES
from generate.pictures.training.chunks import Chunk, read_or_make
from generate.pictures.training.pictures import seeded
from generate.recipe import derive_seed

SMALL = 64
# Drawings in a file.
PAGE = 64
# A sampled picture is imagined from noise levels between these.
DOUBTS = (0.25, 0.55)
STEPS, GUIDANCE = 16, 3.0
NAMES = ("large", "small", "imagined", "doubts", "conditions", "bodies", "faces")


def read_page(home: Path, number: int, family: Any, kind: str) -> dict[str, Tensor]:
    """Page ``number`` (from 0) of an endless field guide, kept in ``home``; drawn if missing.

    "large" uint8 (P, 3, 256, 256), "small" and "imagined" uint8 (P, 3, 64, 64), "doubts" (P,),
    "conditions" (P, words) as ``family`` encodes them, "bodies" bool (P, 64, 64), "faces" (P, 3) as
    `Drawing` has them. The sampler computes in arithmetic ``kind``.
    """
    path = home / f"page-{number:05d}.safetensors"
    found, _ = read_or_make(path, NAMES, "number", lambda: make_page(number, family, kind))
    return found


def make_page(number: int, family: Any, kind: str) -> Chunk:
    """The tensors of `read_page`, and the number itself."""
    seeds = [derive_seed("painter", number * PAGE + place) for place in range(PAGE)]
    # One after the other: the pool of `draw_all` would take every core, and this runs for hours.
    drawn = [(draw(seed, SMALL), draw(seed, SMALL * TIMES)) for seed in seeds]
    small, large = (stack([pair[which] for pair in drawn]) for which in (0, 1))
    conditions = family.encode([{"text": one.text, "tags": one.tags} for one, _ in drawn])
    lowest, highest = DOUBTS
    chance = seeded("painter's doubts", number)
    doubts = lowest + (highest - lowest) * torch.rand(PAGE, generator=chance)
    imagined = torch.empty_like(small)
    for start in range(0, PAGE, 8):
        # Alike in doubt, they take their steps together.
        places = doubts.argsort()[start : start + 8]
        doubts[places] = doubts[places].mean()
        with arithmetic(kind), torch.inference_mode():
            again = imagine(
                family,
                from_levels(small[places]),
                conditions[places],
                float(doubts[places[0]]),
                chance,
            )
        imagined[places] = torch.from_numpy(to_levels(again))
    page = {
        "large": large,
        "small": small,
        "imagined": imagined,
        "doubts": doubts,
        "conditions": conditions.float(),
        "bodies": torch.from_numpy(np.stack([one.mask > 127 for one, _ in drawn])),
        "faces": torch.tensor([one.face for one, _ in drawn]),
    }
    return page, number


def imagine(
    family: Any, pictures: Tensor, conditions: Tensor, doubt: float, chance: torch.Generator
) -> Tensor:
    """``pictures`` (B, 3, S, S) with noise of level ``doubt``, taken away again by the sampler."""
    scheduler = start_scheduler(family.shift, STEPS)
    first = int((scheduler.sigmas[:-1] > doubt).sum())
    scheduler.set_begin_index(first)
    noise = torch.randn(pictures.shape, generator=chance)
    level = float(scheduler.sigmas[first])
    state = (1 - level) * pictures + level * noise
    for place in range(first, STEPS):
        level = float(scheduler.sigmas[place])
        times = torch.full((len(state),), level)
        velocity = family.velocity(state, times, conditions)
        if level >= GUIDED:
            none = family.velocity(state, times, torch.zeros_like(conditions))
            velocity = none + GUIDANCE * (velocity - none)
        fresh = torch.randn(pictures.shape, generator=chance)
        moment = scheduler.timesteps[place]
        state = scheduler.step(velocity, moment, state, variance_noise=fresh).prev_sample
    return state.clamp(-1, 1)


def stack(drawings: list[Drawing]) -> Tensor:
    """Drawings of one size as uint8 (N, 3, S, S)."""
    pixels = np.stack([np.asarray(drawing.image) for drawing in drawings])
    return torch.from_numpy(np.ascontiguousarray(pixels.transpose(0, 3, 1, 2)))
