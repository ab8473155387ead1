"""What every kind of image model offers: the one seam between the families and the house."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
import torch
from torch import Tensor, nn

from generate.pictures.compute.precision import choose_device
from generate.pictures.data.vocabulary import Vocabulary
from generate.pictures.families.registry import Spec, find_spec
from generate.pictures.networks.weights import device_of
from generate.pictures.training.plan import Plan

# Tensors by name that have one row for each picture of a batch.
Rows = dict[str, Tensor]
# Sees step 0 (the noise), 1, … and what the pictures are by then.
Watch = Callable[[int, Tensor], None]
# What a picture is asked to show: {"text", "tags"}, or {"weights"} of words (`Vocabulary`).
Prompt = Mapping[str, Any]


@dataclass(frozen=True)
class Beginning:
    """What follows from the weights that a run begins with.

    ``plan`` is the plan but for its length, batch and seed; ``batch`` pictures are learnt from at a
    time (None: as many as suit the machine). A budget that holds fewer than ``enough`` steps has
    smaller batches. Without a budget a run sees the training set ``epochs`` times; if ``capped``, a
    budget in minutes makes it no longer. Training pictures are ``mirrored``, unless the settings
    say otherwise, and ``moved`` where they are few. ``arithmetic`` None: the fastest, by trial.
    """

    plan: Plan = field(default_factory=Plan)
    batch: int | None = None
    enough: int = 0
    epochs: int = 30
    capped: bool = False
    mirrored: bool = True
    moved: bool = True
    arithmetic: str | None = None


class Noise:
    """The chance that makes N pictures: what each begins from, and what its sampler adds.

    Each picture has its own generator, so that its company changes nothing.
    """

    def __init__(self, generators: Sequence[torch.Generator], shape: Sequence[int]) -> None:
        self.generators = generators
        self.shape = tuple(shape)
        self.start = self.draw()

    def __len__(self) -> int:
        return len(self.generators)

    def draw(self) -> Tensor:
        """Fresh standard normal numbers (N, *shape), further ones at each call."""
        return torch.cat([torch.randn(1, *self.shape, generator=g) for g in self.generators])


@dataclass(frozen=True)
class Drawn:
    """Sampled pictures (N, 3, S, S) in [-1, 1].

    ``beside`` holds what else came of each, files by their ending: {".svg": bytes}.
    """

    pictures: Tensor
    beside: list[dict[str, bytes]] = field(default_factory=list)


class Family(ABC):
    """An image model: a network that is trained, the words it knows, and facts about it.

    ``facts`` is what sampling must know: "recipe", "size" (pixels), "source" (of its training
    pictures), and what the family adds. ``own`` are the family's own settings. A batch and its
    chance are `Rows`; ``phases`` names the optimisers that take turns in each step.
    """

    phases: ClassVar[tuple[str, ...]] = ("all",)

    def __init__(
        self,
        network: nn.Module,
        vocabulary: Vocabulary | None = None,
        facts: Mapping[str, Any] | None = None,
        own: Any = None,
    ) -> None:
        self.network = network.to(choose_device())
        self.vocabulary = vocabulary or Vocabulary()
        self.facts = dict(facts or {})
        self.own = own
        self.beginning = Beginning()

    @property
    def spec(self) -> Spec:
        """What the registry says of this family."""
        return find_spec(str(self.facts["recipe"]))

    @property
    def device(self) -> torch.device:
        """Where the network computes."""
        return device_of(self.network)

    # -- Made, begun, saved, loaded ------------------------------------------------------------

    @classmethod
    @abstractmethod
    def create(cls, vocabulary: Vocabulary, facts: Mapping[str, Any], own: Any) -> Self:
        """A new one with random weights, for pictures of ``facts["size"]`` pixels."""

    @abstractmethod
    def save(self, folder: Path, half: bool = False) -> None:
        """Write the weights and what loading them needs; ``half``: as float16."""

    @classmethod
    @abstractmethod
    def load(cls, folder: Path, vocabulary: Vocabulary, facts: Mapping[str, Any]) -> Self:
        """Read what `save` wrote. Raises `Refusal` naming the file that is missing or damaged."""

    def begin(self, donor: "Family | None", source: str) -> Beginning:
        """Take over what fits of ``donor``'s weights, for training pictures of ``source``.

        Returns, and keeps, what follows for the run. Raises `Refusal` if nothing fits.
        """
        return self.beginning

    def export(self, folder: Path) -> list[Path]:
        """Write the networks that sample as ONNX, if the family can; the files."""
        return []

    # -- Words ---------------------------------------------------------------------------------

    @abstractmethod
    def encode(self, prompts: Sequence[Prompt]) -> Tensor:
        """Conditions (N, …) of ``prompts``: numbers of words, or tokens with 0 for none."""

    def asks(self, conditions: Tensor) -> np.ndarray:
        """bool (N,): whether each row of conditions asks for anything that the model can heed."""
        return np.asarray(conditions.flatten(1).any(1).cpu())

    # -- Training ------------------------------------------------------------------------------

    def groups(self, phase: str, plan: Plan) -> list[dict[str, Any]]:
        """The optimiser's groups of parameters in ``phase``, each with its "share" of the rate.

        Without a word of the family: no weight decay of biases and norms.
        """
        matrices = [p for p in self.network.parameters() if p.ndim > 1]
        vectors = [p for p in self.network.parameters() if p.ndim <= 1]
        return [
            {"params": matrices, "weight_decay": plan.decay, "share": 1.0},
            {"params": vectors, "share": 1.0},
        ]

    @abstractmethod
    def chance(self, phase: str, batch: Rows, generator: torch.Generator, share: float) -> Rows:
        """All that chance decides in a step, B rows; ``share`` in [0, 1) of the run is done."""

    @abstractmethod
    def losses(self, phase: str, batch: Rows, chance: Rows) -> Tensor:
        """The loss of each picture (B,), to be made small in ``phase``.

        ``batch`` has "pictures" (B, 3, S, S) in [-1, 1], "conditions" as `encode` gives them, and
        "labels" (B, ALTERATIONS), which say how each picture was altered.
        """

    def settled_chance(self, batch: Rows, generator: torch.Generator) -> Rows | None:
        """Chance at which losses of held-out pictures compare over a run; None: they do not."""
        return None

    def split_losses(self, losses: Tensor, chance: Rows) -> dict[str, float]:
        """Means of parts of the losses (B,), for the curve: {"noise 0 to 25 %": …}."""
        return {}

    # -- Sampling ------------------------------------------------------------------------------

    def noise(self, generators: Sequence[torch.Generator]) -> Noise:
        """The chance of as many pictures as there are ``generators``."""
        size = int(self.facts["size"])
        return Noise(generators, (3, size, size))

    @abstractmethod
    def sample(
        self,
        conditions: Tensor,
        noise: Noise,
        steps: int,
        guidance: float = 1.0,
        watch: Watch | None = None,
    ) -> Drawn:
        """A picture for each row of ``conditions``, which does not depend on the other rows.

        ``watch(i, state)`` sees i = 0 … ``steps`` and what the pictures are by then.
        """

    def develop(self, state: Tensor) -> Tensor:
        """What ``watch`` saw (N, 3, S, S), as a picture in [-1, 1] to show."""
        return state.clamp(-1, 1)

    def score(self, pictures: Tensor, conditions: Tensor) -> np.ndarray | None:
        """How well each picture (N, 3, S, S) shows what was asked (N,), by the model's judgement.

        Higher is better; 0 where nothing was asked. None if the family cannot tell.
        """
        return None

    # -- Telling -------------------------------------------------------------------------------

    @abstractmethod
    def write_script(self, steps: int) -> str:
        """A Python script that samples the model folder it lies in without this project."""
