"""Read content/jungle.toml, the one file a user edits, and say clearly what is wrong with it."""

import difflib
import re
from collections.abc import Mapping
from datetime import date as Date
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel, Field, ValidationError, field_validator, model_validator

from generate.errors import Refusal
from generate.pictures.families.registry import DEFAULT, FAMILIES
from generate.safety.secret_keys import SECRET
from generate.safety.toml_files import read_toml
from generate.section import Section
from generate.sounds.settings import Sounds

FILE = Path("content/jungle.toml")
# What may stand in the path of an address that is put into pages and feeds as it is.
PATH = r"[^\s\x00-\x1f\x7f\"'<>?#]"
# Letters of a value that are repeated in a complaint.
SHOWN = 60


class Pictures(Section):
    """[pictures]"""

    source: str = Field("field-guide", min_length=1)
    examples: int = Field(1024, ge=2, le=1_000_000)
    size: int = Field(64, ge=16, le=512)
    recipe: str = DEFAULT
    model: str | None = Field(None, min_length=1)
    minutes: float | None = Field(4.0, gt=0, le=10_000)
    strict_minutes: bool = False
    exposures: int | None = Field(None, ge=1, le=1_000_000_000)
    start: str = Field("starter", alias="from", min_length=1)
    guidance: float = Field(3.0, ge=1, le=20)
    steps: int = Field(16, ge=1, le=1000)
    candidates: int = Field(3, ge=1, le=16)
    mirror: bool | None = None
    rotation: float = Field(0.0, ge=0, le=45)
    jitter: float = Field(0.0, ge=0, le=1)
    held_out: float = Field(0.1, ge=0, lt=0.9)
    postcard: int = Field(512, ge=64, le=2048)
    frames: int = Field(12, ge=2, le=64)
    batch: int | None = Field(None, ge=1, le=4096)
    # The tables [pictures.NAME], each as its family's own model reads it.
    tables: dict[str, Section] = Field(default_factory=dict, exclude=True)
    names: dict[str, str] | None = None  # None, not {}: what is not given is in no card's key
    crop: Literal["middle", "boxes"] = "middle"
    regions: bool = False
    split: Literal["share", "set"] = "share"
    clean: bool = False
    captions: str | None = Field(None, min_length=1)

    @model_validator(mode="before")
    @classmethod
    def as_usual(cls, values: Any) -> Any:
        """The recipe's own length and steps, where none are given."""
        spec = FAMILIES.get(values.get("recipe", DEFAULT)) if isinstance(values, dict) else None
        return {"minutes": spec.minutes, "steps": spec.steps, **values} if spec else values

    @field_validator("recipe")
    @classmethod
    def known(cls, recipe: str) -> str:
        if recipe not in FAMILIES:
            raise ValueError(" or ".join(map(repr, FAMILIES)))
        return recipe

    @model_validator(mode="after")
    def no_model_to_train(self) -> "Pictures":
        if self.model and FAMILIES[self.recipe].trains:
            raise ValueError(
                f"model is for recipes that begin trained; {self.recipe} is trained here"
            )
        if not self.model and not FAMILIES[self.recipe].trains:
            raise ValueError(
                f"with a model, for {self.recipe} is not trained here: "
                'model = "owner/name", or a folder'
            )
        return self

    @property
    def own(self) -> Section:
        """What [pictures.NAME] says to the recipe that is chosen."""
        return self.tables.get(self.recipe) or FAMILIES[self.recipe].settings()

    @field_validator("size")
    @classmethod
    def divisible(cls, size: int) -> int:
        if size % 16:
            raise ValueError("a multiple of 16")
        return size


