"""Verbs on cards that are there: each writes one line of a postcard.md, or the message below them,
and can be taken back."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from generate.cards import MESSAGE, PICTURES, Bundle, state_of
from generate.errors import Refusal
from generate.freshness.judge import is_drawn
from generate.hand.find import find_card
from generate.hand.keep import keep_cards
from generate.hand.undo import undo_step
from generate.keeping.body import write_body
from generate.keeping.line import find_seen, refuse_changed, write_line
from generate.keeping.steps import recorded
from generate.settings import Settings
from generate.studio.speech import LONGEST_MESSAGE
from generate.studio.turns import at_work
from generate.studio.verb import Verb
from generate.wishes.shelf import Order, Series
from generate.wishes.voice import VoiceWish

Key = Literal["keep", "hidden", "title", "series", "order", "phrase", "voice", "message"]


class Held(BaseModel):
    """What the lines that are written here may hold; None, False and "": no such line."""

    model_config = ConfigDict(extra="forbid")
    keep: bool | None = Field(None, strict=True)
    hidden: bool | None = Field(None, strict=True)
    title: str | None = Field(None, max_length=500)
    series: Series | None = None
    order: Order | None = None
    phrase: str | None = Field(None, max_length=300)
    voice: VoiceWish | None = None
    message: str | None = Field(None, max_length=LONGEST_MESSAGE)


class Line(BaseModel):
    """A line that is asked for: ``seen`` is the digest of the postcard.md that the page shows."""

    model_config = ConfigDict(extra="forbid")
    slug: str
    key: Key
    value: Any = None
    seen: str | None


class Back(BaseModel):
    """A card whose picture is not wanted."""

    model_config = ConfigDict(extra="forbid")
    slug: str
    seen: str | None


class WriteLine(Verb):
    """Write a line, as `Line` has it; says what the file is then: {"seen"}."""

    async def post(self) -> None:
        asked, settings = Line.model_validate(self.read()), self.room.read()
        held = Held.model_validate({asked.key: asked.value})
        value = getattr(held, asked.key)
        if isinstance(value, str) and asked.key != "message":
            value = " ".join(value.split())
        value = shorten(value)
        if isinstance(value, VoiceWish):
            value = {name: shorten(part) for name, part in value.asked.items()}
        if value is False or value == "" or value == {}:
            value = None
        async with at_work(settings.home):
            bundle = find_card(settings, asked.slug)
            if asked.key == "keep" and value:
                require_seen(bundle, asked.seen)
                keep_cards(settings, bundle.slug)
            else:
                what = f"{asked.key} of {bundle.slug}"
                write(settings, bundle, asked.key, value, asked.seen, what)
        self.answer({"seen": find_seen(bundle.folder / MESSAGE)})


class ThrowBack(Verb):
    """Let the next take of a card be drawn by the next build; says which: {"slug", "seen"}."""

    async def post(self) -> None:
        asked, settings = Back.model_validate(self.read()), self.room.read()
        async with at_work(settings.home):
            bundle = find_card(settings, asked.slug)
            made = bundle.made("picture")
            if bundle.keeps:
                raise Refusal(f"{bundle.slug} is kept; let it go first")
            if not is_drawn(bundle, state_of(bundle.folder, PICTURES, made)):
                raise Refusal(f"{bundle.slug}: its picture was put there and has no other takes")
            take = int(bundle.wish.get("take") or made.get("chosen", {}).get("candidate") or 1) + 1
            write(settings, bundle, "take", take, asked.seen, f"throw {bundle.slug} back")
        self.answer({"take": take})


class Undo(Verb):
    """Take the newest step back, as `make undo` does; says what it was."""

    async def post(self) -> None:
        settings = self.room.read()
        async with at_work(settings.home):
            self.answer({"what": undo_step(settings)})


def write(
    settings: Settings, bundle: Bundle, key: str, value: Any, seen: str | None, what: str
) -> None:
    """Write one line of a card, or its message, as a step of its own.

    `Refusal` if a person was faster.
    """
    path = bundle.folder / MESSAGE
    require_seen(bundle, seen)
    with recorded(settings.home, what, [path]):
        if key == "message":
            write_body(settings.home, path, value or "", seen)
        else:
            write_line(settings.home, path, key, value, seen)


def shorten(value: Any) -> Any:
    """A value as a person would write it: 40 for 40.0."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def require_seen(bundle: Bundle, seen: str | None) -> None:
    """Raise `Refusal` where the card's postcard.md is not what the page shows."""
    if find_seen(bundle.folder / MESSAGE) != seen:
        raise refuse_changed(bundle.folder / MESSAGE)
