"""The network and its folder: a diffusers UNet2DModel, its words, and what sampling needs to know.

Reads and writes model folders (diffusers' layout, weights as safetensors): unet/, scheduler/,
words/ (vocabulary.json, embedding.safetensors), prompts.jsonl; for the classic recipe also
model_index.json.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torch.nn import functional

from generate.errors import Refusal
from generate.files import (
    format_json_lines,
    read_json,
    read_json_lines,
    replacing,
    write_json,
    write_text,
)
from generate.pictures.data.vocabulary import Vocabulary, read_vocabulary
from generate.pictures.networks.layers import FullConv, hasten, keep_layout
from generate.pictures.networks.shape import Shape, read_shape

UNET, EMBEDDING = "unet/diffusion_pytorch_model.safetensors", "words/embedding.safetensors"
VOCABULARY, PROMPTS, FACTS = "words/vocabulary.json", "prompts.jsonl", "jungle.json"

# What torch and diffusers raise for a shape that no network can have.
STRANGE = (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RuntimeError)
# Columns after the words': how a training picture was altered (`augment`), zero when sampling.
ALTERATIONS = 8


class Network(nn.Module):
    """A UNet2DModel that sees pictures folded, times, and conditions.

    ``forward(pictures (B, 3, S, S), times (B,) in [0, 1000], conditions (B, words + ALTERATIONS))``
    gives (B, 3, S, S). The conditions pass one linear map into the time embedding
    (class_embed_type "identity"), unless the shape is unconditioned, as the classic recipe's is.
    """

    def __init__(self, shape: Shape, words: int) -> None:
        super().__init__()
        from diffusers import UNet2DModel

        self.shape = shape
        levels = len(shape.widths)
        attends = [level >= levels - shape.attention for level in range(levels)]
        channels = 3 * shape.factor**2
        unet: Any = UNet2DModel(
            sample_size=shape.size // shape.factor,
            in_channels=channels,
            out_channels=channels,
            layers_per_block=shape.layers,
            block_out_channels=shape.widths,
            down_block_types=["AttnDownBlock2D" if a else "DownBlock2D" for a in attends],
            up_block_types=["AttnUpBlock2D" if a else "UpBlock2D" for a in reversed(attends)],
            attention_head_dim=shape.heads,
            norm_num_groups=shape.groups,
            dropout=shape.dropout,
            resnet_time_scale_shift="scale_shift" if shape.conditioned else "default",
            class_embed_type="identity" if shape.conditioned else None,
        )
        self.unet = unet
        self.words = nn.Linear(words + ALTERATIONS, 4 * shape.widths[0], bias=False)
        nn.init.normal_(self.words.weight, std=0.02)
        if not shape.conditioned:
            return
        for name in ("conv_in", "conv_out"):
            plain = getattr(unet, name)
            full = FullConv(plain.in_channels, plain.out_channels, 3, padding=1)
            full.load_state_dict(plain.state_dict())
            setattr(unet, name, full)
        unet.conv_in.rounds = True
        hasten(unet)
        # A network that begins by answering zero learns steadily from the first step.
        nn.init.zeros_(unet.conv_out.weight)
        nn.init.zeros_(unet.conv_out.bias)

    def train(self, mode: bool = True) -> "Network":
        super().train(mode)
        if self.shape.conditioned:
            keep_layout(self.unet)
        return self

    def forward(self, pictures: Tensor, times: Tensor, conditions: Tensor) -> Tensor:
        folded = functional.pixel_unshuffle(pictures, self.shape.factor)
        folded = folded.contiguous(memory_format=torch.channels_last)
        told = self.words(conditions) if self.shape.conditioned else None
        answer = self.unet(folded, times, class_labels=told).sample
        return functional.pixel_shuffle(answer.float(), self.shape.factor)


@dataclass
class Model:
    """A network with its words and the facts that sampling needs (recipe, size, arithmetic …)."""

    network: Network
    vocabulary: Vocabulary
    facts: dict[str, Any]


def save_model(
    model: Model,
    folder: Path,
    prompts: list[dict[str, Any]],
    card: str,
    scheduler: Any = None,
    half: bool = False,
) -> None:
    """Write ``model`` to ``folder``; ``half`` stores the weights as float16."""
    from diffusers import UNet2DModel

    unet = model.network.unet
    kind = torch.float16 if half else torch.float32
    write_tensors(folder / UNET, unet.state_dict(), kind)
    config = dict(unet.config) | {"_class_name": UNet2DModel.__name__}
    write_json(
        folder / "unet/config.json", {k: v for k, v in config.items() if k != "_name_or_path"}
    )
    write_tensors(folder / EMBEDDING, {"weight": model.network.words.weight}, kind)
    if scheduler is not None:
        write_text(folder / "scheduler/scheduler_config.json", scheduler.to_json_string())
    if scheduler is not None and model.facts.get("recipe") == "ddpm":
        # diffusers has a pipeline for this recipe; none of its own tells a network what to show.
        kinds = {"unet": unet, "scheduler": scheduler}
        index = {name: ["diffusers", type(part).__name__] for name, part in kinds.items()}
        write_json(folder / "model_index.json", {"_class_name": "DDPMPipeline", **index})
    model.vocabulary.write(folder / VOCABULARY)
    write_json(folder / FACTS, {**model.facts, "factor": model.network.shape.factor})
    write_text(folder / PROMPTS, format_json_lines(prompts))
    write_text(folder / "README.md", card)


def write_tensors(path: Path, tensors: dict[str, Tensor], kind: torch.dtype) -> None:
    """Write ``tensors`` as safetensors of dtype ``kind``, atomically."""
    ready = {name: t.detach().to(kind).contiguous() for name, t in tensors.items()}
    with replacing(path) as temporary:
        save_file(ready, temporary, metadata={"format": "pt"})


def read_tensors(path: Path) -> dict[str, Tensor]:
    """The tensors of a safetensors file as float32; `Refusal` if missing or corrupt."""
    try:
        return {
            name: t.float() if t.is_floating_point() else t for name, t in load_file(path).items()
        }
    except FileNotFoundError:
        raise Refusal(f"{path}: no such file; train the model, or name another folder") from None
    except (SafetensorError, OSError, ValueError) as error:
        raise Refusal(f"{path}: corrupt ({error}); delete it and train again") from None


def load_model(folder: Path) -> Model:
    """Read what `save_model` wrote, ready to sample; `Refusal` names what is missing or corrupt."""
    if not (folder / FACTS).is_file():
        raise Refusal(f"{folder}: holds no model; train one first, or name another folder")
    facts = read_json(folder / FACTS)
    vocabulary = read_vocabulary(folder / VOCABULARY)
    config = read_json(folder / "unet/config.json")
    try:
        shape = read_shape(config, int(facts["factor"]))
        network = Network(shape, len(vocabulary))
        if not isinstance(facts["recipe"], str):
            raise TypeError("recipe")
        if not float(facts.get("shift", 1)) > 0:
            raise ValueError("shift")
    except STRANGE:
        raise Refusal(
            f"{folder}: its {FACTS} or unet/config.json is not one of this project's models; "
            "train again, or name another folder"
        ) from None
    fill(network.unet, read_tensors(folder / UNET), folder / UNET)
    fill(network.words, read_tensors(folder / EMBEDDING), folder / EMBEDDING)
    return Model(network.eval(), vocabulary, facts)


def fill(module: nn.Module, tensors: dict[str, Tensor], path: Path) -> None:
    """Load ``tensors`` into ``module``; `Refusal` if they are another shape's."""
    try:
        module.load_state_dict(tensors)
    except RuntimeError as error:
        line = str(error).splitlines()[-1].strip()
        raise Refusal(f"{path}: weights of another shape ({line}); train again") from None


def read_prompts(folder: Path) -> list[dict[str, Any]]:
    """What may be asked of a model: rows {"text", "tags"} of its training pictures' captions."""
    try:
        rows = read_json_lines(folder / PROMPTS)
        for row in rows:
            if not (isinstance(row["text"], str | None) and isinstance(row["tags"], dict)):
                raise ValueError("no caption")
        return rows
    except (OSError, ValueError, KeyError, TypeError):
        raise Refusal(f"{folder / PROMPTS}: missing or damaged; train the model again") from None


def count_parameters(module: nn.Module) -> int:
    """Number of trained numbers in ``module``."""
    return sum(parameter.numel() for parameter in module.parameters())


def device_of(module: nn.Module) -> torch.device:
    """Where the weights of ``module`` lie."""
    return next((weight.device for weight in module.parameters()), torch.device("cpu"))


def copy_weights(network: Network) -> dict[str, Tensor]:
    """The weights by name, copied."""
    return {name: weight.detach().clone() for name, weight in network.named_parameters()}


def put_weights(network: Network, weights: dict[str, Tensor]) -> None:
    """Set the network's weights."""
    with torch.no_grad():
        for name, parameter in network.named_parameters():
            parameter.copy_(weights[name])
