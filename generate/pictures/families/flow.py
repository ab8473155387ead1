"""The flow family: straight paths from noise to pictures, and the velocity along them.

x_t = (1 - t) x + t e; the network learns v = e - x (Lipman et al., arXiv 2210.02747; Liu et al.,
2209.03003), with t stratified and logit-normal (Esser et al., 2403.03206, section 3.1).
"""

import warnings
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from generate.errors import Refusal
from generate.files import write_text
from generate.pictures.compute.memory import in_parts
from generate.pictures.data.vocabulary import Vocabulary
from generate.pictures.families.base import Drawn, Family, Noise, Rows, Watch
from generate.pictures.families.denoiser import Denoiser, Start
from generate.pictures.networks.shape import Shape, choose_factor, choose_rows
from generate.pictures.networks.transplant import transplant
from generate.pictures.networks.unet import Network
from generate.pictures.training.plan import Plan

# Below this noise level pictures are not guided: what they show is settled by then, and guidance
# only smooths it (Kynkäänniemi et al., arXiv 2404.07724; tables in docs/experiments.md).
GUIDED = 0.3
# Below 1, more of the sampler's steps have little noise. Above 1, more have much noise, and there
# it is settled what a picture shows.
SHIFT, SHIFT_OF_NEW = 0.6, 2.0


@dataclass(frozen=True)
class Beginning(Start):
    """`Start` of a flow, with the ``shift`` of its sampler; tables in docs/experiments.md."""

    shift: float = SHIFT


# Random weights.
NOTHING = Beginning()
# Weights that know other pictures. They learn at the rate of new ones, once Adam's moments know
# enough, and words, most of which begin at zero, twenty times as fast. They know how to paint and
# must learn what to paint: that is settled at high noise, so high noise comes first. Each picture
# is seen too few times to be learnt both ways round, or moved.
OTHERS = Beginning(
    Plan(ramp=150, tail=0.9),
    enough=1000,
    mirrored=False,
    moved=False,
    words=20.0,
    lean=1.2,
    shift=SHIFT_OF_NEW,
)
# Weights that know such pictures already learn at a low rate. Moved pictures are slightly blurred,
# and the blur would show in all that is sampled.
THESE = Beginning(Plan(rate=3e-4, ramp=150), moved=False)

# Samples a model folder with diffusers alone.
SCRIPT = """\
import json
from pathlib import Path

import torch
from diffusers import DPMSolverMultistepScheduler, UNet2DModel
from safetensors.torch import load_file
from torch.nn.functional import pixel_shuffle, pixel_unshuffle

fold = json.loads(Path("jungle.json").read_text())["factor"]
words = json.loads(Path("words/vocabulary.json").read_text())["tokens"]
table = load_file("words/embedding.safetensors")["weight"].float()
unet = UNet2DModel.from_pretrained("unet", use_safetensors=True).eval()
solver = DPMSolverMultistepScheduler.from_pretrained("scheduler")
wanted = WORDS
told = sum((table[:, words.index(word)] for word in wanted), torch.zeros(len(table)))
s = unet.config.sample_size * fold
chance = torch.Generator().manual_seed(1)
x = torch.randn(1, 3, s, s, generator=chance)
solver.set_timesteps(STEPS)
with torch.inference_mode():
    for sigma, t in zip(solver.sigmas, solver.timesteps):
        v = unet(pixel_unshuffle(x, fold), sigma * 1000, told[None]).sample
        x = solver.step(pixel_shuffle(v, fold), t, x, generator=chance).prev_sample
pixels = ((x[0].clamp(-1, 1) + 1) * 127.5).round().byte()  # (3, s, s)
"""


