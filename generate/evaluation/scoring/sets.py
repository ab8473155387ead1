"""Gather the sets of pictures that are compared: cards and model → uint8 (N, 3, S, S) each.

Sampled sets are kept in work/evaluation/ with their recipe, so that they are sampled only once.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from PIL import ImageOps
from tqdm import tqdm

from generate.cards import Card
from generate.errors import Refusal
from generate.evaluation.judge.extractor import resize
from generate.evaluation.scoring.anchors import draw_gaussian, draw_memory
from generate.pictures.compute.tensors import read_tensors, write_tensors
from generate.pictures.data.dataset import Dataset, read_dataset
from generate.pictures.data.pixels import FAULTS, make_plain, open_image, quiet
from generate.pictures.model_folder import PROMPTS, find_starter, load_model, read_prompts
from generate.pictures.sampling.deck import Deck
from generate.pictures.sampling.draw import GROUP, draw_group
from generate.recipe import Recipe, derive_seed, digest_file, digest_folder, holds, write_recipe
from generate.settings import Settings

PICTURES = "pictures.safetensors"
Tags = dict[str, str]


@dataclass(frozen=True)
class PictureSet:
    """Pictures uint8 (N, 3, S, S), the tags that each was asked to show, and a label for each."""

    name: str
    pictures: np.ndarray
    asked: list[Tags] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Gathered:
    """The training pictures, the sets to judge by name, and a line for each one left out."""

    dataset: Dataset
    training: np.ndarray
    sets: dict[str, PictureSet]
    left_out: list[str]


def gather_sets(settings: Settings, cards: Sequence[Card]) -> Gathered:
    """All sets that exist. Raises `Refusal` where something is damaged."""
    dataset = read_dataset(settings.work / "dataset")
    training = dataset.images[dataset.places("train")]
    count = settings.evaluate.pictures
    left_out: list[str] = []
    found = [
        hold_out(dataset, count),
        gather_cards(cards, dataset, left_out),
        sample_set(settings, "uncurated", settings.work / "model", dataset),
    ]
    if starter := find_starter(settings.pictures.recipe):
        found.append(sample_set(settings, "starter", starter, dataset))
    else:
        left_out.append("the untouched starter: this jungle's recipe does not begin from it")
    found += [
        PictureSet("gaussian", draw_gaussian(training, count)),
        PictureSet("memory", draw_memory(training, count)),
    ]
    sets = {one.name: one for one in found if len(one.pictures)}
    if "held-out" not in sets:
        left_out.append("the floor: no training pictures are held out (pictures.held_out = 0)")
    return Gathered(dataset, training, sets, left_out)


def hold_out(dataset: Dataset, count: int) -> PictureSet:
    """The first ``count`` pictures that training never saw."""
    places = dataset.places("held-out")[:count]
    return PictureSet(
        "held-out",
        dataset.images[places],
        [dict(dataset.rows[place]["tags"]) for place in places],
        [str(dataset.rows[place]["file_name"]) for place in places],
    )


def gather_cards(cards: Sequence[Card], dataset: Dataset, left_out: list[str]) -> PictureSet:
    """The pictures of the cards that the model drew, at the size of the model."""
    side = dataset.images.shape[-1]
    chosen = [card for card in cards if card.picture and is_drawn(card)]
    if others := len(cards) - len(chosen):
        left_out.append(f"{others} cards without a picture of the model's")
    pictures = [open_picture(card, side) for card in chosen]
    stacked = np.stack(pictures) if pictures else np.empty((0, 3, side, side), np.uint8)
    return PictureSet(
        "cards",
        stacked,
        [card.traits if is_asked(card) else {} for card in chosen],
        [card.slug for card in chosen],
    )


def is_drawn(card: Card) -> bool:
    """Whether the model drew the card's picture, and not a person."""
    made = card.made.get("picture", {})
    return card.number is not None and "sha256" in made and not made.get("by_hand")


def is_asked(card: Card) -> bool:
    """Whether the model was asked for the card's traits; else they were measured."""
    return card.made.get("caption", {}).get("how") == "asked"


def open_picture(card: Card, side: int) -> np.ndarray:
    """The middle square of a card's picture, uint8 (3, side, side). Raises `Refusal` if broken."""
    assert card.picture
    try:
        with quiet(), open_image(card.picture) as opened:
            upright = make_plain(opened)
    except FAULTS:
        raise Refusal(f"{card.picture}: cannot be opened as a picture; replace it") from None
    square = ImageOps.fit(upright, (min(upright.size),) * 2)
    return resize(np.asarray(square).transpose(2, 0, 1)[None], side)[0]


def sample_set(settings: Settings, name: str, folder: Path, dataset: Dataset) -> PictureSet:
    """The first pictures of the model in ``folder``, one for each card, none left out.

    Picture n has the prompt and the noise of card n, without a choice among candidates.
    """
    count, asked = settings.evaluate.pictures, settings.pictures
    deck = Deck(settings.seed, read_prompts(settings.work / "model"))
    rows = [deck.ask(number) for number in range(1, count + 1)]
    recipe = Recipe(
        "evaluation",
        {"set": name, "count": count, "steps": asked.steps, "guidance": asked.guidance},
        {"model": digest_folder(folder), "prompts": digest_file(settings.work / "model" / PROMPTS)},
        settings.seed,
    )
    kept = settings.work / "evaluation" / name
    if not holds(kept, recipe):
        started = time.monotonic()
        family = load_model(folder)
        drawn = []
        for start in tqdm(range(0, count, GROUP), name, unit=f"{GROUP} pictures"):
            numbers = range(start + 1, start + GROUP + 1)
            group = [deck.ask(number) for number in numbers]
            seeds = [derive_seed("beast", settings.seed, number) for number in numbers]
            drawn.append(draw_group(settings, family, family.encode(group), seeds).pictures)
        pictures = np.ascontiguousarray(np.concatenate(drawn)[:count])
        write_tensors(kept / PICTURES, {"images": pictures})
        write_recipe(kept, recipe, [kept / PICTURES], time.monotonic() - started, ["torch"])
    images = resize(read_tensors(kept / PICTURES, "np")[0]["images"], dataset.images.shape[-1])
    labels = [f"{number}" for number in range(1, count + 1)]
    return PictureSet(name, images, [dict(row["tags"]) for row in rows], labels)
