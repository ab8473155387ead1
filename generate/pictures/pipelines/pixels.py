"""ImageGPT: a transformer that writes a picture pixel by pixel (Chen et al., ICML 2020).

Its checkpoints are transformers' own: openai/imagegpt-small, -medium, -large, or a folder of one.
They draw 32 x 32 pixels in 512 colours, whatever they like: they read no words.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from generate.errors import Refusal
from generate.pictures.pipelines.drawing import Order, Work

CONFIG, KIND = "config.json", "imagegpt"


class PixelWriter:
    """A model of transformers, and the colours (C, 3) in [-1, 1] that its tokens stand for."""

    def __init__(self, model: Any, colours: Any) -> None:
        self.model, self.colours = model.eval(), torch.as_tensor(np.asarray(colours)).float()
        self.side = round(model.config.n_positions**0.5)
        if len(self.colours) != model.config.vocab_size - 1 or self.side < 2:
            raise ValueError("colours of another model")
        self.components = {"model": model}

    @torch.inference_mode()
    def write(self, generator: torch.Generator, order: Order) -> Work:
        """A picture, token by token, and how far it was after each of ``order.steps`` parts."""
        count, device = self.side**2, next(self.model.parameters()).device
        token, past = torch.tensor([[self.model.config.vocab_size - 1]]), None
        written: list[int] = []
        states = [self.paint(written)]
        for place in range(count):
            answer = self.model(token.to(device), past_key_values=past, use_cache=True)
            past = answer.past_key_values
            shares = answer.logits[:, -1, : len(self.colours)].float().softmax(1).cpu()
            token = torch.multinomial(shares, 1, generator=generator)
            written.append(int(token))
            if (place + 1) * order.steps // count > place * order.steps // count:
                states.append(self.paint(written))
        pixels = ((states[-1][0] + 1) * 127.5).round().byte().numpy().transpose(1, 2, 0)
        return Work(Image.fromarray(pixels), states)

    def paint(self, written: list[int]) -> Tensor:
        """The first pixels of a picture on grey, (1, 3, side, side) in [-1, 1]."""
        canvas = torch.zeros(self.side**2, 3)
        canvas[: len(written)] = self.colours[written]
        return canvas.T.reshape(1, 3, self.side, self.side)


def is_pixel_writer(model: str) -> bool:
    """Whether ``model``, a folder or a Hub id, is an ImageGPT."""
    config = Path(model) / CONFIG
    if not Path(model).is_dir():
        return KIND in model.lower()
    if not config.is_file():
        return False
    try:
        return bool(json.loads(config.read_bytes()).get("model_type") == KIND)
    except (ValueError, AttributeError):
        raise Refusal(f"{config}: is damaged; give another folder") from None


def open_pixel_writer(model: str, options: dict[str, Any]) -> PixelWriter:
    """The ImageGPT called ``model``; raises what transformers raises."""
    from transformers import ImageGPTForCausalImageModeling
    from transformers.models.imagegpt.image_processing_pil_imagegpt import ImageGPTImageProcessorPil

    token = {name: options[name] for name in ("token", "local_files_only")}
    colours = ImageGPTImageProcessorPil.from_pretrained(model, **token).clusters
    return PixelWriter(ImageGPTForCausalImageModeling.from_pretrained(model, **options), colours)
