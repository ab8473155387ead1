"""The classic family: DDPM with 1000 linear steps and a noise target (Ho et al., 2006.11239)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from generate.pictures.compute.memory import choose_rows, in_parts
from generate.pictures.families.flow import Batch, Watch, draw_noise
from generate.pictures.model_folder import Network, device_of
from generate.pictures.networks.shape import Shape

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


@dataclass
class Ddpm:
    """A denoising diffusion on ``network``, which answers with the noise in a picture."""

    network: Network

    def draw(
        self, shape: torch.Size, generator: torch.Generator, lean: float = 0.0
    ) -> tuple[Tensor, Tensor]:
        """Times (B,) in [0, 1) and noise of ``shape`` (B, 3, S, S), to learn a batch at.

        They are even, and lean nowhere.
        """
        moments = torch.randint(STEPS, (shape[0],), generator=generator)
        return moments / STEPS, torch.randn(shape, generator=generator)

    def losses_at(self, batch: Batch, times: Tensor, noise: Tensor) -> Tensor:
        """Loss of each picture (B,) at given times (B,) in [0, 1) and noise."""
        moments = (times * STEPS).round().long().clamp(0, STEPS - 1)
        noisy = make_scheduler().add_noise(batch.pictures, noise, moments)
        answer = self.network(noisy, moments, batch.conditions)
        return (answer - noise).square().mean((1, 2, 3))

    def make_scheduler(self) -> Any:
        """The diffusers scheduler that is saved beside the network."""
        return make_scheduler()

    @torch.inference_mode()
    def sample(
        self,
        conditions: Tensor,
        generators: Sequence[torch.Generator],
        steps: int = STEPS,
        guidance: float = 1.0,
        watch: Watch | None = None,
    ) -> Tensor:
        """One picture (3, S, S) in [-1, 1] for each row of ``conditions``; ``guidance`` is unused.

        All 1000 steps run the ancestral sampler; fewer run DDIM (Song et al., 2010.02502). Noise,
        the sampler's too, is each picture's own.
        """
        device, most = device_of(self.network), choose_rows(self.network.shape)
        state = draw_noise(self.network, generators).to(device)
        conditions = conditions.to(device)
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
                        for a, s, g in zip(answer, state, generators, strict=True)
                    ]
                )
            else:
                state = scheduler.step(answer, moment, state).prev_sample
            if watch:
                watch(step + 1, state)
        return state.clamp(-1, 1)


def make_scheduler(steps: int = STEPS) -> Any:
    """diffusers' DDPM scheduler, or DDIM's for fewer than 1000 steps, ending on pure noise."""
    from diffusers import DDIMScheduler, DDPMScheduler

    if steps == STEPS:
        return DDPMScheduler(num_train_timesteps=STEPS)
    return DDIMScheduler(num_train_timesteps=STEPS, timestep_spacing="trailing")
