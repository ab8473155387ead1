"""The adversaries' own settings, [pictures.NAME] in jungle.toml. None: the family decides."""

from typing import ClassVar, Literal

from pydantic import Field

from generate.pictures.families.space import BY_KID, Choice, Space, Span
from generate.section import Section


class AdversarySettings(Section):
    """What all of them have."""

    judged: ClassVar[str] = BY_KID
    searched: ClassVar[Space] = {
        "rate": Span(5e-5, 2e-3, log=True),
        "window": Span(0.02, 0.25, log=True),
        "loss": Choice(("hinge", "r3")),
        "naming": Span(0, 3),
        "width": Span(0.5, 1.5),
        "word_dropout": Span(0, 0.4),
    }
    rate: float | None = Field(None, gt=0, le=1)
    window: float | None = Field(None, gt=0.001, lt=0.28)
    loss: Literal["hinge", "r3"] = "hinge"
    eyes: Literal["lite0", "own"] = "lite0"
    naming: float | None = Field(None, ge=0, le=10)
    width: float | None = Field(None, ge=0.1, le=4)
    word_dropout: float | None = Field(None, ge=0, le=0.9)


class GanSettings(AdversarySettings):
    """[pictures.gan]"""


class StackGanSettings(AdversarySettings):
    """[pictures.stackgan]"""


class AttnGanSettings(AdversarySettings):
    """[pictures.attngan]. Regions are matched with words on the frozen features alone."""

    eyes: Literal["lite0"] = "lite0"
