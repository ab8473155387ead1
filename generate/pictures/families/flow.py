"""The flow family: straight paths from noise to pictures, and the velocity along them.

x_t = (1 - t) x + t e; the network learns v = e - x (Lipman et al., arXiv 2210.02747; Liu et al.,
2209.03003), with t stratified and logit-normal (Esser et al., 2403.03206, section 3.1).
"""

import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, ClassVar

import torch
from torch import Tensor

from generate.errors import Refusal
from generate.files import write_text
from generate.pictures.compute.memory import in_parts
from generate.pictures.families.base import Family, Noise
from generate.pictures.families.denoiser import Denoiser, DenoiserBeginning
from generate.pictures.networks.shape import Shape, choose_factor, choose_rows
from generate.pictures.networks.transplant import transplant
from generate.pictures.training.plan import Plan

# Below this noise level there is no guidance. What a picture shows is settled by then, and guidance
# would only smooth it (Kynkäänniemi et al., arXiv 2404.07724; tables in docs/experiments.md).
GUIDED = 0.3
# Below 1, more of the sampler's steps are at low noise. Above 1, more are at high noise, where it
# is settled what a picture shows.
SHIFT, SHIFT_OF_NEW = 0.6, 2.0
# Samples a model folder with diffusers alone.
SCRIPT = Path(__file__).with_name("flow_script.txt")


@dataclass(frozen=True)
class FlowBeginning(DenoiserBeginning):
    """`DenoiserBeginning` with the ``shift`` of the sampler; tables in docs/experiments.md."""

    shift: float = SHIFT


FROM_SCRATCH = FlowBeginning()
# Weights that know other pictures. Their rate is that of new weights, after a longer rise in which
# Adam's moments settle; words, most of which begin at zero, have twenty times that rate. The
# weights know how to paint and must learn what to paint. That is settled at high noise, so high
# noise comes first. Each picture is seen only a few times: too few to learn it mirrored or moved.
FROM_OTHERS = FlowBeginning(
    Plan(ramp=150, tail=0.9),
    least_steps=1000,
    mirrored=False,
    moved=False,
    word_rate=20.0,
    noise_mean=1.2,
    shift=SHIFT_OF_NEW,
)
# Weights that know this kind of picture have a low rate. Moved pictures are slightly blurred, and
# the samples would be blurred too.
FROM_THE_SAME = FlowBeginning(Plan(rate=3e-4, ramp=150), moved=False)


class Flow(Denoiser):
    """A flow: ``network`` predicts the velocity at a noisy picture.

    A preconditioned variant (Karras et al., 2206.00364, restated for straight paths) was behind in
    mean error after 180 steps of 16, though ahead at high noise: worth a longer trial.
    """

    beginning: FlowBeginning = FROM_SCRATCH
    script: ClassVar[Path] = SCRIPT

    def __init__(self, *parts: Any, **named: Any) -> None:
        super().__init__(*parts, **named)
        self.shift = float(self.facts.get("shift", SHIFT))
        if not self.shift > 0:
            raise ValueError("shift")

    @classmethod
    def choose_shape(cls, size: int) -> Any:
        return replace(Shape(), size=size, factor=choose_factor(size))

    def begin(self, donor: Family | None, source: str) -> FlowBeginning:
        """The donor's weights, whatever its size, folding and words.

        `Refusal` if more than half of the layers are of another shape.
        """
        found = FROM_SCRATCH
        if donor is not None:
            if not isinstance(donor, Denoiser):
                raise Refusal("a model of another family; name another folder, or scratch")
            misfits = transplant(donor.network, donor.vocabulary, self.network, self.vocabulary)
            if len(misfits) > len(self.network.body.state_dict()) // 2:
                raise Refusal("weights of another shape; name another folder, or scratch")
            found = begin_from(donor.facts, source)
        self.beginning = apply_settings(found, self.own)
        self.shift = self.beginning.shift
        kept = ("mirrored", "moved", "shift")
        self.facts |= {name: getattr(self.beginning, name) for name in kept}
        return self.beginning

    def save(self, folder: Path, half: bool = False) -> None:
        super().save(folder, half)
        scheduler = make_scheduler(self.shift)
        write_text(folder / "scheduler/scheduler_config.json", scheduler.to_json_string())

    def draw_times(self, count: int, generator: torch.Generator, share: float) -> Tensor:
        return draw_times(count, generator, self.beginning.noise_mean * (1 - share))

    def losses_at(self, pictures: Tensor, words: Tensor, times: Tensor, noise: Tensor) -> Tensor:
        level = times.view(-1, 1, 1, 1)
        noisy = (1 - level) * pictures + level * noise
        velocity = self.velocity(noisy, times, words)
        return (velocity - (noise - pictures)).square().mean((1, 2, 3))

    def velocity(self, noisy: Tensor, times: Tensor, conditions: Tensor) -> Tensor:
        """dx/dt at ``noisy`` (B, 3, S, S), ``times`` (B,) in [0, 1]."""
        answer: Tensor = self.network(noisy, times * 1000, conditions)
        return answer

    def denoise(
        self, state: Tensor, conditions: Tensor, noise: Noise, steps: int, guidance: float
    ) -> Iterator[Tensor]:
        """``guidance`` w mixes v = v_none + w (v_asked - v_none) (Ho and Salimans, 2207.12598)."""
        count, rows = len(state), choose_rows(self.network.shape)
        # Without any condition there is nothing to guide towards.
        guided = guidance != 1 and bool(conditions.any())
        both = torch.cat([conditions, torch.zeros_like(conditions)]) if guided else conditions
        scheduler = start_scheduler(self.shift, steps)
        for step, moment in enumerate(scheduler.timesteps):
            level = float(scheduler.sigmas[step])
            time = torch.full((2 * count,), level, device=self.device)
            if guided and level >= GUIDED:
                doubled = torch.cat([state, state])
                asked, none = in_parts(self.velocity, rows, doubled, time, both).split(count)
                velocity = none + guidance * (asked - none)
            else:
                velocity = in_parts(self.velocity, rows, state, time[:count], conditions)
            fresh = noise.next().to(self.device)
            state = scheduler.step(velocity, moment, state, variance_noise=fresh).prev_sample
            yield state

    def write_script(self, steps: int) -> str:
        wanted = repr(list(self.vocabulary.tokens[:1]))
        return self.script.read_text().replace("WORDS", wanted).replace("STEPS", str(steps))


