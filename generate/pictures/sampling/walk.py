"""Walk from one beast to another: ``make walk FROM="a red owl" TO=beast-003``, as a moving picture.

Reads work/model/, and work/pictures/ for the seeds of cards. Writes work/report/walk-….webp.
"""

import math
from pathlib import Path
from typing import Any

import torch
from PIL import Image

from generate.bundles.folders import number_of, slug_of
from generate.errors import Refusal
from generate.pictures.compute.levels import to_levels
from generate.pictures.compute.precision import arithmetic
from generate.pictures.data.vocabulary import WORD
from generate.pictures.families.base import Family
from generate.pictures.families.registry import FAMILIES, find_spec
from generate.pictures.model_folder import load_model, read_prompts
from generate.pictures.refining.refiner import refine
from generate.pictures.sampling.deck import Deck
from generate.pictures.sampling.prints import read_rows
from generate.pictures.sampling.words import complete, name_sheet, tell_words, understand
from generate.pictures.sheets import enlarge, write_image
from generate.pictures.training.stage import train_model
from generate.recipe import derive_seed
from generate.settings import Settings

# Pictures on the way there; the way back shows them again. Milliseconds of each, and at the ends.
WAY, MOMENT, REST = 20, 80, 700


def draw_walk(settings: Settings, start: str, end: str) -> Path:
    """Draw the way from beast ``start`` to beast ``end`` and back as an animated WebP; its path.

    Each is words, or a card such as beast-003, whose picture is then drawn from its own seed and
    words. `Refusal` if the recipe knows no way between beasts, or nothing is known of the words.
    """
    if not find_spec(settings.pictures.recipe).walks:
        able = " or ".join(f'"{spec.name}"' for spec in FAMILIES.values() if spec.walks)
        raise Refusal(
            f'walk: the "{settings.pictures.recipe}" recipe knows no way between two beasts; '
            f"set recipe = {able} under [pictures]"
        )
    for dial, said in (("FROM", start), ("TO", end)):
        if not WORD.search(said):
            raise Refusal(f'walk: {dial} holds no words; say {dial}="a red owl" or beast-003')
    folder = train_model(settings)
    family = load_model(folder)
    ends = [find_end(settings, family, folder, said) for said in (start, end)]
    conditions = family.encode([prompt for prompt, _ in ends])
    noise = family.noise([torch.Generator().manual_seed(seed) for _, seed in ends])
    shares = [(1 - math.cos(math.pi * step / WAY)) / 2 for step in range(WAY + 1)]
    asked = settings.pictures
    with arithmetic(str(family.facts.get("arithmetic", "float32"))):
        pictures = family.walk(conditions, noise, shares, asked.steps, asked.guidance)
    side = min(256, asked.postcard)
    images = [enlarge(refine(picture), side) for picture in to_levels(pictures)]
    path = settings.work / "report" / f"walk-{name_sheet(f'{start} to {end}')}.webp"
    write_way(path, images)
    print(f"{'walk':<9} {len(images)} pictures there, and back, in {path}")
    return path


def find_end(
    settings: Settings, family: Family, folder: Path, asked: str
) -> tuple[dict[str, Any], int]:
    """The prompt and the seed of a beast: a card's own, or what the words ``asked`` describe."""
    prompts = read_prompts(folder)
    number = number_of(asked.strip())
    if number:
        name = f"{slug_of(number)}.png"
        rows = read_rows(settings.work / "pictures/metadata.jsonl")
        seeds = [row["seed"] for row in rows if row["file_name"] == name]
        seed = seeds[-1] if seeds else derive_seed("beast", settings.seed, number)
        return Deck(settings.seed, prompts).ask(number), int(seed)
    words = understand(family.vocabulary, asked)
    if words.unknown or words.led:
        print(f"{'walk':<9} {tell_words(family.vocabulary, words)}")
    seed = derive_seed("prompted beast", settings.seed, asked, 0)
    return complete(family.vocabulary, words.wanted, prompts, seed), seed


def write_way(path: Path, images: list[Image.Image]) -> None:
    """Write ``images``, and then the way back to the first, as an animated WebP without an end."""
    shown = images + images[-2:0:-1]
    times = [REST if image is images[0] or image is images[-1] else MOMENT for image in shown]
    first, *others = shown
    write_image(
        path, first, save_all=True, append_images=others, duration=times, loop=0, quality=85
    )
