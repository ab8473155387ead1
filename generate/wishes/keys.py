"""The keys that ask something of one card, each with what it may hold."""

from pydantic import BaseModel

from generate.wishes.descent import Parents, Stranger
from generate.wishes.drawing import Prompt, Take
from generate.wishes.shelf import Order, Series
from generate.wishes.voice import VoiceWish

# Asked for in postcard.md alone; the others may stand in card.json too.
IN_FRONT = {"voice", "take", "prompt", "parents", "stranger", "take_sound"}
# Those that are no text.
NO_TEXT = {"order", "voice", "take", "stranger", "take_sound"}


class Wishes(BaseModel):
    """What a person asks of a card: its place, its shelf, its voice, its picture, its sound."""

    order: Order | None = None
    series: Series = ""
    voice: VoiceWish | None = None
    take: Take | None = None
    prompt: Prompt | None = None
    parents: Parents | None = None
    stranger: Stranger | None = None
    take_sound: Take | None = None
