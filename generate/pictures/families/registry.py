"""The recipes by name: where each family is, and what the light stages must know of it."""

from dataclasses import dataclass
from importlib import import_module
from typing import Any

from generate.errors import Refusal
from generate.pictures.families.gans.settings import AttnGanSettings, GanSettings, StackGanSettings
from generate.pictures.families.latents.settings import CvaeSettings, GptSettings, VaeganSettings
from generate.pictures.families.settings import (
    DdpmSettings,
    DitSettings,
    FlowSettings,
    PretrainedSettings,
    SketchSettings,
)
from generate.section import Section


@dataclass(frozen=True)
class Spec:
    """A family of image models, as a recipe of the settings names it.

    ``target`` is its class, "module:name"; ``settings`` the model of its table [pictures.NAME].
    ``trains``: it is no use untrained; without it ``model`` names what it draws with.
    ``begins``: it can begin from trained weights. ``reads_words``: it draws what is asked.
    ``walks``: it knows a way from one picture to another. ``mixes``: its noise may be a sum of
    others'. ``summons``: browsers can draw with it.
    ``minutes`` and ``steps`` (of sampling) are its defaults; without minutes the family chooses how
    long it trains. Grids of a training run are sampled in ``preview`` steps. ``weights`` are
    patterns of the files in a model folder that decide what it draws. ``strokes``: it learns
    drawings, stroke by stroke, and pictures are traced for it.
    """

    name: str
    target: str
    settings: type[Section] = Section
    trains: bool = True
    begins: bool = True
    reads_words: bool = True
    walks: bool = False
    mixes: bool = True
    minutes: float | None = 4.0
    steps: int = 16
    preview: int = 12
    weights: tuple[str, ...] = ("*/*",)
    strokes: bool = False
    summons: bool = False

    def load(self) -> Any:
        """The class itself, a `base.Family`; this imports torch."""
        module, name = self.target.split(":")
        return getattr(import_module(module), name)


# Files of a denoiser: the network and its words.
DENOISER = ("unet/*", "words/*")
# Files of adversaries: the maker, the critic that judges its candidates, and their words.
ADVERSARY = ("maker/*", "critic/*", "matcher/*", "words/*")
# The recipe that the shipped settings name, and the one that most projects of this kind use.
DEFAULT, CLASSIC = "flow", "ddpm"
FAMILIES = {
    spec.name: spec
    for spec in (
        Spec(
            DEFAULT,
            "generate.pictures.families.flow:Flow",
            FlowSettings,
            weights=DENOISER,
            summons=True,
        ),
        Spec(
            CLASSIC,
            "generate.pictures.families.ddpm:Ddpm",
            DdpmSettings,
            begins=False,
            reads_words=False,
            mixes=False,
            minutes=None,
            steps=1000,
            preview=25,
            weights=DENOISER,
        ),
        Spec(
            "cvae",
            "generate.pictures.families.latents.cvae:Cvae",
            CvaeSettings,
            walks=True,
            minutes=10.0,
        ),
        Spec(
            "vaegan",
            "generate.pictures.families.latents.vaegan:Vaegan",
            VaeganSettings,
            walks=True,
            minutes=10.0,
        ),
        Spec("gpt", "generate.pictures.families.latents.gpt:Gpt", GptSettings, minutes=10.0),
        Spec(
            "gan",
            "generate.pictures.families.gans.gan:Gan",
            GanSettings,
            minutes=10.0,
            steps=11,
            preview=1,
            weights=ADVERSARY,
        ),
        Spec(
            "dit",
            "generate.pictures.families.dit:Dit",
            DitSettings,
            weights=("transformer/*.safetensors", "transformer/*.json", "words/*"),
        ),
        Spec(
            "pretrained",
            "generate.pictures.families.pretrained:Pretrained",
            PretrainedSettings,
            trains=False,
            begins=False,
            mixes=False,
            minutes=None,
            steps=25,
            preview=8,
            weights=("lora/*",),
        ),
        Spec(
            "sketch",
            "generate.pictures.families.sketch:Sketch",
            SketchSettings,
            strokes=True,
            minutes=8.0,
            steps=24,
            weights=("pen/*.safetensors", "pen/*.json", "words/*"),
        ),
        Spec(
            "stackgan",
            "generate.pictures.families.gans.stackgan:StackGan",
            StackGanSettings,
            minutes=10.0,
            steps=11,
            preview=1,
            weights=ADVERSARY,
        ),
        Spec(
            "attngan",
            "generate.pictures.families.gans.attngan:AttnGan",
            AttnGanSettings,
            minutes=10.0,
            steps=11,
            preview=1,
            weights=ADVERSARY,
        ),
    )
}


def find_spec(name: str) -> Spec:
    """The family called ``name``; `Refusal` if there is none."""
    if name not in FAMILIES:
        raise Refusal(f"recipe = {name!r} is not known; known: {', '.join(FAMILIES)}")
    return FAMILIES[name]
