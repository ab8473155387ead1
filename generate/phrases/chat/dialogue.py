"""What both modes of asking a model share: cards are asked by number, read, and asked again."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from generate.phrases.language.language import Language
from generate.phrases.language.message import Mistake
from generate.phrases.writing.choosing import Choice
from generate.phrases.writing.offline import Brief

# Picture, message, mood, and the back of the card.
EXAMPLES = (
    (
        "night | a spotted blue frog with a frill, in a swamp",
        "s=moon v=borrow.PST o=my_drum ; so s=I v=hum",
        "wistful",
        "The moon has my drum again and says it needs the practice. Until it comes back I do the "
        "drumming with my throat. The swamp has complained, but in tune.",
    ),
    (
        "dawn | a shaggy gold quadruped with horns by the river, mist",
        "s=mist v=swallow.PST o=my_foot+ at=river",
        "alarm",
        "I went down to wash and the mist took all four feet, socks included. I can still feel "
        "them walking about somewhere on the other bank. Please look in your cupboard.",
    ),
    (
        "day | a small green bird with a crest on a branch",
        "v=polish.IMP o=your_ladder ; because s=guest+ p=round",
        "joyful",
        "Do come, and bring somebody heavy: we have been told the branch can take it. I have "
        "combed my crest in four directions, so as to be sure of yours.",
    ),
)


def outline(brief: Brief) -> str:
    """Hour and caption of a card in one line of at most 300 letters."""
    caption = " ".join(brief.caption.split())[:300]
    return f"{brief.hour} | {caption or 'an animal'}"


class Dialogue(ABC):
    """Asks a model for cards and reads its answers; ``taken`` holds the phrases already used.

    size: how many cards are asked for at a time. schema: JSON schema of an answer, None for plain
    text. mark: what stands between a card's number and the rest. again: asks for bad cards anew.
    """

    size: int
    schema: dict[str, Any] | None = None
    mark: str
    again: str

    def __init__(self, language: Language, taken: set[str]) -> None:
        self.language, self.taken = language, taken

    @abstractmethod
    def ask(self, briefs: Sequence[Brief]) -> list[dict[str, str]]:
        """The conversation that shows examples and asks for a card for each brief."""

    @abstractmethod
    def split(self, text: str) -> Mapping[int, Any]:
        """The parts of an answer by the number of the card."""

    @abstractmethod
    def accept(self, part: Any) -> Choice:
        """The choice for a card, made of its part (None: missing). Raises `Mistake`."""

    def read(
        self, text: str, briefs: Sequence[Brief], only: Collection[int] = ()
    ) -> tuple[dict[int, Choice], dict[int, str]]:
        """The choice for each brief by its number from 1, and the faults of the others.

        ``only`` limits it to some numbers. Accepted phrases count as taken from here on.
        """
        parts = self.split(text)
        choices: dict[int, Choice] = {}
        faults: dict[int, str] = {}
        for number in range(1, len(briefs) + 1):
            if not only or number in only:
                try:
                    choices[number] = self.accept(parts.get(number))
                    self.taken.add(choices[number].phrase.text)
                except Mistake as mistake:
                    faults[number] = str(mistake)
        return choices, faults

    def complain(self, faults: dict[int, str], briefs: Sequence[Brief]) -> str:
        """The turn that asks once more for the cards with faults."""
        asked = self.list_cards({number: briefs[number - 1] for number in faults})
        lines = [f"{line} — {faults[number]}" for line, number in zip(asked, faults, strict=True)]
        return "\n".join([self.again, *lines])

    def list_cards(self, briefs: Mapping[int, Brief]) -> list[str]:
        """A line for each card: its number and outline."""
        return [f"{number}{self.mark}{outline(brief)}" for number, brief in briefs.items()]
