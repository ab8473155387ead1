"""Train the refiner on pairs of small and large drawings of the field guide.

Writes work/starter/pairs-*.safetensors and generate/pictures/starter/refiner.safetensors.
"""

import time
from functools import partial
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from safetensors.torch import save_file
from torch import Tensor
from tqdm import tqdm

from generate.files import replacing
from generate.pictures.compute.precision import arithmetic
from generate.pictures.refining.refiner import LEVEL, TIMES, WEIGHTS, Refiner
from generate.pictures.training.chunks import Chunk, keep_chunk, stack_drawings
from generate.pictures.training.loop import seeded
from generate.recipe import derive_seed

SMALL, PATCH, BATCH = 64, 24, 16
CHUNK = 64
NOISIEST, RATE = 0.08, 3e-3


def train_refiner(home: Path, pairs: int = 256, minutes: float = 5.0) -> None:
    """Train on ``pairs`` drawings for ``minutes`` of processor time; keep the average as float16.

    Small pictures are the large ones' own smaller renderings, as a perfect first stage would give,
    and their noise level is drawn evenly. The loss is absolute error of colours and of their
    differences along rows and columns, which keeps edges crisp. An eighth of the pairs is held out:
    weights that do no better on them than Lanczos are not written.
    """
    small, large = gather_pairs(home, pairs)
    held = pairs // 8
    torch.manual_seed(0)
    refiner = Refiner().train()
    average = {name: weight.detach().clone() for name, weight in refiner.named_parameters()}
    optimiser = torch.optim.AdamW(refiner.parameters(), lr=RATE, betas=(0.9, 0.99), fused=True)
    begun, step, share, told = time.process_time(), 0, 0.0, 0.0
    with tqdm(total=round(minutes * 60), unit="s", desc="refiner") as bar:
        while share < 1:
            for group in optimiser.param_groups:
                group["lr"] = RATE * min(1, (step + 1) / 50, max(0.01, (1 - share) / 0.6))
            loss = train_step(refiner, small[held:], large[held:], step)
            optimiser.step()
            optimiser.zero_grad(set_to_none=True)
            step += 1
            keep = min(0.995, step / (step + 10))
            for name, weight in refiner.named_parameters():
                average[name].lerp_(weight.detach(), 1 - keep)
            elapsed = time.process_time() - begun
            share = elapsed / (minutes * 60)
            bar.update(min(round(elapsed), bar.total) - bar.n)
            bar.set_postfix(loss=f"{loss:.4f}", steps=step, refresh=False)
            if share >= 1 or share - told > 0.1:
                told = share
                ours, lanczos = compare(average, small[:held], large[:held])
                print(f"refiner   held out: {ours:.2f} dB, Lanczos {lanczos:.2f} dB", flush=True)
                if ours > lanczos:
                    write_refiner(average, WEIGHTS)


@torch.inference_mode()
def compare(average: dict[str, Tensor], small: Tensor, large: Tensor) -> tuple[float, float]:
    """Mean PSNR in dB on held-out pairs: the refiner with weights ``average``, and Lanczos."""
    refiner = Refiner().eval()
    refiner.load_state_dict(average)
    ours, lanczos = [], []
    for seen, wanted in zip(small, large, strict=True):
        goal = wanted.numpy().astype(np.float64)
        answer = refiner(seen[None].float() / 127.5 - 1, torch.tensor([LEVEL]))[0]
        ours.append(psnr((answer.clamp(-1, 1).numpy() + 1) * 127.5, goal))
        image = Image.fromarray(seen.permute(1, 2, 0).contiguous().numpy())
        resized = image.resize((goal.shape[2], goal.shape[1]), Image.Resampling.LANCZOS)
        lanczos.append(psnr(np.asarray(resized).transpose(2, 0, 1), goal))
    return float(np.mean(ours)), float(np.mean(lanczos))


def psnr(one: np.ndarray, other: np.ndarray) -> float:
    """Peak signal-to-noise ratio in dB of pictures of 255 levels."""
    error = float(np.mean((one.astype(np.float64) - other) ** 2))
    return float(10 * np.log10(255**2 / max(error, 1e-12)))


def train_step(refiner: Refiner, small: Tensor, large: Tensor, step: int) -> float:
    """Gradients of one batch of patches; its loss."""
    generator = seeded("refiner", step)
    seen, wanted = draw_patches(small, large, generator)
    level = torch.rand(len(seen), generator=generator) * NOISIEST
    noise = torch.randn(seen.shape, generator=generator) * level.view(-1, 1, 1, 1)
    with arithmetic("bfloat16"):
        answer = refiner(seen + noise, level)
    error = answer.float() - wanted
    loss = error.abs().mean() + error.diff(dim=2).abs().mean() + error.diff(dim=3).abs().mean()
    loss.backward()
    return float(loss)


def draw_patches(small: Tensor, large: Tensor, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Patches (BATCH, 3, PATCH, PATCH) and their large ones, in [-1, 1], half of them mirrored."""
    places = torch.randint(len(small), (BATCH,), generator=generator).tolist()
    corners = torch.randint(small.shape[-1] - PATCH + 1, (BATCH, 2), generator=generator).tolist()
    seen, wanted = [], []
    for place, (row, column) in zip(places, corners, strict=True):
        seen.append(small[place, :, row : row + PATCH, column : column + PATCH])
        rows = slice(row * TIMES, (row + PATCH) * TIMES)
        wanted.append(large[place, :, rows, column * TIMES : (column + PATCH) * TIMES])
    mirrored = torch.rand(BATCH, generator=generator) < 0.5
    pairs = []
    for patches in (seen, wanted):
        stack = torch.stack(patches).float() / 127.5 - 1
        pairs.append(torch.where(mirrored[:, None, None, None], stack.flip(-1), stack))
    return pairs[0], pairs[1]


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
    from generate.pictures.fieldguide.drawings import draw_all

    sides = {"small": SMALL, "large": SMALL * TIMES}
    return {name: stack_drawings(draw_all(seeds, side)) for name, side in sides.items()}, seeds


def write_refiner(average: dict[str, Tensor], path: Path) -> None:
    """Write the refiner's weights as float16 safetensors."""
    with replacing(path) as temporary:
        save_file({n: w.half().contiguous() for n, w in average.items()}, temporary)
