"""The pen: drawings stroke by stroke, by an LSTM with mixtures (sketch-RNN, arXiv 1704.03477).

It learns strokes and not pixels: the outlines of the field guide, files of Quick, Draw!, or lines
traced in pictures. They come to it with the words, as one row of conditions.
"""

import copy
import io
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Self

import numpy as np
import torch
from torch import Tensor

from generate.errors import Refusal
from generate.files import read_json, write_json
from generate.pictures.compute.levels import from_levels
from generate.pictures.compute.tensors import write_tensors
from generate.pictures.data.vocabulary import Vocabulary
from generate.pictures.families.base import PRINT, Beginning, Drawn, Family, Noise, Prompt, Watch
from generate.pictures.networks import pen
from generate.pictures.networks.weights import fill
from generate.pictures.strokes.ink import draw_ink, take_share, write_svg
from generate.pictures.strokes.lines import Strokes, from_lists
from generate.pictures.strokes.steps import to_steps, to_strokes
from generate.pictures.training.learner import Rows
from generate.pictures.training.plan import Plan

SCRIPT = Path(__file__).with_name("sketch_script.txt")
WEIGHTS, CONFIG, CODE = "pen/pen.safetensors", "pen/config.json", "pen/pen.py"
# Side in pixels of what is published.
LARGE = 1024
# A plan and arithmetic of its own: no picture is altered, and an LSTM's steps are small matrices.
BEGINNING = Beginning(
    Plan(rate=2e-3, warm=0.02, tail=0.5, beta=0.99, decay=0.0),
    batch=32,
    moved=False,
    mirrored=False,
    arithmetic="float32",
)


@dataclass(frozen=True)
class Hand:
    """What decides the network and how it draws: ``points`` is the longest drawing's length."""

    width: int = 384
    mixtures: int = 20
    dropout: float = 0.1
    points: int = 176
    temperature: float = 0.25
    word_dropout: float = 0.05


