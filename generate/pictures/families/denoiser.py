"""What families that learn to remove noise share: network, words, files, sampling, score."""

from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from itertools import chain
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
import torch
from torch import Tensor

from generate.errors import Refusal
from generate.files import read_json, write_json
from generate.pictures.compute.tensors import write_tensors
from generate.pictures.data.vocabulary import Vocabulary
from generate.pictures.families.base import Beginning, Drawn, Family, Noise, Prompt, Watch
from generate.pictures.families.evidence import weigh_words
from generate.pictures.networks.patches import Patches, PatchNetwork
from generate.pictures.networks.shape import Shape, choose_rows, read_shape
from generate.pictures.networks.unet import Network
from generate.pictures.networks.weights import fill
from generate.pictures.training.learner import Rows
from generate.pictures.training.plan import Plan

UNET, EMBEDDING = "unet/diffusion_pytorch_model.safetensors", "words/embedding.safetensors"
CONFIG = "config.json"
# What torch and diffusers raise for a shape that no network can have.
SHAPE_ERRORS = (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RuntimeError)


@dataclass(frozen=True)
class DenoiserBeginning(Beginning):
    """`Beginning` of a denoiser.

    The rate of the words is ``word_rate`` times that of the rest. A share ``word_dropout`` of the
    pictures is shown without words. ``noise_mean`` is the mean of the noise levels' logit in the
    first step: above 0, high noise comes first. It falls to 0 over the run.
    """

    word_rate: float = 1.0
    word_dropout: float = 0.12
    noise_mean: float = 0.0


