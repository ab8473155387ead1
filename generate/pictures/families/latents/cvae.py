"""The conditional variational autoencoder: latent numbers, and a prior over them fitted afterwards.

Kingma and Welling (arXiv 1312.6114), conditional as in Sohn et al. (NeurIPS 2015), free bits as in
Kingma et al. (1606.04934). Pictures are never drawn from N(0, I), of which the encoder fills only a
part, but from a prior learnt once the encoder rests (Ghosh et al., 1903.12436).
"""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from generate.files import read_json, write_json
from generate.pictures.compute.memory import in_parts
from generate.pictures.data.vocabulary import Vocabulary
from generate.pictures.families.base import Drawn, Noise, Watch
from generate.pictures.families.evidence import weigh_words
from generate.pictures.families.flow import draw_times
from generate.pictures.families.latents.coder import CODER, Coder
from generate.pictures.families.latents.prior import draw_latents, measure_prior
from generate.pictures.networks.autoencoder import LatentShape
from generate.pictures.networks.latent_flow import LatentFlow
from generate.pictures.networks.unet import ALTERATIONS
from generate.pictures.training.learner import Rows
from generate.pictures.training.plan import Plan

PRIOR = "prior"
SCRIPT = Path(__file__).with_name("cvae_script.txt")


class Cvae(Coder):
    """An autoencoder of latent numbers, and p(latent numbers | words)."""

    phases: ClassVar[tuple[str, ...]] = (CODER, PRIOR)

    @property
    def prior(self) -> LatentFlow:
        """The flow over latent numbers."""
        found: Any = self.network[PRIOR]
        return found

    @classmethod
    def make_parts(cls, shape: LatentShape, vocabulary: Vocabulary, own: Any) -> dict[str, Any]:
        parts = super().make_parts(shape, vocabulary, own)
        return {**parts, PRIOR: LatentFlow(shape, len(vocabulary) + ALTERATIONS)}

    @classmethod
    def remake_parts(
        cls, folder: Path, shape: LatentShape, vocabulary: Vocabulary, own: Any
    ) -> dict[str, Any]:
        parts = super().remake_parts(folder, shape, vocabulary, own)
        widths = tuple(read_json(folder / f"{PRIOR}/config.json")["block_out_channels"])
        return {**parts, PRIOR: LatentFlow(shape, len(vocabulary) + ALTERATIONS, widths)}

    def save(self, folder: Path, half: bool = False) -> None:
        super().save(folder, half)
        config = dict(self.prior.unet.config) | {"_class_name": "UNet2DModel"}
        config.pop("_name_or_path", None)
        write_json(folder / f"{PRIOR}/config.json", config)

    # -- Train -----------------------------------------------------------------------------------

    def groups(self, phase: str, plan: Plan) -> list[dict[str, Any]]:
        """The scale of the latent numbers is to be found within a few hundred steps."""
        groups = super().groups(phase, plan)
        if phase != PRIOR:
            return groups
        scale = [self.prior.mean, self.prior.spread]
        known = {id(weight) for weight in scale}
        groups[0]["params"] = [w for w in groups[0]["params"] if id(w) not in known]
        return [*groups, {"params": scale, "share": 10.0}]

    def chance(self, phase: str, batch: Rows, generator: torch.Generator, share: float) -> Rows:
        chosen = super().chance(phase, batch, generator, share)
        if phase == PRIOR:
            chosen["times"] = draw_times(len(batch["pictures"]), generator)
            chosen["prior noise"] = torch.randn(chosen["noise"].shape, generator=generator)
        return chosen

    def losses(self, phase: str, batch: Rows, chance: Rows) -> Tensor:
        if phase != PRIOR:
            return super().losses(phase, batch, chance)
        words = batch["conditions"] * chance["worded"]
        with torch.no_grad():
            latents = self.read(self.coder.encode(batch["pictures"])[0])
        told = torch.cat([words, batch["labels"]], 1)
        scaled = self.prior.normalise(latents)
        noise, times = chance["prior noise"], chance["times"]
        errors = measure_prior(self.prior, scaled, told, times, noise)
        return errors + self.prior.measure_misfit(latents)

    # -- Sample ----------------------------------------------------------------------------------

    def noise(self, generators: Sequence[torch.Generator]) -> Noise:
        return Noise(generators, self.coder.shape.grid)

    @torch.inference_mode()
    def sample(
        self,
        conditions: Tensor,
        noise: Noise,
        steps: int,
        guidance: float = 1.0,
        watch: Watch | None = None,
    ) -> Drawn:
        """``watch`` sees the picture that is expected after each step: first a blur."""
        words = conditions.to(self.device)
        if watch:
            blank = torch.zeros_like(noise.start).to(self.device)
            watch(0, self.show(self.settle(blank), words))
        drawn = draw_latents(self.prior, self.widen(words), noise, steps, guidance)
        latents = noise.start
        for step, (state, expected) in enumerate(drawn, 1):
            latents = state
            if watch and step < steps:
                watch(step, self.show(self.settle(expected), words))
        pictures = self.show(self.settle(latents), words)
        if watch:
            watch(steps, pictures)
        return Drawn(pictures)

    @torch.inference_mode()
    def walk(
        self,
        conditions: Tensor,
        noise: Noise,
        shares: Sequence[float],
        steps: int,
        guidance: float = 1.0,
    ) -> Tensor:
        """Through the latent numbers, along a great circle; words give way to words evenly."""
        words = conditions.to(self.device)
        *_, (ends, _) = draw_latents(self.prior, self.widen(words), noise, steps, guidance)
        way = torch.stack([turn(ends[0], ends[1], share) for share in shares])
        told = torch.stack([torch.lerp(words[0], words[1], share) for share in shares])
        return self.show(self.settle(way), told)

    def widen(self, words: Tensor) -> Tensor:
        """``words`` (N, V) as the prior is told them: with no alterations."""
        return functional.pad(words, (0, ALTERATIONS))

    def settle(self, state: Tensor) -> Tensor:
        """A ``state`` of the prior as the latent numbers that the decoder knows."""
        latents = self.prior.restore(state)
        return self.coder.snap(latents) if self.coder.shape.levels else latents

    @torch.inference_mode()
    def score(self, pictures: Tensor, conditions: Tensor) -> np.ndarray | None:
        """How much the words lower the prior's loss on each picture (`weigh_words`)."""
        pictures, words = pictures.to(self.device), conditions.to(self.device)
        rows = self.coder.rows
        means = in_parts(lambda part: self.read(self.coder.encode(part)[0]), rows, pictures)
        scaled = self.prior.normalise(means)
        return weigh_words(partial(measure_prior, self.prior), rows, scaled, self.widen(words))

    def read(self, means: Tensor) -> Tensor:
        """The latent numbers of encoded pictures: their means, or the nearest codes."""
        return self.coder.round(means)[0] if self.coder.shape.levels else means

    def write_script(self, steps: int) -> str:
        wanted = repr(list(self.vocabulary.tokens[:1]))
        return SCRIPT.read_text().replace("WORDS", wanted).replace("STEPS", str(steps))


def turn(one: Tensor, other: Tensor, share: float) -> Tensor:
    """The point at ``share`` of the way from ``one`` to ``other`` along a great circle.

    The straight way would lead through the middle, where no picture lies: it is too near to nought.
    """
    cosine = (one * other).sum() / (one.norm() * other.norm()).clamp(min=1e-9)
    angle = torch.arccos(cosine.clamp(-1, 1))
    if float(angle) < 1e-3:
        return torch.lerp(one, other, share)
    parts = torch.sin((1 - share) * angle), torch.sin(share * angle)
    return (parts[0] * one + parts[1] * other) / torch.sin(angle)
