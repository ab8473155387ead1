"""Pictures by a text-to-image pipeline that others trained, and a LoRA of the user's own pictures.

``[pictures] model`` names any pipeline of diffusers that draws from words: Stable Diffusion, SDXL
and its turbo, SANA, Flux … or DiTPipeline, which draws classes. It is used as it is, unless
[pictures.pretrained] says of which ``rank`` a LoRA shall be learnt.
"""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

import numpy as np
import torch
from PIL import Image, ImageOps
from torch import Tensor

from generate.errors import Refusal
from generate.pictures.compute.levels import from_levels
from generate.pictures.data.vocabulary import Vocabulary
from generate.pictures.families.base import PRINT, Beginning, Drawn, Family, Noise, Prompt, Watch
from generate.pictures.networks.weights import count_parameters
from generate.pictures.pipelines import lora
from generate.pictures.pipelines.drawing import DISTILLED, Order, decode_states, draw_picture
from generate.pictures.pipelines.opening import list_networks, open_pipeline
from generate.pictures.pipelines.pixels import PixelWriter
from generate.pictures.pipelines.words import to_bytes, to_texts, write_prompt
from generate.pictures.training.learner import Rows
from generate.pictures.training.plan import Plan

SCRIPT = Path(__file__).with_name("pretrained_script.txt")
LORA = "lora"
# Small steps: the weights know how to paint, and are to learn what.
BEGINNING = Beginning(
    Plan(rate=1e-4, ramp=20, tail=0.5, beta=0.999), batch=4, epochs=10, moved=False, mirrored=False
)


@dataclass(frozen=True)
class Manner:
    """How the pipeline is opened and asked, as [pictures.pretrained] says."""

    prompt: str = "{caption}"
    negative: str = ""
    guidance: float | None = None
    pixels: int | None = None
    dtype: str = "auto"
    offload: bool | None = None
    rank: int = 0
    rate: float | None = None


