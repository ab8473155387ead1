"""What every table of the settings file has in common."""

from pydantic import BaseModel, ConfigDict


class Section(BaseModel):
    """A table of the settings file: no unknown keys, no silent conversions."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, populate_by_name=True)
