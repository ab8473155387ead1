"""What families that draw with an autoencoder share: its words, its training, its files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
import torch
from torch import Tensor, nn

from generate.errors import Refusal
from generate.files import read_json, write_json
from generate.pictures.compute.memory import in_parts
from generate.pictures.compute.tensors import write_tensors
from generate.pictures.data.vocabulary import Vocabulary
from generate.pictures.eyes.opening import Eyes, open_eyes
from generate.pictures.families.base import Beginning, Family, Prompt
from generate.pictures.families.latents.course import follow_course
from generate.pictures.families.latents.likeness import Look, measure_unlikeness
from generate.pictures.families.registry import find_spec
from generate.pictures.networks.autoencoder import (
    Autoencoder,
    LatentShape,
    choose_latent_shape,
    read_latent_shape,
)
from generate.pictures.networks.weights import fill
from generate.pictures.training.learner import Rows
from generate.pictures.training.plan import Plan

CODER = "autoencoder"
# Each phase follows a course of its own, so the plan's rate stays the same. In few steps smaller
# batches learn more.
PLAN, LEAST = Plan(warm=0.0, tail=0.0), 6000
# What torch and diffusers raise for a shape that no network can have.
SHAPE_ERRORS = (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RuntimeError)


@dataclass(frozen=True)
class CoderBeginning(Beginning):
    """`Beginning` of a family with an autoencoder.

    The autoencoder learns in the share ``split`` of the run, and what draws in its grid in the
    rest. A share ``word_dropout`` of the pictures is shown without words.
    ``free_bits``: nats that each latent number may tell at no cost. ``evenness``: the weight of
    what it tells beyond them. ``eyes`` name the frozen features that pictures are compared by.
    """

    split: float = 0.5
    word_dropout: float = 0.12
    free_bits: float = 0.5
    evenness: float = 1.0
    eyes: str = "none"


class Coder(Family):
    """A family whose network holds an `Autoencoder`, "autoencoder", among its parts.

    It learns in the first act; it rests in the second, in which the other parts learn.
    """

    network: nn.ModuleDict
    phases: ClassVar[tuple[str, ...]] = (CODER,)
    beginning: CoderBeginning = CoderBeginning(PLAN, least_steps=LEAST)

    # What opens the frozen eyes, and those that are open: no part of the network.
    opens_eyes = staticmethod(open_eyes)
    eyes: Eyes | None = None

    @property
    def coder(self) -> Autoencoder:
        """The autoencoder."""
        found: Any = self.network[CODER]
        return found

    @property
    def size(self) -> int:
        return self.coder.shape.size

    @property
    def acts(self) -> tuple[float, ...]:
        return (0.0, self.beginning.split) if self.beginning.split else (0.0,)

    # -- Create, save, load ----------------------------------------------------------------------

    @classmethod
    def choose_shape(cls, size: int, own: Any) -> LatentShape:
        """The autoencoder's layers for pictures of ``size`` pixels."""
        shape = choose_latent_shape(size)
        channels = getattr(own, "channels", None)
        return replace(shape, channels=channels) if channels else shape

    @classmethod
    def make_parts(cls, shape: LatentShape, vocabulary: Vocabulary, own: Any) -> dict[str, Any]:
        """The network's parts by name."""
        return {CODER: Autoencoder(shape, len(vocabulary))}

    @classmethod
    def remake_parts(
        cls, folder: Path, shape: LatentShape, vocabulary: Vocabulary, own: Any
    ) -> dict[str, Any]:
        """The parts of the network that was saved to ``folder``, without its weights."""
        return cls.make_parts(shape, vocabulary, own)

    @classmethod
    def create(cls, vocabulary: Vocabulary, facts: Mapping[str, Any], own: Any) -> Self:
        shape = cls.choose_shape(int(facts["size"]), own)
        parts = cls.make_parts(shape, vocabulary, own)
        return cls(nn.ModuleDict(parts), vocabulary, facts, own)

    def save(self, folder: Path, half: bool = False) -> None:
        kind = torch.float16 if half else torch.float32
        for name, part in self.network.items():
            tensors = {
                key: t.to(kind) if t.is_floating_point() else t
                for key, t in part.state_dict().items()
            }
            write_tensors(folder / f"{name}/weights.safetensors", tensors, format="pt")
        shape = {name: value for name, value in vars(self.coder.shape).items()}
        own = self.own.model_dump(mode="json", exclude_none=True) if self.own else {}
        write_json(folder / f"{CODER}/config.json", {"shape": shape, "own": own})

    @classmethod
    def load(cls, folder: Path, vocabulary: Vocabulary, facts: Mapping[str, Any]) -> Self:
        record = read_json(folder / f"{CODER}/config.json")
        try:
            shape = read_latent_shape(record["shape"])
            own = find_spec(str(facts["recipe"])).settings.model_validate(record["own"])
            parts = cls.remake_parts(folder, shape, vocabulary, own)
        except SHAPE_ERRORS:
            raise Refusal(
                f"{folder / CODER / 'config.json'}: is not one of this project's models; train "
                "again, or name another folder"
            ) from None
        family = cls(nn.ModuleDict(parts), vocabulary, facts, own)
        for name, part in family.network.items():
            fill(part, folder / f"{name}/weights.safetensors")
        family.network.eval()
        return family

    def begin(self, donor: Family | None, source: str) -> CoderBeginning:
        """The weights of each part that the donor has too, where their shapes are the same.

        `Refusal` if the autoencoder's do not fit.
        """
        if donor is not None:
            self.take_over(donor)
        known = {item.name for item in fields(self.beginning)}
        said = self.own.model_dump(exclude_none=True) if self.own else {}
        plan = replace(self.beginning.plan, **{n: said[n] for n in ("rate", "window") if n in said})
        said = {name: value for name, value in said.items() if name in known}
        self.beginning = replace(self.beginning, plan=plan, **said)
        if self.beginning.eyes != "none":
            self.eyes = self.opens_eyes(f'recipe = "{self.spec.name}"')
            self.facts["eyes"] = [self.eyes.facts]
        return self.beginning

    def take_over(self, donor: Family) -> None:
        """Copy the weights of ``donor``; words keep their places by name."""
        if not isinstance(donor, Coder):
            raise Refusal("a model of another family; name another folder, or scratch")
        misfits = 0
        for name, part in self.network.items():
            theirs = donor.network[name].state_dict() if name in donor.network else {}
            ours = part.state_dict()
            for key, tensor in theirs.items():
                if key == "words.weight":
                    tensor = self.move_words(tensor, donor, ours[key])
                fits = key in ours and ours[key].shape == tensor.shape
                if fits:
                    ours[key] = tensor.clone()
                misfits += not fits and name == CODER
            part.load_state_dict(ours)
        if misfits > len(self.coder.state_dict()) // 2:
            raise Refusal("weights of another shape; name another folder, or scratch")

    def move_words(self, columns: Tensor, donor: Family, ours: Tensor) -> Tensor:
        """``columns`` (D, V) of the donor's words at the places of ours; new ones are noughts."""
        if columns.shape[0] != ours.shape[0]:
            return columns
        extra = columns.shape[1] - len(donor.vocabulary)
        moved = torch.zeros_like(ours)
        if extra:
            moved[:, -extra:] = columns[:, -extra:]
        places = {token: place for place, token in enumerate(donor.vocabulary.tokens)}
        for place, token in enumerate(self.vocabulary.tokens):
            source = places.get(token, places.get(donor.vocabulary.synonyms.get(token, "")))
            if source is not None:
                moved[:, place] = columns[:, source]
        return moved

    # -- Words -----------------------------------------------------------------------------------

    def encode(self, prompts: Sequence[Prompt]) -> Tensor:
        """Conditions (N, words): how much of each word is asked for."""
        return torch.from_numpy(np.stack([self.vocabulary.encode_prompt(p) for p in prompts]))

    def keep_words(self, count: int, generator: torch.Generator) -> Tensor:
        """bool (count, 1): False for the pictures that are shown without words."""
        return torch.rand(count, 1, generator=generator) >= self.beginning.word_dropout

    # -- Train the autoencoder -------------------------------------------------------------------

    def pace(self, phase: str, share: float) -> float:
        split = self.beginning.split
        return follow_course(share, *((0.0, split) if phase == CODER else (split, 1.0)))

    def groups(self, phase: str, plan: Plan) -> list[dict[str, Any]]:
        weights = list(self.network[phase].parameters())
        matrices = [weight for weight in weights if weight.ndim > 1]
        vectors = [weight for weight in weights if weight.ndim <= 1]
        decayed = {"params": matrices, "weight_decay": plan.decay, "share": 1.0}
        return [decayed, {"params": vectors, "share": 1.0}]

    def chance(self, phase: str, batch: Rows, generator: torch.Generator, share: float) -> Rows:
        count = len(batch["pictures"])
        return {
            "worded": self.keep_words(count, generator),
            "noise": torch.randn(count, *self.coder.shape.grid, generator=generator),
            "share": torch.full((count,), share),
        }

    def settled_chance(self, batch: Rows, generator: torch.Generator) -> Rows:
        """The means of the latent numbers, and all with their words."""
        count = len(batch["pictures"])
        return {
            "worded": torch.ones(count, 1),
            "noise": torch.zeros(count, *self.coder.shape.grid),
            "share": torch.ones(count),
        }

    def losses(self, phase: str, batch: Rows, chance: Rows) -> Tensor:
        """How unlike its picture each reconstruction is, and what its latent numbers tell."""
        pictures, words = batch["pictures"], batch["conditions"] * chance["worded"]
        shown, cost = self.reconstruct(pictures, words, chance)
        return self.compare(shown, pictures, chance) + cost

    def compare(self, shown: Tensor, pictures: Tensor, chance: Rows) -> Tensor:
        """How unlike its picture each reconstruction (B, 3, S, S) is, (B,)."""
        return measure_unlikeness(shown, pictures, self.find_look())

    def reconstruct(self, pictures: Tensor, words: Tensor, chance: Rows) -> tuple[Tensor, Tensor]:
        """Pictures (B, 3, S, S) by way of the grid, and what their grid costs (B,)."""
        mean, spread = self.coder.encode(pictures)
        if self.coder.shape.levels:
            rounded, _ = self.coder.round(mean)
            return self.coder.decode(rounded, words), torch.zeros(len(mean), device=mean.device)
        latents = mean + torch.exp(spread / 2) * chance["noise"]
        told = (mean.square() + spread.exp() - 1 - spread) / 2
        # Nats of each channel; what is free is free for each, so none falls silent.
        excess = (told.mean((2, 3)) - self.beginning.free_bits).clamp(min=0).mean(1)
        warm = (chance["share"] / max(0.3 * self.beginning.split, 1e-6)).clamp(max=1)
        # An error of 0.1 in a number of a picture weighs as much as one nat.
        weight = 0.1 * self.beginning.evenness * told[0].numel() / pictures[0].numel()
        return self.coder.decode(latents, words), weight * warm * excess

    def find_look(self) -> Look | None:
        """The frozen eyes' look, where the settings name any."""
        return self.eyes.look if self.eyes else None

    # -- Draw with the autoencoder ---------------------------------------------------------------

    def show(self, latents: Tensor, words: Tensor) -> Tensor:
        """Pictures (N, 3, S, S) in [-1, 1] of ``latents`` (N, C, H, W)."""
        return in_parts(self.coder.decode, self.coder.rows, latents, words).clamp(-1, 1)
