"""What all families of adversaries share when they train: two phases, their losses, collapse.

The critic learns to tell pictures of the set with their words from the same with wrong words, and
from drawn ones (Reed et al., arXiv 1605.05396); the maker learns to be taken for the set.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

import torch
from torch import Tensor, nn
from torch.nn import functional

from generate.errors import Refusal
from generate.pictures.eyes.diversity import measure_diversity, see_thumbnails
from generate.pictures.families.gans.altering import CHANCES, alter
from generate.pictures.families.gans.losses import LOSSES, Player, name_losses
from generate.pictures.families.gans.pair import Pair
from generate.pictures.families.gans.words import WrongWords
from generate.pictures.training.learner import Rows
from generate.pictures.training.plan import Plan

# After so many pictures seen, drawings that differ less than this share of what the set's pictures
# do have collapsed.
ENOUGH, COLLAPSED = 8000, 0.3
# Share of the pictures without words, and the weight of naming the words.
WORD_DROPOUT, NAMING = 0.1, 0.05
# Adam's first moment: adversaries chase each other, and old gradients mislead (2501.05441).
MOMENTUM = 0.0


class Adversary(Pair):
    """A maker and a critic that take turns."""

    phases: ClassVar[tuple[str, ...]] = ("critic", "maker")

    def __init__(self, *parts: Any, **named: Any) -> None:
        super().__init__(*parts, **named)
        self.wrong = WrongWords(self.vocabulary)
        said = self.own.model_dump(exclude_none=True) if self.own else {}
        self.compare = LOSSES[said.get("loss", "hinge")]
        self.naming = float(said.get("naming", NAMING))
        self.word_dropout = float(said.get("word_dropout", WORD_DROPOUT))

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

    def losses(self, phase: str, batch: Rows, chance: Rows) -> Tensor:
        words = batch["conditions"] * chance["worded"]
        asked = self.ask(batch, words)
        if phase == "critic":
            return self.lose_as_critic(batch, chance, words, asked)
        with frozen(self.network["critic"]):
            return self.lose_as_maker(batch, chance, words, asked)

    def lose_as_critic(self, batch: Rows, chance: Rows, words: Tensor, asked: Tensor) -> Tensor:
        """Losses (B,) of the critics, added up over the stages."""
        with torch.no_grad():
            stages = self.draw_stages(chance["noise"], asked)
        wrong = chance["wrong"] * chance["worded"] if "wrong" in chance else words
        differs = (wrong != words).any(1).float()
        losses = torch.zeros(len(words), device=words.device)
        for critic, drawn in zip(self.critics, stages, strict=True):
            player = Player(critic, self.eyes)
            shown = alter(fit(batch["pictures"], drawn), chance["altered"])
            drawn = alter(drawn, chance["again"])
            lost, seen = self.compare.critic(
                player, shown, drawn, asked, self.ask(batch, wrong), differs
            )
            losses = losses + lost + self.lose_by_naming(critic, seen, words)
        return losses

    def lose_as_maker(self, batch: Rows, chance: Rows, words: Tensor, asked: Tensor) -> Tensor:
        """Losses (B,) of the maker, added up over the stages."""
        losses = torch.zeros(len(words), device=words.device)
        stages = self.draw_stages(chance["noise"], asked)
        for critic, drawn in zip(self.critics, stages, strict=True):
            player = Player(critic, self.eyes)
            seen = critic(player.look(alter(drawn, chance["again"])))
            shown = alter(fit(batch["pictures"], drawn), chance["altered"])
            losses = losses + self.compare.maker(player, shown, seen, asked)
            losses = losses + self.lose_by_naming(critic, seen, words)
        return losses + self.lose_beside(chance, words, asked, stages)

    def lose_beside(
        self, chance: Rows, words: Tensor, asked: Tensor, stages: list[Tensor]
    ) -> Tensor | float:
        """What else the maker is to make smaller (B,), for the ``stages`` that it drew."""
        return 0.0

    def lose_by_naming(self, critic: Any, seen: list[Tensor], words: Tensor) -> Tensor | float:
        """How badly (B,) ``critic`` names the words of what it has ``seen``, weighted."""
        if not self.naming or not words.shape[1]:
            return 0.0
        return self.naming * name_losses(critic.name(seen), words)

    def inspect(self, drawn: Tensor, shown: Tensor, exposures: int) -> dict[str, float]:
        if min(len(drawn), len(shown)) < 2:
            return {}
        # Not by the eyes: what the maker learnt to please would call one picture many.
        with torch.inference_mode():
            found, nearest = measure_diversity(drawn.cpu(), shown.cpu(), see_thumbnails)
        self.facts |= {"diversity": round(found, 4), "nearest": round(nearest, 4)}
        if exposures >= ENOUGH and nearest < COLLAPSED:
            raise Refusal(
                f"{self.facts['recipe']} has collapsed: after {exposures:,} pictures its drawings "
                f"differ from the nearest other by {nearest:.0%} of what the set's do; choose "
                "another seed, a lower rate, more pictures, or another recipe"
            )
        return {"diversity": found, "to the nearest": nearest}


def fit(pictures: Tensor, drawn: Tensor) -> Tensor:
    """``pictures`` at the side of ``drawn``, by means over pixels."""
    if pictures.shape[-1] == drawn.shape[-1]:
        return pictures
    return functional.adaptive_avg_pool2d(pictures, drawn.shape[-1])


@contextmanager
def frozen(module: nn.Module) -> Iterator[None]:
    """Gradients pass through ``module`` inside the block, but none is taken of its weights."""
    module.requires_grad_(False)
    try:
        yield
    finally:
        module.requires_grad_(True)