def begin_from(known: Mapping[str, Any], source: str) -> FlowBeginning:
    """How to train weights whose model's facts are ``known`` on pictures of ``source``.

    Weights that know this kind of picture keep the mirroring, moving and shift of their own run.
    """
    if known.get("source") != source:
        return FROM_OTHERS
    return replace(
        FROM_THE_SAME,
        mirrored=bool(known.get("mirrored", FROM_THE_SAME.mirrored)),
        moved=bool(known.get("moved", FROM_THE_SAME.moved)),
        shift=float(known.get("shift", SHIFT)),
    )


def apply_settings(beginning: FlowBeginning, own: Any) -> FlowBeginning:
    """``beginning`` with what [pictures.flow] says otherwise."""
    if not own:
        return beginning
    known = {entry.name for entry in fields(beginning)}
    plan = own.model_dump(include={"rate", "window"}, exclude_none=True)
    said = own.model_dump(include=known, exclude_none=True)
    return replace(beginning, plan=replace(beginning.plan, **plan), **said)


def draw_times(count: int, generator: torch.Generator, mean: float = 0.0) -> Tensor:
    """Noise levels (count,) in (0, 1), stratified: one from each ``count``-th of a logit-normal.

    In random order. The logit-normal has this ``mean`` and deviation 1.
    """
    places = torch.randperm(count, generator=generator)
    shares = (places + torch.rand(count, generator=generator)) / count
    return torch.sigmoid(torch.special.ndtri(shares.clamp(1e-4, 1 - 1e-4)) + mean)


def make_scheduler(shift: float) -> Any:
    """SDE-DPM-Solver++(2M) on straight paths (Lu et al., arXiv 2211.01095), from diffusers.

    Each step adds some noise and removes that much more. So it corrects errors of the step before,
    and keeps fine texture, which the ordinary equation smooths away. ``shift`` spaces the steps:
    s t / (1 + (s - 1) t) of evenly spaced t.
    """
    from diffusers import DPMSolverMultistepScheduler

    return DPMSolverMultistepScheduler(
        algorithm_type="sde-dpmsolver++",
        prediction_type="flow_prediction",
        use_flow_sigmas=True,
        flow_shift=shift,
    )


def start_scheduler(shift: float, steps: int) -> Any:
    """`make_scheduler`, ready to take ``steps`` steps from noise."""
    scheduler = make_scheduler(shift)
    with warnings.catch_warnings():
        # diffusers passes a tensor to numpy in a way that numpy 2 deprecates.
        warnings.simplefilter("ignore", DeprecationWarning)
        scheduler.set_timesteps(steps)
    return scheduler
