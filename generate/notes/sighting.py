"""What a field note may tell of: what a card shows, what its beast is called, how it speaks."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from generate.cards import Bundle
from generate.phrases.writing.subject import Subject, read_subject
from generate.settings import Settings
from generate.sounds.settings import EMBODIED

# Kilograms below which a beast is tiny, and above which it is huge.
TINY, HUGE = 0.1, 200.0
# Signs of Markdown and of HTML, and letters that a name has not.
SIGNS = re.compile(r"[\\`*_\[\]<>&|~#]")
LONGEST = 60


@dataclass(frozen=True)
class Sighting:
    """One card as a naturalist meets it: `caption`, `traits` and `hour` as the card shows them.

    name: the beast's, "" where it has none. mood: of its phrase. family: of its voice, one of
    `generate.words.voices.FAMILIES`, "" where another engine makes its sound. size: "tiny", "huge"
    or "".
    """

    slug: str
    seed: int
    caption: str = ""
    traits: Mapping[str, str] = field(default_factory=dict)
    hour: str = "day"
    name: str = ""
    mood: str = ""
    family: str = ""
    size: str = ""

    @cached_property
    def subject(self) -> Subject:
        """What the caption and the traits name."""
        return read_subject(self.caption, self.traits, self.hour, self.seed)

    @property
    def holds(self) -> frozenset[str]:
        """Words that lines may ask for."""
        return self.subject.holds | {self.family, self.size, self.mood} - {""}

    @property
    def facts(self) -> list[Any]:
        """All that decides the note beside its writer and its seed."""
        told = (self.hour, self.name, self.mood, self.family, self.size)
        return [self.caption, dict(self.traits), *told]


def observe(settings: Settings, bundle: Bundle) -> Sighting:
    """What can be told of a bundle's card; the person's own words go before the stages'."""
    from generate.sounds.voice.body import imagine_beast

    front = bundle.front

    def shown(name: str) -> Any:
        return front.get(name) or bundle.card.get(name)

    traits, caption = bundle.card.get("traits") or {}, str(shown("caption") or "")
    if front.get("traits"):
        traits = {**traits, **front["traits"]}
    elif front.get("caption"):
        traits = {}  # those of the stages are of another picture
    family = size = ""
    if settings.sounds.of_card(bundle.number).engine in EMBODIED:
        # The very body that speaks.
        told = bundle.subject
        beast = imagine_beast(
            bundle.seed, told.get("traits"), told.get("caption") or "", bundle.voice
        )
        family = beast.family
        size = "tiny" if beast.mass_kg < TINY else "huge" if beast.mass_kg > HUGE else ""
    return Sighting(
        bundle.slug,
        bundle.seed,
        caption,
        {str(key): str(value) for key, value in traits.items()},
        str(shown("hour") or "day"),
        read_name(shown("name")),
        str(shown("mood") or ""),
        family,
        size,
    )


def read_name(name: Any) -> str:
    """The beast's name without signs of Markdown, "" where it has none that will do."""
    form = name.get("form") if isinstance(name, Mapping) else name
    plain = " ".join(SIGNS.sub("", str(form or "")).split())
    return plain if len(plain) <= LONGEST and plain.isprintable() else ""
