"""A maker and a critic with their words: create, save, load, draw, judge what is drawn."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
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
from generate.pictures.eyes.opening import Eyes, open_eyes
from generate.pictures.families.base import Beginning, Drawn, Family, Noise, Prompt, Watch
from generate.pictures.families.gans.critic import OWN_WIDTHS, Critic
from generate.pictures.families.gans.losses import Player
from generate.pictures.families.gans.words import take_words
from generate.pictures.networks.unet import ALTERATIONS
from generate.pictures.networks.weights import fill
from generate.pictures.training.plan import Plan

# Noise is multiplied by guidance to this power: nearer to the mean, pictures keep to their words
# more strictly and differ less (the truncation of BigGAN, arXiv 1809.11096).
TRUNCATION = -0.25
BEGINNING = Beginning(Plan(rate=2.5e-4, warm=0.01, tail=0.3, decay=0.0, clip=10.0), moved=False)


# What the script of every card of theirs begins with.
HEAD = Path(__file__).with_name("any_script.txt")


class Pair(Family):
    """A maker and a critic. ``network`` is a ModuleDict of both.

    ``eyes`` are the frozen features that the critic looks with; None: it learns its own. They are
    no part of ``network``.
    """

    beginning = BEGINNING
    # The critic's width, and what opens the eyes; tests put tiny ones in their place.
    critic_width: ClassVar[int] = 96
    # The stages of the maker, each with a critic.
    stages: ClassVar[int] = 1
    opens_eyes = staticmethod(open_eyes)

    def __init__(self, *parts: Any, eyes: Eyes | None = None, **named: Any) -> None:
        super().__init__(*parts, **named)
        self.eyes = eyes

    @property
    def maker(self) -> Any:
        """The network that draws."""
        return self.network["maker"]

    @property
    def critic(self) -> Any:
        """The network that judges, or the list of all stages' critics."""
        return self.network["critic"]

    @property
    def critics(self) -> list[Any]:
        """A critic for each stage of the maker."""
        return [self.critic] if self.stages == 1 else list(self.critic)

    # -- Create, save, load ----------------------------------------------------------------------

    @classmethod
    @abstractmethod
    def make_maker(cls, config: Mapping[str, Any]) -> nn.Module:
        """The maker that a config.json describes."""

    @classmethod
    @abstractmethod
    def choose_config(cls, size: int, words: int, share: float) -> dict[str, Any]:
        """The maker's config for pictures of ``size``; ``share`` of the usual width."""

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
        critics = [
            Critic(tokens=tokens, words=tokens + ALTERATIONS, **facts["critic"])
            for _ in range(cls.stages)
        ]
        critic = critics[0] if cls.stages == 1 else nn.ModuleList(critics)
        return nn.ModuleDict({"maker": cls.make_maker(facts["maker"]), "critic": critic})

    def save(self, folder: Path, half: bool = False) -> None:
        kind = torch.float16 if half else torch.float32
        for name in self.network:
            state = self.network[name].state_dict()
            tensors = {key: weight.to(kind) for key, weight in state.items()}
            write_tensors(folder / name / "weights.safetensors", tensors, format="pt")
            if name in self.facts:
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
        for name in network:
            fill(network[name], folder / name / "weights.safetensors")
        network.eval()
        eyes = None
        if known.get("eyes"):
            try:
                eyes = cls.opens_eyes(str(folder))
            except Refusal as refusal:
                print(f"model     candidates are not compared by their words: {refusal}")
        return cls(network, vocabulary, known, eyes=eyes)

    def export(self, folder: Path) -> list[Path]:
        from generate.pictures.families.gans.exporting import export_maker

        return export_maker(self, folder)

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

    def join_script(self, rest: Path) -> str:
        """The script of the model card: its head, and the ``rest``."""
        text = HEAD.read_text(encoding="utf-8") + rest.read_text(encoding="utf-8")
        return text.replace("WORDS", repr(list(self.vocabulary.tokens[:1])))

    # -- Words -----------------------------------------------------------------------------------

    def encode(self, prompts: Sequence[Prompt]) -> Tensor:
        """Conditions (N, words): how much of each word is asked for."""
        return torch.from_numpy(np.stack([self.vocabulary.encode_prompt(p) for p in prompts]))

    # -- Sample ----------------------------------------------------------------------------------

    def draw_stages(self, noise: Tensor, conditions: Tensor) -> list[Tensor]:
        """The pictures of each stage, in [-1, 1]; the last are the maker's answer."""
        return [self.maker(noise, conditions)]

    def draw(self, noise: Tensor, conditions: Tensor) -> Tensor:
        """The maker's answer (B, 3, S, S) in [-1, 1]."""
        return self.draw_stages(noise, conditions)[-1]

    def noise(self, generators: Sequence[torch.Generator]) -> Noise:
        return Noise(generators, (self.maker.shape.noise,))

    @torch.inference_mode()
    def sample(
        self,
        conditions: Tensor,
        noise: Noise,
        steps: int,
        guidance: float = 1.0,
        watch: Watch | None = None,
    ) -> Drawn:
        """The states go from the mean picture, without noise and words, to the picture."""
        start = noise.start.to(self.device) * guidance**TRUNCATION
        asked = functional.pad(conditions.to(self.device), (0, ALTERATIONS))
        for step in range(0 if watch else steps, steps + 1):
            state = self.draw_on_the_way(start, asked, step / steps)
            if watch:
                watch(step, state)
        return Drawn(state.clamp(-1, 1))

    def draw_on_the_way(self, noise: Tensor, asked: Tensor, share: float) -> Tensor:
        """The pictures when ``share`` of their way from the mean picture is gone."""
        return in_parts(self.draw, self.rows, noise * share, asked * share)

    @torch.inference_mode()
    def score(self, pictures: Tensor, conditions: Tensor) -> np.ndarray | None:
        """The mean logarithm of how surely the critic names the words asked for."""
        player = Player(self.critics[-1], self.eyes)
        if not len(self.vocabulary) or not player.sees:
            return None

        def name(pictures: Tensor) -> Tensor:
            answer: Tensor = player.critic.name(player.critic(player.look(pictures))).float()
            return answer

        logits = in_parts(name, self.rows, pictures.to(self.device)).cpu()
        weights = conditions.cpu()
        total = (functional.logsigmoid(logits) * weights).sum(1)
        return np.asarray((total / weights.sum(1).clamp(min=1e-6)).double())

    @property
    def rows(self) -> int:
        """How many pictures are drawn at a time; the same on every machine."""
        return max(1, 2**17 // self.size**2)
