"""Draw one beast from words: ``make beast PROMPT="a striped snake at night"``."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from generate.errors import Refusal
from generate.pictures.data.vocabulary import WORD, WORDS, Vocabulary
from generate.pictures.families.registry import make_family
from generate.pictures.model_folder import ALTERATIONS, load_model, read_prompts
from generate.pictures.refining.refiner import refine
from generate.pictures.sampling.draw import GROUP, draw
from generate.pictures.sampling.prints import enlarge
from generate.pictures.sheets import write_sheet
from generate.pictures.training.stage import train_model
from generate.recipe import derive_seed, digest
from generate.settings import Settings


def draw_beast(settings: Settings, prompt: str) -> Path:
    """Draw a sheet of beasts that ``prompt`` describes; train first if there is no model.

    Words that the model does not know are named and passed over; `Refusal` if it knows none, or if
    the recipe draws without words. Parts joined by ``+`` are crossed. What the words leave open
    each beast takes from another training caption. Writes work/report/beast-WORDS.png and returns
    its path.
    """
    if settings.pictures.recipe == "ddpm":
        raise Refusal(
            'beast: the "ddpm" recipe draws without words; set recipe = "flow" under [pictures]'
        )
    if not WORD.search(prompt):
        raise Refusal('beast: the prompt holds no words; say PROMPT="a striped snake at night"')
    folder = train_model(settings)
    model = load_model(folder)
    wanted, unknown = model.vocabulary.read_prompt(prompt)
    if unknown:
        print(
            f"beast     not known here: {', '.join(unknown)}; {model.vocabulary.suggest(unknown)}"
        )
    prompts = read_prompts(folder)
    seeds = [derive_seed("prompted beast", settings.seed, prompt, place) for place in range(GROUP)]
    rows = [complete(model.vocabulary, wanted, prompts, seed) for seed in seeds]
    conditions = as_conditions(rows)
    family = make_family(model.network, model.facts)
    pictures, _ = draw(settings, model, family, conditions, seeds)
    path = settings.work / "report" / f"beast-{name_sheet(prompt)}.png"
    side = min(256, settings.pictures.postcard)
    write_sheet(path, [enlarge(refine(picture), side) for picture in pictures], 4)
    print(f"beast     {GROUP} of them in {path}")
    return path


def name_sheet(prompt: str) -> str:
    """A name for the sheet of ``prompt``; prompts that would share one are told apart."""
    name = "-".join(re.findall(r"[a-z0-9]+", prompt.casefold()))[:60]
    if name == "-".join(prompt.casefold().split()):
        return name
    return f"{name}-{digest(prompt)[:6]}".lstrip("-")


def complete(
    vocabulary: Vocabulary, wanted: np.ndarray, prompts: Sequence[Mapping[str, Any]], seed: int
) -> np.ndarray:
    """``wanted`` float32 (words,) with what it leaves open taken from one of ``prompts``.

    The model has seen no beast without a coat, a colour, an hour; asked for none it paints them all
    at once. Groups that ``wanted`` names stay as they are, and so do words of captions.
    """
    if not prompts:
        return wanted
    named = {vocabulary.groups[place] for place in np.flatnonzero(wanted)} | {WORDS}
    tags = prompts[int(np.random.default_rng(seed).integers(len(prompts)))]["tags"]
    free = vocabulary.encode(
        str(value).casefold() for group, value in tags.items() if value and group not in named
    )
    return np.maximum(wanted, free)


def as_conditions(rows: Sequence[np.ndarray]) -> Tensor:
    """Rows of words (N, words) as conditions for the network, of pictures that are not altered."""
    return torch.cat([torch.from_numpy(np.stack(rows)), torch.zeros(len(rows), ALTERATIONS)], 1)
