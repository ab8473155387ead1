"""Lay what a writer made into a card."""

from datetime import timedelta
from typing import Any

from generate.cards import Bundle
from generate.freshness.decide import decide_phrase
from generate.phrases.by_hand import describe_phrase
from generate.settings import Settings


def adopt_phrase(settings: Settings, bundle: Bundle, written: Any, language: Any) -> None:
    """Lay what the writer made into card.json; a phrase in postcard.md takes its place."""
    phrase, by = written.phrase, written.writer
    if text := bundle.front.get("phrase"):
        phrase, by = language.analyse(str(text)), "by hand"
    bundle.card |= {
        "title": written.title,
        **describe_phrase(phrase),
        "name": dict(written.name),
        "mood": written.mood,
        "place": written.place,
        "date": (settings.date + timedelta(days=bundle.position - 1)).isoformat(),
        **(bundle.card if bundle.pinned else {}),  # what a person wrote before there were words
    }
    made = bundle.card.setdefault("made", {})
    made["phrase"] = {"writer": by, "seed": bundle.seed, "message": written.message}
    made["phrase"] |= decide_phrase(settings, bundle, language.digest).record
    if by == "offline" and settings.phrases.writer == "openai":
        # The embedded writer stood in for a failing server; the next build asks again.
        made["phrase"]["key"] = ""