class Phrases(Section):
    """[phrases]"""

    writer: Literal["offline", "openai", "learned"] = "offline"
    mode: Literal["messages", "free"] = "messages"
    mood: Literal["soft", "bright", "dark"] = "soft"
    notes: bool = False
    model: str = Field("gpt-4o-mini", min_length=1)
    base_url: str | None = None
    # Not among what decides a phrase.
    api_key_env: str | None = Field(None, pattern=r"^[A-Za-z_][A-Za-z0-9_]*$", exclude=True)
    temperature: float = Field(0.7, ge=0, le=2)
    top_p: float = Field(1.0, gt=0, le=1)
    timeout: float = Field(60.0, gt=0, le=3600)
    retries: int = Field(4, ge=0, le=20)
    max_tokens: int = Field(60_000, ge=256, le=1_000_000)

    @field_validator("api_key_env")
    @classmethod
    def of_its_own(cls, name: str | None) -> str | None:
        if name in ("OPENAI_API_KEY", "HF_TOKEN"):
            raise ValueError("a variable for this server alone, such as JUNGLE_KEY")
        return name


class Site(Section):
    """[site]"""

    base_url: str = ""
    theme: Literal["gouache", "herbarium", "midnight"] = "gouache"
    licence: str = "CC BY 4.0"
    lang: str = Field("en", pattern=r"^[a-zA-Z]{2,3}(-[A-Za-z0-9]{2,8})*$")
    per_page: int = Field(60, ge=1, le=1000)
    show_sources: bool = False
    summon: bool | None = None
    words: dict[str, str] = Field(default_factory=dict)

    @field_validator("base_url")
    @classmethod
    def absolute(cls, url: str) -> str:
        # Links of the site are appended to it, and it is published: no query, no password.
        if url and not re.fullmatch(rf"https?://[\w.-]+(:\d{{1,5}})?(/{PATH}*)?", url):
            raise ValueError(
                "empty, or an address that begins with https:// and has no ?, # or password in it"
            )
        return re.sub(r"/index\.html?$", "", url.rstrip("/"), flags=re.IGNORECASE).rstrip("/")


class Captioner(Section):
    """[captioner]"""

    minutes: float = Field(5.0, gt=0, le=10_000)
    features: Literal["ours", "lite0"] = "ours"
    decoder: Literal["transformer", "lstm"] = "transformer"
    confidence: float = Field(0.9, ge=0.5, le=1)


class Evaluate(Section):
    """[evaluate]"""

    pictures: int = Field(50, ge=2, le=10_000)
    extractors: list[str] = Field(default_factory=lambda: ["ours", "random"], min_length=1)


class Settings(Section):
    """All of jungle.toml. ``home`` is the folder that holds content/, templates/, work/, site/."""

    home: Path = Field(Path("."), exclude=True)
    title: str = Field("Postcards from my jungle", min_length=1, max_length=200)
    author: str = Field("", max_length=200)
    language: str = "Mossish"
    seed: int = Field(7, ge=0, lt=2**53)
    count: int = Field(50, ge=1, le=10_000)
    date: Date = Date(2026, 5, 1)
    pictures: Pictures = Field(default_factory=lambda: Pictures())
    sounds: Sounds = Field(default_factory=lambda: Sounds())
    phrases: Phrases = Field(default_factory=lambda: Phrases())
    site: Site = Field(default_factory=lambda: Site())
    evaluate: Evaluate = Field(default_factory=lambda: Evaluate())
    captioner: Captioner = Field(default_factory=lambda: Captioner())

    @field_validator("language")
    @classmethod
    def pronounceable(cls, name: str) -> str:
        if not re.match(r"^[^\W\d_][\w' -]{1,23}$", name):
            raise ValueError("a name of 2 to 24 letters")
        return name

    @property
    def content(self) -> Path:
        return self.home / "content"

    @property
    def bundles(self) -> Path:
        return self.home / "content" / "postcards"

    @property
    def work(self) -> Path:
        return self.home / "work"


