"""Field notes by a model on any server of Chat Completions, each looked through before it is taken.

Of a card whose note will not do, asked for once more, the built-in naturalist tells.
"""

import json
import sys
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from generate.notes.runs import Taken
from generate.notes.sighting import Sighting
from generate.notes.species import find_species
from generate.phrases.chat.answers import find_cards
from generate.phrases.chat.client import Chat
from generate.phrases.chat.form import clean_english
from generate.phrases.chat.writer import gather
from generate.settings import Settings

# Words of a note, and letters of one that is looked at.
SHORTEST, LONGEST, MOST = 25, 110, 900
# Words in a row that two notes may not share; five are common in any English.
ALIKE = 8
RULES = """\
You write the notes of a field guide to animals that do not exist. For each animal asked for, one
paragraph of plain English, 40 to 80 words, in the third person: where it lives, what it eats, and
why it speaks as it does, from what its line says. Be exact, deadpan and kind; let something small
and odd be true. Call it by its name, with "the" before it. Name no animal or plant that exists,
except what its own line calls it, and no Latin names. No two notes begin alike or have the same
shape. No headings, lists, links or tags.

Answer with JSON alone: {"cards": [{"card": number, "text": "..."}]}, a note for each number."""
EXAMPLES = (
    (
        "Mesuli | night | a spotted blue frog with a frill, in a swamp | voice: croaker",
        "The Mesuli floats in the swamp at the height of its eyebrows and comes ashore only to be "
        "counted. It lives on pond skin, spread on its own frill like a tablecloth, and never eats "
        "in company. Its croak is on account of the damp, which got in early and brought "
        "furniture; on dry nights it can sing, but by then there is nobody to hear.",
    ),
    (
        "Toravo | dawn | a shaggy gold quadruped with horns by the river, mist | voice: roarer",
        "Every bend of the river has one Toravo, and each believes that its bend has the good mud. "
        "It grazes on wet bark before sunrise, knocking it down with its horns and looking up as "
        "though that had been the wind. The roar comes from a chest like a barrel; it is given "
        "facing away, since the heart behind it is shy.",
    ),
    (
        "Ninela | day | a small green bird with a crest on a branch | voice: singer",
        "Nobody has seen the Ninela arrive on a branch; one morning it is there, as if it had been "
        "hired. It takes fruit that has already fallen, from politeness towards the tree, and "
        "raises its crest to ask for salt. It sings in two voices at once because they enjoy the "
        "company, and stops when one of them is right.",
    ),
)
SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "cards": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"card": {"type": "integer"}, "text": {"type": "string"}},
                "required": ["card", "text"],
                "additionalProperties": False,
            },
        }
    },
    "required": ["cards"],
    "additionalProperties": False,
}


def ask_notes(
    settings: Settings, sightings: Sequence[Sighting], names: Iterable[str], told: Iterable[str]
) -> dict[str, str]:
    """Notes by slug, as the server of the settings wrote them; those that would not do are missing.

    ``told`` are the notes of other cards. Raises `Refusal` as the writer of phrases does; a server
    that fails costs one warning.
    """
    talk = FieldNotes(Taken(names, ALIKE))
    for text in told:
        talk.taken.add(text)
    notes, reason = gather(Chat(settings), talk, sightings, "notes")
    if missing := len(sightings) - len(notes):
        some = f"{missing} of {len(sightings)} field notes are the built-in naturalist's"
        print(f"warning: {some}: {reason}", file=sys.stderr, flush=True)
    return notes


class FieldNotes:
    """Asks for notes and reads them; ``taken`` learns those that are accepted."""

    size = 12
    schema: dict[str, Any] | None = SCHEMA

    def __init__(self, taken: Taken) -> None:
        self.taken = taken

    def ask(self, briefs: Sequence[Sighting]) -> list[dict[str, str]]:
        """The conversation that shows three notes and asks for one of each sighting."""
        shown = [f"{at} | {line}" for at, (line, _) in enumerate(EXAMPLES, 1)]
        told = [{"card": at, "text": text} for at, (_, text) in enumerate(EXAMPLES, 1)]
        wanted = [f"{at} | {outline(sighting)}" for at, sighting in enumerate(briefs, 1)]
        return [
            {"role": "system", "content": RULES},
            {"role": "user", "content": lay(shown)},
            {"role": "assistant", "content": json.dumps({"cards": told}, separators=(",", ":"))},
            {"role": "user", "content": lay(wanted)},
        ]

    def read(
        self, text: str, briefs: Sequence[Sighting], only: Collection[int] = ()
    ) -> tuple[dict[int, str], dict[int, str]]:
        """The note of each sighting by its number from 1, and the faults of the others."""
        asked = sorted(only) or range(1, len(briefs) + 1)
        parts = {number: fields.get("text") for number, fields in reversed(find_cards(text))}
        notes: dict[int, str] = {}
        faults: dict[int, str] = {}
        for number in asked:
            note = clean_english(str(parts.get(number) or ""), MOST)
            fault = find_fault(note, briefs[number - 1], self.taken)
            if fault:
                faults[number] = fault
                continue
            self.taken.add(note)
            notes[number] = note
        return notes, faults

    def complain(self, faults: dict[int, str], briefs: Sequence[Sighting]) -> str:
        """The turn that asks once more for the notes with faults."""
        lines = [f"{at} | {outline(briefs[at - 1])} — {told}" for at, told in faults.items()]
        return "\n".join(["These notes will not do. Write them anew, and no others:", *lines])


def find_fault(note: str, sighting: Sighting, taken: Taken) -> str:
    """Why a note will not do, "" where it will."""
    words = len(note.split())
    if not note:
        return "is missing"
    if not SHORTEST <= words <= LONGEST:
        return f"it has {words} words; 40 to 80 are wanted"
    if sighting.name and sighting.name.casefold() not in note.casefold():
        return f"it does not name the {sighting.name}"
    allowed = (sighting.caption, *sighting.traits.values(), sighting.name)
    if species := find_species(note.replace(sighting.name or "\0", "·"), allowed):
        return f"it names an animal that exists ({species})"
    if shared := taken.list_shared(note):
        return f"another note says this too: {' '.join(shared[0])}"
    return ""


def outline(sighting: Sighting) -> str:
    """Name, hour, caption and voice of a beast in one line."""
    caption = " ".join(sighting.caption.split())[:300]
    parts = [sighting.name or "(no name)", sighting.hour, caption or "an animal"]
    return " | ".join([*parts, *[f"voice: {sighting.family}"] * bool(sighting.family)])


def lay(lines: Sequence[str]) -> str:
    """The turn that asks for notes."""
    return "\n".join(["Notes to write (number, name, hour, picture, voice):", *lines])
