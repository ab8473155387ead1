"""The hybrid of a variational autoencoder and an adversary (Larsen et al., arXiv 1512.09300).

With ``codes = true`` its grid holds codes of finite scalar quantisation (Mentzer et al.,
2309.15505): it then is a tokenizer that other recipes may begin from.
"""

from dataclasses import replace
from typing import Any, ClassVar

from generate.pictures.families.latents.coder import CODER
from generate.pictures.families.latents.contested import ADVERSARY, Contested
from generate.pictures.families.latents.cvae import PRIOR, Cvae
from generate.pictures.networks.autoencoder import LEVELS, LatentShape


class Vaegan(Contested, Cvae):
    """A conditional autoencoder whose pictures an adversary tells from real ones."""

    phases: ClassVar[tuple[str, ...]] = (CODER, ADVERSARY, PRIOR)

    @classmethod
    def choose_shape(cls, size: int, own: Any) -> LatentShape:
        shape = super().choose_shape(size, own)
        return replace(shape, levels=LEVELS) if getattr(own, "codes", False) else shape
