"""The settings of [sounds], which are read without anything that makes a sound."""

import re
from typing import Any, Literal

from pydantic import Field, field_validator, model_validator

from generate.section import Section

Maker = Literal["voice", "stable-audio", "pretrained", "folder", "learned"]
Flaw = Literal["clipping", "hum", "hiss", "event", "taps", "room"]
# Engines that run a model of others, by prompts, and all that need torch.
MODELS = ("stable-audio", "pretrained")
TORCH = (*MODELS, "learned")
# Engines that use the folder of recordings, and those whose beasts have a body and a voice.
RECORDED, EMBODIED = ("folder", "learned"), ("voice", "learned")
SPAN = re.compile(r"\s*(\d{1,5})\s*(?:-\s*(\d{1,5})\s*)?")


class Sounds(Section):
    """[sounds]"""

    engine: Literal["voice", "stable-audio", "pretrained", "folder", "learned", "mixed"] = "voice"
    folder: str | None = None
    model: str = "stabilityai/stable-audio-open-1.0"
    prompts: list[str] = Field(default_factory=list)
    negative_prompt: str = (
        "music, melody, singing, speech, human voice, crowd, low quality, distorted, clipping"
    )
    seconds: float = Field(4.0, ge=0.5, le=47.0)
    steps: int = Field(200, ge=1, le=1000)
    candidates: int = Field(4, ge=1, le=16)
    guidance: float | None = Field(None, ge=0, le=20)
    dtype: Literal["auto", "float32", "float16", "bfloat16"] = "auto"
    offload: bool | None = None
    mixed: dict[Maker, str] = Field(default_factory=dict)
    enhance: list[Flaw] = Field(default_factory=list)
    loudness: float = Field(-16.0, ge=-40, le=-6)
    ambience: bool = True
    bed_loudness: float = Field(-25.0, ge=-50, le=-10)

    @field_validator("mixed")
    @classmethod
    def each_card_once(cls, mixed: dict[Maker, str]) -> dict[Maker, str]:
        seen: dict[int, str] = {}
        for engine, cards in mixed.items():
            for number in read_numbers(cards):
                if number in seen:
                    raise ValueError(f"one engine for card {number}, not two")
                seen[number] = engine
        return mixed

    @model_validator(mode="after")
    def mixed_of_something(self) -> "Sounds":
        if self.engine == "mixed" and not self.mixed:
            raise ValueError(
                'with a table that says which cards: [sounds.mixed], such as folder = "1-10, 25"'
            )
        return self

    @property
    def makers(self) -> list[str]:
        """The engines that may have work."""
        return ["voice", *self.mixed] if self.engine == "mixed" else [self.engine]

    @property
    def runs_model(self) -> bool:
        """Whether one of the engines needs torch."""
        return any(engine in TORCH for engine in self.makers)

    @property
    def asked_beside(self) -> dict[str, Any]:
        """What else decides a sound of this engine, where it is not as usual."""
        asked: dict[str, Any] = {}
        if self.engine == "pretrained":
            asked = {"guidance": self.guidance, "dtype": self.dtype}
        if self.engine not in EMBODIED and self.enhance:
            asked["enhance"] = sorted(set(self.enhance))
        return {name: value for name, value in asked.items() if value not in (None, "auto")}

    def of_card(self, number: int | None) -> "Sounds":
        """The settings as they are for a card; where engines are mixed, those of its own.

        A card that no engine was given, or that has no number, speaks with the built-in voice.
        """
        if self.engine != "mixed":
            return self
        found = (engine for engine, cards in self.mixed.items() if number in read_numbers(cards))
        return self.model_copy(update={"engine": next(found, "voice"), "mixed": {}})


def read_numbers(text: str) -> list[int]:
    """The numbers of "1-10, 25"; ValueError for other texts."""
    numbers: list[int] = []
    for part in text.split(","):
        match = SPAN.fullmatch(part)
        if match is None:
            raise ValueError('numbers of cards, such as "1-10, 25"')
        first = int(match[1])
        last = int(match[2] or first)
        if not 1 <= first <= last:
            raise ValueError('numbers of cards from 1 on, the lower first, such as "1-10, 25"')
        numbers += range(first, last + 1)
    return numbers
