"""Settings of the families that draw with an autoencoder. None: the family decides. Light."""

from typing import ClassVar, Literal

from pydantic import Field

from generate.pictures.families.space import BY_KID, Choice, Space, Span
from generate.section import Section


class AutoencoderSettings(Section):
    """What [pictures.cvae], [pictures.vaegan] and [pictures.gpt] have in common."""

    judged: ClassVar[str] = BY_KID
    searched: ClassVar[Space] = {
        "rate": Span(2e-4, 4e-3, log=True),
        "window": Span(0.02, 0.25, log=True),
        "split": Span(0.3, 0.8),
        "word_dropout": Span(0, 0.4),
    }
    rate: float | None = Field(None, gt=0, le=1)
    window: float | None = Field(None, gt=0.001, lt=0.28)
    split: float | None = Field(None, ge=0.05, le=0.95)
    word_dropout: float | None = Field(None, ge=0, le=0.9)
    eyes: Literal["none", "lite0"] | None = None


class CvaeSettings(AutoencoderSettings):
    """[pictures.cvae]"""

    searched: ClassVar[Space] = {
        **AutoencoderSettings.searched,
        "channels": Span(4, 16, step=4),
        "free_bits": Span(0, 1),
    }
    channels: int | None = Field(None, ge=1, le=64)
    free_bits: float | None = Field(None, ge=0, le=8)
    evenness: float | None = Field(None, gt=0, le=100)


class VaeganSettings(CvaeSettings):
    """[pictures.vaegan]"""

    searched: ClassVar[Space] = {
        **CvaeSettings.searched,
        "enter": Span(0.1, 0.8),
        "adversary": Span(0, 2),
    }
    enter: float | None = Field(None, ge=0, lt=1)
    adversary: float | None = Field(None, ge=0, le=10)
    codes: bool = False


class GptSettings(AutoencoderSettings):
    """[pictures.gpt]"""

    searched: ClassVar[Space] = {
        **AutoencoderSettings.searched,
        "order": Choice(("causal", "masked")),
        "temperature": Span(0.6, 1.2),
        "dropout": Span(0, 0.3),
    }
    enter: float | None = Field(None, ge=0, lt=1)
    adversary: float | None = Field(None, ge=0, le=10)
    order: Literal["causal", "masked"] | None = None
    temperature: float | None = Field(None, gt=0, le=4)
    dropout: float | None = Field(None, ge=0, le=0.9)
