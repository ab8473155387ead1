"""Write the words of each card by the writer that the settings name; the door of this house.

Writes no card. The openai writer keeps answers in work/cache/, and in free mode adds the words
that it coined to content/language.toml. The learned writer keeps its network in work/phrases/, and
adds the words that the language lacks.
"""

from __future__ import annotations

from collections.abc import Sequence

from generate.phrases.language.language import Language
from generate.phrases.writing.choosing import Memory
from generate.phrases.writing.offline import Brief, Written, write_offline
from generate.settings import Settings


def write_phrases(settings: Settings, language: Language, briefs: Sequence[Brief]) -> list[Written]:
    """The words of every brief's card, in order.

    The offline and the learned writer's words for card n depend on briefs 1 to n only. Raises
    `Refusal` where the openai writer has no key, or a base_url that is no address, and where the
    learned one has no corpus. A server that fails later costs a warning, and the offline writer
    writes its cards.
    """
    if settings.phrases.writer == "openai":
        from generate.phrases.chat.writer import write_with_chat

        return write_with_chat(settings, language, briefs)
    if settings.phrases.writer == "learned":
        from generate.phrases.learned.writer import write_learned

        return write_learned(settings, language, briefs)
    memory = Memory()
    return [write_offline(language, brief, memory) for brief in briefs]
