"""What every kind of image model offers: the one seam between the families and the other rooms."""

from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import numpy as np
import torch
from torch import Tensor, nn

from generate.errors import Refusal
from generate.pictures.compute.precision import choose_device
from generate.pictures.data.vocabulary import Vocabulary
from generate.pictures.families.registry import Spec, find_spec
from generate.pictures.networks.weights import count_parameters, device_of
from generate.pictures.training.learner import Learner, Rows
from generate.pictures.training.plan import Plan

# Called with a step, 0 (the noise), 1, …, and the pictures as they are after it.
Watch = Callable[[int, Tensor], None]
# What a picture is asked to show: {"text", "tags"}, or {"weights"} of words (`Vocabulary`).
Prompt = Mapping[str, Any]
# The ending of a file beside a picture that is published in its place, and not kept: a PNG with
# more pixels than the family learns from.
PRINT = ".print.png"


@dataclass(frozen=True)
class Beginning:
    """How a run is trained, given the weights that it begins from.

    ``plan`` is the plan without its length, batch and seed. ``batch`` is the number of pictures in
    a step (None: chosen to suit the machine). If the budget holds fewer than ``least_steps``
    steps, the batch is made smaller. Without a budget a run sees the training set ``epochs`` times;
    if ``capped``, a budget in minutes makes it no longer. Training pictures are ``mirrored``,
    unless the settings say otherwise, and ``moved`` where they are few. ``arithmetic`` None: the
    fastest one, by trial.
    """

    plan: Plan = field(default_factory=Plan)
    batch: int | None = None
    least_steps: int = 0
    epochs: int = 30
    capped: bool = False
    mirrored: bool = True
    moved: bool = True
    arithmetic: str | None = None


class Noise:
    """The random numbers that N pictures are made from: a start for each, and more for its steps.

    Each picture has its own generator, so it does not depend on the other pictures of a batch.
    """

    def __init__(self, generators: Sequence[torch.Generator], shape: Sequence[int]) -> None:
        self.generators = generators
        self.shape = tuple(shape)
        self.start = self.next()

    def __len__(self) -> int:
        return len(self.generators)

    def next(self) -> Tensor:
        """Standard normal numbers (N, *shape), new ones at each call."""
        return torch.cat([torch.randn(1, *self.shape, generator=g) for g in self.generators])


@dataclass(frozen=True)
class Drawn:
    """Sampled pictures (N, 3, S, S) in [-1, 1].

    ``beside`` holds further files of each picture by their ending: {".svg": bytes}. One with the
    ending `PRINT` is what is published of it.
    """

    pictures: Tensor
    beside: list[dict[str, bytes]] = field(default_factory=list)


