"""Draw the candidates of a group of cards and choose among them.

Reads work/model/. Keeps thumbnails of each group in work/shown/, for later runs that draw other
groups, and in work/rounds/ candidates that one process drew for another.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from generate.pictures.choosing.choose import Choice, Round, choose
from generate.pictures.choosing.look import measure_deviation
from generate.pictures.choosing.neighbours import Check
from generate.pictures.compute.levels import from_levels
from generate.pictures.compute.precision import arithmetic
from generate.pictures.compute.tensors import read_kept, write_tensors
from generate.pictures.families.base import Family, Noise
from generate.pictures.model_folder import digest_model, read_prompts
from generate.pictures.sampling import RULE
from generate.pictures.sampling.deck import Deck
from generate.pictures.sampling.draw import GROUP, draw_group
from generate.pictures.wording.loading import open_model
from generate.recipe import derive_seed, digest
from generate.settings import Settings

# The parts of a round that one process writes for another, beside the files of each picture.
PARTS = ("seeds", "pictures", "frames", "agreement", "deviation", "copied")


@dataclass(frozen=True)
class Sampler:
    """All that drawing cards needs. Kept files are valid for one ``key``."""

    settings: Settings
    family: Family
    deck: Deck
    check: Check | None
    key: str

    def ask(self, members: Sequence[int]) -> list[dict[str, Any]]:
        """The prompts of the cards ``members``."""
        return [self.deck.ask(number) for number in members]

    def draw_and_choose(
        self, group: int, shown: np.ndarray
    ) -> tuple[list[Round], list[Choice], np.ndarray]:
        """Candidates for a group, the choices among them, and the chosen ones' thumbnails.

        ``shown`` are the thumbnails of all cards before it.
        """
        count = self.settings.pictures.candidates
        rounds = [self.read_or_draw_round(group, place) for place in range(count)]
        choices, thumbnails = choose(
            rounds, shown, count, lambda place: self.draw_round(members_of(group), place)
        )
        write_tensors(self.file_of(f"shown/{group:04d}"), {"thumbnails": thumbnails}, key=self.key)
        return rounds, choices, thumbnails

    def draw_round(self, members: Sequence[int], place: int) -> Round:
        """Candidate ``place`` (from 0) of every card of a group."""
        names = [place] if place else []
        seeds = [derive_seed("beast", self.settings.seed, n, *names) for n in members]
        return self.draw(self.family.encode(self.ask(members)), seeds)

    def draw(self, conditions: Tensor, seeds: list[int], noise: Noise | None = None) -> Round:
        """A picture for each row of ``conditions``, with the merits that it is chosen by."""
        one = draw_group(self.settings, self.family, conditions, seeds, noise)
        pictures, zeros = one.pictures, np.zeros(len(one.pictures))
        agreement, deviation, copied = zeros, zeros, zeros.astype(bool)
        if self.settings.pictures.candidates > 1:
            facts = self.family.facts
            with arithmetic(str(facts.get("arithmetic", "float32"))):
                found = self.family.score(from_levels(torch.from_numpy(pictures)), conditions)
            agreement = zeros if found is None else found
            deviation = measure_deviation(pictures, facts.get("look", {}))
            copied = self.check.find_copies(pictures) if self.check else copied
        return Round(seeds, pictures, one.frames, agreement, deviation, copied, one.beside)

    def add_earlier(self, shown: np.ndarray, group: int) -> np.ndarray:
        """``shown`` (M, 3, 16, 16) with the thumbnails of all groups before ``group``."""
        if self.settings.pictures.candidates == 1:
            return shown
        for earlier in range(len(shown) // GROUP, group):
            kept = read_kept(self.file_of(f"shown/{earlier:04d}"), self.key)
            thumbnails = kept["thumbnails"] if kept else self.draw_and_choose(earlier, shown)[2]
            shown = np.concatenate([shown, thumbnails])
        return shown

    def write_round(self, group: int, place: int) -> None:
        """Draw a round for the process that chooses from it."""
        one = self.draw_round(members_of(group), place)
        tensors = {name: np.asarray(getattr(one, name)) for name in PARTS}
        for row, files in enumerate(one.beside):
            tensors |= {f"{row}{end}": np.frombuffer(data, np.uint8) for end, data in files.items()}
        write_tensors(self.file_of(f"rounds/{group:04d}-{place}"), tensors, key=self.key)

    def read_or_draw_round(self, group: int, place: int) -> Round:
        """The round that another process wrote (its file is removed), else drawn now."""
        path = self.file_of(f"rounds/{group:04d}-{place}")
        tensors = read_kept(path, self.key)
        if tensors is None:
            return self.draw_round(members_of(group), place)
        path.unlink()
        parts = {name: tensors.pop(name) for name in PARTS}
        beside: list[dict[str, bytes]] = [{} for _ in parts["pictures"]]
        for name, data in tensors.items():
            row, ending = name.split(".", 1)
            beside[int(row)][f".{ending}"] = data.tobytes()
        return Round(parts.pop("seeds").tolist(), **parts, beside=beside)

    def file_of(self, name: str) -> Path:
        """The file of kept tensors that is called ``name``."""
        return self.settings.work / f"{name}.safetensors"


def members_of(group: int) -> list[int]:
    """Numbers of the cards that are drawn together as ``group`` (from 0)."""
    return [*range(group * GROUP + 1, (group + 1) * GROUP + 1)]


def open_sampler(settings: Settings, check: Check | None) -> Sampler:
    """Load the model. The key differs for whatever may change a choice."""
    folder = settings.work / "model"
    family = open_model(folder)
    asked = settings.pictures
    decides = [asked.guidance, asked.steps, asked.candidates, settings.seed, RULE]
    key = digest([*decides, digest_model(folder), check.key if check else None])
    deck = Deck(settings.seed, read_prompts(folder))
    return Sampler(settings, family, deck, check, key)
