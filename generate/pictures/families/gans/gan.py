"""The one-stage GAN: noise and words → a picture in one pass."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from generate.pictures.compute.memory import in_parts
from generate.pictures.families.base import Drawn, Noise, Watch
from generate.pictures.families.gans.adversary import Adversary
from generate.pictures.families.gans.maker import WIDTHS, Maker, MakerShape
from generate.pictures.networks.unet import ALTERATIONS

# Noise is multiplied by guidance to this power: nearer to the mean, pictures keep to their words
# more strictly and differ less (the truncation of BigGAN, arXiv 1809.11096).
TRUNCATION = -0.25
SCRIPT = Path(__file__).with_name("gan_script.txt")


class Gan(Adversary):
    """A maker that draws at full size at once."""

    @classmethod
    def choose_config(cls, size: int, words: int, share: float) -> dict[str, Any]:
        widths = tuple(max(8, 8 * round(width * share / 8)) for width in WIDTHS)
        return MakerShape(size, words, widths=widths).as_json()

    @classmethod
    def make_maker(cls, config: Mapping[str, Any]) -> nn.Module:
        return Maker(MakerShape(**{**config, "widths": tuple(config["widths"])}))

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
        asked = nn.functional.pad(conditions.to(self.device), (0, ALTERATIONS))
        for step in range(0 if watch else steps, steps + 1):
            share = step / steps
            state = in_parts(self.draw, self.rows, start * share, asked * share)
            if watch:
                watch(step, state)
        return Drawn(state.clamp(-1, 1))

    def export(self, folder: Path) -> list[Path]:
        from generate.pictures.families.gans.exporting import export_maker

        return export_maker(self, folder)

    def write_script(self, steps: int) -> str:
        return SCRIPT.read_text().replace("WORDS", repr(list(self.vocabulary.tokens[:1])))
