"""Settings of the families that draw with an autoencoder. None: the family decides. Light."""

from typing import Literal

from pydantic import Field

from generate.section import Section


class AutoencoderSettings(Section):
    """What [pictures.cvae], [pictures.vaegan] and [pictures.gpt] have in common."""

    rate: float | None = Field(None, gt=0, le=1)
    window: float | None = Field(None, gt=0.001, lt=0.28)
    split: float | None = Field(None, ge=0.05, le=0.95)
    word_dropout: float | None = Field(None, ge=0, le=0.9)
    eyes: Literal["none", "lite0"] | None = None


class CvaeSettings(AutoencoderSettings):
    """[pictures.cvae]"""

    channels: int | None = Field(None, ge=1, le=64)
    free_bits: float | None = Field(None, ge=0, le=8)
    evenness: float | None = Field(None, gt=0, le=100)


class VaeganSettings(CvaeSettings):
    """[pictures.vaegan]"""

    enter: float | None = Field(None, ge=0, lt=1)
    adversary: float | None = Field(None, ge=0, le=10)
    codes: bool = False


class GptSettings(AutoencoderSettings):
    """[pictures.gpt]"""

    enter: float | None = Field(None, ge=0, lt=1)
    adversary: float | None = Field(None, ge=0, le=10)
    order: Literal["causal", "masked"] | None = None
    temperature: float | None = Field(None, gt=0, le=4)
    dropout: float | None = Field(None, ge=0, le=0.9)
