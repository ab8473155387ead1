"""The one-stage GAN: noise and words → a picture in one pass."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from torch import nn

from generate.pictures.families.gans.adversary import Adversary
from generate.pictures.families.gans.maker import WIDTHS, Maker, MakerShape, narrow

SCRIPT = Path(__file__).with_name("gan_script.txt")


class Gan(Adversary):
    """A maker that draws at full size at once."""

    @classmethod
    def choose_config(cls, size: int, words: int, share: float) -> dict[str, Any]:
        return MakerShape(size, words, widths=narrow(WIDTHS, share)).as_json()

    @classmethod
    def make_maker(cls, config: Mapping[str, Any]) -> nn.Module:
        return Maker(MakerShape.read(config))

    def write_script(self, steps: int) -> str:
        return self.join_script(SCRIPT)
