"""The classic family: DDPM with 1000 linear steps and a noise target (Ho et al., 2006.11239)."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from generate.errors import Refusal
from generate.files import write_json, write_text
from generate.pictures.compute.memory import in_parts
from generate.pictures.families.base import Family, Noise
from generate.pictures.families.denoiser import Denoiser, DenoiserBeginning
from generate.pictures.networks.shape import Shape, choose_rows
from generate.pictures.training.plan import Plan

STEPS = 1000
SCRIPT = Path(__file__).with_name("ddpm_script.txt")
CLASSIC = Shape(
    factor=1,
    widths=(64, 128, 256, 512),
    layers=2,
    attention=2,
    heads=8,
    groups=32,
    conditioned=False,
)
# The recipe's own plan and arithmetic. It always begins from random weights.
BEGINNING = DenoiserBeginning(
    Plan(rate=2e-5, warm=0, tail=0, beta=0.999, clip=1e9),
    batch=16,
    capped=True,
    moved=False,
    arithmetic="float32",
    word_dropout=0.0,
)


class Ddpm(Denoiser):
    """Denoising diffusion: ``network`` predicts the noise in a picture."""

    @classmethod
    def choose_shape(cls, size: int) -> Shape:
        if size % 8:
            raise Refusal(f"pictures.size = {size}: it must be a multiple of 8")
        return replace(CLASSIC, size=size)

    def begin(self, donor: Family | None, source: str) -> DenoiserBeginning:
        plan = BEGINNING.plan
        if self.own and self.own.rate:
            plan = replace(plan, rate=self.own.rate)
        self.beginning = replace(BEGINNING, plan=plan)
        return self.beginning

    def save(self, folder: Path, half: bool = False) -> None:
        """Also as a diffusers pipeline, DDPMPipeline."""
        super().save(folder, half)
        scheduler = make_scheduler()
        write_text(folder / "scheduler/scheduler_config.json", scheduler.to_json_string())
        parts = {"unet": self.network.unet, "scheduler": scheduler}
        index = {name: ["diffusers", type(part).__name__] for name, part in parts.items()}
        write_json(folder / "model_index.json", {"_class_name": "DDPMPipeline", **index})

    def draw_times(self, count: int, generator: torch.Generator, share: float) -> Tensor:
        return torch.randint(STEPS, (count,), generator=generator) / STEPS

    def losses_at(self, pictures: Tensor, words: Tensor, times: Tensor, noise: Tensor) -> Tensor:
        moments = (times * STEPS).round().long().clamp(0, STEPS - 1)
        noisy = make_scheduler().add_noise(pictures, noise, moments)
        return (self.network(noisy, moments, words) - noise).square().mean((1, 2, 3))

    def denoise(
        self, state: Tensor, conditions: Tensor, noise: Noise, steps: int, guidance: float
    ) -> Iterator[Tensor]:
        """1000 steps run the ancestral sampler, fewer run DDIM (Song et al., 2010.02502).

        ``guidance`` has no effect.
        """
        rows, scheduler = choose_rows(self.network.shape), make_scheduler(steps)
        scheduler.set_timesteps(steps)
        for moment in scheduler.timesteps:
            moments = moment.expand(len(state)).to(self.device)
            answer = in_parts(self.network, rows, state, moments, conditions)
            if steps == STEPS:
                # The scheduler draws one noise for all it is given; each picture needs its own.
                parts = zip(answer, state, noise.generators, strict=True)
                state = torch.cat(
                    [scheduler.step(a[None], moment, s[None], generator=g)[0] for a, s, g in parts]
                )
            else:
                state = scheduler.step(answer, moment, state).prev_sample
            yield state

    def write_script(self, steps: int) -> str:
        return SCRIPT.read_text().replace("STEPS", str(min(steps, 50)))


def make_scheduler(steps: int = STEPS) -> Any:
    """diffusers' DDPM scheduler, or DDIM's for fewer than 1000 steps, ending on pure noise."""
    from diffusers import DDIMScheduler, DDPMScheduler

    if steps == STEPS:
        return DDPMScheduler(num_train_timesteps=STEPS)
    return DDIMScheduler(num_train_timesteps=STEPS, timestep_spacing="trailing")
