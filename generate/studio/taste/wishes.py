"""What is wished whatever is believed: content/taste/wishes.toml, three lists to be edited.

``always`` and ``never`` are words of the model; ``off`` names beliefs that do not count.
"""

from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from generate.errors import Refusal
from generate.files import write_text
from generate.settings import Settings

FILE = "taste/wishes.toml"
NOTE = """# What the studio's taste obeys: words that are always drawn, words that never are,
# and beliefs that do not count, such as "coat=stripes". Yours to edit.
"""
Kind = Literal["always", "never", "off"]


class Wishes(BaseModel):
    """The three lists."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    always: list[str] = Field(default_factory=list, max_length=100)
    never: list[str] = Field(default_factory=list, max_length=100)
    off: list[str] = Field(default_factory=list, max_length=100)


def find_wishes(settings: Settings) -> Path:
    """The file of the wishes."""
    return settings.content / FILE


def read_wishes(settings: Settings) -> Wishes:
    """The wishes; `Refusal` names the file and what in it will not do."""
    import tomllib

    path = find_wishes(settings)
    if not path.is_file():
        return Wishes()
    try:
        return Wishes.model_validate(tomllib.loads(path.read_bytes().decode("utf-8-sig")))
    except ValidationError as error:
        fault = error.errors()[0]
        where = ".".join(str(part) for part in fault["loc"])
        raise Refusal(f"{path}: {where}: {fault['msg']}") from None
    except ValueError as error:
        raise Refusal(f"{path}: is no TOML: {error}") from None


def change_wishes(settings: Settings, kind: Kind, names: list[str], wanted: bool) -> None:
    """Put ``names`` into one of the lists, or take them out; remarks of a person's stay."""
    import tomlkit

    held: list[str] = [*getattr(read_wishes(settings), kind)]
    held = [*(name for name in held if name not in names), *(names if wanted else [])]
    path = find_wishes(settings)
    text = path.read_bytes().decode("utf-8-sig") if path.is_file() else NOTE
    document: Any = tomlkit.parse(text)
    document[kind] = held
    Wishes.model_validate(document.unwrap())
    write_text(path, tomlkit.dumps(document))
