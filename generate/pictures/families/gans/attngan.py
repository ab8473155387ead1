"""AttnGAN: each place of a picture looks at the words before it is painted finer.

Xu et al., arXiv 1711.10485, for a closed list of words and two scales. A matching network of
regions and words is trained beside the players, on pictures of the set alone; the maker listens to
it once it has proved itself on held-out pictures.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from generate.pictures.eyes.matching import RIVALS, Matcher, choose_losses, measure_precision
from generate.pictures.families.base import Beginning, Family
from generate.pictures.families.gans.adversary import Adversary, frozen
from generate.pictures.families.gans.maker import (
    Brush,
    MakerShape,
    Stage,
    bend,
    double,
    even,
    narrow,
)
from generate.pictures.training.learner import Rows

WIDTHS = (224, 192, 112, 64)
# Numbers of a word, as the maker's places see it.
MEANING = 48
# Share of the run after which the matching network is measured, the R-precision from which the
# maker listens to it (chance is one in ten), and the weight of what it says.
PROVED_AT, TRUSTED, MATCHING = 0.2, 0.3, 1.0
SCRIPT = Path(__file__).with_name("attngan_script.txt")


class Gaze(nn.Module):
    """``forward(state (B, C, h, w), conditions)``: what each place sees of the words, and how much.

    Contexts (B, MEANING, h, w), 0 for pictures without words, and attention (B, words, h, w).
    """

    def __init__(self, width: int, words: int) -> None:
        super().__init__()
        self.query = nn.Conv2d(width, MEANING, 1)
        self.words = nn.Linear(words, MEANING, bias=False)
        nn.init.normal_(self.words.weight)

    def forward(self, state: Tensor, conditions: Tensor) -> tuple[Tensor, Tensor]:
        meanings = self.words.weight
        fits = torch.einsum("bdhw,dk->bkhw", self.query(even(state)), meanings) / MEANING**0.5
        asked = conditions.clamp(min=1e-6).log()[..., None, None]
        looks = torch.softmax(fits.float() + asked, 1)
        seen = torch.einsum("bkhw,dk->bdhw", looks, meanings.float())
        return seen * (conditions > 0).any(1).float()[:, None, None, None], looks


class AttnMaker(nn.Module):
    """``forward(noise, conditions)`` gives pictures (B, 3, S, S), as a `Maker` does."""

    def __init__(self, shape: MakerShape) -> None:
        super().__init__()
        self.shape = shape
        told, sides = shape.told, shape.sides
        widths = [shape.width_at(level) for level in range(len(sides))]
        self.words = nn.Linear(shape.words, told, bias=False)
        nn.init.normal_(self.words.weight, std=0.5)
        self.mix = nn.Linear(shape.noise + told, told)
        self.start = nn.Linear(shape.noise + told, widths[0] * sides[0] ** 2)
        befores = [widths[0], *widths]
        coarse = [Stage(told, befores[n], width) for n, width in enumerate(widths[:-1])]
        self.coarse = nn.ModuleList(coarse)
        self.gazes = nn.ModuleList([Gaze(width, shape.words) for width in widths[-2:]])
        self.fine = nn.ModuleList(
            [
                Stage(told, widths[-2] + MEANING, widths[-1]),
                Stage(told, widths[-1] + MEANING, widths[-1]),
            ]
        )
        self.brushes = nn.ModuleList([Brush(width) for width in widths[-2:]])

    def paint(self, noise: Tensor, conditions: Tensor) -> tuple[list[Tensor], list[Tensor]]:
        """Pictures of half and of full size, and where each word was looked at (B, words, h, w)."""
        asked = torch.cat([noise, self.words(conditions)], 1)
        told = bend(self.mix(asked))
        side = self.shape.sides[0]
        state = self.start(asked).view(-1, self.shape.width_at(0), side, side)
        state = state.contiguous(memory_format=torch.channels_last)
        for level, stage in enumerate(self.coarse):
            state = stage(double(state) if level else state, told)
        pictures, looks = [self.brushes[0](state)], []
        for level, (gaze, stage) in enumerate(zip(self.gazes, self.fine, strict=True)):
            seen, look = gaze(state, conditions)
            looks.append(look)
            joined = torch.cat([state, seen.to(state.dtype)], 1)
            state = stage(joined if level else double(joined), told)
        pictures.append(self.brushes[1](state))
        return pictures, looks

    def forward(self, noise: Tensor, conditions: Tensor) -> Tensor:
        return self.paint(noise, conditions)[0][-1]


class AttnGan(Adversary):
    """A maker whose places look at words, and a matching network that it learns to please."""

    phases = ("matcher", "critic", "maker")
    stages = 2

    @classmethod
    def choose_config(cls, size: int, words: int, share: float) -> dict[str, Any]:
        return MakerShape(size, words, widths=narrow(WIDTHS, share)).as_json()

    @classmethod
    def make_maker(cls, config: Mapping[str, Any]) -> nn.Module:
        return AttnMaker(MakerShape.read(config))

    @classmethod
    def build(cls, facts: Mapping[str, Any], tokens: int) -> nn.ModuleDict:
        network = super().build(facts, tokens)
        network["matcher"] = Matcher(facts["critic"]["widths"], tokens)
        return network

    @property
    def matcher(self) -> Any:
        """The matching network."""
        return self.network["matcher"]

    def begin(self, donor: Family | None, source: str) -> Beginning:
        """As all of them; the matching network of a donor has to prove itself anew."""
        beginning = super().begin(donor, source)
        self.matcher.precision.fill_(-1.0)
        return beginning

    def meet(self, held_out: Rows) -> None:
        self.held_out = held_out

    def chance(self, phase: str, batch: Rows, generator: torch.Generator, share: float) -> Rows:
        if phase == "matcher":
            if share >= PROVED_AT and float(self.matcher.precision) < 0:
                self.prove()
            return self.draw_rivals(batch, generator)
        found = super().chance(phase, batch, generator, share)
        return found | self.draw_rivals(batch, generator) if phase == "maker" else found

    def settled_chance(self, batch: Rows, generator: torch.Generator) -> Rows | None:
        return self.draw_rivals(batch, generator) if len(self.vocabulary) else None

    def draw_rivals(self, batch: Rows, generator: torch.Generator) -> Rows:
        """Wrong words (B, RIVALS, words) for each picture of the whole batch."""
        conditions = batch["conditions"]
        if not len(self.vocabulary):
            return {"rivals": conditions[:, None].repeat(1, RIVALS, 1)}
        drawn = [self.wrong.draw(conditions, generator) for _ in range(RIVALS)]
        return {"rivals": torch.stack(drawn, 1)}

    @torch.no_grad()
    def prove(self) -> None:
        """Measure the matching network on held-out pictures, once; it is kept with the weights."""
        held_out: Rows = getattr(self, "held_out", {})
        found = 0.0
        if len(held_out.get("pictures", ())) > RIVALS and len(self.vocabulary) and self.eyes:
            generator = torch.Generator().manual_seed(0)
            rows = held_out | self.draw_rivals(held_out, generator)
            rows = {name: tensor.to(self.device) for name, tensor in rows.items()}
            levels = self.eyes.look(rows["pictures"])
            found = measure_precision(self.matcher, levels, rows["conditions"], rows["rivals"])
        self.matcher.precision.fill_(found)
        self.facts["R-precision"] = round(found, 4)
        heard = "the maker listens to it" if found >= TRUSTED else "too low: the maker does without"
        print(f"train     words and regions: R-precision {found:.2f} of chance 0.10; {heard}")

    def losses(self, phase: str, batch: Rows, chance: Rows) -> Tensor:
        if phase != "matcher":
            return super().losses(phase, batch, chance)
        assert self.eyes is not None
        levels = self.eyes.look(batch["pictures"])
        return choose_losses(self.matcher, levels, batch["conditions"], chance["rivals"])

    def draw_stages(self, noise: Tensor, conditions: Tensor) -> list[Tensor]:
        pictures: list[Tensor] = self.maker.paint(noise, conditions)[0]
        return pictures

    def lose_beside(
        self, chance: Rows, words: Tensor, asked: Tensor, stages: list[Tensor]
    ) -> Tensor | float:
        if self.eyes is None or float(self.matcher.precision) < TRUSTED:
            return 0.0
        with frozen(self.matcher):
            levels = self.eyes.look(stages[-1])
            lost = choose_losses(self.matcher, levels, words, chance["rivals"])
        return MATCHING * lost

    def write_script(self, steps: int) -> str:
        return self.join_script(SCRIPT)