class Family(Learner):
    """An image model: a network that is trained, the words it knows, and facts about it.

    ``facts`` is what sampling must know: "recipe", "size" (pixels), "source" (of its training
    pictures), and what the family adds. ``own`` are the family's own settings.
    """

    beginning = Beginning()

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

    @property
    def spec(self) -> Spec:
        """What the registry says of this family."""
        return find_spec(str(self.facts["recipe"]))

    @property
    def device(self) -> torch.device:
        """Where the network computes."""
        return device_of(self.network)

    @property
    def size(self) -> int:
        """Side of its pictures in pixels."""
        return int(self.facts["size"])

    def count_parameters(self) -> int:
        """The number of weights that draw."""
        return count_parameters(self.network)

    # -- Create, save, load ----------------------------------------------------------------------

    @classmethod
    @abstractmethod
    def create(cls, vocabulary: Vocabulary, facts: Mapping[str, Any], own: Any) -> Self:
        """A new model with random weights, for pictures of ``facts["size"]`` pixels."""

    @abstractmethod
    def save(self, folder: Path, half: bool = False) -> None:
        """Write the weights and what loading them needs; ``half``: as float16."""

    @classmethod
    @abstractmethod
    def load(cls, folder: Path, vocabulary: Vocabulary, facts: Mapping[str, Any]) -> Self:
        """Read what `save` wrote. Raises `Refusal` naming the file that is missing or damaged."""

    def begin(self, donor: "Family | None", source: str) -> Beginning:
        """Copy those of ``donor``'s weights that fit, for training pictures of ``source``.

        Returns how the run is trained, and keeps it as ``beginning``. `Refusal` if nothing fits.
        """
        return self.beginning

    def export(self, folder: Path) -> list[Path]:
        """Write the networks that sample as ONNX, if the family can; the files."""
        return []

    # -- Words -----------------------------------------------------------------------------------

    @abstractmethod
    def encode(self, prompts: Sequence[Prompt]) -> Tensor:
        """Conditions (N, …) of ``prompts``: weights of words, or tokens with 0 for none."""

    def asks(self, conditions: Tensor) -> np.ndarray:
        """bool (N,): whether each row of conditions asks for anything that the model can draw."""
        return np.asarray(conditions.flatten(1).any(1).cpu())

    def add_words(self, columns: Sequence[Tensor]) -> None:
        """Know further words, each a column (D,) of the map of words, behind those so far.

        Raises `Refusal` for families whose spec does not say that they learn words.
        """
        raise Refusal(f"{self.spec.name} learns no word")

    # -- Train (with `Learner`'s chance and split_losses) ----------------------------------------

    def groups(self, phase: str, plan: Plan) -> list[dict[str, Any]]:
        """As `Learner.groups`; by default biases and norms have no weight decay."""
        matrices = [p for p in self.network.parameters() if p.ndim > 1]
        vectors = [p for p in self.network.parameters() if p.ndim <= 1]
        return [
            {"params": matrices, "weight_decay": plan.decay, "share": 1.0},
            {"params": vectors, "share": 1.0},
        ]

    @abstractmethod
    def losses(self, phase: str, batch: Rows, chance: Rows) -> Tensor:
        """As `Learner.losses`.

        ``batch`` has "pictures" (B, 3, S, S) in [-1, 1], "conditions" as `encode` gives them, and
        "labels" (B, ALTERATIONS), which say how each picture was altered.
        """

    def settled_chance(self, batch: Rows, generator: torch.Generator) -> Rows | None:
        """`chance` for held-out pictures, fixed so that their losses compare over a run.

        None if the losses of this family do not compare.
        """
        return None

    def meet(self, held_out: Rows) -> None:
        """Take held-out pictures, rows as `losses` has them, to measure by while it learns."""

    def inspect(self, drawn: Tensor, shown: Tensor, exposures: int) -> dict[str, float]:
        """Figures about the pictures ``drawn`` for a grid, after ``exposures`` training pictures.

        ``shown`` are training pictures with the same words; both (N, 3, S, S) in [-1, 1]. Raises
        `Refusal` where it makes no sense to go on.
        """
        return {}

    # -- Sample ----------------------------------------------------------------------------------

    def noise(self, generators: Sequence[torch.Generator]) -> Noise:
        """The noise of pictures, one for each of ``generators``."""
        return Noise(generators, (3, self.size, self.size))

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

        ``watch(i, state)`` is called for i = 0 … ``steps`` with the pictures as they are by then.
        """

    def develop(self, state: Tensor) -> Tensor:
        """A ``state`` that `sample` showed (N, 3, S, S), as a picture in [-1, 1]."""
        return state.clamp(-1, 1)

    def walk(
        self,
        conditions: Tensor,
        noise: Noise,
        shares: Sequence[float],
        steps: int,
        guidance: float = 1.0,
    ) -> Tensor:
        """Pictures (F, 3, S, S) in [-1, 1] between those of the two rows of ``conditions``.

        ``shares`` of the way: 0 is what `sample` draws for the first, 1 for the second. Raises
        `Refusal` for families whose spec does not say that they walk.
        """
        raise Refusal(f"{self.spec.name} knows no way between pictures")

    def score(self, pictures: Tensor, conditions: Tensor) -> np.ndarray | None:
        """How well each picture (N, 3, S, S) shows what was asked (N,), by the model's judgement.

        Higher is better; 0 where nothing was asked. None if the family cannot tell.
        """
        return None

    @abstractmethod
    def write_script(self, steps: int) -> str:
        """A Python script that samples the model folder it lies in without this project."""
