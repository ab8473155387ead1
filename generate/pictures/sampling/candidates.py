"""Draw the candidates of a company of cards and choose among them.

Reads work/model/. Keeps in work/shown/ what each company shows, for a later run that draws others,
and in work/rounds/ candidates that one process drew for another.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from generate.files import replacing
from generate.pictures.choosing.choose import Choice, Round, choose, measure_agreement
from generate.pictures.choosing.look import stray
from generate.pictures.compute.precision import arithmetic
from generate.pictures.families.registry import make_family
from generate.pictures.model_folder import UNET, Model, load_model, read_prompts
from generate.pictures.sampling import RULE
from generate.pictures.sampling.deck import Deck
from generate.pictures.sampling.draw import GROUP, draw, encode
from generate.pictures.training.loop import Family
from generate.recipe import derive_seed, digest, digest_file
from generate.settings import Settings


class Check(Protocol):
    """What knows the training pictures (`neighbours.Check`)."""

    @property
    def key(self) -> str:
        """Tells one training set from another."""

    def find_copies(self, pictures: np.ndarray) -> np.ndarray:
        """bool (N,): which of uint8 (N, 3, S, S) copy a training picture."""

    def find_neighbour(self, picture: np.ndarray) -> Any:
        """The training picture nearest to uint8 (3, S, S), with ``picture`` and ``facts()``."""


@dataclass(frozen=True)
class Studio:
    """All that drawing cards needs: settings, the model, what may be asked of it, the check."""

    settings: Settings
    model: Model
    family: Family
    deck: Deck
    check: Check | None
    key: str

    def ask(self, members: Sequence[int]) -> list[dict[str, Any]]:
        """What the cards ``members`` ask for."""
        return [self.deck.ask(number) for number in members]

    def curate(self, group: int, shown: np.ndarray) -> tuple[list[Round], list[Choice], np.ndarray]:
        """Candidates for a company, the choices among them, and the chosen ones' thumbnails.

        ``shown`` are the thumbnails of all cards before it.
        """
        count = self.settings.pictures.candidates
        rounds = [self.take_up(group, place) for place in range(count)]
        choices, thumbnails = choose(
            rounds, shown, count, lambda place: self.draw_round(members_of(group), place)
        )
        self.remember(group, thumbnails)
        return rounds, choices, thumbnails

    def draw_round(self, members: Sequence[int], place: int) -> Round:
        """Candidate ``place`` (from 0) of every card of a company."""
        names = [place] if place else []
        seeds = [derive_seed("beast", self.settings.seed, n, *names) for n in members]
        conditions = encode(self.model, self.ask(members))
        pictures, frames = draw(self.settings, self.model, self.family, conditions, seeds)
        count = len(pictures)
        if self.settings.pictures.candidates == 1:
            nothing = np.zeros(count)
            return Round(seeds, pictures, frames, nothing, nothing, nothing.astype(bool))
        agreement = np.zeros(count)
        if self.model.network.shape.conditioned:
            with arithmetic(str(self.model.facts.get("arithmetic", "float32"))):
                agreement = measure_agreement(self.family, pictures, conditions)
        unusual = stray(pictures, self.model.facts.get("look", {}))
        copied = self.check.find_copies(pictures) if self.check else np.zeros(count, bool)
        return Round(seeds, pictures, frames, agreement, unusual, copied)

    def catch_up(self, shown: np.ndarray, group: int) -> np.ndarray:
        """``shown`` (M, 3, 16, 16) with the thumbnails of all companies before ``group``."""
        if self.settings.pictures.candidates == 1:
            return shown
        for earlier in range(len(shown) // GROUP, group):
            thumbnails = self.recall(earlier)
            if thumbnails is None:
                thumbnails = self.curate(earlier, shown)[2]
            shown = np.concatenate([shown, thumbnails])
        return shown

    def remember(self, group: int, thumbnails: np.ndarray) -> None:
        """Keep what the cards of ``group`` show."""
        self.write(f"shown/{group:04d}", {"thumbnails": thumbnails})

    def recall(self, group: int) -> np.ndarray | None:
        """What `remember` kept under the same key, or None."""
        tensors = self.read(f"shown/{group:04d}")
        return tensors["thumbnails"] if tensors else None

    def lay_aside(self, group: int, place: int) -> None:
        """Draw a round for the process that will choose from it."""
        one = self.draw_round(members_of(group), place)
        tensors = {field.name: np.asarray(getattr(one, field.name)) for field in fields(one)}
        self.write(f"rounds/{group:04d}-{place}", tensors)

    def take_up(self, group: int, place: int) -> Round:
        """The round that a process laid aside, else drawn now."""
        tensors = self.read(f"rounds/{group:04d}-{place}")
        if tensors is None:
            return self.draw_round(members_of(group), place)
        self.path(f"rounds/{group:04d}-{place}").unlink()
        return Round(tensors.pop("seeds").tolist(), **tensors)

    def path(self, name: str) -> Path:
        return self.settings.work / f"{name}.safetensors"

    def write(self, name: str, tensors: dict[str, np.ndarray]) -> None:
        ready = {name: np.ascontiguousarray(tensor) for name, tensor in tensors.items()}
        with replacing(self.path(name)) as temporary:
            save_file(ready, temporary, metadata={"key": self.key})

    def read(self, name: str) -> dict[str, np.ndarray] | None:
        """Tensors kept under this studio's key; None if there are none, or damaged."""
        try:
            with safe_open(self.path(name), "np") as file:
                if (file.metadata() or {}).get("key") != self.key:
                    return None
                return {tensor: np.asarray(file.get_tensor(tensor)) for tensor in file.keys()}
        except (OSError, SafetensorError):
            return None


def members_of(group: int) -> list[int]:
    """Numbers of the cards that are drawn together as company ``group`` (from 0)."""
    return [*range(group * GROUP + 1, (group + 1) * GROUP + 1)]


def open_studio(settings: Settings, check: Check | None) -> Studio:
    """Load the model; the key tells apart whatever may change a choice."""
    folder = settings.work / "model"
    model = load_model(folder)
    asked = settings.pictures
    decides = [asked.guidance, asked.steps, asked.candidates, settings.seed, RULE]
    key = digest([*decides, digest_file(folder / UNET), model.facts, check.key if check else None])
    family = make_family(model.network, model.facts)
    deck = Deck(settings.seed, read_prompts(folder))
    return Studio(settings, model, family, deck, check, key)
