"""Learn a word: one column of the words' map is optimised on favourites, all else stays frozen.

Textual inversion (Gal et al., arXiv 2208.01618), with an additive vocabulary in place of a text
encoder. The column begins as the mean of the known words that the favourites share, and is held
near it; what a favourite shows beside these is told, so that the new word need not learn it.
"""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn
from torch.nn import functional
from tqdm import tqdm

from generate.errors import Refusal
from generate.files import write_json
from generate.pictures.captioning.telling import open_picture
from generate.pictures.compute.levels import from_levels
from generate.pictures.compute.precision import arithmetic
from generate.pictures.compute.sharing import give_way
from generate.pictures.compute.tensors import write_tensors
from generate.pictures.model_folder import load_model
from generate.pictures.training.pictures import seeded
from generate.pictures.wording.loading import name_column
from generate.pictures.wording.words import (
    LEARNT,
    Word,
    find_model_key,
    list_learnt,
    list_unlearnt,
)

# Steps, pictures in each, the rate in deviations of known columns, and how much it counts to stay
# near the beginning. A favourite is told of without its other words in a share BARE of the steps.
STEPS, BATCH, RATE, NEAR, BARE = 160, 8, 0.05, 0.02, 0.3
# Called with the word, the step, and how many there are.
Watch = Callable[[str, int, int], None]


class Growing(nn.Module):
    """The words' map with one column more, before those of alterations; it alone is learnt."""

    def __init__(self, words: nn.Linear, known: int, column: Tensor) -> None:
        super().__init__()
        self.known, self.in_features = known, words.in_features + 1
        self.register_buffer("frozen", words.weight.detach().clone())
        self.column = nn.Parameter(column.clone())

    @property
    def weight(self) -> Tensor:
        frozen: Tensor = self.get_buffer("frozen")
        parts = [frozen[:, : self.known], self.column[:, None], frozen[:, self.known :]]
        return torch.cat(parts, 1)

    def forward(self, conditions: Tensor) -> Tensor:
        return functional.linear(conditions, self.weight)


def learn_words(model: Path, seed: int, watch: Watch | None = None) -> bool:
    """Learn the words that ``model``, work/model/, does not know yet; whether there were any.

    Writes work/words/; a word that is stopped on its way is begun again. ``watch`` may raise to
    stop. `Refusal` for a family that can learn none.
    """
    waiting = list_unlearnt(model)
    if not waiting:
        return False
    family = load_model(model)
    if not family.spec.learns_words:
        raise Refusal(f'content/words: the "{family.spec.name}" recipe cannot learn a word')
    for word in waiting:
        with tqdm(total=STEPS, desc=word.name, unit="step", disable=watch is not None) as bar:
            column = learn_column(family, word, seed, watch or partial(show_step, bar))
        write_tensors(name_column(model, word), {"column": column}, name=word.name)
        known = {one.name: one.key for one in (*list_learnt(model), word)}
        write_json(model.parent / LEARNT, {"model": find_model_key(model), "words": known})
    return True


def show_step(bar: Any, name: str, step: int, of: int) -> None:
    """Move the bar to a step."""
    bar.update(step - bar.n)


def learn_column(family: Any, word: Word, seed: int, watch: Watch) -> Tensor:
    """The column (D,) of a word, float32."""
    network, known = family.network, len(family.vocabulary)
    for weight in network.parameters():
        weight.requires_grad_(False)
    plain = network.words
    start = begin_column(family, word)
    scale = plain.weight[:, :known].std().clamp(min=1e-3)
    growing = Growing(plain, known, start).to(family.device)
    pictures = read_favourites(word, family.size).to(family.device)
    beside = torch.from_numpy(np.stack([describe_beside(family, word, one) for one in word.shows]))
    optimiser = torch.optim.Adam([growing.column], lr=float(RATE * scale), betas=(0.9, 0.99))
    try:
        network.words = growing
        network.eval()
        for step in range(STEPS):
            give_way()
            generator = seeded("word", seed, word.name, step)
            places = torch.randint(len(pictures), (BATCH,), generator=generator)
            shown, told = pictures[places], beside[places]
            mirrored = torch.rand(BATCH, generator=generator) < 0.5
            shown = torch.where(mirrored.view(-1, 1, 1, 1).to(shown.device), shown.flip(3), shown)
            told = told * (torch.rand(BATCH, 1, generator=generator) >= BARE)
            conditions = torch.cat([told, torch.ones(BATCH, 1)], 1).to(family.device)
            times = family.draw_times(BATCH, generator, step / STEPS).to(family.device)
            noise = torch.randn(shown.shape, generator=generator).to(family.device)
            with arithmetic(str(family.facts.get("arithmetic", "float32"))):
                loss = family.losses_at(shown, conditions, times, noise).mean()
            loss = loss + NEAR * ((growing.column - start) / scale).square().mean()
            optimiser.param_groups[0]["lr"] = float(RATE * scale) * (1 - step / STEPS)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            watch(word.name, step + 1, STEPS)
    finally:
        network.words = plain
    return growing.column.detach().float().cpu()


def begin_column(family: Any, word: Word) -> Tensor:
    """The mean of the known words that the favourites share (D,); zeros where they share none."""
    weights = family.network.words.weight.detach()
    column = torch.zeros_like(weights[:, 0])
    places = {token: place for place, token in enumerate(family.vocabulary.tokens)}
    for held in word.covers.values():
        for token, share in held.items():
            if token in places:
                column += share * weights[:, places[token]]
    return column


def describe_beside(family: Any, word: Word, shows: dict[str, str]) -> np.ndarray:
    """What a favourite shows beside what the word covers, float32 (words,)."""
    encoded: np.ndarray = family.vocabulary.encode(
        token for token, group in shows.items() if group not in word.covers
    )
    return encoded


def read_favourites(word: Word, size: int) -> Tensor:
    """The favourites' pictures (N, 3, size, size) in [-1, 1]."""
    rows = []
    for path in word.pictures:
        small = open_picture(path).resize((size, size), Image.Resampling.BOX)
        rows.append(np.asarray(small).transpose(2, 0, 1))
    return from_levels(torch.from_numpy(np.stack(rows)))
