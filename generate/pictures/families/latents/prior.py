"""The prior of an autoencoder: a flow that learns which latent numbers go with which words.

Straight paths from noise, as in `families.flow`, in the grid of the autoencoder instead of pixels.
"""

from collections.abc import Iterator

import torch
from torch import Tensor

from generate.pictures.families.base import Noise
from generate.pictures.families.flow import start_scheduler
from generate.pictures.networks.latent_flow import LatentFlow

# Half of the sampler's steps are above this noise level where it is 1 / 2.
SHIFT = 1.0


def measure_prior(
    prior: LatentFlow, latents: Tensor, words: Tensor, times: Tensor, noise: Tensor
) -> Tensor:
    """Errors (B,) of the velocity at ``latents`` (B, C, H, W), at the scale of the noise.

    ``times`` (B,) are noise levels in [0, 1].
    """
    level = times.view(-1, 1, 1, 1)
    noisy = (1 - level) * latents + level * noise
    return (prior(noisy, times, words) - (noise - latents)).square().mean((1, 2, 3))


def draw_latents(
    prior: LatentFlow, words: Tensor, noise: Noise, steps: int, guidance: float
) -> Iterator[tuple[Tensor, Tensor]]:
    """The state (N, C, H, W) after each of ``steps`` steps, and the end that is then expected.

    At high noise the end that is expected is a mean of all that may come: decoded, a blur.
    ``guidance`` w mixes v = v_none + w (v_asked - v_none) (Ho and Salimans, arXiv 2207.12598).
    """
    device = words.device
    state, count = noise.start.to(device), len(words)
    guided = guidance != 1 and bool(words.any())
    both = torch.cat([words, torch.zeros_like(words)]) if guided else words
    scheduler = start_scheduler(SHIFT, steps)
    for step, moment in enumerate(scheduler.timesteps):
        level = float(scheduler.sigmas[step])
        time = torch.full((len(both),), level, device=device)
        seen = torch.cat([state, state]) if guided else state
        velocity = prior(seen, time, both)
        if guided:
            asked, none = velocity.split(count)
            velocity = none + guidance * (asked - none)
        expected = state - level * velocity
        fresh = noise.next().to(device)
        state = scheduler.step(velocity, moment, state, variance_noise=fresh).prev_sample
        yield state, expected
