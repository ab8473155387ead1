"""Train the refiner on pairs of small and large drawings of the field guide.

Writes work/refiner/ (pairs, checkpoints) and generate/pictures/starter/refiner.safetensors.
"""

from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from tqdm import tqdm

from generate.pictures.compute.levels import from_levels, to_levels
from generate.pictures.compute.tensors import write_tensors
from generate.pictures.families.base import Rows
from generate.pictures.fieldguide.drawings import draw_all
from generate.pictures.networks.weights import copy_weights
from generate.pictures.refining.refiner import LEVEL, TIMES, WEIGHTS, Refiner, enlarge_smoothly
from generate.pictures.training.chunks import Chunk, keep_chunk, stack_drawings
from generate.pictures.training.loop import make_optimisers
from generate.pictures.training.plan import Plan
from generate.pictures.training.run import Run, go_on, step_by_clock
from generate.recipe import derive_seed, digest

SMALL, PATCH, BATCH = 64, 24, 16
CHUNK = 64
NOISIEST, RATE = 0.08, 3e-3


class RefinerLessons:
    """Patches of small pictures, uint8 (N, 3, S, S), with noise on them, and of the large ones.

    Small pictures are the large ones' own smaller renderings, as a perfect first stage would give.
    """

    phases = ("all",)

    def __init__(self, network: Refiner, small: Tensor, large: Tensor) -> None:
        self.network, self.small, self.large = network, small, large

    def groups(self, phase: str, plan: Plan) -> list[dict[str, Any]]:
        """All weights alike."""
        return [
            {"params": list(self.network.parameters()), "weight_decay": plan.decay, "share": 1.0}
        ]

    def draw(self, plan: Plan, step: int, generator: torch.Generator) -> Rows:
        """ "small" (B, 3, P, P) and "large" (B, 3, 4 P, 4 P) in [-1, 1], half of them mirrored."""
        places = torch.randint(len(self.small), (plan.batch,), generator=generator).tolist()
        most = self.small.shape[-1] - PATCH + 1
        corners = torch.randint(most, (plan.batch, 2), generator=generator).tolist()
        mirrored = torch.rand(plan.batch, generator=generator) < 0.5
        rows = {}
        for name, pictures, times in (("small", self.small, 1), ("large", self.large, TIMES)):
            side = PATCH * times
            patches = [
                pictures[place, :, y * times : y * times + side, x * times : x * times + side]
                for place, (y, x) in zip(places, corners, strict=True)
            ]
            stack = from_levels(torch.stack(patches))
            rows[name] = torch.where(mirrored[:, None, None, None], stack.flip(-1), stack)
        return rows

    def chance(self, phase: str, batch: Rows, generator: torch.Generator, share: float) -> Rows:
        """Noise, and its level, drawn evenly."""
        level = torch.rand(len(batch["small"]), generator=generator) * NOISIEST
        return {"level": level, "noise": torch.randn(batch["small"].shape, generator=generator)}

    def losses(self, phase: str, batch: Rows, chance: Rows) -> Tensor:
        """Absolute error of colours and of their differences along rows and columns (B,).

        The differences keep edges crisp.
        """
        seen = batch["small"] + chance["noise"] * chance["level"].view(-1, 1, 1, 1)
        error = self.network(seen, chance["level"]).float() - batch["large"]
        parts = (error, error.diff(dim=2), error.diff(dim=3))
        return torch.stack([part.abs().mean((1, 2, 3)) for part in parts]).sum(0)

    def split_losses(self, losses: Tensor, chance: Rows) -> dict[str, float]:
        """Nothing to tell apart."""
        return {}


def train_refiner(home: Path, pairs: int = 256, minutes: float = 5.0) -> None:
    """Train on ``pairs`` drawings for ``minutes``; keep the weights' average as float16.

    An eighth of the pairs is held out: weights that do no better on them than Lanczos are not
    written. Stopped, it goes on from its last checkpoint.
    """
    small, large = gather_pairs(home, pairs)
    held = pairs // 8
    torch.manual_seed(0)
    lessons = RefinerLessons(Refiner(), small[held:], large[held:])
    plan = Plan(10**7, BATCH, BATCH, RATE, window=0.06, clip=1e9, arithmetic="bfloat16")
    average = copy_weights(lessons.network)
    key = digest(["refiner", pairs, minutes])
    run = Run(lessons, plan, average, make_optimisers(lessons, plan), key)
    go_on(run, home)

    def show() -> None:
        ours, lanczos = compare(average, small[:held], large[:held])
        print(f"refiner   held out: {ours:.2f} dB, Lanczos {lanczos:.2f} dB", flush=True)
        if ours > lanczos:
            halves = {name: weight.half() for name, weight in average.items()}
            write_tensors(WEIGHTS, halves)

    step_by_clock(run, lessons, home, minutes * 60, show, 50, 0.6, 60.0, minutes * 6)


@torch.inference_mode()
def compare(average: dict[str, Tensor], small: Tensor, large: Tensor) -> tuple[float, float]:
    """Mean PSNR in dB on held-out pairs: the refiner with weights ``average``, and Lanczos."""
    refiner = Refiner().eval()
    refiner.load_state_dict(average)
    ours, lanczos = [], []
    for seen, wanted in zip(small, large, strict=True):
        answer = refiner(from_levels(seen[None]), torch.tensor([LEVEL]))
        ours.append(psnr(to_levels(answer)[0], wanted.numpy()))
        resized = np.asarray(enlarge_smoothly(seen.numpy()))
        lanczos.append(psnr(resized.transpose(2, 0, 1), wanted.numpy()))
    return float(np.mean(ours)), float(np.mean(lanczos))


def psnr(one: np.ndarray, other: np.ndarray) -> float:
    """Peak signal-to-noise ratio in dB of pictures of 255 levels."""
    error = float(np.mean((one.astype(np.float64) - other) ** 2))
    return float(10 * np.log10(255**2 / max(error, 1e-12)))


def gather_pairs(home: Path, count: int) -> tuple[Tensor, Tensor]:
    """Drawings at 64 and 256 pixels, uint8, drawn in chunks that are kept in ``home``."""
    small: list[Tensor] = []
    large: list[Tensor] = []
    for start in tqdm(range(0, count, CHUNK), desc="pairs"):
        path = home / f"pairs-{start:06d}.safetensors"
        seeds = [derive_seed("refiner", start + n) for n in range(CHUNK)]
        pair, _ = keep_chunk(path, ["small", "large"], "seeds", partial(draw_pairs, seeds))
        small.append(pair["small"])
        large.append(pair["large"])
    return torch.cat(small)[:count], torch.cat(large)[:count]


def draw_pairs(seeds: list[int]) -> Chunk:
    """The drawings of ``seeds``, "small" and "large", and the seeds themselves."""
    sides = {"small": SMALL, "large": SMALL * TIMES}
    return {name: stack_drawings(draw_all(seeds, side)) for name, side in sides.items()}, seeds
