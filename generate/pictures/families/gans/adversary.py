"""What all families of adversaries share: two phases, their losses, files, words, and collapse.

The critic learns to tell pictures of the set with their words from the same with wrong words, and
from drawn ones (Reed et al., arXiv 1605.05396); the maker learns to be taken for the set.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from generate.errors import Refusal
from generate.files import read_json, write_json
from generate.pictures.compute.memory import in_parts
from generate.pictures.compute.tensors import write_tensors
from generate.pictures.data.vocabulary import Vocabulary
from generate.pictures.eyes.diversity import measure_diversity, see_thumbnails
from generate.pictures.eyes.opening import Eyes, open_eyes
from generate.pictures.families.base import Beginning, Family, Noise, Prompt
from generate.pictures.families.gans.altering import CHANCES, alter
from generate.pictures.families.gans.critic import OWN_WIDTHS, Critic
from generate.pictures.families.gans.losses import LOSSES, name_losses
from generate.pictures.families.gans.words import WrongWords, take_words
from generate.pictures.networks.unet import ALTERATIONS
from generate.pictures.networks.weights import fill
from generate.pictures.training.learner import Rows
from generate.pictures.training.plan import Plan

# After so many pictures seen, drawings that differ less than this share of what the set's pictures
# do have collapsed.
ENOUGH, COLLAPSED = 8000, 0.25
BEGINNING = Beginning(Plan(rate=5e-4, warm=0.01, tail=0.3, decay=0.0, clip=10.0), moved=False)
# Share of the pictures without words, and the weight of naming the words.
WORD_DROPOUT, NAMING = 0.1, 0.1
# Adam's first moment: adversaries chase each other, and old gradients mislead (2501.05441).
MOMENTUM = 0.0


class Adversary(Family):
    """A maker and a critic. ``network`` is a ModuleDict of both.

    ``eyes`` are the frozen features that the critic looks with; None: it learns its own. They are
    no part of ``network``.
    """

    phases = ("critic", "maker")
    beginning = BEGINNING
    # The critic's width, and what opens the eyes; tests put tiny ones in their place.
    critic_width: ClassVar[int] = 96
    opens_eyes = staticmethod(open_eyes)

    def __init__(self, *parts: Any, eyes: Eyes | None = None, **named: Any) -> None:
        super().__init__(*parts, **named)
        self.eyes = eyes
        self.wrong = WrongWords(self.vocabulary)
        said = self.own.model_dump(exclude_none=True) if self.own else {}
        self.compare = LOSSES[said.get("loss", "hinge")]
        self.naming = float(said.get("naming", NAMING))
        self.word_dropout = float(said.get("word_dropout", WORD_DROPOUT))

    @property
    def maker(self) -> Any:
        """The network that draws."""
        return self.network["maker"]

    @property
    def critic(self) -> Any:
        """The network that judges."""
        return self.network["critic"]

    # -- Create, save, load ----------------------------------------------------------------------

    @classmethod
    def make_maker(cls, config: Mapping[str, Any]) -> nn.Module:
        """The maker that a config.json describes."""
        raise NotImplementedError

    @classmethod
    def choose_config(cls, size: int, words: int, share: float) -> dict[str, Any]:
        """The maker's config for pictures of ``size``; ``share`` of the usual width."""
        raise NotImplementedError

    @classmethod
    def create(cls, vocabulary: Vocabulary, facts: Mapping[str, Any], own: Any) -> Self:
        frozen = own is None or own.eyes != "own"
        eyes = cls.opens_eyes(f'recipe = "{facts["recipe"]}"') if frozen else None
        words = len(vocabulary) + ALTERATIONS
        share = (own.width if own else None) or 1.0
        config = cls.choose_config(int(facts["size"]), words, share)
        critic = {
            "widths": list(eyes.widths if eyes else OWN_WIDTHS),
            "width": max(8, round(cls.critic_width * share)),
            "own": eyes is None,
        }
        known = {**facts, "eyes": [eyes.facts] if eyes else [], "maker": config, "critic": critic}
        return cls(cls.build(known, len(vocabulary)), vocabulary, known, own, eyes=eyes)

    @classmethod
    def build(cls, facts: Mapping[str, Any], tokens: int) -> nn.ModuleDict:
        """Both networks with random weights, as the facts describe them."""
        critic = Critic(tokens=tokens, words=tokens + ALTERATIONS, **facts["critic"])
        return nn.ModuleDict({"maker": cls.make_maker(facts["maker"]), "critic": critic})

    def save(self, folder: Path, half: bool = False) -> None:
        kind = torch.float16 if half else torch.float32
        for name in ("maker", "critic"):
            state = self.network[name].state_dict()
            tensors = {key: weight.to(kind) for key, weight in state.items()}
            write_tensors(folder / name / "weights.safetensors", tensors, format="pt")
            write_json(folder / name / "config.json", self.facts[name])

    @classmethod
    def load(cls, folder: Path, vocabulary: Vocabulary, facts: Mapping[str, Any]) -> Self:
        known = dict(facts)
        try:
            for name in ("maker", "critic"):
                known[name] = read_json(folder / name / "config.json")
            network = cls.build(known, len(vocabulary))
        except (LookupError, TypeError, ValueError, ArithmeticError, RuntimeError):
            raise Refusal(
                f"{folder}: its maker or critic is not one of this project's models; train again, "
                "or name another folder"
            ) from None
        for name in ("maker", "critic"):
            fill(network[name], folder / name / "weights.safetensors")
        network.eval()
        eyes = None
        if known.get("eyes"):
            try:
                eyes = cls.opens_eyes(str(folder))
            except Refusal as refusal:
                print(f"model     candidates are not compared by their words: {refusal}")
        return cls(network, vocabulary, known, eyes=eyes)

    def begin(self, donor: Family | None, source: str) -> Beginning:
        """The donor's weights, whatever its words; `Refusal` if other layers differ."""
        said = self.own.model_dump(exclude_none=True) if self.own else {}
        plan = {name: said[name] for name in ("rate", "window") if name in said}
        self.beginning = replace(self.beginning, plan=replace(self.beginning.plan, **plan))
        if donor is None:
            return self.beginning
        if type(donor) is not type(self):
            raise Refusal("a model of another family; name another folder, or scratch")
        fresh = self.network.state_dict()
        for name, weight in donor.network.state_dict().items():
            words = take_words(name, weight, donor.vocabulary, self.vocabulary)
            if name not in fresh or words.shape != fresh[name].shape:
                raise Refusal("weights of another shape; name another folder, or scratch")
            fresh[name] = words
        self.network.load_state_dict(fresh)
        return self.beginning

    # -- Words -----------------------------------------------------------------------------------

    def encode(self, prompts: Sequence[Prompt]) -> Tensor:
        """Conditions (N, words): how much of each word is asked for."""
        return torch.from_numpy(np.stack([self.vocabulary.encode_prompt(p) for p in prompts]))

    # -- Train -----------------------------------------------------------------------------------

    def groups(self, phase: str, plan: Plan) -> list[dict[str, Any]]:
        weights = list(self.network[phase].parameters())
        return [{"params": weights, "share": 1.0, "betas": (MOMENTUM, plan.beta)}]

    def chance(self, phase: str, batch: Rows, generator: torch.Generator, share: float) -> Rows:
        count, width = len(batch["pictures"]), len(self.vocabulary)
        found = {
            "noise": torch.randn(count, self.maker.shape.noise, generator=generator),
            "worded": (torch.rand(count, 1, generator=generator) >= self.word_dropout).float(),
            "altered": torch.rand(count, CHANCES, generator=generator),
            "again": torch.rand(count, CHANCES, generator=generator),
        }
        if phase == "critic" and width:
            found["wrong"] = self.wrong.draw(batch["conditions"], generator)
        return found

    def ask(self, batch: Rows, words: Tensor) -> Tensor:
        """Conditions (B, words + ALTERATIONS) as both networks take them."""
        return torch.cat([words, batch["labels"]], 1)

    def look(self, pictures: Tensor) -> list[Tensor]:
        """The maps that the critic judges."""
        levels: list[Tensor] = (self.eyes.look if self.eyes else self.critic.pyramid)(pictures)
        return levels

    def draw(self, noise: Tensor, conditions: Tensor) -> Tensor:
        """Pictures for the last stage, in [-1, 1]."""
        drawn: Tensor = self.maker(noise, conditions)
        return drawn

    def losses(self, phase: str, batch: Rows, chance: Rows) -> Tensor:
        words = batch["conditions"] * chance["worded"]
        asked = self.ask(batch, words)
        if phase == "critic":
            return self.lose_as_critic(batch, chance, words, asked)
        with frozen(self.critic):
            drawn = self.draw(chance["noise"], asked)
            return self.lose_as_maker(batch, chance, words, asked, drawn)

    def lose_as_critic(self, batch: Rows, chance: Rows, words: Tensor, asked: Tensor) -> Tensor:
        """Losses (B,) of the critic."""
        with torch.no_grad():
            drawn = self.draw(chance["noise"], asked)
        wrong = chance["wrong"] * chance["worded"] if "wrong" in chance else words
        differs = (wrong != words).any(1).float()
        shown = alter(batch["pictures"], chance["altered"])
        losses, seen = self.compare.critic(
            self, shown, alter(drawn, chance["again"]), asked, self.ask(batch, wrong), differs
        )
        if self.naming and words.shape[1]:
            losses = losses + self.naming * name_losses(self.critic.name(seen), words)
        return losses

    def lose_as_maker(
        self, batch: Rows, chance: Rows, words: Tensor, asked: Tensor, drawn: Tensor
    ) -> Tensor:
        """Losses (B,) of the maker, for what it has ``drawn``."""
        seen = self.critic(self.look(alter(drawn, chance["again"])))
        losses: Tensor = self.compare.maker(
            self, alter(batch["pictures"], chance["altered"]), seen, asked
        )
        if self.naming and words.shape[1]:
            losses = losses + self.naming * name_losses(self.critic.name(seen), words)
        return losses

    def inspect(self, drawn: Tensor, shown: Tensor, exposures: int) -> dict[str, float]:
        if min(len(drawn), len(shown)) < 2:
            return {}
        see = self.eyes.pool if self.eyes else see_thumbnails
        with torch.inference_mode():
            found = measure_diversity(drawn.to(self.device), shown.to(self.device), see)
        self.facts["diversity"] = round(found, 4)
        if exposures >= ENOUGH and found < COLLAPSED:
            raise Refusal(
                f"{self.facts['recipe']} has collapsed: after {exposures:,} pictures its drawings "
                f"differ from each other by {found:.0%} of what the set's pictures do; choose "
                "another seed, a lower rate, more pictures, or another recipe"
            )
        return {"diversity": found}

    # -- Sample ----------------------------------------------------------------------------------

    def noise(self, generators: Sequence[torch.Generator]) -> Noise:
        return Noise(generators, (self.maker.shape.noise,))

    @torch.inference_mode()
    def score(self, pictures: Tensor, conditions: Tensor) -> np.ndarray | None:
        """The mean logarithm of how surely the critic names the words asked for."""
        if not len(self.vocabulary) or (self.eyes is None and not self.critic.pyramid):
            return None

        def name(pictures: Tensor) -> Tensor:
            answer: Tensor = self.critic.name(self.critic(self.look(pictures))).float()
            return answer

        logits = in_parts(name, self.rows, pictures.to(self.device)).cpu()
        weights = conditions.cpu()
        total = (functional.logsigmoid(logits) * weights).sum(1)
        return np.asarray((total / weights.sum(1).clamp(min=1e-6)).double())

    @property
    def rows(self) -> int:
        """How many pictures are drawn at a time; the same on every machine."""
        return max(1, 2**17 // self.size**2)


@contextmanager
def frozen(module: nn.Module) -> Iterator[None]:
    """Gradients pass through ``module`` inside the block, but none is taken of its weights."""
    module.requires_grad_(False)
    try:
        yield
    finally:
        module.requires_grad_(True)
