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
from generate.pictures.sampling.draw import GROUP, draw_group
from generate.pictures.sheets import enlarge, write_sheet
from generate.pictures.training.stage import train_model
from generate.recipe import derive_seed, digest
from generate.settings import Settings


def draw_beast(settings: Settings, prompt: str) -> Path:
    """Draw a sheet of beasts that ``prompt`` describes; train first if there is no model.

    Words that the model does not know are printed and ignored; `Refusal` if it knows none, or if
    the recipe draws without words. Parts joined by ``+`` are crossed. Each beast takes what the
    prompt leaves open from another training caption. Writes work/report/beast-WORDS.png and returns
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
    pictures = draw_group(settings, family, family.encode(asked), seeds).pictures
    path = settings.work / "report" / f"beast-{name_sheet(prompt)}.png"
    side = min(256, settings.pictures.postcard)
    write_sheet(path, [enlarge(refine(picture), side) for picture in pictures], 4)
    print(f"beast     {GROUP} of them in {path}")
    return path


def name_sheet(prompt: str) -> str:
    """A file name for the sheet of ``prompt``, different for different prompts."""
    name = "-".join(re.findall(r"[a-z0-9]+", prompt.casefold()))[:60]
    if name == "-".join(prompt.casefold().split()):
        return name
    return f"{name}-{digest(prompt)[:6]}".lstrip("-")


def complete(
    vocabulary: Vocabulary, wanted: np.ndarray, prompts: Sequence[Mapping[str, Any]], seed: int
) -> dict[str, Any]:
    """``wanted`` float32 (words,) as a prompt, completed by the tags of one of ``prompts``.

    The model has seen no beast without a coat, a colour, an hour. Asked for none, it paints all of
    them at once. Only groups of tags that ``wanted`` does not name are completed.
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
