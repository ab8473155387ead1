"""What a person tells the studio of their taste: each verb writes a file in content/taste/."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from tornado import web

from generate.errors import Refusal
from generate.files import read_json
from generate.hand.find import find_card
from generate.pictures.wording.words import read_known
from generate.settings import Settings
from generate.studio.sheets import DRAWN, find_sheet
from generate.studio.taste.choices import Choice, Shown, read_shown, write_choice
from generate.studio.taste.telling import tell_taste
from generate.studio.taste.wishes import change_wishes
from generate.studio.verb import Verb


class Mark(BaseModel):
    """A picture of a sheet, or a card, that is liked, or not, or neither any more."""

    model_config = ConfigDict(extra="forbid")
    sheet: str | None = None
    take: int | None = Field(None, strict=True)
    slug: str | None = None
    likes: bool | None = Field(strict=True)


class Wish(BaseModel):
    """Words that are to be always or never drawn, or not any more."""

    model_config = ConfigDict(extra="forbid")
    kind: Literal["always", "never"]
    words: str = Field(max_length=500)
    wanted: bool = Field(True, strict=True)


class Switch(BaseModel):
    """A belief that counts, or does not."""

    model_config = ConfigDict(extra="forbid")
    name: str = Field(max_length=300)
    on: bool = Field(strict=True)


class WriteMark(Verb):
    """Write down a `Mark`."""

    def post(self) -> None:
        mark, settings = Mark.model_validate(self.read()), self.room.read()
        if (mark.sheet is None) == (mark.slug is None):
            raise web.HTTPError(400, "name a picture of a sheet, or a card")
        name, shown = find_shown(settings, mark)
        choice = Choice(picture=name, likes=mark.likes, shows=shown.words, looks=shown.looks)
        write_choice(settings, choice)
        self.answer({})


class WriteWish(Verb):
    """Write down a `Wish`; says which words of the model it is about: {"words"}."""

    def post(self) -> None:
        wish, settings = Wish.model_validate(self.read()), self.room.read()
        words = [wish.words]
        if wish.wanted:
            vocabulary = read_known(settings.work / "model")
            words, unknown = vocabulary.find(wish.words)
            if unknown or not words:
                told = vocabulary.suggest(unknown)
                raise Refusal(f"not known here: {', '.join(unknown) or 'no word'}; {told}")
        change_wishes(settings, wish.kind, words, wish.wanted)
        if wish.wanted:  # a word is not both
            other: Literal["always", "never"] = "never" if wish.kind == "always" else "always"
            change_wishes(settings, other, words, False)
        self.answer({"words": words})


class SwitchBelief(Verb):
    """Let a belief count, or not, as `Switch` has it."""

    def post(self) -> None:
        asked, settings = Switch.model_validate(self.read()), self.room.read()
        if asked.name not in {one["name"] for one in tell_taste(settings)["beliefs"]}:
            raise Refusal("this is not believed any more")
        change_wishes(settings, "off", [asked.name], not asked.on)
        self.answer({})


def find_shown(settings: Settings, mark: Mark) -> tuple[str, Shown]:
    """The name of a picture, and what it shows; `Refusal` where there is none."""
    if mark.slug is not None:
        bundle = find_card(settings, mark.slug)
        if bundle.find("picture") is None:
            raise Refusal(f"{bundle.slug} has no picture yet; make build makes it")
        traits: dict[str, Any] = bundle.subject.get("traits") or {}
        words = {str(token).casefold(): group for group, token in traits.items() if token}
        return bundle.slug, Shown(words, {})
    assert mark.sheet is not None
    path = find_sheet(settings, mark.sheet) / DRAWN
    shown = read_json(path).get("shown", {}) if path.is_file() else {}
    if str(mark.take) not in shown:
        raise Refusal(
            "this picture is not drawn yet, or was drawn by an older studio; draw it again"
        )
    return f"{mark.sheet}/{mark.take}", read_shown(shown[str(mark.take)])
