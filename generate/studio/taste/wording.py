"""A word of what is liked: asked for in the studio, learnt by the process that draws."""

from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from generate.errors import Refusal
from generate.hand.find import find_card
from generate.hand.word import Favourite, add_word
from generate.pictures.wording.words import list_learnt, list_words
from generate.settings import Settings
from generate.studio.painter import WORDS, Painter
from generate.studio.sheets import find_sheet, name_picture
from generate.studio.taste.choices import read_choices
from generate.studio.turns import at_work
from generate.studio.verb import Verb


class Asked(BaseModel):
    """A word that is asked for; without a ``name`` it gets one in the jungle's language."""

    model_config = ConfigDict(extra="forbid")
    name: str | None = Field(None, max_length=100)


class MakeWord(Verb):
    """Make a word of all that is liked, and let the model learn it: {"name"}."""

    async def post(self) -> None:
        asked, settings = Asked.model_validate(self.read()), self.room.read()
        async with at_work(settings.home):
            name = add_word(settings, list_favourites(settings), asked.name or None)
        self.room.painter.order(WORDS)
        self.answer({"name": name})


class LearnWords(Verb):
    """Let the model learn the words that it does not know yet; one that was stopped goes on."""

    def post(self) -> None:
        self.read()
        self.room.painter.order(WORDS)
        self.answer({})


def list_favourites(settings: Settings) -> list[Favourite]:
    """The pictures that are liked and are still there, as they were chosen."""
    found = []
    for name, choice in read_choices(settings).items():
        path = find_picture(settings, name) if choice.likes else None
        if path is not None:
            found.append(Favourite(path, choice.shows))
    return found


def find_picture(settings: Settings, name: str) -> Path | None:
    """The file of a picture that a choice names, None where it is gone."""
    sheet, _, take = name.partition("/")
    try:
        if take.isdecimal():
            path = find_sheet(settings, sheet) / name_picture(int(take))
            return path if path.is_file() else None
        return find_card(settings, name).find("picture")
    except Refusal:
        return None


def tell_words(settings: Settings, painter: Painter) -> dict[str, Any]:
    """The words that were made, {"words", "learning", "fault"} as JSON knows them."""
    model = settings.work / "model"
    try:
        learnt = {word.name for word in list_learnt(model)}
        words = [
            {"name": one.name, "meaning": one.meaning, "learnt": one.name in learnt}
            for one in list_words(settings.home)
        ]
    except Refusal as refusal:
        return {"words": [], "learning": False, "fault": str(refusal)}
    fault = painter.faults.get(WORDS, "")
    return {"words": words, "learning": WORDS in painter.waiting, "fault": fault}