def read_settings(home: Path, dials: Mapping[str, Any] | None = None) -> Settings:
    """Read ``home``/content/jungle.toml and lay ``dials`` ("pictures.minutes": 1.0) over it.

    Raises `Refusal`, one line for the first fault found: the key, its value, what is allowed.
    """
    path = home / FILE
    try:
        text, values = read_toml(path)
    except FileNotFoundError:
        raise Refusal(f"{path}: no such file; run this where the jungle's content/ is") from None
    if SECRET.search(text) or any(SECRET.search(str(value)) for value in (dials or {}).values()):
        raise Refusal(
            f"{path}: holds what looks like a secret key or a password; take it out "
            "and set OPENAI_API_KEY or HF_TOKEN in the environment instead"
        )
    if "home" in values:
        raise Refusal(f"{path}: unknown setting home{suggest('home', Settings)}")
    for dotted, value in (dials or {}).items():
        *sections, key = dotted.split(".")
        table = values
        for name in sections:
            table = table.setdefault(name, {})
            if not isinstance(table, dict):
                raise Refusal(f"{path}: {name} must be a table ([{name}])")
        table[key] = value
    try:
        tables = take_tables(values)
        settings = Settings.model_validate({**values, "home": home})
    except ValidationError as error:
        raise Refusal(f"{path}: {explain(error)}") from None
    if not tables:
        return settings
    pictures = settings.pictures.model_copy(update={"tables": tables})
    return settings.model_copy(update={"pictures": pictures})


def take_tables(values: dict[str, Any]) -> dict[str, Section]:
    """Take the families' own tables [pictures.NAME] out of ``values``."""
    pictures = values.get("pictures")
    if not isinstance(pictures, dict):
        return {}
    own = {name: pictures.pop(name) for name in FAMILIES if name in pictures}
    found = {name: FAMILIES[name].settings.model_validate(table) for name, table in own.items()}
    return {name: table for name, table in found.items() if table != type(table)()}


def explain(error: ValidationError) -> str:
    """Turn pydantic's first complaint into one line for a person."""
    fault = error.errors(include_url=False)[0]
    names = [str(part) for part in fault["loc"]]
    model: type[BaseModel] = Settings
    own = {spec.settings.__name__: spec for spec in FAMILIES.values()}
    if spec := own.get(error.title):
        names, model = ["pictures", spec.name, *names], spec.settings
    key = ".".join(names)
    for name in names[:-1] if spec is None else []:
        inner = find_field(model, name)
        if inner is None:
            break
        model = inner
    if fault["type"] == "extra_forbidden":
        return f"unknown setting {shorten(key)}{suggest(names[-1][:SHOWN], model)}"
    context = fault.get("ctx", {})
    allowed = str(context["error"] if "error" in context else fault["msg"])
    if fault["type"] == "model_type":
        allowed = f"a table: [{key}]"
    allowed = re.sub(r"^(Input should be |String should have )", "", allowed)
    shown = repr(fault["input"]) if isinstance(fault["input"], str | int | float | bool) else "…"
    return f"{shorten(key)} = {shorten(shown)} will not do; it must be {shorten(allowed, 300)}"


def shorten(text: str, most: int = SHOWN) -> str:
    """The beginning of a text that a person is to recognise."""
    return text if len(text) <= most else text[: most - 1] + "…"


def find_field(model: type[BaseModel], name: str) -> type[BaseModel] | None:
    """The section class behind the field called ``name``, if it is a section."""
    declared = model.model_fields.get(name)
    annotation = declared.annotation if declared else None
    if get_origin(annotation) is not None:
        annotation = next(iter(get_args(annotation)), None)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return None


def suggest(name: str, model: type[BaseModel]) -> str:
    """ "; did you mean …?" with the nearest known key, else the list of known keys."""
    hidden = ("home", "tables")
    known = [field.alias or key for key, field in model.model_fields.items() if key not in hidden]
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
    if near:
        return f"; did you mean {near[0]}?"
    return f"; known here: {', '.join(sorted(known))}"
