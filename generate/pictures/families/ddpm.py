"""The classic family: DDPM with 1000 linear steps and a noise target (Ho et al., 2006.11239)."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from generate.errors import Refusal
from generate.files import write_json, write_text
from generate.pictures.compute.memory import in_parts
from generate.pictures.families.base import Drawn, Family, Noise, Rows, Watch
from generate.pictures.families.denoiser import Denoiser, Start
from generate.pictures.networks.shape import Shape, choose_rows
from generate.pictures.training.plan import Plan

STEPS = 1000
CLASSIC = Shape(
    factor=1,
    widths=(64, 128, 256, 512),
    layers=2,
    attention=2,
    heads=8,
    groups=32,
    conditioned=False,
)
# The recipe's own plan, in the only arithmetic that it knows. It begins from random weights alone.
BEGINNING = Start(
    Plan(rate=2e-5, warm=0, tail=0, beta=0.999, clip=1e9),
    batch=16,
    capped=True,
    moved=False,
    arithmetic="float32",
    forget=0.0,
)
# Samples a model folder with diffusers alone.
SCRIPT = """\
import torch
from diffusers import DDIMScheduler, UNet2DModel

unet = UNet2DModel.from_pretrained("unet", use_safetensors=True).eval()
solver = DDIMScheduler(timestep_spacing="trailing")
s = unet.config.sample_size
x = torch.randn(1, 3, s, s, generator=torch.Generator().manual_seed(1))
solver.set_timesteps(STEPS)
with torch.inference_mode():
    for t in solver.timesteps:
        x = solver.step(unet(x, t).sample, t, x).prev_sample
pixels = ((x[0].clamp(-1, 1) + 1) * 127.5).round().byte()  # (3, s, s)
"""


class Ddpm(Denoiser):
    """A denoising diffusion on ``network``, which answers with the noise in a picture."""

    @classmethod
    def choose_shape(cls, size: int, own: Any = None) -> Shape:
        if size % 8:
            raise Refusal(f"pictures.size = {size}: it must be a multiple of 8")
        shape = replace(CLASSIC, size=size)
        return replace(shape, dropout=own.dropout) if own and own.dropout else shape

    def begin(self, donor: Family | None, source: str) -> Start:
        plan = BEGINNING.plan
        if self.own and self.own.rate:
            plan = replace(plan, rate=self.own.rate)
        self.beginning = replace(BEGINNING, plan=plan)
        return self.beginning

    def save(self, folder: Path, half: bool = False) -> None:
        """Also as a pipeline of diffusers, which has one for this recipe."""
        super().save(folder, half)
        scheduler = make_scheduler()
        write_text(folder / "scheduler/scheduler_config.json", scheduler.to_json_string())
        parts = {"unet": self.network.unet, "scheduler": scheduler}
        index = {name: ["diffusers", type(part).__name__] for name, part in parts.items()}
        write_json(folder / "model_index.json", {"_class_name": "DDPMPipeline", **index})

    def chance(self, phase: str, batch: Rows, generator: torch.Generator, share: float) -> Rows:
        shape = batch["pictures"].shape
        told = self.withhold(shape[0], generator)
        moments = torch.randint(STEPS, (shape[0],), generator=generator)
        noise = torch.randn(shape, generator=generator)
        return {"told": told, "times": moments / STEPS, "noise": noise}

    def losses_at(self, pictures: Tensor, told: Tensor, times: Tensor, noise: Tensor) -> Tensor:
        moments = (times * STEPS).round().long().clamp(0, STEPS - 1)
        noisy = make_scheduler().add_noise(pictures, noise, moments)
        return (self.network(noisy, moments, told) - noise).square().mean((1, 2, 3))

    @torch.inference_mode()
    def sample(
        self,
        conditions: Tensor,
        noise: Noise,
        steps: int,
        guidance: float = 1.0,
        watch: Watch | None = None,
    ) -> Drawn:
        """All 1000 steps run the ancestral sampler, fewer run DDIM (Song et al., 2010.02502).

        ``guidance`` has no effect.
        """
        device, most = self.device, choose_rows(self.network.shape)
        state, conditions = noise.start.to(device), conditions.to(device)
        scheduler = make_scheduler(steps)
        scheduler.set_timesteps(steps)
        if watch:
            watch(0, state)
        for step, moment in enumerate(scheduler.timesteps):
            moments = moment.expand(len(state)).to(device)
            answer = in_parts(self.network, most, state, moments, conditions)
            if steps == STEPS:
                # The scheduler draws one noise for a batch; picture by picture each has its own.
                state = torch.cat(
                    [
                        scheduler.step(a[None], moment, s[None], generator=g).prev_sample
                        for a, s, g in zip(answer, state, noise.generators, strict=True)
                    ]
                )
            else:
                state = scheduler.step(answer, moment, state).prev_sample
            if watch:
                watch(step + 1, state)
        return Drawn(state.clamp(-1, 1))

    def write_script(self, steps: int) -> str:
        return SCRIPT.replace("STEPS", str(min(steps, 50)))


def make_scheduler(steps: int = STEPS) -> Any:
    """diffusers' DDPM scheduler, or DDIM's for fewer than 1000 steps, ending on pure noise."""
    from diffusers import DDIMScheduler, DDPMScheduler

    if steps == STEPS:
        return DDPMScheduler(num_train_timesteps=STEPS)
    return DDIMScheduler(num_train_timesteps=STEPS, timestep_spacing="trailing")
