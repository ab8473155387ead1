"""Make a beast's call with Stable Audio (diffusers) and choose among several candidates.

The only module of this house that needs torch; it imports it on first use. The model is read from
a local folder or from the cache of the Hub. HF_TOKEN is read from the environment alone.
"""

from __future__ import annotations

import importlib.util
import os
import warnings
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generate.errors import Refusal
from generate.recipe import derive_seed, read_versions
from generate.safety import hub_errors
from generate.sounds.engines.call import Call, number_brief
from generate.sounds.engines.candidates import choose_best
from generate.sounds.engines.clips import cut_event
from generate.sounds.engines.prompts import choose_prompt, write_prompt

GATED = "stabilityai/"
GUIDANCE = 7.0
LICENCE = "Stability AI Community License"
PACKAGES = ("torch", "diffusers", "transformers", "torchsde")


def generate_call(settings: Any, brief: Mapping[str, Any]) -> Call:
    """The best of the clips that the model makes for a card. Raises `Refusal`."""
    asked, seed = settings.sounds, int(brief["seed"])
    written = write_prompt(
        seed,
        brief.get("traits") or {},
        str(brief.get("caption") or ""),
        str(brief.get("hour") or ""),
    )
    prompt = choose_prompt(asked.prompts, number_brief(brief), written)
    model = find_model(asked.model, Path(settings.home))
    pipeline = load_pipeline(model)
    clips, rate = make_candidates(
        pipeline, prompt, asked.negative_prompt, asked.seconds, asked.steps, asked.candidates, seed
    )
    best, verdict = choose_best(clips, rate)
    clip = cut_event(clips[best], rate, asked.seconds)
    facts = {
        "model": asked.model,
        "prompt": prompt,
        "negative_prompt": asked.negative_prompt,
        "steps": asked.steps,
        "candidate": best,
        "candidates": asked.candidates,
        "verdict": verdict,
        "versions": read_versions(["numpy", "scipy", "soundfile", *PACKAGES]),
    }
    if asked.model.startswith(GATED) and not Path(model).is_dir():
        facts["model_licence"] = LICENCE
    return Call(clip, rate, None, facts)


def find_model(model: str, home: Path) -> str:
    """The absolute path of a folder, or a Hub id as it is. Raises `Refusal` for a missing path."""
    for folder in (home / model, Path(model).expanduser()):
        if folder.is_dir():
            return str(folder.resolve())
    if model.count("/") != 1 or model.startswith((".", "/", "~")):
        raise Refusal(f"sounds.model: no such folder {model}; give a diffusers folder or a Hub id")
    return model


@lru_cache(maxsize=1)
def load_pipeline(model: str) -> Any:
    """The pipeline on the best device; on a GPU in half precision and with model offload.

    Raises `Refusal` for missing packages, a missing token, terms that are not accepted, no
    network, or a folder without such a pipeline.
    """
    missing = [name for name in PACKAGES if importlib.util.find_spec(name) is None]
    if missing:
        raise Refusal(
            f'sounds.engine = "stable-audio" needs {", ".join(missing)}; '
            'install them (pip install "postcards-from-my-jungle[model]") or use engine = "voice"'
        )
    import torch
    from diffusers import StableAudioPipeline

    local = Path(model).is_dir()
    on_gpu = torch.cuda.is_available()
    # Weights of other formats are pickles, which may run code as they are opened.
    options = {"dtype": torch.float16 if on_gpu else torch.float32, "use_safetensors": True}
    try:
        if local or is_cached(model):
            pipeline = StableAudioPipeline.from_pretrained(model, local_files_only=True, **options)
        else:
            token = os.environ.get("HF_TOKEN") or None
            if token is None and model.startswith(GATED):
                raise Refusal(explain_gate(model, "no HF_TOKEN in the environment"))
            pipeline = StableAudioPipeline.from_pretrained(model, token=token, **options)
    except Refusal:
        raise
    except Exception as error:  # the Hub's client and the loaders raise a dozen unrelated classes
        raise Refusal(explain_failure(model, local, error)) from None
    pipeline.set_progress_bar_config(leave=False, desc="stable audio")
    if on_gpu:
        pipeline.enable_model_cpu_offload()
    return pipeline


def is_cached(model: str) -> bool:
    """Whether the cache of the Hub on this disk has the model."""
    from huggingface_hub import try_to_load_from_cache

    return isinstance(try_to_load_from_cache(model, "model_index.json"), str)


def explain_gate(model: str, why: str) -> str:
    """One line for a model whose terms must be accepted first."""
    return (
        f"sounds.model = {model!r}: {why}; accept its terms at https://huggingface.co/{model}, "
        'set HF_TOKEN to a token that may read it, or use engine = "voice"'
    )


def explain_failure(model: str, local: bool, error: Exception) -> str:
    """One line for an error of the loaders, without its text, which may quote the token."""
    if local:
        return (
            f"sounds.model: {model} cannot be loaded as a StableAudioPipeline "
            f"({type(error).__name__}); give a folder that diffusers saved, with safetensors"
        )
    cause = hub_errors.find_cause(error)
    if cause == hub_errors.GATED:
        return explain_gate(model, "the Hub refuses access with this token")
    if cause == hub_errors.UNKNOWN:
        return f"sounds.model: the Hub has no model {model!r}; correct the id in the settings"
    if cause == hub_errors.FULL:
        return f"sounds.model: the disk is full; {model} needs about 5 GB"
    return (
        f"sounds.model: {model!r} is not on this disk and the Hub cannot be reached "
        f'({type(error).__name__}); go online once, give a local folder, or use engine = "voice"'
    )


def make_candidates(
    pipeline: Any,
    prompt: str,
    negative: str,
    seconds: float,
    steps: int,
    count: int,
    seed: int,
) -> tuple[list[NDArray[np.float32]], int]:
    """`count` clips (n, channels) for a prompt, and their rate; clip k depends on seed and k."""
    import torch

    rate = int(pipeline.vae.sampling_rate)
    longest = pipeline.transformer.config.sample_size * pipeline.vae.hop_length / rate
    generators = [
        torch.Generator("cpu").manual_seed(derive_seed("candidate", seed, prompt, k))
        for k in range(count)
    ]
    try:
        with torch.inference_mode(), warnings.catch_warnings():
            # Its Brownian tree warns of bounds that rounding missed.
            warnings.filterwarnings("ignore", "Should have", UserWarning)
            made = pipeline(
                prompt,
                negative_prompt=negative or None,
                audio_end_in_s=min(seconds, longest),
                num_inference_steps=steps,
                guidance_scale=GUIDANCE,
                num_waveforms_per_prompt=count,
                generator=generators,
            ).audios
    except torch.OutOfMemoryError:
        raise Refusal(
            f"stable audio: not enough memory for {count} candidates at once; "
            "set sounds.candidates = 1"
        ) from None
    return [clip.T.float().cpu().numpy() for clip in made], rate
