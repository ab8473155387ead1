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
    others'. ``summons``: browsers can draw with it. ``learns_words``: it can learn a
    new word of favourites.
    ``minutes`` and ``steps`` (of sampling) are its defaults; without minutes the family chooses how
    long it trains. Grids of a training run are sampled in ``preview`` steps. ``weights`` are
    patterns of the files in a model folder that decide what it draws. ``strokes``: it learns
    drawings, stroke by stroke, and pictures are traced for it.
    ``told``: what it is, for people who do not know its name. What a run should see at least:
    ``least_steps``, so many ``least_epochs`` of the training pictures, more than ``too_few``
    pictures, which gave no whole bodies from random weights (docs/families.md); 0: not known.
    ``published``: how many millions of pictures a well-known model of its kind was shown, counted
    with repetitions, and ``published_by`` which one; None where no such number is told.
    ``grows``: what a picture comes from as its frames show it: "noise", the "mean" of all pictures,
    a "blur", "pieces" or "strokes".
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
    told: str = ""
    least_steps: int = 0
    least_epochs: int = 0
    too_few: int = 0
    published: float | None = None
    published_by: str = ""
    summons: bool = False
    learns_words: bool = False
    grows: str = "noise"

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
            told="a small UNet that follows straight paths from noise to picture",
            least_steps=1000,
            published=1792,
            published_by="SiT-XL, ImageNet: 7 M steps of 256 (arXiv 2401.08740)",
            summons=True,
            learns_words=True,
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
            told="the classic UNet, which foresees the noise in a thousand steps",
            least_epochs=30,
            published=102.4,
            published_by="DDPM, CIFAR-10: 800 k steps of 128 (arXiv 2006.11239, appendix B)",
        ),
        Spec(
            "cvae",
            "generate.pictures.families.latents.cvae:Cvae",
            CvaeSettings,
            walks=True,
            minutes=10.0,
            grows="blur",
            told="a variational autoencoder and a prior that reads the words",
            too_few=24_000,
        ),
        Spec(
            "vaegan",
            "generate.pictures.families.latents.vaegan:Vaegan",
            VaeganSettings,
            walks=True,
            minutes=10.0,
            grows="blur",
            told="a variational autoencoder with an adversary that makes it crisper",
            too_few=8_000,
        ),
        Spec(
            "gpt",
            "generate.pictures.families.latents.gpt:Gpt",
            GptSettings,
            minutes=10.0,
            grows="pieces",
            told="a picture as codes, which GPT-2 writes after the words",
            too_few=8_000,
            published=440,
            published_by="DALL-E: 430 k steps of 1,024 (arXiv 2102.12092)",
        ),
        Spec(
            "gan",
            "generate.pictures.families.gans.gan:Gan",
            GanSettings,
            minutes=10.0,
            steps=11,
            preview=1,
            weights=ADVERSARY,
            grows="mean",
            told="a maker and a critic that play against each other, one pass a picture",
            too_few=6_016,
        ),
        Spec(
            "dit",
            "generate.pictures.families.dit:Dit",
            DitSettings,
            weights=("transformer/*.safetensors", "transformer/*.json", "words/*"),
            told="a transformer that sees a picture as patches, on straight paths from noise",
            least_steps=1000,
            published=1792,
            published_by="DiT-XL/2, ImageNet: 7 M steps of 256 (arXiv 2212.09748)",
            learns_words=True,
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
            told="a text-to-image pipeline that others trained",
        ),
        Spec(
            "sketch",
            "generate.pictures.families.sketch:Sketch",
            SketchSettings,
            strokes=True,
            minutes=8.0,
            steps=24,
            weights=("pen/*.safetensors", "pen/*.json", "words/*"),
            grows="strokes",
            told="an LSTM that draws with a pen, stroke by stroke",
            least_steps=1000,
        ),
        Spec(
            "stackgan",
            "generate.pictures.families.gans.stackgan:StackGan",
            StackGanSettings,
            minutes=10.0,
            steps=11,
            preview=1,
            weights=ADVERSARY,
            grows="mean",
            told="a GAN of two stages, small and then large",
            too_few=6_016,
            published=10.6,
            published_by="StackGAN, CUB: 600 epochs of 8,855 for each stage (arXiv 1612.03242)",
        ),
        Spec(
            "attngan",
            "generate.pictures.families.gans.attngan:AttnGan",
            AttnGanSettings,
            minutes=10.0,
            steps=11,
            preview=1,
            weights=ADVERSARY,
            grows="mean",
            told="a GAN whose places look at the words",
            too_few=6_016,
            published=5.3,
            published_by="AttnGAN, CUB: 600 epochs of 8,855 (its code's bird_attn2.yml)",
        ),
    )
}


def find_spec(name: str) -> Spec:
    """The family called ``name``; `Refusal` if there is none."""
    if name not in FAMILIES:
        raise Refusal(f"recipe = {name!r} is not known; known: {', '.join(FAMILIES)}")
    return FAMILIES[name]
