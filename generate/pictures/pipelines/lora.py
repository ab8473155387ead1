"""Teach a pipeline a little: low-rank additions to its attention (LoRA, arXiv 2106.09685).

For pipelines whose network is diffusers' UNet2DConditionModel: SD 1.5, SD 2 and SDXL.
"""

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from generate.errors import Refusal

FILE = "pytorch_lora_weights.safetensors"
# The layers that are added to: the attention's.
LAYERS = ["to_k", "to_q", "to_v", "to_out.0"]


class Additions(nn.Module):
    """The weights of a LoRA alone, though they work inside the pipeline's network."""

    def __init__(self, unet: nn.Module | None = None) -> None:
        super().__init__()
        named = unet.named_parameters() if unet is not None else ()
        found = {name.replace(".", "/"): w for name, w in named if w.requires_grad}
        self.weights = nn.ParameterDict(found)


def add_lora(pipeline: Any, rank: int) -> Additions:
    """Put untrained additions of ``rank`` into ``pipeline``; at first they change nothing."""
    if find_spec("peft") is None:
        raise Refusal(
            "pictures: rank needs the package peft; install it "
            "(pip install 'postcards-from-my-jungle[lora]'), or leave rank out"
        )
    unet: Any = getattr(pipeline, "unet", None)
    if type(unet).__name__ != "UNet2DConditionModel":
        raise Refusal(
            f"pictures: a {type(pipeline).__name__} cannot be taught here; rank is for models of "
            "the kinds of Stable Diffusion 1.5, 2 and XL"
        )
    from peft import LoraConfig

    for part in (pipeline.unet, pipeline.vae, getattr(pipeline, "text_encoder", None)):
        if part is not None:
            part.requires_grad_(False)
    unet.add_adapter(
        LoraConfig(r=rank, lora_alpha=rank, init_lora_weights="gaussian", target_modules=LAYERS)
    )
    for weight in unet.parameters():
        if weight.requires_grad:
            weight.data = weight.data.float()  # the small steps of training are lost in float16
    return Additions(unet)


def save_lora(pipeline: Any, folder: Path) -> None:
    """Write the additions as diffusers does: `pipeline.load_lora_weights(folder)` reads them."""
    from peft import get_peft_model_state_dict

    layers = get_peft_model_state_dict(pipeline.unet)
    pipeline.save_lora_weights(folder, unet_lora_layers=layers, safe_serialization=True)


def load_lora(pipeline: Any, folder: Path) -> None:
    """Read the additions that `save_lora` wrote; `Refusal` where they are another model's."""
    from generate.pictures.compute.tensors import Damaged, read_tensors

    path = folder / FILE
    try:
        tensors, _ = read_tensors(path)
    except (FileNotFoundError, Damaged):
        raise Refusal(f"{path}: missing or damaged; train again") from None
    try:
        pipeline.load_lora_weights(tensors)
    except (RuntimeError, ValueError, KeyError) as error:
        line = " ".join(str(error).split())[:100]
        raise Refusal(f"{path}: a LoRA of another shape ({line}); train again") from None


def find_pixels(pipeline: Any) -> int:
    """The side of the pictures that a pipeline learns from."""
    return int(pipeline.unet.config.sample_size) * int(pipeline.vae_scale_factor)


def denoising_losses(
    pipeline: Any, pictures: Tensor, prompts: list[str], times: Tensor, noise: Tensor
) -> Tensor:
    """Squared errors (B,) of the noise, or velocity, that the network finds in ``pictures``.

    ``pictures`` are (B, 3, S, S) in [-1, 1], ``times`` (B,) in [0, 1), ``noise`` (B, C, s, s) as
    large as the latents. What the network answers with is what the pipeline's scheduler says.
    """
    from diffusers import DDPMScheduler

    unet, vae = pipeline.unet, pipeline.vae
    scheduler = DDPMScheduler.from_config(pipeline.scheduler.config)
    pixels = find_pixels(pipeline)
    with torch.no_grad():
        large = functional.interpolate(pictures, (pixels, pixels), mode="bicubic", antialias=True)
        encoded = vae.encode(large.to(vae.dtype)).latent_dist.mode()
        latents = encoded * vae.config.scaling_factor
        told, added = embed(pipeline, prompts, pixels)
    moments = (times * scheduler.config.num_train_timesteps).long()
    noise = noise.to(latents)
    noisy = scheduler.add_noise(latents, noise, moments)
    answer = unet(noisy, moments, told, added_cond_kwargs=added).sample
    target = noise
    if scheduler.config.prediction_type == "v_prediction":
        target = scheduler.get_velocity(latents, noise, moments)
    return (answer.float() - target.float()).square().mean((1, 2, 3))


def embed(pipeline: Any, prompts: list[str], pixels: int) -> tuple[Tensor, dict[str, Tensor]]:
    """What the text encoders say of ``prompts``, and what SDXL wants beside it."""
    device = next(pipeline.unet.parameters()).device
    said = pipeline.encode_prompt(
        prompt=prompts,
        device=device,
        num_images_per_prompt=1,
        do_classifier_free_guidance=False,
    )
    if len(said) < 4:
        return said[0], {}
    sizes = torch.tensor([[pixels, pixels, 0, 0, pixels, pixels]], device=device)
    return said[0], {"text_embeds": said[2], "time_ids": sizes.expand(len(prompts), -1).to(said[2])}
