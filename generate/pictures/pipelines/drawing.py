"""Ask a pipeline for a picture, from one seed and no other chance, and watch it at work."""

import inspect
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import wraps
from typing import Any

import torch
from PIL import Image
from torch import Tensor
from torch.nn import functional

from generate.errors import Refusal

# Models that were distilled to draw in a few steps without guidance.
DISTILLED = re.compile(r"turbo|lightning|schnell|lcm|hyper-?sd|sprint", re.IGNORECASE)
# Pictures wider than this are decoded from smaller latents when they are shown at work.
SHOWN = 128


@dataclass
class Order:
    """What is asked of a pipeline for every picture."""

    steps: int
    guidance: float
    negative: str = ""
    pixels: int | None = None


@dataclass
class Work:
    """A finished picture, and the states (1, …) of the scheduler, the noise first."""

    picture: Image.Image
    states: list[Tensor] = field(default_factory=list)

    def take(self, count: int) -> list[Tensor]:
        """``count`` states, evenly spaced; some twice where the scheduler took fewer steps."""
        last = len(self.states) - 1
        return [self.states[round(place * last / max(1, count - 1))] for place in range(count)]


def draw_picture(pipeline: Any, prompt: str, generator: torch.Generator, order: Order) -> Work:
    """One picture of ``prompt``. ``generator`` decides all that is left to chance.

    Some pipelines seed the first noise only, and some schedulers take no generator and ask torch's
    own: that is seeded for them and put back. So a seed gives one picture, whatever was drawn
    before.
    """
    accepted = inspect.signature(pipeline.__call__).parameters
    wanted: dict[str, Any] = {
        "num_inference_steps": order.steps,
        "guidance_scale": order.guidance,
        "negative_prompt": order.negative or None,
        "height": order.pixels,
        "width": order.pixels,
        "generator": generator,
    }
    given = {n: v for n, v in wanted.items() if n in accepted and v is not None}
    asked = "prompt" if "prompt" in accepted else "class_labels"
    given[asked] = prompt if asked == "prompt" else [find_label(pipeline, prompt)]
    try:
        with (
            torch.random.fork_rng(devices=[]),
            torch.inference_mode(),
            warnings.catch_warnings(),
            recording(pipeline.scheduler, generator) as states,
        ):
            warnings.simplefilter("ignore")
            torch.manual_seed(generator.initial_seed())
            picture = pipeline(**given).images[0]
    except torch.OutOfMemoryError:
        raise Refusal(
            "pictures.model: no memory for one picture; set offload = true or fewer pixels"
        ) from None
    return Work(picture.convert("RGB"), states)


@contextmanager
def recording(scheduler: Any, generator: torch.Generator) -> Iterator[list[Tensor]]:
    """The states that ``scheduler`` goes through inside the block; it is given ``generator``.

    With guidance some pipelines step a picture twice at once: the first is kept.
    """
    states: list[Tensor] = []
    step = scheduler.step
    seedable = "generator" in inspect.signature(step).parameters

    @wraps(step)
    def watched(*args: Any, **named: Any) -> Any:
        if seedable and named.get("generator") is None:
            named["generator"] = generator
        if not states:
            states.append(named.get("sample", args[-1] if len(args) < 3 else args[2])[:1].cpu())
        answer = step(*args, **named)
        state = answer[0] if isinstance(answer, tuple) else answer.prev_sample
        states.append(state[:1].cpu())
        return answer

    scheduler.step = watched
    try:
        yield states
    finally:
        del scheduler.step


def decode_states(pipeline: Any, states: Tensor, side: int) -> Tensor:
    """What states (N, …) of the scheduler show, as pictures (N, 3, side, side) in [-1, 1].

    Latents are averaged first, so that decoding takes a fraction of a picture's time.
    """
    vae = getattr(pipeline, "vae", None)
    if states.ndim == 3 and hasattr(pipeline, "_unpack_latents"):  # Flux: a row of patches
        pixels = round(states.shape[1] ** 0.5) * 2 * pipeline.vae_scale_factor
        states = pipeline._unpack_latents(states, pixels, pixels, pipeline.vae_scale_factor)
    if vae is not None and states.ndim == 4 and states.shape[1] > 3:
        scale = getattr(pipeline, "vae_scale_factor", 8)
        smaller = max(1, states.shape[-1] * scale // SHOWN)
        states = functional.avg_pool2d(states.float(), smaller)
        factor = getattr(vae.config, "scaling_factor", None) or 1.0
        shift = getattr(vae.config, "shift_factor", None) or 0.0
        with torch.inference_mode():
            latents = (states / factor + shift).to(vae.device, vae.dtype)
            decoded = [vae.decode(one[None], return_dict=False)[0] for one in latents]
        states = torch.cat(decoded).float().cpu()
    pictures = states.float().clamp(-1, 1)
    return functional.interpolate(pictures, (side, side), mode="bilinear", antialias=True).clamp(
        -1, 1
    )


def find_label(pipeline: Any, prompt: str) -> int:
    """The class of a class-conditional pipeline whose name shares most words with ``prompt``."""
    asked = set(re.findall(r"[a-z]+", prompt.lower()))
    labels = getattr(pipeline, "labels", None) or {"": 0}

    def agree(name: str) -> float:
        words = re.findall(r"[a-z]+", name.lower())
        return len(asked & set(words)) / (1 + len(words))

    best = max(labels, key=agree)
    return int(labels[best])
