"""Make a beast's call with Stable Audio (diffusers) and choose among several candidates.

The only module of this house that needs torch; it imports it on first use. The model is read from
a local folder or from the cache of the Hub. HF_TOKEN is read from the environment alone.
"""

from __future__ import annotations

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
from generate.safety.hub_models import explain_failure, explain_gate, find_model, is_cached
from generate.sounds.engines.call import Call, number_brief
from generate.sounds.engines.candidates import count_clips, keep_clip, tell_music
from generate.sounds.engines.packages import require_packages
from generate.sounds.engines.prompts import choose_prompt, write_prompt

GATED = "stabilityai/"
SETTING, KIND, OTHERWISE = "sounds.model", " as a StableAudioPipeline", ', or use engine = "voice"'
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
    model = find_model(SETTING, asked.model, Path(settings.home))
    pipeline = load_pipeline(model)
    count = count_clips(asked.candidates, brief.get("take"))
    clips, rate = make_candidates(
        pipeline, prompt, asked.negative_prompt, asked.seconds, asked.steps, count, seed
    )
    kept = keep_clip(settings, brief, clips, rate)
    facts = {
        "model": asked.model,
        "prompt": prompt,
        "negative_prompt": asked.negative_prompt,
        "steps": asked.steps,
        "candidate": kept.index,
        "candidates": asked.candidates,
        "verdict": kept.verdict,
        **({"enhanced": kept.enhanced} if kept.enhanced else {}),
        "versions": read_versions(["numpy", "scipy", "soundfile", *PACKAGES]),
    }
    if asked.model.startswith(GATED) and not Path(model).is_dir():
        facts["model_licence"] = LICENCE
    return Call(
        kept.clip,
        rate,
        None,
        facts,
        tell_music(kept.verdict),
        kept.others,
        kept.before,
    )


@lru_cache(maxsize=1)
def load_pipeline(model: str) -> Any:
    """The pipeline on the best device; on a GPU in half precision and with model offload.

    Raises `Refusal` for missing packages, a missing token, terms that are not accepted, no
    network, or a folder without such a pipeline.
    """
    require_packages("stable-audio", PACKAGES)
    import torch
    from diffusers import StableAudioPipeline

    local = Path(model).is_dir()
    on_gpu = torch.cuda.is_available()
    # Weights of other formats are pickles, which may run code as they are opened.
    options = {"dtype": torch.float16 if on_gpu else torch.float32, "use_safetensors": True}
    try:
        if local or is_cached(SETTING, model, "model_index.json"):
            pipeline = StableAudioPipeline.from_pretrained(model, local_files_only=True, **options)
        else:
            token = os.environ.get("HF_TOKEN") or None
            if token is None and model.startswith(GATED):
                why = "no HF_TOKEN in the environment"
                raise Refusal(explain_gate(SETTING, model, why, OTHERWISE))
            pipeline = StableAudioPipeline.from_pretrained(model, token=token, **options)
    except Refusal:
        raise
    except Exception as error:  # the Hub's client and the loaders raise a dozen unrelated classes
        told = explain_failure(SETTING, model, local, error, KIND, OTHERWISE)
        raise Refusal(told) from None
    pipeline.set_progress_bar_config(leave=False, desc="stable audio")
    if on_gpu:
        pipeline.enable_model_cpu_offload()
    return pipeline


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