class Denoiser(Family):
    """A family whose network sees a noisy picture, its noise level, and the words."""

    network: Network | PatchNetwork
    beginning: DenoiserBeginning = DenoiserBeginning()
    # The weights of the network without the words, in the model's folder; its config lies beside.
    weights: ClassVar[str] = UNET

    @property
    def size(self) -> int:
        return self.network.shape.size

    @classmethod
    @abstractmethod
    def choose_shape(cls, size: int) -> Any:
        """The network's layers for pictures of ``size`` pixels: `Shape`, or the family's own."""

    @classmethod
    def make_network(cls, shape: Any, words: int) -> Network | PatchNetwork:
        """A network of this ``shape``, with random weights, for a number of ``words``."""
        return Network(shape, words)

    @classmethod
    def read_shape(cls, config: dict[str, Any], factor: int) -> Shape | Patches:
        """The shape that config.json describes; one of `SHAPE_ERRORS` if there is none such."""
        return read_shape(config, factor)

    @classmethod
    def create(cls, vocabulary: Vocabulary, facts: Mapping[str, Any], own: Any) -> Self:
        shape = cls.choose_shape(int(facts["size"]))
        if own:
            decides = {entry.name for entry in fields(shape)}
            shape = replace(shape, **own.model_dump(include=decides, exclude_none=True))
        return cls(cls.make_network(shape, len(vocabulary)), vocabulary, facts, own)

    def save(self, folder: Path, half: bool = False) -> None:
        network, kind = self.network, torch.float16 if half else torch.float32
        for path, module in ((self.weights, network.body), (EMBEDDING, network.words)):
            tensors = {name: weight.to(kind) for name, weight in module.state_dict().items()}
            write_tensors(folder / path, tensors, format="pt")
        write_json((folder / self.weights).with_name(CONFIG), network.describe())
        self.facts["factor"] = network.shape.factor

    @classmethod
    def load(cls, folder: Path, vocabulary: Vocabulary, facts: Mapping[str, Any]) -> Self:
        config = read_json((folder / cls.weights).with_name(CONFIG))
        try:
            shape = cls.read_shape(config, int(facts["factor"]))
            network = cls.make_network(shape, len(vocabulary))
            family = cls(network, vocabulary, facts)
        except SHAPE_ERRORS:
            raise Refusal(
                f"{folder}: its jungle.json or {Path(cls.weights).parent}/{CONFIG} is not one of "
                "this project's models; train again, or name another folder"
            ) from None
        fill(network.body, folder / cls.weights)
        fill(network.words, folder / EMBEDDING)
        network.eval()
        return family

    def encode(self, prompts: Sequence[Prompt]) -> Tensor:
        """Conditions (N, words): how much of each word is asked for."""
        return torch.from_numpy(np.stack([self.vocabulary.encode_prompt(p) for p in prompts]))

    def add_words(self, columns: Sequence[Tensor]) -> None:
        before, known = self.network.words, len(self.vocabulary)
        weight = before.weight.detach()
        new = torch.stack([*columns], 1).to(weight)
        after = torch.nn.Linear(weight.shape[1] + len(columns), weight.shape[0], bias=False)
        parts = [weight[:, :known], new, weight[:, known:]]
        after.weight = torch.nn.Parameter(torch.cat(parts, 1))
        self.network.words = after.eval()

    def asks(self, conditions: Tensor) -> np.ndarray:
        if not self.network.shape.conditioned:
            return np.zeros(len(conditions), bool)
        return super().asks(conditions)

    def groups(self, phase: str, plan: Plan) -> list[dict[str, Any]]:
        """Words have a rate of their own, since each is shown with only a few pictures."""
        words, share = self.network.words.weight, self.beginning.word_rate
        groups = super().groups(phase, plan)
        groups[0]["params"] = [p for p in groups[0]["params"] if p is not words]
        return [*groups, {"params": [words], "lr": plan.rate * share, "share": share}]

    def keep_words(self, count: int, generator: torch.Generator) -> Tensor:
        """bool (count, 1): False for the pictures that are shown without words."""
        return torch.rand(count, 1, generator=generator) >= self.beginning.word_dropout

    @abstractmethod
    def draw_times(self, count: int, generator: torch.Generator, share: float) -> Tensor:
        """Noise levels (count,) in [0, 1] to train at, once ``share`` of the run is done."""

    def chance(self, phase: str, batch: Rows, generator: torch.Generator, share: float) -> Rows:
        shape = batch["pictures"].shape
        return {
            "worded": self.keep_words(shape[0], generator),
            "times": self.draw_times(shape[0], generator, share),
            "noise": torch.randn(shape, generator=generator),
        }

    @abstractmethod
    def losses_at(self, pictures: Tensor, words: Tensor, times: Tensor, noise: Tensor) -> Tensor:
        """Losses (B,) of ``pictures`` (B, 3, S, S) at noise levels ``times`` (B,) in [0, 1].

        ``words`` are conditions (B, words), or (B, words + ALTERATIONS) with labels.
        """

    def losses(self, phase: str, batch: Rows, chance: Rows) -> Tensor:
        words = torch.cat([batch["conditions"] * chance["worded"], batch["labels"]], 1)
        return self.losses_at(batch["pictures"], words, chance["times"], chance["noise"])

    def settled_chance(self, batch: Rows, generator: torch.Generator) -> Rows:
        """Evenly spaced noise levels, and all with their words."""
        count = len(batch["pictures"])
        return {
            "worded": torch.ones(count, 1),
            "times": (torch.arange(count) + 0.5) / count,
            "noise": torch.randn(batch["pictures"].shape, generator=generator),
        }

    def split_losses(self, losses: Tensor, chance: Rows) -> dict[str, float]:
        """By quarter of the noise levels, where there are any."""
        quarter = (chance["times"] * 4).long().clamp(max=3)
        return {
            f"noise {25 * q} to {25 * q + 25} %": float(losses[quarter == q].mean())
            for q in range(4)
            if bool((quarter == q).any())
        }

    @abstractmethod
    def denoise(
        self, state: Tensor, conditions: Tensor, noise: Noise, steps: int, guidance: float
    ) -> Iterator[Tensor]:
        """``state`` (N, 3, S, S), pure noise at first, after each of ``steps`` sampler steps."""

    @torch.inference_mode()
    def sample(
        self,
        conditions: Tensor,
        noise: Noise,
        steps: int,
        guidance: float = 1.0,
        watch: Watch | None = None,
    ) -> Drawn:
        start, conditions = noise.start.to(self.device), conditions.to(self.device)
        states = self.denoise(start, conditions, noise, steps, guidance)
        for step, state in enumerate(chain([start], states)):
            if watch:
                watch(step, state)
        return Drawn(state.clamp(-1, 1))

    def develop(self, state: Tensor) -> Tensor:
        """With a deviation of at most 0.5: more would be clipped to black and white."""
        deviation = state.std((1, 2, 3), keepdim=True)
        return (state / (deviation / 0.5).clamp(min=1)).clamp(-1, 1)

    @torch.inference_mode()
    def score(self, pictures: Tensor, conditions: Tensor) -> np.ndarray | None:
        """How much the words lower the loss of each picture (`weigh_words`)."""
        if not self.network.shape.conditioned:
            return None
        pictures, conditions = pictures.to(self.device), conditions.to(self.device)
        return weigh_words(self.losses_at, choose_rows(self.network.shape), pictures, conditions)
