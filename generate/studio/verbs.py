"""What a person does in the studio: each verb is a request, and writes files alone."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from generate.errors import Refusal
from generate.hand.card import begin_worded
from generate.hand.cross import begin_cross, find_parents
from generate.hand.find import find_card
from generate.hand.more import settle_more
from generate.pictures.sampling.words import require_words, tell_words, understand
from generate.pictures.wording.words import read_known
from generate.studio.sheets import Asked, begin_sheet, find_sheet, list_sheets, name_picture
from generate.studio.state import read_state
from generate.studio.training import REPORT, is_fresh
from generate.studio.turns import at_work
from generate.studio.verb import Verb


class Lesson(BaseModel):
    """What is asked of training."""

    model_config = ConfigDict(extra="forbid")
    go: bool = False
    more: float | None = Field(None, gt=0, le=10_000, allow_inf_nan=False)


class State(Verb):
    """All that is shown."""

    def get(self) -> None:
        self.answer(read_state(self.room.read(), self.room.painter, self.room.training))


class Draw(Verb):
    """Ask for a sheet, as `Asked` has it; says what was understood."""

    def post(self) -> None:
        asked, settings = Asked.model_validate(self.read()), self.room.read()
        told = tell_asked(settings, asked)
        if begin_sheet(settings, asked, told):
            self.room.painter.order(asked.name)
        self.answer({"sheet": asked.name, "told": told})


class Cancel(Verb):
    """Give a sheet up: {"sheet"}."""

    async def post(self) -> None:
        await self.room.painter.stop(str(self.read().get("sheet")))
        self.answer({})


class MakeCard(Verb):
    """Make a card of a picture: {"sheet", "take"}; the next build draws the very same picture."""

    async def post(self) -> None:
        said, settings = self.read(), self.room.read()
        name, take = str(said.get("sheet")), said.get("take")
        find_sheet(settings, name)
        row = next(row for row in list_sheets(settings) if row["name"] == name)
        if not isinstance(take, int) or take not in row["takes"]:
            raise Refusal("there is no such picture on this sheet")
        if not row["same"]:
            raise Refusal(
                "this picture was drawn with other guidance, other parents or another model than "
                "the jungle has now: a card would not show it; set guidance, or draw it again"
            )
        async with at_work(settings.home):
            wish, take = Asked.model_validate(row["asked"]).find(take)
            if "parents" in wish:
                path, _ = begin_cross(settings, wish | {"take": take})
            else:
                path, _ = begin_worded(settings, wish["prompt"], take)
        self.answer({"slug": path.parent.name})


class Train(Verb):
    """Start training, or stop it: {"go"}; {"more"} minutes on from where the model is."""

    async def post(self) -> None:
        asked, training = Lesson.model_validate(self.read()), self.room.training
        if asked.more is not None:
            settings = self.room.read()
            if training.running or not is_fresh(settings):
                raise Refusal("the model is not trained to its end yet; do that first")
            async with at_work(settings.home):
                settle_more(settings, asked.more)
        if asked.go or asked.more is not None:
            training.start()
        else:
            await training.stop()
        self.answer({})


class ReportPicture(Verb):
    """A grid of the run, or the sheet of before and after."""

    def get(self, name: str) -> None:
        path = self.room.read().work / REPORT / f"{name}.png"
        if not path.is_file():
            raise Refusal("this picture is gone")
        self.set_header("Content-Type", "image/png")
        self.finish(path.read_bytes())


class SheetPicture(Verb):
    """One picture of a sheet."""

    def get(self, sheet: str, take: str) -> None:
        path = find_sheet(self.room.read(), sheet) / name_picture(int(take))
        if not path.is_file():
            raise Refusal("this picture is not drawn yet")
        self.set_header("Content-Type", "image/png")
        self.finish(path.read_bytes())


class CardPicture(Verb):
    """The picture of a card."""

    def get(self, slug: str) -> None:
        path = find_card(self.room.read(), slug).find("picture")
        if path is None:
            raise Refusal(f"{slug} has no picture yet; make build makes it")
        kind = path.suffix.lower().lstrip(".")
        self.set_header("Content-Type", f"image/{ {'jpg': 'jpeg'}.get(kind, kind) }")
        self.finish(path.read_bytes())


def tell_asked(settings: Any, asked: Asked) -> str:
    """What is understood of what is asked for; `Refusal` where that is nothing."""
    if asked.parents:
        names = find_parents(settings, asked.parents)
        if names != asked.parents:
            raise Refusal("parents: name the folders of cards, such as beast-007")
        return f"children of {', '.join(dict.fromkeys(names))}"
    require_words(settings.pictures.recipe, "draw")
    vocabulary = read_known(settings.work / "model")
    if asked.prompts:
        for prompt in asked.prompts:
            understand(vocabulary, prompt)
        return f"{len(asked.prompts)} that you may like"
    assert asked.prompt is not None
    return tell_words(vocabulary, understand(vocabulary, asked.prompt))
