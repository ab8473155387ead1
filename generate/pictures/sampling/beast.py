"""Draw one beast from words: ``make beast PROMPT="a striped snake at night"``."""

from pathlib import Path

from generate.errors import Refusal
from generate.pictures.data.vocabulary import WORD
from generate.pictures.model_folder import read_prompts
from generate.pictures.refining.refiner import refine
from generate.pictures.sampling.draw import GROUP, draw_group
from generate.pictures.sampling.words import (
    complete,
    name_sheet,
    require_words,
    tell_words,
    understand,
)
from generate.pictures.sheets import enlarge, write_sheet
from generate.pictures.training.stage import train_model
from generate.pictures.wording.loading import open_model
from generate.recipe import derive_seed
from generate.settings import Settings


def draw_beast(settings: Settings, prompt: str) -> Path:
    """Draw a sheet of beasts that ``prompt`` describes; train first if there is no model.

    What was understood is printed, and unknown words are ignored; `Refusal` if the model knows
    none, or if the recipe draws without words. Parts joined by ``+`` are crossed. Each beast takes
    what the prompt leaves open from another training caption. The k-th of them is take k of a card
    that is drawn from these words. Writes work/report/beast-WORDS.png and returns
    its path.
    """
    prompt = " ".join(prompt.split())
    require_words(settings.pictures.recipe, "beast")
    if not WORD.search(prompt):
        raise Refusal('beast: the prompt holds no words; say PROMPT="a striped snake at night"')
    folder = train_model(settings)
    family = open_model(folder)
    vocabulary = family.vocabulary
    words = understand(vocabulary, prompt)
    print(f"beast     {tell_words(vocabulary, words)}")
    prompts = read_prompts(folder)
    seeds = [derive_seed("prompted beast", settings.seed, prompt, place) for place in range(GROUP)]
    asked = [complete(vocabulary, words.wanted, prompts, seed) for seed in seeds]
    pictures = draw_group(settings, family, family.encode(asked), seeds).pictures
    path = settings.work / "report" / f"beast-{name_sheet(prompt)}.png"
    side = min(256, settings.pictures.postcard)
    write_sheet(path, [enlarge(refine(picture), side) for picture in pictures], 4)
    print(f"beast     {GROUP} of them in {path}")
    return path
