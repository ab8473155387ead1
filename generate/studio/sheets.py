"""Sheets: what was asked to be drawn, and the pictures of it, each in a folder of work/studio/.

asked.json comes first, drawn.json last: a sheet with the one alone was stopped on its way, and can
be gone on with. The same question is the same sheet.
"""

import re
import shutil
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from generate.cards import read_card
from generate.errors import Refusal
from generate.files import read_json, write_json
from generate.pictures.model_folder import digest_model
from generate.pictures.wording.words import sign_words
from generate.recipe import digest
from generate.settings import Settings
from generate.wishes.descent import Parents, Stranger, read_descent
from generate.wishes.drawing import Prompt, Take

ASKED, DRAWN = "asked.json", "drawn.json"
NAME = re.compile("[0-9a-f]{12}")
# Sheets that are kept; the oldest go first.
MOST = 48


class Asked(BaseModel):
    """What a sheet shows: ``count`` takes of a ``prompt``, or of children of the cards ``parents``
    with the share ``stranger`` of noise of their own, from ``take`` on, with ``guidance``; or take
    ``take`` of each of some ``prompts``, and these are numbered from 1."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    prompt: Prompt | None = None
    prompts: list[Prompt] | None = Field(None, min_length=1, max_length=16)
    parents: Parents | None = None
    stranger: Stranger | None = None
    take: Take = 1
    count: int = Field(9, ge=1, le=16, strict=True)
    guidance: float = Field(ge=1, le=20)

    @model_validator(mode="after")
    def is_one(self) -> Self:
        if sum(part is not None for part in (self.prompt, self.prompts, self.parents)) != 1:
            raise ValueError("ask by words, or by parents")
        if self.prompts and len(self.prompts) != self.count:
            raise ValueError("count: not the number of prompts")
        return self

    def find(self, number: int) -> tuple[dict[str, Any], int]:
        """What the front matter of a card of the picture ``number`` asks for, and its take."""
        if self.prompts:
            return {"prompt": self.prompts[number - 1]}, self.take
        keys = {"prompt", "parents", "stranger"} if self.parents else {"prompt"}
        return self.model_dump(include=keys, exclude_none=True), number

    @property
    def takes(self) -> range:
        """The numbers of its pictures."""
        first = 1 if self.prompts else self.take
        return range(first, first + self.count)

    @property
    def name(self) -> str:
        """The name of its folder."""
        return digest(self.model_dump(exclude_none=True))[:12]


def find_sheet(settings: Settings, name: str) -> Path:
    """The folder of the sheet called ``name``; `Refusal` if there is none."""
    folder = settings.work / "studio" / name
    if not NAME.fullmatch(name) or not (folder / ASKED).is_file():
        raise Refusal("this sheet is not there any more; draw it again")
    return folder


def begin_sheet(settings: Settings, asked: Asked, told: str) -> bool:
    """Write down what is asked for, and what was understood of it; whether it is to be drawn."""
    folder = settings.work / "studio" / asked.name
    write_json(folder / ASKED, {"asked": dump(asked), "told": told, "when": time.time()})
    for old in list_sheets(settings)[MOST:]:
        shutil.rmtree(settings.work / "studio" / old["name"], ignore_errors=True)
    drawn = folder / DRAWN
    if drawn.is_file() and read_json(drawn).get("of") == key_of(settings, asked):
        return False
    drawn.unlink(missing_ok=True)  # of another model
    return True


def read_asked(folder: Path) -> Asked:
    """What the sheet in ``folder`` was asked for."""
    return Asked.model_validate(read_json(folder / ASKED)["asked"])


def dump(asked: Asked) -> dict[str, Any]:
    """``asked`` as JSON knows it."""
    return asked.model_dump(exclude_none=True)


def key_of(
    settings: Settings,
    asked: Asked,
    guidance: float | None = None,
    model: str | None = None,
    words: str | None = None,
) -> str:
    """Digest of what decides a picture beside what was asked: parents hand on what they are now.

    ``guidance`` is another than was asked for; ``model`` is the model's digest and ``words`` what
    `sign_words` says of it, if they are known.
    """
    facts = [settings.seed, settings.pictures.steps, guidance or asked.guidance]
    cards = [read_card(settings.bundles / name) for name in asked.parents or ()]
    handed = [read_descent(card) for card in cards]
    folder = settings.work / "model"
    if not (asked.prompt or asked.prompts):
        words = ""
    elif words is None:
        words = sign_words(folder)
    return digest([*facts, model or digest_model(folder), handed, *filter(None, [words])])


def list_sheets(settings: Settings) -> list[dict[str, Any]]:
    """All sheets, the newest first: name, asked, told, when, whether drawn, and whether a card of
    one of its pictures would show the same ("same")."""
    found, model, words = [], "", ""
    with suppress(OSError):  # there is no model after `make clean`
        model = digest_model(settings.work / "model")
    with suppress(Refusal, OSError):  # a broken word hides no sheet
        words = sign_words(settings.work / "model")
    for path in (settings.work / "studio").glob(f"*/{ASKED}"):
        with suppress(Refusal, OSError, KeyError, TypeError, ValueError):
            sheet = read_json(path)
            asked = Asked.model_validate(sheet["asked"])
            drawn = path.with_name(DRAWN)
            made = read_json(drawn) if drawn.is_file() else None
            row: dict[str, Any] = {"name": path.parent.name, "told": str(sheet["told"])}
            row |= {"when": float(sheet["when"]), "asked": dump(asked)}
            row |= {"takes": [*asked.takes], "drawn": made is not None}
            now = key_of(settings, asked, settings.pictures.guidance, model or "none", words)
            found.append(row | {"same": made is not None and made["of"] == now})
    return sorted(found, key=lambda row: row["when"], reverse=True)


def name_picture(take: int) -> str:
    """The file of a take on its sheet."""
    return f"take-{take}.png"
