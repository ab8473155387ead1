"""The diffusion transformer: the flow, its loss and its solver, with another network."""

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

from generate.pictures.families.flow import Flow
from generate.pictures.networks import transformer
from generate.pictures.networks.patches import Patches, PatchNetwork, read_patches

SCRIPT = Path(__file__).with_name("dit_script.txt")


class Dit(Flow):
    """A flow whose network cuts pictures into patches and answers with the clean picture.

    The loss is on the velocity all the same: x-prediction with the loss on v (arXiv 2511.13720).
    """

    weights: ClassVar[str] = "transformer/diffusion_pytorch_model.safetensors"
    script: ClassVar[Path] = SCRIPT

    @classmethod
    def choose_shape(cls, size: int) -> Patches:
        return replace(Patches(), size=size, patch=8 if size >= 64 else 4)

    @classmethod
    def make_network(cls, shape: Any, words: int) -> PatchNetwork:
        return PatchNetwork(shape, words)

    @classmethod
    def read_shape(cls, config: dict[str, Any], factor: int) -> Patches:
        return read_patches(config)

    def save(self, folder: Path, half: bool = False) -> None:
        """With the network's code, which needs torch alone."""
        super().save(folder, half)
        shutil.copyfile(transformer.__file__, (folder / self.weights).with_name("network.py"))
