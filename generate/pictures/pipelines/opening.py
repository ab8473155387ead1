"""Open a text-to-image pipeline of diffusers, from a folder or from the Hub, and place it."""

import inspect
import os
import warnings
from pathlib import Path
from typing import Any

import torch

from generate.errors import Refusal
from generate.pictures.compute.precision import NAMES, choose_device, list_arithmetics
from generate.pictures.pipelines.pixels import (
    CONFIG,
    PixelWriter,
    is_pixel_writer,
    open_pixel_writer,
)
from generate.safety.hub_models import explain_failure, is_cached

INDEX, SETTING = "model_index.json", "pictures.model"
# Families of transformers that overflow in float16.
WIDE = ("Flux", "Sana", "SD3", "StableDiffusion3", "PixArt", "Lumina", "Qwen", "ZImage")


def open_pipeline(model: str, arithmetic: str = "auto", offload: bool | None = None) -> Any:
    """The pipeline ``model``, a folder or a Hub id, where it computes best, ready to draw.

    Its weights are read as safetensors alone: other formats are pickles, which may run code as they
    are opened. Code that lies in a model's folder is never run. ``arithmetic`` is "auto" or a name
    of `NAMES`. With ``offload`` only the part at work lies on the GPU; None: where not all of it
    fits. HF_TOKEN is read from the environment alone. Raises `Refusal` in one line.
    """
    local = Path(model).is_dir()
    writes = is_pixel_writer(model)
    if local and not writes and not (Path(model) / INDEX).is_file():
        raise Refusal(f"pictures.model: {model} has no {INDEX}; give a folder that diffusers saved")
    options = {
        "use_safetensors": True,
        "token": os.environ.get("HF_TOKEN") or None,
        "local_files_only": local or is_cached(SETTING, model, CONFIG if writes else INDEX),
    }
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            if writes:
                return place(open_pixel_writer(model, options), False)
            name, kind = find_class(model, options)
            # Without a dtype, parts of one pipeline are loaded in different ones.
            pipeline = kind.from_pretrained(model, dtype=choose_dtype(name, arithmetic), **options)
    except Refusal:
        raise
    except Exception as error:  # the Hub's client and the loaders raise a dozen unrelated classes
        raise Refusal(explain_failure(SETTING, model, local, error)) from None
    pipeline.set_progress_bar_config(disable=True)
    return place(pipeline, offload)


def find_class(model: str, options: dict[str, Any]) -> tuple[str, Any]:
    """The name of the pipeline that ``model`` was saved as, and the class that opens it.

    One that draws from words or from classes is opened as what it is, and of others, such as
    those that paint over a picture, AutoPipelineForText2Image knows the sibling that draws.
    """
    import diffusers

    name = diffusers.DiffusionPipeline.load_config(model, **options).get("_class_name")
    kind = getattr(diffusers, name, None) if isinstance(name, str) else None
    if not (isinstance(kind, type) and issubclass(kind, diffusers.DiffusionPipeline)):
        raise Refusal(
            f"pictures.model: {model} is a {name}, which this version of diffusers does not have; "
            "choose another model"
        )
    asked = inspect.signature(kind.__call__).parameters
    if ("prompt" in asked and "image" not in asked) or "class_labels" in asked:
        return str(name), kind
    from diffusers import AutoPipelineForText2Image  # slow: it imports all pipelines

    return str(name), AutoPipelineForText2Image


def choose_dtype(name: str, arithmetic: str) -> torch.dtype:
    """float32 on a processor; on a GPU float16, or bfloat16 where float16 would overflow."""
    if arithmetic != "auto":
        return NAMES[arithmetic]
    device = choose_device()
    if device.type == "cpu":
        return torch.float32
    wide = name.startswith(WIDE) and "bfloat16" in list_arithmetics(device)
    return torch.bfloat16 if wide else torch.float16


def place(pipeline: Any, offload: bool | None) -> Any:
    """Move a pipeline to the device that computes best, whole or part by part."""
    device = choose_device()
    if device.type == "cpu":
        return pipeline
    if isinstance(pipeline, PixelWriter):
        pipeline.model.to(device)
        return pipeline
    if offload is None:
        free = torch.cuda.mem_get_info(device)[0] if device.type == "cuda" else float("inf")
        offload = count_bytes(pipeline) > 0.7 * free
    if offload:
        pipeline.enable_model_cpu_offload(device=device)
        return pipeline
    return pipeline.to(device)


def list_networks(pipeline: Any) -> list[torch.nn.Module]:
    """The parts of a pipeline that have weights."""
    return [part for part in pipeline.components.values() if isinstance(part, torch.nn.Module)]


def count_bytes(pipeline: Any) -> int:
    """Bytes of all weights."""
    weights = [weight for part in list_networks(pipeline) for weight in part.parameters()]
    return sum(weight.numel() * weight.element_size() for weight in weights)
