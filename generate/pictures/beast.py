"""Draw one beast from words: ``make beast PROMPT="a striped snake at night"``."""

import re
from pathlib import Path

import torch

from generate.pictures.develop import GROUP, draw
from generate.pictures.families import make_family
from generate.pictures.model import ALTERATIONS, load_model
from generate.pictures.prints import enlarge
from generate.pictures.refine import refine
from generate.pictures.sheets import write_sheet
from generate.pictures.train import train_model
from generate.recipe import derive_seed
from generate.settings import Settings


def draw_beast(settings: Settings, prompt: str) -> Path:
    """Draw a sheet of beasts that ``prompt`` describes; train first if there is no model.

    Words that the model does not know are named and passed over; `Refusal` if it knows none. Parts
    joined by ``+`` are crossed. Writes work/report/beast-WORDS.png and returns its path.
    """
    model = load_model(train_model(settings))
    condition, unknown = model.vocabulary.read_prompt(prompt)
    if unknown:
        print(
            f"beast     not known here: {', '.join(unknown)}; {model.vocabulary.suggest(unknown)}"
        )
    row = torch.cat([torch.from_numpy(condition), torch.zeros(ALTERATIONS)])
    seeds = [derive_seed("prompted beast", settings.seed, prompt, place) for place in range(GROUP)]
    family = make_family(model.network, model.facts)
    pictures, _ = draw(settings, model, family, row.expand(GROUP, -1), seeds)
    name = "-".join(re.findall(r"[a-z0-9]+", prompt.casefold()))[:60]
    path = settings.work / "report" / f"beast-{name}.png"
    side = min(256, settings.pictures.postcard)
    write_sheet(path, [enlarge(refine(picture), side) for picture in pictures], 4)
    print(f"beast     {GROUP} of them in {path}")
    return path
