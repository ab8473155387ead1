"""The families' own settings, [pictures.NAME] in jungle.toml. None: the family decides.

``searched`` is where `make tune` searches, ``judged`` by what.
"""

from typing import ClassVar, Literal

from pydantic import Field, field_validator

from generate.pictures.families.space import BY_LOSS, Choice, Space, Span
from generate.section import Section


class FlowSettings(Section):
    """[pictures.flow]"""

    judged: ClassVar[str] = BY_LOSS
    searched: ClassVar[Space] = {
        "rate": Span(3e-4, 6e-3, log=True),
        "window": Span(0.02, 0.25, log=True),
        "dropout": Span(0, 0.3),
        "word_dropout": Span(0, 0.4, compares=False),
        "noise_mean": Span(-1, 1, compares=False),
        "shift": Span(0.5, 3, log=True, compares=False),
    }
    rate: float | None = Field(None, gt=0, le=1)
    window: float | None = Field(None, gt=0.001, lt=0.28)
    noise_mean: float | None = Field(None, ge=-3, le=3)
    word_dropout: float | None = Field(None, ge=0, le=0.9)
    dropout: float | None = Field(None, ge=0, le=0.9)
    shift: float | None = Field(None, gt=0, le=10)


class DitSettings(FlowSettings):
    """[pictures.dit]: the flow's, and the layers of the transformer."""

    searched: ClassVar[Space] = {
        **FlowSettings.searched,
        "patch": Choice((4, 8)),
        "width": Span(128, 384, step=64),
        "depth": Span(5, 13, step=2),
    }
    patch: Literal[4, 8, 16] | None = None
    width: int | None = Field(None, ge=32, le=2048)
    depth: int | None = Field(None, ge=3, le=49)
    heads: int | None = Field(None, ge=1, le=32)

    @field_validator("depth")
    @classmethod
    def odd(cls, depth: int | None) -> int | None:
        if depth is not None and depth % 2 == 0:
            raise ValueError("odd: as many blocks before the middle as after it")
        return depth

    @field_validator("width")
    @classmethod
    def divisible(cls, width: int | None) -> int | None:
        if width is not None and width % 32:
            raise ValueError("a multiple of 32")
        return width


class PretrainedSettings(Section):
    """[pictures.pretrained]"""

    prompt: str | None = Field(None, pattern=r"\{caption\}", max_length=300)
    negative: str | None = Field(None, max_length=300)
    guidance: float | None = Field(None, ge=0, le=30)
    pixels: int | None = Field(None, ge=16, le=2048, multiple_of=8)
    dtype: Literal["auto", "float32", "float16", "bfloat16"] | None = None
    offload: bool | None = None
    rank: int | None = Field(None, ge=1, le=256)
    rate: float | None = Field(None, gt=0, le=1)


class SketchSettings(Section):
    """[pictures.sketch]"""

    judged: ClassVar[str] = BY_LOSS
    searched: ClassVar[Space] = {
        "rate": Span(3e-4, 6e-3, log=True),
        "width": Span(128, 512, step=64),
        "mixtures": Span(5, 20, step=5),
        "dropout": Span(0, 0.3),
        "word_dropout": Span(0, 0.4, compares=False),
        "temperature": Span(0.2, 1, compares=False),
    }
    rate: float | None = Field(None, gt=0, le=1)
    temperature: float | None = Field(None, gt=0, le=2)
    width: int | None = Field(None, ge=8, le=2048)
    mixtures: int | None = Field(None, ge=1, le=100)
    points: int | None = Field(None, ge=16, le=1000)
    dropout: float | None = Field(None, ge=0, le=0.9)
    word_dropout: float | None = Field(None, ge=0, le=0.9)


class DdpmSettings(Section):
    """[pictures.ddpm]"""

    judged: ClassVar[str] = BY_LOSS
    searched: ClassVar[Space] = {
        "rate": Span(3e-5, 1e-3, log=True),
        "dropout": Span(0, 0.3),
    }
    rate: float | None = Field(None, gt=0, le=1)
    dropout: float | None = Field(None, ge=0, le=0.9)
