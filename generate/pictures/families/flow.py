"""The flow family: straight paths from noise to pictures, and the velocity along them.

x_t = (1 - t) x + t e; the network learns v = e - x (Lipman et al., arXiv 2210.02747; Liu et al.,
2209.03003), with t stratified and logit-normal (Esser et al., 2403.03206, section 3.1).
"""

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from generate.pictures.compute.memory import choose_rows, in_parts
from generate.pictures.model_folder import Network, device_of

Watch = Callable[[int, Tensor], None]

# Below this noise level pictures are not guided: what they show is settled by then, and guidance
# only smooths it (Kynkäänniemi et al., arXiv 2404.07724; tables in docs/experiments.md).
GUIDED = 0.3
# Below 1, more of the steps are taken where there is little noise; above it, where there is much,
# which is where it is settled what a picture shows.
SHIFT, SHIFT_OF_NEW = 0.6, 2.0


@dataclass
class Batch:
    """Pictures (B, 3, S, S) in [-1, 1] with their conditions (B, words + alterations)."""

    pictures: Tensor
    conditions: Tensor


@dataclass
class Flow:
    """A flow on ``network``, which answers with the velocity at a picture.

    A preconditioned variant (Karras et al., 2206.00364, restated for straight paths) was behind in
    mean error after 180 steps of 16, though ahead where there is much noise: worth a longer trial.
    """

    network: Network
    shift: float = SHIFT

    def draw(
        self, shape: torch.Size, generator: torch.Generator, lean: float = 0.0
    ) -> tuple[Tensor, Tensor]:
        """Times (B,) in (0, 1) and noise of ``shape`` (B, 3, S, S), to learn a batch at.

        ``lean`` is the mean of the times' logit: above 0, more of them are of much noise.
        """
        return draw_times(shape[0], generator, lean), torch.randn(shape, generator=generator)

    def losses_at(self, batch: Batch, times: Tensor, noise: Tensor) -> Tensor:
        """Loss of each picture (B,) at given times (B,) and noise."""
        spread = times.view(-1, 1, 1, 1)
        noisy = (1 - spread) * batch.pictures + spread * noise
        velocity = self.velocity(noisy, times, batch.conditions)
        return (velocity - (noise - batch.pictures)).square().mean((1, 2, 3))

    def velocity(self, noisy: Tensor, times: Tensor, conditions: Tensor) -> Tensor:
        """dx/dt at ``noisy`` (B, 3, S, S), ``times`` (B,) in [0, 1]."""
        return self.network(noisy, times * 1000, conditions)

    def make_scheduler(self) -> Any:
        """The diffusers scheduler that is saved beside the network."""
        return make_scheduler(self.shift)

    @torch.inference_mode()
    def sample(
        self,
        conditions: Tensor,
        generators: Sequence[torch.Generator],
        steps: int = 16,
        guidance: float = 1.0,
        watch: Watch | None = None,
    ) -> Tensor:
        """One picture (3, S, S) in [-1, 1] for each row of ``conditions``, noise by ``generators``.

        ``guidance`` w mixes v = v_none + w (v_asked - v_none) (Ho and Salimans, arXiv 2207.12598).
        ``watch(i, x)`` sees the noise (i = 0) and the state after each of ``steps`` steps. The
        solver's own noise, too, is each picture's own, so its company changes nothing.
        """
        device, most = device_of(self.network), choose_rows(self.network.shape)
        state = draw_noise(self.network, generators).to(device)
        conditions = conditions.to(device)
        count = len(state)
        # An unconditioned training set has nothing to be guided by.
        guided = guidance != 1 and bool(conditions.any())
        both = torch.cat([conditions, torch.zeros_like(conditions)]) if guided else conditions
        scheduler = make_scheduler(self.shift)
        with warnings.catch_warnings():
            # diffusers hands numpy a tensor in the manner of numpy 1.
            warnings.simplefilter("ignore", DeprecationWarning)
            scheduler.set_timesteps(steps)
        if watch:
            watch(0, state)
        for step, moment in enumerate(scheduler.timesteps):
            level = float(scheduler.sigmas[step])
            time = torch.full((2 * count,), level, device=device)
            if guided and level >= GUIDED:
                doubled = torch.cat([state, state])
                asked, none = in_parts(self.velocity, most, doubled, time, both).split(count)
                velocity = none + guidance * (asked - none)
            else:
                velocity = in_parts(self.velocity, most, state, time[:count], conditions)
            fresh = draw_noise(self.network, generators).to(device)
            state = scheduler.step(velocity, moment, state, variance_noise=fresh).prev_sample
            if watch:
                watch(step + 1, state)
        return state.clamp(-1, 1)


def draw_times(count: int, generator: torch.Generator, lean: float = 0.0) -> Tensor:
    """Times (count,) in (0, 1): one from each ``count``-th of a logit-normal, in random order.

    Its deviation is 1 and its mean ``lean``.
    """
    places = torch.randperm(count, generator=generator)
    shares = (places + torch.rand(count, generator=generator)) / count
    return torch.sigmoid(torch.special.ndtri(shares.clamp(1e-4, 1 - 1e-4)) + lean)


def draw_noise(network: Network, generators: Sequence[torch.Generator]) -> Tensor:
    """Standard normal (len(generators), 3, S, S), each picture from its own generator."""
    size = network.shape.size
    return torch.cat([torch.randn(1, 3, size, size, generator=g) for g in generators])


def make_scheduler(shift: float) -> Any:
    """SDE-DPM-Solver++(2M) on straight paths (Lu et al., arXiv 2211.01095), from diffusers.

    Each step adds some noise and takes away as much more. What a step gets wrong is so mended by
    the next, and fine texture, which the ordinary equation smooths away, is kept. ``shift`` spaces
    the steps: s t / (1 + (s - 1) t) of evenly spaced t.
    """
    from diffusers import DPMSolverMultistepScheduler

    return DPMSolverMultistepScheduler(
        algorithm_type="sde-dpmsolver++",
        prediction_type="flow_prediction",
        use_flow_sigmas=True,
        flow_shift=shift,
    )
