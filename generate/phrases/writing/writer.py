"""What each beast says, is called and writes home; one entrance for both writers.

Reads briefs, writes nothing. The phrase of card n depends on briefs 1 to n only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from generate.phrases.language.language import Language, Phrase
from generate.phrases.writing import offline
from generate.phrases.writing.subject import read_subject

if TYPE_CHECKING:
    from generate.settings import Settings


@dataclass(frozen=True)
class Brief:
    """What a phrase may depend on: a card's number (from 1), seed, caption, traits and hour."""

    number: int
    slug: str
    seed: int
    caption: str
    traits: Mapping[str, str] = field(default_factory=dict)
    hour: str = "day"


@dataclass(frozen=True)
class Written:
    """A card's words.

    name: the beast's name in the language, {"form", "meaning"}. mood: statement, joyful, wistful,
    alarm or question, for the voice. message: Markdown for the back of the card. writer: who chose
    what the phrase says, "offline" also where it stood in for a model that failed.
    """

    phrase: Phrase
    name: dict[str, str]
    title: str
    place: str
    mood: str
    message: str
    writer: str = "offline"


def write_phrases(settings: Settings, language: Language, briefs: Sequence[Brief]) -> list[Written]:
    """Write for every brief, in order, with the writer that the settings name.

    Raises `Refusal` where the openai writer has no key; a server that fails later costs only a
    warning, and the embedded writer takes its cards.
    """
    if settings.phrases.writer == "openai":
        from generate.phrases.chat.writer import write_with_chat

        return write_with_chat(settings, language, briefs)
    memory = offline.Memory()
    return [write_offline(language, brief, memory) for brief in briefs]


def write_offline(
    language: Language, brief: Brief, memory: offline.Memory, choice: offline.Choice | None = None
) -> Written:
    """One card by the embedded writer; ``memory`` holds the cards before it.

    With a ``choice`` made elsewhere only the rest is written: name, place, title, perhaps the back.
    """
    subject = read_subject(brief.caption, brief.traits, brief.hour, brief.seed)
    text = offline.write_card(language, subject, brief.seed, brief.hour, memory, choice)
    made = text.choice
    writer = "offline" if choice is None else "openai"
    return Written(made.phrase, text.name, text.title, text.place, made.mood, text.back, writer)