class Flow(Denoiser):
    """A flow on ``network``, which answers with the velocity at a picture.

    A preconditioned variant (Karras et al., 2206.00364, restated for straight paths) was behind in
    mean error after 180 steps of 16, though ahead at high noise: worth a longer trial.
    """

    beginning: Beginning

    def __init__(
        self,
        network: Network,
        vocabulary: Vocabulary | None = None,
        facts: Mapping[str, Any] | None = None,
        own: Any = None,
    ) -> None:
        super().__init__(network, vocabulary, facts, own)
        self.beginning = NOTHING
        self.shift = float(self.facts.get("shift", SHIFT))
        if not self.shift > 0:
            raise ValueError("shift")

    @classmethod
    def choose_shape(cls, size: int, own: Any = None) -> Shape:
        shape = replace(Shape(), size=size, factor=choose_factor(size))
        return replace(shape, dropout=own.dropout) if own and own.dropout else shape

    def begin(self, donor: Family | None, source: str) -> Beginning:
        """The donor's weights, whatever its size, folding and words.

        `Refusal` if more than half of the layers are of another shape.
        """
        found = NOTHING
        if donor is not None:
            if not isinstance(donor, Denoiser):
                raise Refusal("a model of another family; name another folder, or scratch")
            strange = transplant(donor.network, donor.vocabulary, self.network, self.vocabulary)
            if len(strange) > len(self.network.unet.state_dict()) // 2:
                raise Refusal("weights of another shape; name another folder, or scratch")
            found = begin_from(donor.facts, source)
        self.beginning = override(found, self.own)
        self.shift = self.beginning.shift
        kept = ("mirrored", "moved", "shift")
        self.facts |= {name: getattr(self.beginning, name) for name in kept}
        return self.beginning

    def save(self, folder: Path, half: bool = False) -> None:
        super().save(folder, half)
        scheduler = make_scheduler(self.shift)
        write_text(folder / "scheduler/scheduler_config.json", scheduler.to_json_string())

    def chance(self, phase: str, batch: Rows, generator: torch.Generator, share: float) -> Rows:
        shape = batch["pictures"].shape
        return {
            "told": self.withhold(shape[0], generator),
            "times": draw_times(shape[0], generator, self.beginning.lean * (1 - share)),
            "noise": torch.randn(shape, generator=generator),
        }

    def losses_at(self, pictures: Tensor, told: Tensor, times: Tensor, noise: Tensor) -> Tensor:
        spread = times.view(-1, 1, 1, 1)
        noisy = (1 - spread) * pictures + spread * noise
        velocity = self.velocity(noisy, times, told)
        return (velocity - (noise - pictures)).square().mean((1, 2, 3))

    def velocity(self, noisy: Tensor, times: Tensor, conditions: Tensor) -> Tensor:
        """dx/dt at ``noisy`` (B, 3, S, S), ``times`` (B,) in [0, 1]."""
        answer: Tensor = self.network(noisy, times * 1000, conditions)
        return answer

    @torch.inference_mode()
    def sample(
        self,
        conditions: Tensor,
        noise: Noise,
        steps: int,
        guidance: float = 1.0,
        watch: Watch | None = None,
    ) -> Drawn:
        """``guidance`` w mixes v = v_none + w (v_asked - v_none) (Ho and Salimans, 2207.12598)."""
        device, most = self.device, choose_rows(self.network.shape)
        state, conditions = noise.start.to(device), conditions.to(device)
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
            fresh = noise.draw().to(device)
            state = scheduler.step(velocity, moment, state, variance_noise=fresh).prev_sample
            if watch:
                watch(step + 1, state)
        return Drawn(state.clamp(-1, 1))

    def write_script(self, steps: int) -> str:
        wanted = repr(list(self.vocabulary.tokens[:1]))
        return SCRIPT.replace("WORDS", wanted).replace("STEPS", str(steps))


def begin_from(known: Mapping[str, Any], source: str) -> Beginning:
    """What follows from weights whose model's facts are ``known``, for pictures of ``source``.

    Those that know such pictures go on seeing and painting them as they did when they met them.
    """
    if known.get("source") != source:
        return OTHERS
    return replace(
        THESE,
        mirrored=bool(known.get("mirrored", THESE.mirrored)),
        moved=bool(known.get("moved", THESE.moved)),
        shift=float(known.get("shift", SHIFT)),
    )


def override(beginning: Beginning, own: Any) -> Beginning:
    """``beginning`` with what [pictures.flow] says otherwise."""
    said = own.model_dump(exclude_none=True) if own else {}
    plan = {name: said[name] for name in ("rate", "window") if name in said}
    start = {name: said[name] for name in ("lean", "forget", "shift") if name in said}
    return replace(beginning, plan=replace(beginning.plan, **plan), **start)


def draw_times(count: int, generator: torch.Generator, lean: float = 0.0) -> Tensor:
    """Times (count,) in (0, 1): one from each ``count``-th of a logit-normal, in random order.

    Its deviation is 1 and its mean ``lean``.
    """
    places = torch.randperm(count, generator=generator)
    shares = (places + torch.rand(count, generator=generator)) / count
    return torch.sigmoid(torch.special.ndtri(shares.clamp(1e-4, 1 - 1e-4)) + lean)


def make_scheduler(shift: float) -> Any:
    """SDE-DPM-Solver++(2M) on straight paths (Lu et al., arXiv 2211.01095), from diffusers.

    Each step adds some noise and takes away as much more, so that a step mends the faults of the
    one before and keeps fine texture, which the ordinary equation smooths away. ``shift`` spaces
    the steps: s t / (1 + (s - 1) t) of evenly spaced t.
    """
    from diffusers import DPMSolverMultistepScheduler

    return DPMSolverMultistepScheduler(
        algorithm_type="sde-dpmsolver++",
        prediction_type="flow_prediction",
        use_flow_sigmas=True,
        flow_shift=shift,
    )
