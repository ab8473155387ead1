"""The writer that asks a model on any server of Chat Completions.

Reads the key from the environment, keeps answers in work/cache/, and in free mode adds new words
to content/language.toml. Where the model fails the offline writer takes over, so that every card
gets its words.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Collection, Sequence
from typing import Any, Protocol, TypeVar

from tqdm import tqdm

from generate.bundles.folders import list_bundles
from generate.cards import read_card
from generate.phrases.chat.client import Chat, Silence
from generate.phrases.chat.free import Free
from generate.phrases.chat.structured import Structured
from generate.phrases.language.file import FILE, enter_coined
from generate.phrases.language.language import Language
from generate.phrases.writing.choosing import Memory
from generate.phrases.writing.offline import Brief, Written, write_offline
from generate.settings import Settings

NAMED = 5  # cards that one warning names
SHOWN = 8000  # letters of a faulty answer that are shown to the model again
UNFIT = "some of the model's answers could not be used, nor their repair"


class Asked(Protocol):
    """What is told of one card."""

    @property
    def slug(self) -> str: ...


B = TypeVar("B", bound=Asked, contravariant=True)
T = TypeVar("T")


class Talk(Protocol[B, T]):
    """Asks for cards, and reads what is answered; see `dialogue.Dialogue`."""

    @property
    def size(self) -> int: ...

    @property
    def schema(self) -> dict[str, Any] | None: ...

    def ask(self, briefs: Sequence[B]) -> list[dict[str, str]]: ...

    def read(
        self, text: str, briefs: Sequence[B], only: Collection[int] = ()
    ) -> tuple[dict[int, T], dict[int, str]]: ...

    def complain(self, faults: dict[int, str], briefs: Sequence[B]) -> str: ...


def write_with_chat(
    settings: Settings, language: Language, briefs: Sequence[Brief]
) -> list[Written]:
    """The words of every brief's card, in order; the model of the settings chooses what they say.

    The offline writer adds names, places and titles, and writes the cards for which the model
    failed; one warning on stderr says so. Raises `Refusal` for a base_url that is no address, and
    for a missing key where OpenAI itself must be asked.
    """
    others = read_others(settings, briefs)
    said = {str(card.get("phrase")) for card in others}
    mode = Free if settings.phrases.mode == "free" else Structured
    dialogue = mode(language, said)
    choices, reason = gather(Chat(settings), dialogue, briefs, "phrases")
    if dialogue.language.coined != language.coined:
        language = dialogue.language
        enter_coined(language, settings.content / FILE)
    if missing := [brief.slug for brief in briefs if brief.slug not in choices]:
        named = ", ".join(missing[:NAMED]) + ", …" * (len(missing) > NAMED)
        some = f"{len(missing)} of {len(briefs)} phrases are the offline writer's ({named})"
        print(f"warning: {some}: {reason}", file=sys.stderr, flush=True)
    # The offline writer must not say what the model says on a later card.
    memory = Memory(texts=said | {choice.phrase.text for choice in choices.values()})
    names = [card.get("name") for card in others]
    memory.names |= {str(name.get("form")) for name in names if isinstance(name, dict)}
    return [write_offline(language, brief, memory, choices.get(brief.slug)) for brief in briefs]


def gather(
    chat: Chat, dialogue: Talk[B, T], briefs: Sequence[B], what: str
) -> tuple[dict[str, T], str]:
    """The model's choices by slug, and why some are missing ("" where none is).

    ``what`` names what is asked for, before the bar, and before the line that tells the faults of
    cards that were asked for once more.
    """
    choices: dict[str, T] = {}
    again: Counter[str] = Counter()
    left: Counter[str] = Counter()
    reason = ""
    at, size = 0, dialogue.size
    with chat, tqdm(total=len(briefs), desc=what, unit=what.rstrip("s"), leave=False) as bar:
        while at < len(briefs):
            batch = briefs[at : at + size]
            try:
                if not converse(chat, dialogue, batch, choices, again, left):
                    size = len(batch) // 2  # the answer was cut short: ask for fewer from now on
                    continue
            except Silence as silence:
                chat.drop()
                reason = reason or silence.reason
                if silence.final:
                    break
            if any(brief.slug not in choices for brief in batch):
                reason = reason or UNFIT
            at += len(batch)
            bar.update(len(batch))
            bar.set_postfix(tokens=chat.spent)
    if again:
        told = f"{again.total()} of {len(briefs)} asked for again: {tell_faults(again)}"
        print(f"{what:<9} {told}", flush=True)
    return choices, f"{UNFIT} ({tell_faults(left)})" if reason == UNFIT else reason


def converse(
    chat: Chat,
    dialogue: Talk[B, T],
    batch: Sequence[B],
    choices: dict[str, T],
    again: Counter[str],
    left: Counter[str],
) -> bool:
    """Ask for a batch of cards, once more for those with faults, and fill ``choices`` by slug.

    False, with nothing chosen, where the answer was cut short and fewer cards should be asked for.
    Answers are cached only when every card of the batch is good, so that the next build asks again.
    ``again`` and ``left`` count the faults at first and in the end.
    """
    messages = dialogue.ask(batch)
    reply = chat.ask(messages, dialogue.schema)
    if reply.cut and len(batch) > 1:
        return False
    found, faults = dialogue.read(reply.text, batch)
    choices |= {batch[at - 1].slug: choice for at, choice in found.items()}
    again.update(faults.values())
    if faults:
        messages += [
            {"role": "assistant", "content": reply.text[:SHOWN] or "(nothing)"},
            {"role": "user", "content": dialogue.complain(faults, batch)},
        ]
        reply = chat.ask(messages, dialogue.schema)
        found, faults = dialogue.read(reply.text, batch, faults)
        choices |= {batch[at - 1].slug: choice for at, choice in found.items()}
    left.update(faults.values())
    if faults:
        chat.drop()
    else:
        chat.keep()
    return True


def tell_faults(faults: Counter[str]) -> str:
    """The commonest faults and how many cards have each, on one line."""
    counted = [
        f"{count} × {''.join(c for c in fault[:80] if c.isprintable())}"
        for fault, count in faults.most_common(3)
    ]
    return "; ".join([*counted, "and others"] if len(faults) > 3 else counted)


def read_others(settings: Settings, briefs: Sequence[Brief]) -> list[dict[str, Any]]:
    """The cards that are not written now."""
    asked = {brief.slug for brief in briefs}
    return [read_card(folder) for folder in list_bundles(settings) if folder.name not in asked]
