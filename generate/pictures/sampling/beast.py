"""Draw one beast from words: ``make beast PROMPT="a striped snake at night"``."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from generate.errors import Refusal
from generate.pictures.data.vocabulary import WORD, WORDS, Vocabulary
from generate.pictures.families.registry import FAMILIES, find_spec
from generate.pictures.model_folder import load_model, read_prompts
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
    if not find_spec(settings.pictures.recipe).reads_words:
        able = " or ".join(f'"{spec.name}"' for spec in FAMILIES.values() if spec.reads_words)
        raise Refusal(
            f'beast: the "{settings.pictures.recipe}" recipe draws without words; '
            f"set recipe = {able} under [pictures]"
        )
    if not WORD.search(prompt):
        raise Refusal('beast: the prompt holds no words; say PROMPT="a striped snake at night"')
    folder = train_model(settings)
    family = load_model(folder)
    vocabulary = family.vocabulary
    wanted, unknown = vocabulary.read_prompt(prompt)
    if unknown:
        print(f"beast     not known here: {', '.join(unknown)}; {vocabulary.suggest(unknown)}")
    prompts = read_prompts(folder)
    seeds = [derive_seed("prompted beast", settings.seed, prompt, place) for place in range(GROUP)]
    asked = [complete(vocabulary, wanted, prompts, seed) for seed in seeds]
    pictures = draw(settings, family, family.encode(asked), seeds).pictures
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
) -> dict[str, Any]:
    """``wanted`` float32 (words,) as a prompt; what it leaves open is taken from ``prompts``.

    The model has seen no beast without a coat, a colour, an hour: asked for none, it paints all of
    them at once. Groups that ``wanted`` names stay as they are, and so do words of captions.
    """
    vector = wanted
    if prompts:
        named = {vocabulary.groups[place] for place in np.flatnonzero(wanted)} | {WORDS}
        tags = prompts[int(np.random.default_rng(seed).integers(len(prompts)))]["tags"]
        free = vocabulary.encode(
            str(value).casefold() for group, value in tags.items() if value and group not in named
        )
        vector = np.maximum(wanted, free)
    return {"weights": dict(zip(vocabulary.tokens, vector.tolist(), strict=True))}
