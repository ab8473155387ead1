"""Make a beast's call with a text-to-audio model, and choose among several candidates."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from generate.errors import Refusal
from generate.recipe import derive_seed, read_versions
from generate.safety.hub_models import find_model
from generate.sounds.engines.call import Call, number_brief
from generate.sounds.engines.candidates import count_clips, keep_clip, tell_music
from generate.sounds.engines.pretrained.opening import PACKAGES, SETTING, open_singer
from generate.sounds.engines.pretrained.singer import Order, Singer
from generate.sounds.engines.prompts import choose_prompt, write_prompt


def generate_call(settings: Any, brief: Mapping[str, Any]) -> Call:
    """The best of the clips that the model makes for a card. Raises `Refusal`."""
    asked, seed = settings.sounds, int(brief["seed"])
    told = (str(brief.get(key) or "") for key in ("caption", "hour"))
    written = write_prompt(seed, brief.get("traits") or {}, *told)
    prompt = choose_prompt(asked.prompts, number_brief(brief), written)
    model = find_model(SETTING, asked.model, Path(settings.home))
    singer = open_singer(model, asked.dtype, asked.offload)
    order = Order(prompt, asked.negative_prompt, asked.seconds, asked.steps, asked.guidance)
    check_length(singer, asked.model, order.seconds)
    clips = sing_all(singer, order, count_clips(asked.candidates, brief.get("take")), seed)
    kept = keep_clip(settings, brief, clips, singer.rate)
    heeded = {
        "negative": ("negative_prompt", order.negative),
        "steps": ("steps", order.steps),
    }
    facts = {
        "model": asked.model,
        "class": singer.kind,
        "prompt": prompt,
        **dict(pair for name, pair in heeded.items() if name in singer.heeds),
        "candidate": kept.index,
        "candidates": asked.candidates,
        "verdict": kept.verdict,
        **({"enhanced": kept.enhanced} if kept.enhanced else {}),
        "versions": read_versions(["numpy", "scipy", "soundfile", *PACKAGES]),
    }
    return Call(
        kept.clip,
        singer.rate,
        None,
        facts,
        tell_music(kept.verdict),
        kept.others,
        kept.before,
    )


def check_length(singer: Singer, model: str, seconds: float) -> None:
    """Raise `Refusal` where a clip is asked for that is longer than the model can make."""
    if seconds > singer.longest:
        raise Refusal(
            f"sounds.seconds = {seconds:g} is too long: {model} makes clips of up to "
            f"{singer.longest:.4g} seconds; lower it"
        )


def sing_all(singer: Singer, order: Order, count: int, seed: int) -> list[Any]:
    """``count`` clips for one order; clip k depends on seed, prompt and k alone."""
    import torch

    try:
        seeds = [derive_seed("candidate", seed, order.prompt, k) for k in range(count)]
        return [singer.sing(order, one) for one in seeds]
    except torch.OutOfMemoryError:
        raise Refusal(
            f"sounds.model: no memory for a clip of {order.seconds:g} seconds; lower "
            "sounds.seconds, or set offload = true"
        ) from None
