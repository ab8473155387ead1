"""Text to picture by a transformer: words, then the codes of a picture, as GPT-2 writes a text.

Ramesh et al. (DALL·E, arXiv 2102.12092) with codes of finite scalar quantisation (2309.15505) and
classifier-free guidance. Masked, the same network fills in hidden codes (MaskGIT, 2202.04200), from
which few pictures that are seen often are not so soon learnt by heart (2507.15857).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from generate.files import read_json, write_json
from generate.pictures.compute.memory import in_parts
from generate.pictures.data.vocabulary import Vocabulary
from generate.pictures.families.base import Drawn, Family, Noise, Watch
from generate.pictures.families.latents.coder import CODER, LEAST, PLAN
from generate.pictures.families.latents.contested import ADVERSARY, Contested, ContestedBeginning
from generate.pictures.families.latents.writing import write_in_order, write_surest
from generate.pictures.networks.autoencoder import LEVELS, LatentShape
from generate.pictures.networks.writer import Writer, WriterShape, read_writer_shape
from generate.pictures.training.learner import Rows
from generate.recipe import derive_seed

WRITER = "writer"
SCRIPT = Path(__file__).with_name("gpt_script.txt")
# The tone of paper where no code is written yet.
PAPER = 0.85


@dataclass(frozen=True)
class GptBeginning(ContestedBeginning):
    """`ContestedBeginning`; a share ``smoothing`` of each answer is spread over all codes."""

    smoothing: float = 0.05


class Gpt(Contested):
    """An autoencoder with codes, and a writer of codes.

    The writer comes first among the phases: its loss on held-out pictures tells when it copies.
    """

    phases: ClassVar[tuple[str, ...]] = (WRITER, CODER, ADVERSARY)
    beginning: GptBeginning = GptBeginning(PLAN, least_steps=LEAST)

    @property
    def writer(self) -> Writer:
        """The transformer."""
        found: Any = self.network[WRITER]
        return found

    @property
    def temperature(self) -> float:
        """Above 1, unlikely codes are drawn more often."""
        return float(getattr(self.own, "temperature", None) or 1.0)

    @classmethod
    def choose_shape(cls, size: int, own: Any) -> LatentShape:
        return replace(super().choose_shape(size, own), levels=LEVELS)

    @classmethod
    def make_parts(cls, shape: LatentShape, vocabulary: Vocabulary, own: Any) -> dict[str, Any]:
        parts = super().make_parts(shape, vocabulary, own)
        return {**parts, WRITER: Writer(cls.choose_writer(shape, own), len(vocabulary))}

    @classmethod
    def choose_writer(cls, shape: LatentShape, own: Any) -> WriterShape:
        """The writer's layers for a grid of ``shape``."""
        found = WriterShape(int(np.prod(shape.levels)), shape.side**2)
        if (dropout := getattr(own, "dropout", None)) is not None:
            found = replace(found, dropout=dropout)
        return replace(found, masked=getattr(own, "order", None) == "masked")

    def begin(self, donor: Family | None, source: str) -> GptBeginning:
        """Codes that a donor knows already, of such pictures, are not learnt again."""
        super().begin(donor, source)
        if donor is not None and donor.facts.get("source") == source:
            theirs = getattr(donor, "coder", None)
            if theirs is not None and theirs.shape == self.coder.shape:
                self.beginning = replace(self.beginning, split=0.0)
        return self.beginning

    # -- Train -----------------------------------------------------------------------------------

    def chance(self, phase: str, batch: Rows, generator: torch.Generator, share: float) -> Rows:
        chosen = super().chance(phase, batch, generator, share)
        if phase == WRITER:
            count, length = len(batch["pictures"]), self.writer.shape.length
            # As many are hidden as `write_surest` meets, from nearly none to all of them.
            hidden = torch.cos(torch.rand(count, 1, generator=generator) * torch.pi / 2)
            ranks = torch.rand(count, length, generator=generator).argsort(1).argsort(1)
            chosen["hidden"] = ranks < (hidden * length).ceil()
        return chosen

    def settled_chance(self, batch: Rows, generator: torch.Generator) -> Rows:
        count, length = len(batch["pictures"]), self.writer.shape.length
        shares = (torch.arange(count) + 0.5)[:, None] / count
        ranks = torch.rand(count, length, generator=generator).argsort(1).argsort(1)
        settled = super().settled_chance(batch, generator)
        return {**settled, "hidden": ranks < (shares * length).ceil()}

    def losses(self, phase: str, batch: Rows, chance: Rows) -> Tensor:
        if phase != WRITER:
            return super().losses(phase, batch, chance)
        with torch.no_grad():
            codes = self.read_codes(batch["pictures"])
        words = torch.cat([batch["conditions"] * chance["worded"], batch["labels"]], 1)
        smoothing = self.beginning.smoothing if self.writer.training else 0.0
        return self.measure_surprise(codes, words, chance["hidden"], smoothing)

    def read_codes(self, pictures: Tensor) -> Tensor:
        """The codes (B, T) of ``pictures`` (B, 3, S, S), row by row."""
        mean, _ = self.coder.encode(pictures)
        return self.coder.round(mean)[1].flatten(1).long()

    def measure_surprise(
        self, codes: Tensor, words: Tensor, hidden: Tensor, smoothing: float = 0.0
    ) -> Tensor:
        """Nats (B,) for each of ``codes`` (B, T): of all, or of the ``hidden`` ones if masked."""
        if not self.writer.shape.masked:
            logits = self.writer(words, codes).transpose(1, 2)
            found = functional.cross_entropy(
                logits, codes, reduction="none", label_smoothing=smoothing
            )
            return found.mean(1)
        seen = codes.masked_fill(hidden, self.writer.shape.codes)
        logits = self.writer(words, seen).transpose(1, 2)
        found = functional.cross_entropy(logits, codes, reduction="none", label_smoothing=smoothing)
        return (found * hidden).sum(1) / hidden.sum(1).clamp(min=1)

    # -- Sample ----------------------------------------------------------------------------------

    def noise(self, generators: Sequence[torch.Generator]) -> Noise:
        return Noise(generators, (self.writer.shape.length,))

    @torch.inference_mode()
    def sample(
        self,
        conditions: Tensor,
        noise: Noise,
        steps: int,
        guidance: float = 1.0,
        watch: Watch | None = None,
    ) -> Drawn:
        """``watch`` sees paper where no code is written yet."""
        words, length = conditions.to(self.device), self.writer.shape.length
        if watch:
            watch(0, self.sketch(torch.full((len(words), length), self.writer.shape.codes), words))
        codes = torch.zeros(len(words), 0, dtype=torch.long)
        for step, found in self.write(words, noise, steps, guidance):
            codes = found
            if watch and step < steps:
                watch(step, self.sketch(codes, words))
        pictures = self.sketch(codes, words)
        if watch:
            watch(steps, pictures)
        return Drawn(pictures)

    def write(
        self, words: Tensor, noise: Noise, steps: int, guidance: float
    ) -> Iterator[tuple[int, Tensor]]:
        """The codes (N, T) after each of ``steps`` steps; the hidden code where none is written."""
        length, hidden = self.writer.shape.length, self.writer.shape.codes
        if self.writer.shape.masked:
            drawn = write_surest(self.writer, words, noise, steps, guidance, self.temperature)
            yield from enumerate(drawn, 1)
            return
        step = 1
        for codes in write_in_order(self.writer, words, noise, guidance, self.temperature):
            while step <= steps and round(length * step / steps) <= codes.shape[1]:
                yield step, functional.pad(codes, (0, length - codes.shape[1]), value=hidden)
                step += 1

    def sketch(self, codes: Tensor, words: Tensor) -> Tensor:
        """Pictures (N, 3, S, S) of ``codes`` (N, T), with paper where they are hidden."""
        shape = self.coder.shape
        grid = codes.to(self.device).unflatten(1, (shape.side, shape.side))
        known = (grid != self.writer.shape.codes)[:, None]
        latents = self.coder.look_up(grid.clamp(max=self.writer.shape.codes - 1)) * known
        pictures = self.show(latents, words)
        if bool(known.all()):
            return pictures
        large = functional.interpolate(known.float(), size=(shape.size, shape.size))
        return pictures * large + PAPER * (1 - large)

    @torch.inference_mode()
    def score(self, pictures: Tensor, conditions: Tensor) -> np.ndarray | None:
        """1 - surprise with the words / surprise without them, at codes hidden the same for all."""
        if not bool(conditions.any()):
            return np.zeros(len(pictures))
        pictures, words = pictures.to(self.device), conditions.to(self.device)
        codes = in_parts(self.read_codes, self.coder.rows, pictures)
        generator = torch.Generator().manual_seed(derive_seed("agreement", "codes"))
        ranks = torch.rand(1, codes.shape[1], generator=generator).argsort(1).argsort(1)
        hidden = (ranks < 0.7 * codes.shape[1]).to(self.device).expand_as(codes)
        asked, none = (
            in_parts(self.measure_surprise, self.coder.rows, codes, told, hidden)
            for told in (words, torch.zeros_like(words))
        )
        return np.asarray((1 - asked / none.clamp(min=1e-6)).double().cpu())

    # -- Files -----------------------------------------------------------------------------------

    @classmethod
    def remake_parts(
        cls, folder: Path, shape: LatentShape, vocabulary: Vocabulary, own: Any
    ) -> dict[str, Any]:
        parts = super().remake_parts(folder, shape, vocabulary, own)
        record = read_json(folder / f"{WRITER}/shape.json")
        return {**parts, WRITER: Writer(read_writer_shape(record), len(vocabulary))}

    def save(self, folder: Path, half: bool = False) -> None:
        super().save(folder, half)
        write_json(folder / f"{WRITER}/config.json", dict(self.writer.gpt.config.to_diff_dict()))
        write_json(folder / f"{WRITER}/shape.json", vars(self.writer.shape))

    def write_script(self, steps: int) -> str:
        wanted = repr(list(self.vocabulary.tokens[:1]))
        return SCRIPT.read_text().replace("WORDS", wanted).replace("STEPS", str(steps))
