"""What families that learn to take noise away have in common: network, words, files, judgement."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
import torch
from torch import Tensor

from generate.errors import Refusal
from generate.files import read_json, write_json
from generate.pictures.compute.memory import in_parts
from generate.pictures.compute.tensors import write_tensors
from generate.pictures.data.vocabulary import Vocabulary
from generate.pictures.families.base import Beginning, Family, Prompt, Rows
from generate.pictures.networks.shape import Shape, choose_rows, read_shape
from generate.pictures.networks.unet import Network
from generate.pictures.networks.weights import fill
from generate.pictures.training.plan import Plan
from generate.recipe import derive_seed

UNET, EMBEDDING = "unet/diffusion_pytorch_model.safetensors", "words/embedding.safetensors"
# What torch and diffusers raise for a shape that no network can have.
STRANGE = (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RuntimeError)
# Noise levels at which the model is asked whether the words help it to see a picture.
LEVELS = (0.65, 0.8, 0.9)


@dataclass(frozen=True)
class Start(Beginning):
    """`Beginning` of a denoiser.

    Words are learnt at ``words`` times the rate, and withheld from the share ``forget`` of the
    pictures. Above 0, ``lean`` makes the first step's noise levels high; it falls to 0 by the last.
    """

    words: float = 1.0
    forget: float = 0.12
    lean: float = 0.0


class Denoiser(Family):
    """A family whose network sees a noisy picture, how noisy it is, and the words."""

    network: Network
    beginning: Start

    def __init__(
        self,
        network: Network,
        vocabulary: Vocabulary | None = None,
        facts: Mapping[str, Any] | None = None,
        own: Any = None,
    ) -> None:
        super().__init__(network, vocabulary, facts, own)
        self.beginning = Start()
        self.facts.setdefault("size", network.shape.size)

    @classmethod
    @abstractmethod
    def choose_shape(cls, size: int, own: Any = None) -> Shape:
        """The network's layers for pictures of ``size`` pixels."""

    @classmethod
    def create(cls, vocabulary: Vocabulary, facts: Mapping[str, Any], own: Any) -> Self:
        shape = cls.choose_shape(int(facts["size"]), own)
        return cls(Network(shape, len(vocabulary)), vocabulary, facts, own)

    def save(self, folder: Path, half: bool = False) -> None:
        from diffusers import UNet2DModel

        unet, kind = self.network.unet, torch.float16 if half else torch.float32
        for path, module in ((UNET, unet), (EMBEDDING, self.network.words)):
            tensors = {name: weight.to(kind) for name, weight in module.state_dict().items()}
            write_tensors(folder / path, tensors, format="pt")
        config = dict(unet.config) | {"_class_name": UNet2DModel.__name__}
        config.pop("_name_or_path", None)
        write_json(folder / "unet/config.json", config)
        self.facts["factor"] = self.network.shape.factor

    @classmethod
    def load(cls, folder: Path, vocabulary: Vocabulary, facts: Mapping[str, Any]) -> Self:
        config = read_json(folder / "unet/config.json")
        try:
            network = Network(read_shape(config, int(facts["factor"])), len(vocabulary))
            family = cls(network, vocabulary, facts)
        except STRANGE:
            raise Refusal(
                f"{folder}: its jungle.json or unet/config.json is not one of this project's "
                "models; train again, or name another folder"
            ) from None
        fill(network.unet, folder / UNET)
        fill(network.words, folder / EMBEDDING)
        network.eval()
        return family

    def encode(self, prompts: Sequence[Prompt]) -> Tensor:
        """Conditions (N, words): how much of each word is asked for."""
        return torch.from_numpy(np.stack([self.vocabulary.encode_prompt(p) for p in prompts]))

    def asks(self, conditions: Tensor) -> np.ndarray:
        if not self.network.shape.conditioned:
            return np.zeros(len(conditions), bool)
        return super().asks(conditions)

    def groups(self, phase: str, plan: Plan) -> list[dict[str, Any]]:
        """Words have a rate of their own: each is shown with few pictures, and silent otherwise."""
        words, share = self.network.words.weight, self.beginning.words
        groups = super().groups(phase, plan)
        groups[0]["params"] = [p for p in groups[0]["params"] if p is not words]
        return [*groups, {"params": [words], "lr": plan.rate * share, "share": share}]

    def tell(self, batch: Rows, chance: Rows) -> Tensor:
        """What the network is told of a batch: words that are not withheld, and alterations."""
        return torch.cat([batch["conditions"] * chance["told"], batch["labels"]], 1)

    def withhold(self, count: int, generator: torch.Generator) -> Tensor:
        """bool (count, 1): False where a picture's words are withheld."""
        return torch.rand(count, 1, generator=generator) >= self.beginning.forget

    @abstractmethod
    def losses_at(self, pictures: Tensor, told: Tensor, times: Tensor, noise: Tensor) -> Tensor:
        """Losses (B,) of ``pictures`` (B, 3, S, S) at noise levels ``times`` (B,) in [0, 1]."""

    def losses(self, phase: str, batch: Rows, chance: Rows) -> Tensor:
        told = self.tell(batch, chance)
        return self.losses_at(batch["pictures"], told, chance["times"], chance["noise"])

    def settled_chance(self, batch: Rows, generator: torch.Generator) -> Rows:
        """Evenly spaced noise levels, and no words withheld."""
        count = len(batch["pictures"])
        return {
            "told": torch.ones(count, 1),
            "times": (torch.arange(count) + 0.5) / count,
            "noise": torch.randn(batch["pictures"].shape, generator=generator),
        }

    def split_losses(self, losses: Tensor, chance: Rows) -> dict[str, float]:
        """By quarter of the noise levels, those that occur."""
        quarter = (chance["times"] * 4).long().clamp(max=3)
        return {
            f"noise {25 * q} to {25 * q + 25} %": float(losses[quarter == q].mean())
            for q in range(4)
            if bool((quarter == q).any())
        }

    def develop(self, state: Tensor) -> Tensor:
        """Brought into [-1, 1]: noise of three deviations would burn out."""
        deviation = state.std((1, 2, 3), keepdim=True)
        return (state / (deviation / 0.5).clamp(min=1)).clamp(-1, 1)

    @torch.inference_mode()
    def score(self, pictures: Tensor, conditions: Tensor) -> np.ndarray | None:
        """How much the words help to see each picture: 1 - loss asked / loss unasked.

        The diffusion classifier's evidence (Li et al., arXiv 2303.16203, equation 5) against no
        words, at a few fixed noise levels with noises that all pictures share.
        """
        if not self.network.shape.conditioned:
            return None
        if not conditions.any():
            return np.zeros(len(pictures))
        device, rows = self.device, choose_rows(self.network.shape)
        pictures, conditions = pictures.to(device), conditions.to(device)
        total = torch.zeros(len(pictures), device=device)
        for level in LEVELS:
            seed = derive_seed("agreement", level)
            noise = torch.randn(
                pictures.shape[1:], generator=torch.Generator().manual_seed(seed)
            ).to(device)

            def losses(
                pictures: Tensor, told: Tensor, level: float = level, noise: Tensor = noise
            ) -> Tensor:
                times = torch.full((len(pictures),), level, device=device)
                return self.losses_at(pictures, told, times, noise.expand_as(pictures))

            told = in_parts(losses, rows, pictures, conditions)
            total += 1 - told / in_parts(losses, rows, pictures, torch.zeros_like(conditions))
        return np.asarray(total.double().cpu() / len(LEVELS))
