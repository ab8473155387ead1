"""The figures of sounds, with a name and what is wanted of each."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from generate.cards import Card
from generate.settings import Settings

Test = Callable[[float], bool]


@dataclass(frozen=True)
class Figure:
    """A number with its name, what is wanted of it, and whether that holds (None: nothing is)."""

    name: str
    value: float
    wanted: str = ""
    holds: bool | None = None

    @property
    def text(self) -> str:
        """The number as people read it."""
        return f"{self.value:,.0f}" if float(self.value).is_integer() else f"{self.value:.3g}"


SOUNDS: dict[str, tuple[str, Test]] = {
    "loudness error, median": ("at most 0.3 LU", lambda x: x <= 0.3),
    "loudness error, largest": ("at most 3 LU, where a peak is the limit", lambda x: x <= 3),
    "true peak, largest": ("at most -1 dBTP", lambda x: x <= -1),
    "edge, largest": ("at most -60 dBFS", lambda x: x <= -60),
    "bed loudness error, largest": ("at most 0.3 LU", lambda x: x <= 0.3),
    "seam, largest": ("below 4, where it cannot be heard", lambda x: x < 4),
    "syllables, mean relative error": ("at most 0.1", lambda x: x <= 0.1),
    "beast known by nearest neighbour": ("at least 0.9", lambda x: x >= 0.9),
    "distance between over within beasts": ("above 1", lambda x: x > 1),
    "rank correlation of mass and pitch": ("below -0.9", lambda x: x < -0.9),
}


def judge_sounds(settings: Settings, cards: Sequence[Card]) -> list[Figure]:
    """The figures of the sounds, none where no card has one. Raises `Refusal` for a broken file."""
    from generate.evaluation.sounds import evaluate_sounds

    heard = [
        {
            "path": card.sound,
            "seed": card.seed,
            "phrase": card.phrase,
            "mood": card.mood,
            "caption": card.caption,
            "traits": card.traits,
        }
        for card in cards
        if card.sound
    ]
    if not heard:
        return []
    found = evaluate_sounds(settings, heard, find_beds(settings))
    return [name_sound(name, value, len(heard)) for name, value in found.items()]


def find_beds(settings: Settings) -> dict[str, Path]:
    """The beds of jungle sound by hour, if they were made."""
    folder = settings.work / "ambience"
    return {path.stem: path for path in sorted(folder.glob("*.flac"))}


def name_sound(name: str, value: float, count: int) -> Figure:
    """A figure of the sounds with what is wanted of it."""
    if name == "held down by their peak":
        return Figure(name, value, f"at most a tenth of {count}", value <= max(1, count / 10))
    if name not in SOUNDS:
        return Figure(name, value)
    wanted, test = SOUNDS[name]
    return Figure(name, value, wanted, test(value))