class Sketch(Family):
    """A pen; its conditions are how much of each word is asked for, and the steps to learn."""

    network: pen.Pen

    @classmethod
    def choose_hand(cls) -> Hand:
        """The usual `Hand`."""
        return Hand()

    @classmethod
    def create(cls, vocabulary: Vocabulary, facts: Mapping[str, Any], own: Any) -> Self:
        hand = cls.choose_hand()
        if own:
            hand = replace(hand, **own.model_dump(exclude={"rate"}, exclude_none=True))
        return cls.make(vocabulary, {**facts, "hand": asdict(hand)}, own)

    @classmethod
    def make(cls, vocabulary: Vocabulary, facts: Mapping[str, Any], own: Any = None) -> Self:
        """A family with random weights, as the "hand" of ``facts`` says."""
        hand = Hand(**facts["hand"])
        sizes = (hand.width, hand.mixtures, hand.points)
        if min(sizes) < 1 or max(sizes) > 4096 or not hand.temperature > 0:
            raise ValueError("no such hand")
        network = pen.Pen(len(vocabulary), hand.width, hand.mixtures, hand.dropout)
        return cls(network, vocabulary, facts, own)

    @property
    def hand(self) -> Hand:
        """What the facts say of it."""
        return Hand(**self.facts["hand"])

    def save(self, folder: Path, half: bool = False) -> None:
        """With the network's code, which needs torch alone."""
        kind = torch.float16 if half else torch.float32
        tensors = {name: weight.to(kind) for name, weight in self.network.state_dict().items()}
        write_tensors(folder / WEIGHTS, tensors, format="pt")
        hand = asdict(self.hand)
        write_json(folder / CONFIG, {"words": len(self.vocabulary), **hand})
        shutil.copyfile(pen.__file__, folder / CODE)

    @classmethod
    def load(cls, folder: Path, vocabulary: Vocabulary, facts: Mapping[str, Any]) -> Self:
        read_json(folder / CONFIG)
        try:
            family = cls.make(vocabulary, facts)
        except (KeyError, TypeError, ValueError, RuntimeError):
            raise Refusal(
                f"{folder}: its jungle.json is not one of this project's models; train again, or "
                "name another folder"
            ) from None
        fill(family.network, folder / WEIGHTS)
        family.network.eval()
        return family

    def begin(self, donor: Family | None, source: str) -> Beginning:
        """A donor's weights, if it is as wide; words that both know are taken over by name."""
        if donor is not None:
            self.take_over(donor)
        plan = BEGINNING.plan
        if self.own and self.own.rate:
            plan = replace(plan, rate=self.own.rate)
        self.beginning = replace(BEGINNING, plan=plan)
        return self.beginning

    def take_over(self, donor: Family) -> None:
        """Copy the donor's weights."""
        ours = self.network.state_dict()
        theirs = donor.network.state_dict() if isinstance(donor, Sketch) else {}
        rest = {name: weight for name, weight in theirs.items() if name != "words.weight"}
        if not rest or any(ours[name].shape != weight.shape for name, weight in rest.items()):
            raise Refusal("weights of another shape or family; name another folder, or scratch")
        table = torch.zeros_like(ours["words.weight"])
        known = {token: place for place, token in enumerate(donor.vocabulary.tokens)}
        for place, token in enumerate(self.vocabulary.tokens):
            if token in known:
                table[:, place] = theirs["words.weight"][:, known[token]]
        self.network.load_state_dict({**rest, "words.weight": table})

    def encode(self, prompts: Sequence[Prompt]) -> Tensor:
        """Conditions (N, words + 3 points): words, then dx, dy and state of each step to learn.

        A prompt that brings no "strokes" is one to draw, not one to learn from.
        """
        words = torch.from_numpy(np.stack([self.vocabulary.encode_prompt(p) for p in prompts]))
        drawn = [read_strokes(prompt) for prompt in prompts]
        steps = np.stack([to_steps(one, self.hand.points, pen.UNITS) for one in drawn])
        return torch.cat([words, torch.from_numpy(steps).flatten(1)], 1)

    def part(self, conditions: Tensor) -> tuple[Tensor, Tensor]:
        """Words (N, W) and steps (N, points, 3) of conditions."""
        count = len(self.vocabulary)
        return conditions[:, :count], conditions[:, count:].unflatten(1, (-1, 3))

    def asks(self, conditions: Tensor) -> np.ndarray:
        return (
            super().asks(self.part(conditions)[0])
            if len(self.vocabulary)
            else np.zeros(len(conditions), bool)
        )

    def chance(self, phase: str, batch: Rows, generator: torch.Generator, share: float) -> Rows:
        """Which drawings are shown without words, and how much each is stretched."""
        count = len(batch["pictures"])
        return {
            "worded": torch.rand(count, 1, generator=generator) >= self.hand.word_dropout,
            "stretch": 0.9 + 0.2 * torch.rand(count, 1, 2, generator=generator),
        }

    def settled_chance(self, batch: Rows, generator: torch.Generator) -> Rows:
        count = len(batch["pictures"])
        return {"worded": torch.ones(count, 1), "stretch": torch.ones(count, 1, 2)}

    def losses(self, phase: str, batch: Rows, chance: Rows) -> Tensor:
        """Minus log likelihood of a drawing's steps, a mean over them, in nats."""
        words, steps = self.part(batch["conditions"].float())
        there = steps[..., 2] >= 0
        following = torch.cat([steps[..., :2] * chance["stretch"], steps[..., 2:].clamp(min=0)], 2)
        before = torch.cat([pen.begin(len(steps)).to(steps), following[:, :-1]], 1)
        answer = self.network(before, words * chance["worded"])
        losses = pen.measure_losses(answer, following, self.network.mixtures) * there
        return losses.sum(1) / there.sum(1).clamp(min=1)

    def noise(self, generators: Sequence[torch.Generator]) -> Noise:
        return Noise(generators, (self.hand.points, pen.DRAWS))

    def sample(
        self,
        conditions: Tensor,
        noise: Noise,
        steps: int,
        guidance: float = 1.0,
        watch: Watch | None = None,
    ) -> Drawn:
        """Each step of ``steps`` shows as much of the drawing; ``guidance`` has no effect.

        Its SVG lies beside a picture.
        """
        words, _ = self.part(conditions.cpu().double())
        steady = copy.deepcopy(self.network).cpu().double().eval()
        moved = pen.draw(steady, words, noise.start, self.hand.temperature).numpy()
        drawings = [to_strokes(one, pen.UNITS) for one in moved]
        pictures = self.show(drawings, 1.0)
        if watch:
            for step in range(steps):
                watch(step, self.show(drawings, step / steps))
            watch(steps, pictures)
        return Drawn(pictures, [write_beside(strokes) for strokes in drawings])

    def show(self, drawings: Sequence[Strokes], share: float) -> Tensor:
        """The first ``share`` of each drawing as a picture (N, 3, S, S) in [-1, 1]."""
        inked = [np.asarray(draw_ink(take_share(d, share), self.size)) for d in drawings]
        return from_levels(torch.from_numpy(np.stack(inked).transpose(0, 3, 1, 2).copy()))

    def write_script(self, steps: int) -> str:
        return SCRIPT.read_text().replace("WORDS", repr(list(self.vocabulary.tokens[:1])))


def read_strokes(prompt: Prompt) -> Strokes:
    """The strokes that a training picture's row brings, [] for others."""
    try:
        return from_lists(prompt.get("strokes") or [])
    except (ValueError, TypeError, LookupError):
        raise Refusal("work/dataset: holds strokes that are none; delete the folder") from None


def write_beside(strokes: Strokes) -> dict[str, bytes]:
    """The files beside a drawing: its SVG, and a print with more pixels."""
    data = io.BytesIO()
    draw_ink(strokes, LARGE).save(data, "PNG")
    return {".svg": write_svg(strokes).encode(), PRINT: data.getvalue()}
