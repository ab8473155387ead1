"""The solver's steps as numbers give what diffusers' scheduler gives."""

import pytest
import torch

from generate.pictures.families import flow
from generate.pictures.summoning.course import GUIDED, SHIFT, plan_steps


def test_constants_are_those_of_the_flow():
    assert GUIDED == flow.GUIDED and SHIFT == flow.SHIFT


@pytest.mark.parametrize("steps", [1, 2, 4, 16, 40])
@pytest.mark.parametrize("shift", [0.6, 1.0, 2.0])
def test_the_steps_are_those_of_diffusers(steps, shift):
    generator = torch.Generator().manual_seed(steps)
    scheduler = flow.start_scheduler(shift, steps)
    rows = plan_steps(steps, shift)
    assert len(rows) == len(scheduler.timesteps) == steps
    theirs = ours = torch.randn(1, 3, 4, 4, generator=generator)
    before = None
    for step, (level, a, b, c, d) in enumerate(rows):
        assert level == pytest.approx(float(scheduler.sigmas[step]), abs=1e-7)
        # Any function of picture and level will do for a network.
        pull = torch.sin(3 * ours) + level
        noise = torch.randn(1, 3, 4, 4, generator=generator)
        moment = scheduler.timesteps[step]
        theirs = scheduler.step(
            torch.sin(3 * theirs) + level, moment, theirs, variance_noise=noise
        ).prev_sample
        clean = ours - level * pull
        trend = 0 if before is None else clean - before
        ours, before = a * ours + b * clean + c * trend + d * noise, clean
        assert torch.allclose(ours, theirs, atol=2e-4)
