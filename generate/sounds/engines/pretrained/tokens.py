"""Models of transformers that make sound from words: MusicGen writes codes, Bark and VITS speak."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from generate.errors import Refusal
from generate.sounds.engines.pretrained.singer import Array, Order, seeded

# MusicGen learnt clips of so many seconds (Copet et al., arXiv 2306.05284).
LEARNT = 30.0


@dataclass
class MusicGen:
    """MusicGen: codes one after the other, as many as the seconds need."""

    model: Any
    processor: Any
    kind: str
    rate: int
    longest: float
    heeds: tuple[str, ...] = ("prompt", "seconds", "guidance")

    def sing(self, order: Order, seed: int) -> Array:
        """One clip, up to a code longer than asked for."""
        asked = self.processor(text=[order.prompt], padding=True, return_tensors="pt")
        guidance = 3.0 if order.guidance is None else order.guidance
        with seeded(seed):
            made = self.model.generate(
                **asked.to(self.model.device),
                do_sample=True,
                guidance_scale=guidance,
                max_new_tokens=count_tokens(self.model, order.seconds),
            )
        samples = made[0].float().cpu().numpy()
        return np.ascontiguousarray(samples.T[: math.ceil(order.seconds * self.rate)], np.float32)


def count_tokens(model: Any, seconds: float) -> int:
    """Steps that give so many seconds: the codebooks are written one step behind each other."""
    return math.ceil(seconds * find_frame_rate(model)) + int(model.config.decoder.num_codebooks)


def find_frame_rate(model: Any) -> float:
    """Codes a second of each codebook."""
    return float(model.config.audio_encoder.frame_rate)


@dataclass
class Speaker:
    """A model that says a text aloud and decides for itself how long that takes."""

    model: Any
    processor: Any
    kind: str
    rate: int
    longest: float = math.inf
    heeds: tuple[str, ...] = ("prompt",)

    def sing(self, order: Order, seed: int) -> Array:
        """One clip."""
        asked = self.processor(order.prompt, return_tensors="pt").to(self.model.device)
        with seeded(seed):
            if self.model.can_generate():
                made = self.model.generate(**asked, do_sample=True)
            else:
                made = self.model(**asked)[0]
        return np.ascontiguousarray(np.atleast_2d(made[0].float().cpu().numpy()).T, np.float32)


def adapt_musicgen(model: Any, processor: Any, kind: str) -> MusicGen:
    """MusicGen, as long as its own limit of codes, at most what it learnt."""
    most = getattr(model.generation_config, "max_length", None) or math.inf
    own = (most - int(model.config.decoder.num_codebooks)) / find_frame_rate(model)
    rate = int(model.config.audio_encoder.sampling_rate)
    return MusicGen(model, processor, kind, rate, min(own, LEARNT))


def adapt_bark(model: Any, processor: Any, kind: str) -> Speaker:
    """Bark: speech and noises, as the text says in brackets."""
    return Speaker(model, processor, kind, int(model.generation_config.sample_rate))


def adapt_vits(model: Any, processor: Any, kind: str) -> Speaker:
    """VITS: speech."""
    return Speaker(model, processor, kind, int(model.config.sampling_rate))


# By the kind that a config names.
ADAPTERS = {"musicgen": adapt_musicgen, "bark": adapt_bark, "vits": adapt_vits}


def open_tokens(model: str, options: dict[str, Any], dtype: str, offload: bool | None) -> Any:
    """The model of transformers where it computes best, adapted.

    Weights are read as safetensors alone, and no code of the model's folder is run. Raises
    `Refusal` for a kind that makes no sound from words, and whatever the loaders raise.
    """
    import torch
    from transformers import AutoConfig, AutoModelForTextToWaveform, AutoProcessor, AutoTokenizer
    from transformers.utils import logging

    from generate.pictures.compute.precision import NAMES, choose_device

    if offload:
        raise Refusal(
            "sounds.offload = true is for pipelines of diffusers; leave it out for models of "
            "transformers"
        )
    logging.disable_progress_bar()
    options = {**options, "trust_remote_code": False}
    kind = str(getattr(AutoConfig.from_pretrained(model, **options), "model_type", ""))
    if kind not in ADAPTERS:
        raise Refusal(
            f"sounds.model: {model} is a {kind} of transformers, which makes no sound from words "
            f"here; known: {', '.join(ADAPTERS)}, and pipelines of diffusers"
        )
    device = choose_device()
    # Speech models lose their pitch in half precision; MusicGen's codes do not.
    half = device.type != "cpu" and kind == "musicgen"
    number = (torch.float16 if half else torch.float32) if dtype == "auto" else NAMES[dtype]
    opened = AutoModelForTextToWaveform.from_pretrained(
        model, dtype=number, use_safetensors=True, **options
    )
    read = AutoTokenizer if kind == "vits" else AutoProcessor
    return ADAPTERS[kind](opened.to(device).eval(), read.from_pretrained(model, **options), kind)