class Pretrained(Family):
    """A pipeline; ``network`` holds the weights of its LoRA alone, none without one."""

    def __init__(
        self,
        network: lora.Additions,
        vocabulary: Vocabulary | None,
        facts: Mapping[str, Any],
        own: Any = None,
        pipeline: Any = None,
    ) -> None:
        super().__init__(network, vocabulary, facts, own)
        self.pipeline, self.manner = pipeline, Manner(**facts["manner"])
        self.phases = ("lora",) if self.manner.rank else ()  # type: ignore[misc]

    @classmethod
    def create(cls, vocabulary: Vocabulary, facts: Mapping[str, Any], own: Any) -> Self:
        manner = own.model_dump(exclude_none=True) if own else {}
        family = cls.open(vocabulary, {**facts, "manner": manner}, own)
        if family.manner.rank:
            family.network = lora.add_lora(family.pipeline, family.manner.rank)
        return family

    @classmethod
    def open(cls, vocabulary: Vocabulary, facts: Mapping[str, Any], own: Any = None) -> Self:
        """The pipeline that ``facts`` name, without additions."""
        if not facts.get("model"):
            raise Refusal(
                'pictures.model: name the model to draw with: model = "owner/name", or a folder'
            )
        manner = Manner(**facts["manner"])
        pipeline = open_pipeline(str(facts["model"]), manner.dtype, manner.offload)
        return cls(lora.Additions(), vocabulary, facts, own, pipeline)

    def save(self, folder: Path, half: bool = False) -> None:
        """The LoRA, if there is one. The pipeline stays where it lies, named by jungle.json."""
        if self.manner.rank:
            lora.save_lora(self.pipeline, folder / LORA)

    @classmethod
    def load(cls, folder: Path, vocabulary: Vocabulary, facts: Mapping[str, Any]) -> Self:
        try:
            family = cls.open(vocabulary, facts)
        except (KeyError, TypeError):
            raise Refusal(f"{folder}: its jungle.json is damaged; train again") from None
        if family.manner.rank:
            lora.load_lora(family.pipeline, folder / LORA)
        return family

    def begin(self, donor: Family | None, source: str) -> Beginning:
        rate = self.manner.rate or BEGINNING.plan.rate
        self.beginning = replace(BEGINNING, plan=replace(BEGINNING.plan, rate=rate))
        return self.beginning

    def count_parameters(self) -> int:
        return sum(map(count_parameters, list_networks(self.pipeline)))

    def encode(self, prompts: Sequence[Prompt]) -> Tensor:
        """Prompts in words, as rows of bytes (N, LONGEST)."""
        return to_bytes([write_prompt(prompt, self.manner.prompt) for prompt in prompts])

    def asks(self, conditions: Tensor) -> np.ndarray:
        if isinstance(self.pipeline, PixelWriter):
            return np.zeros(len(conditions), bool)
        return super().asks(conditions)

    def chance(self, phase: str, batch: Rows, generator: torch.Generator, share: float) -> Rows:
        count, unet = len(batch["pictures"]), self.pipeline.unet
        shape = (count, unet.config.in_channels, *2 * [unet.config.sample_size])
        return {
            "times": torch.rand(count, generator=generator),
            "noise": torch.randn(shape, generator=generator),
        }

    def losses(self, phase: str, batch: Rows, chance: Rows) -> Tensor:
        """The pipeline's own loss: the error of the noise that it finds in a noisy picture."""
        prompts = to_texts(batch["conditions"])
        times, noise = chance["times"], chance["noise"]
        return lora.denoising_losses(self.pipeline, batch["pictures"], prompts, times, noise)

    def settled_chance(self, batch: Rows, generator: torch.Generator) -> Rows:
        settled = self.chance("lora", batch, generator, 0.0)
        count = len(batch["pictures"])
        return {**settled, "times": (torch.arange(count) + 0.5) / count}

    def noise(self, generators: Sequence[torch.Generator]) -> Noise:
        """A seed for each picture: the pipeline draws its own noise from it."""
        return Noise(generators, (1,))

    def sample(
        self,
        conditions: Tensor,
        noise: Noise,
        steps: int,
        guidance: float = 1.0,
        watch: Watch | None = None,
    ) -> Drawn:
        """One by one: a pipeline's pictures may depend on those that are drawn beside them.

        ``guidance`` gives way to that of [pictures.pretrained]; models that were distilled to do
        without have 0. The print has all the pixels that the pipeline drew.
        """
        manner = self.manner
        asked = manner.guidance
        if asked is None:
            asked = 0.0 if DISTILLED.search(str(self.facts["model"])) else guidance
        order = Order(steps, asked, manner.negative, manner.pixels)
        pairs = zip(to_texts(conditions), noise.generators, strict=True)
        if isinstance(self.pipeline, PixelWriter):
            works = [self.pipeline.write(generator, order) for _, generator in pairs]
        else:
            works = [draw_picture(self.pipeline, *pair, order) for pair in pairs]
        pictures = torch.stack([self.shrink(work.picture) for work in works])
        if watch:
            taken = [work.take(steps + 1) for work in works]
            for step in range(steps):
                watch(step, torch.cat([states[step] for states in taken]))
            watch(steps, pictures)
        return Drawn(pictures, [{PRINT: to_png(work.picture)} for work in works])

    def shrink(self, picture: Image.Image) -> Tensor:
        """A picture at the size of the training pictures (3, S, S), cut square, in [-1, 1]."""
        small = ImageOps.fit(picture, (self.size, self.size), Image.Resampling.LANCZOS)
        pixels = torch.from_numpy(np.asarray(small).transpose(2, 0, 1).copy())
        return from_levels(pixels)

    def develop(self, state: Tensor) -> Tensor:
        """The latents, decoded."""
        return decode_states(self.pipeline, state, self.size)

    def write_script(self, steps: int) -> str:
        script = SCRIPT.read_text().replace("MODEL", repr(self.facts["model"]))
        taught = f'pipe.load_lora_weights("{LORA}")\n' if self.manner.rank else ""
        return script.replace("TAUGHT\n", taught).replace("STEPS", str(steps))


def to_png(picture: Image.Image) -> bytes:
    """A picture, cut square, as the bytes of a PNG."""
    data = io.BytesIO()
    side = min(picture.size)
    ImageOps.fit(picture, (side, side)).save(data, "PNG")
    return data.getvalue()
