"""The families' own settings: [pictures.NAME] in jungle.toml. A family chooses what is left out."""

from pydantic import Field

from generate.section import Section


class FlowSettings(Section):
    """[pictures.flow]"""

    rate: float | None = Field(None, gt=0, le=1)
    window: float | None = Field(None, gt=0.001, lt=0.28)
    lean: float | None = Field(None, ge=-3, le=3)
    forget: float | None = Field(None, ge=0, le=0.9)
    dropout: float | None = Field(None, ge=0, le=0.9)
    shift: float | None = Field(None, gt=0, le=10)


class DdpmSettings(Section):
    """[pictures.ddpm]"""

    rate: float | None = Field(None, gt=0, le=1)
    dropout: float | None = Field(None, ge=0, le=0.9)
