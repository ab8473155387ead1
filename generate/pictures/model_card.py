"""Write the model card of a trained model: what it is, what it saw, how to sample it alone."""

from generate.pictures.model_folder import Model, count_parameters
from generate.pictures.training.loop import Plan
from generate.settings import Settings

ALONE = {
    "flow": """\
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
""",
    "ddpm": """\
import torch
from diffusers import DDIMScheduler, UNet2DModel

unet = UNet2DModel.from_pretrained("unet", use_safetensors=True).eval()
solver = DDIMScheduler(timestep_spacing="trailing")
s = unet.config.sample_size
x = torch.randn(1, 3, s, s, generator=torch.Generator().manual_seed(1))
solver.set_timesteps(STEPS)
with torch.inference_mode():
    for t in solver.timesteps:
        x = solver.step(unet(x, t).sample, t, x).prev_sample
pixels = ((x[0].clamp(-1, 1) + 1) * 127.5).round().byte()  # (3, s, s)
""",
}


def write_card(
    settings: Settings,
    model: Model,
    plan: Plan,
    pictures: int,
    held_out: list[tuple[int, float]],
) -> str:
    """The model card as Markdown."""
    recipe, size, source = (model.facts[name] for name in ("recipe", "size", "source"))
    tokens = model.vocabulary.tokens
    script = write_script(model, 50 if recipe == "ddpm" else settings.pictures.steps)
    known = ", ".join(tokens[:60]) + (" …" if len(tokens) > 60 else "")
    loss = f"{held_out[-1][1]:.4f}" if held_out else "not measured"
    begun = "random weights" if recipe == "ddpm" else settings.pictures.start
    return f"""\
---
library_name: diffusers
pipeline_tag: unconditional-image-generation
---

# A model of beasts that do not exist

A small image model of the "{recipe}" recipe, {size} × {size} pixels.

| | |
|---|---|
| parameters | {count_parameters(model.network):,} |
| training pictures | {pictures:,} from {source} |
| pictures seen | {plan.steps * plan.batch:,} in {plan.steps:,} steps of {plan.batch} |
| begun from | {begun} |
| arithmetic | {plan.arithmetic} |
| held-out loss | {loss} |
| words | {known or "none: it draws what it likes"} |

Its pictures are drawn by the network alone, from noise and words. It knows only what its training
pictures showed, and inherits their licence and their faults.

## Sample it with diffusers alone

Run this in the model's folder; `wanted` may name any of its words, or none.

```python
{script}```
"""


def write_script(model: Model, steps: int) -> str:
    """A script that samples the model folder it lies in without this project."""
    wanted = list(model.vocabulary.tokens[:1])
    script = ALONE[model.facts["recipe"]]
    return script.replace("WORDS", repr(wanted)).replace("STEPS", str(steps))
