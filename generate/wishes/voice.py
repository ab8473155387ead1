"""The key ``voice:``, such as ``voice: {mass: 40, mood: calm}``: how one beast is to speak."""

import difflib
from collections.abc import Collection
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from generate.words.voices import FAMILIES, FEELINGS


class VoiceWish(BaseModel):
    """What a person asks of a beast's voice; what is left out stays as the card decides it.

    ``mass`` is the body's in kg, ``pitch`` and ``pace`` are factors (2: an octave higher, twice as
    fast, as far as a phrase stays a phrase), ``family`` the kind of voice, ``mood`` a word of
    feeling.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    mass: float | None = Field(None, ge=0.02, le=600, strict=True)
    pitch: float | None = Field(None, ge=0.5, le=2, strict=True)
    pace: float | None = Field(None, ge=0.5, le=2, strict=True)
    family: str | None = None
    mood: str | None = None

    @model_validator(mode="before")
    @classmethod
    def is_known(cls, values: Any) -> Any:
        if not isinstance(values, dict):
            raise ValueError("write what is asked for, such as {mass: 40, mood: calm}")
        for key in values.keys() - cls.model_fields.keys():
            raise ValueError(f"{key} is unknown; {tell_near(str(key), [*cls.model_fields])}")
        return values

    @field_validator("family")
    @classmethod
    def has_a_voice(cls, family: str | None) -> str | None:
        if family not in (None, *FAMILIES):
            raise ValueError(f"{family} is no kind of voice; {tell_near(str(family), FAMILIES)}")
        return family

    @field_validator("mood")
    @classmethod
    def is_felt(cls, mood: str | None) -> str | None:
        known = [word for words in FEELINGS for word in words]
        if mood not in (None, *known):
            firsts = [words[0] for words in FEELINGS]
            raise ValueError(f"{mood} is no feeling; {tell_near(str(mood), known, firsts)}")
        return mood

    @property
    def asked(self) -> dict[str, Any]:
        """What is asked for, by name."""
        return self.model_dump(exclude_none=True)


def tell_near(word: str, known: Collection[str], shown: Collection[str] = ()) -> str:
    """A clause with the known word nearest to ``word``, or else with those ``shown``, or all."""
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    return f"did you mean {near[0]}?" if near else f"known: {', '.join(shown or known)}"
