"""Pipelines of diffusers that make sound from words: Stable Audio, AudioLDM 2, MusicLDM."""

import importlib.util
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from generate.errors import Refusal
from generate.sounds.engines.pretrained.singer import Array, Order, seeded

HEEDS = ("prompt", "negative", "seconds", "steps", "guidance")


@dataclass
class Pipeline:
    """A pipeline of diffusers; ``length`` is what it calls the seconds asked for."""

    pipeline: Any
    kind: str
    rate: int
    longest: float
    length: str
    guidance: float
    heeds: tuple[str, ...] = HEEDS

    def sing(self, order: Order, seed: int) -> Array:
        """One clip. Clips are made one by one: with several some pipelines sort them, and what
        memory holds should not decide how they sound."""
        guidance = self.guidance if order.guidance is None else order.guidance
        with seeded(seed) as generator, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            made = self.pipeline(
                order.prompt,
                negative_prompt=order.negative or None,
                num_inference_steps=order.steps,
                guidance_scale=guidance,
                generator=generator,
                **{self.length: order.seconds},
            ).audios[0]
        samples = made.float().cpu().numpy() if hasattr(made, "cpu") else np.asarray(made)
        # One channel, (n,), or several, (channels, n).
        return np.ascontiguousarray(np.atleast_2d(samples).T, np.float32)


def adapt_stable_audio(pipeline: Any, kind: str) -> Pipeline:
    """Stable Audio: 44.1 kHz, two channels, as long as its transformer's grid."""
    rate = int(pipeline.vae.sampling_rate)
    longest = pipeline.transformer.config.sample_size * pipeline.vae.hop_length / rate
    return Pipeline(pipeline, kind, rate, longest, "audio_end_in_s", 7.0)


def adapt_audio_ldm(pipeline: Any, kind: str) -> Pipeline:
    """AudioLDM 2: 16 kHz, as long as the spectrograms that its network learnt."""
    vocoder = pipeline.vocoder.config
    step = float(np.prod(vocoder.upsample_rates)) / vocoder.sampling_rate
    longest = pipeline.unet.config.sample_size * pipeline.vae_scale_factor * step
    return Pipeline(pipeline, kind, int(vocoder.sampling_rate), longest, "audio_length_in_s", 3.5)


def adapt_music_ldm(pipeline: Any, kind: str) -> Pipeline:
    """MusicLDM: as AudioLDM 2, with less guidance.

    It expects of CLAP the features themselves, which since transformers 5 come wrapped.
    """
    give = pipeline.text_encoder.get_text_features

    def give_features(*args: Any, **named: Any) -> Any:
        found = give(*args, **named)
        return getattr(found, "pooler_output", found)

    pipeline.text_encoder.get_text_features = give_features
    adapted = adapt_audio_ldm(pipeline, kind)
    adapted.guidance = 2.0
    return adapted


ADAPTERS: dict[str, Callable[[Any, str], Pipeline]] = {
    "StableAudioPipeline": adapt_stable_audio,
    "AudioLDM2Pipeline": adapt_audio_ldm,
    "MusicLDMPipeline": adapt_music_ldm,
}


def open_diffusion(model: str, options: dict[str, Any], dtype: str, offload: bool | None) -> Any:
    """The pipeline ``model`` where it computes best, adapted.

    Weights are read as safetensors alone. Raises `Refusal` for a class that makes no sound from
    words, and whatever the loaders raise.
    """
    import diffusers

    from generate.pictures.pipelines.opening import choose_dtype, place

    options = {**options, "use_safetensors": True}
    kind = str(diffusers.DiffusionPipeline.load_config(model, **options).get("_class_name"))
    if kind not in ADAPTERS:
        raise Refusal(
            f"sounds.model: {model} is a {kind}, which makes no sound from words here; known: "
            f"{', '.join(ADAPTERS)}, and of transformers musicgen, bark and vits"
        )
    if kind == "StableAudioPipeline" and importlib.util.find_spec("torchsde") is None:
        raise Refusal(f"sounds.model: {model} needs the package torchsde; pip install torchsde")
    # Without a dtype, parts of one pipeline are loaded in different ones.
    number = choose_dtype(kind, dtype)
    opened = getattr(diffusers, kind).from_pretrained(model, dtype=number, **options)
    opened.set_progress_bar_config(disable=True)
    return ADAPTERS[kind](place(opened, offload), kind)
