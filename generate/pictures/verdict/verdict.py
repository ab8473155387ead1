"""Compare a model before and after its training: work/report/before-after.png and verdict.json.

The same eight beasts are drawn by the weights that the run began from and by those that it ended
with. Losses of the same held-out pictures at the same chance are compared picture by picture.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from generate.files import write_json
from generate.pictures.choosing.copies import find_nearest
from generate.pictures.compute.levels import to_levels
from generate.pictures.data.dataset import Dataset
from generate.pictures.families.base import Family
from generate.pictures.sampling.deck import Deck
from generate.pictures.sampling.draw import GROUP, sample_seeds
from generate.pictures.sheets import as_images, enlarge, write_sheet
from generate.pictures.training.loop import list_held_out
from generate.pictures.training.pictures import TrainingPictures
from generate.pictures.training.plan import Plan
from generate.recipe import derive_seed
from generate.settings import Settings

# Held-out pictures at most, solver steps at most, and the side of a picture on the sheet.
MOST, STEPS, SIDE = 256, 50, 128
# A difference counts from so many standard errors on; so many copies of eight are no chance.
ERRORS, COPIES = 2.0, 2


@dataclass(frozen=True)
class Moment:
    """A model at one time: pictures uint8 (8, 3, S, S), how many of them are copies of training
    pictures, and the losses (N,) of held-out pictures, None where they do not compare."""

    pictures: np.ndarray
    copies: int
    losses: np.ndarray | None


@dataclass(frozen=True)
class Verdict:
    """One word, the figures that it is made of, and a sentence of both.

    ``change`` of the mean held-out loss and its standard ``error`` are None where not measured.
    """

    word: str
    sentence: str
    before: float | None
    after: float | None
    change: float | None
    error: float | None
    pictures: int
    copies: int


@dataclass(frozen=True)
class Witness:
    """Looks at a ``family`` before and after it is trained by ``plan`` on a ``dataset``."""

    settings: Settings
    family: Family
    dataset: Dataset
    held_out: TrainingPictures
    plan: Plan

    @torch.inference_mode()
    def look(self) -> Moment:
        """The model as it is now. Takes nothing from the chance that training draws."""
        asked, training = self.settings.pictures, self.dataset.places("train")
        rows = [{name: self.dataset.rows[p][name] for name in ("text", "tags")} for p in training]
        deck, numbers = Deck(self.settings.seed, rows), range(1, GROUP + 1)
        conditions = self.family.encode([deck.ask(number) for number in numbers])
        seeds = [derive_seed("beast", self.settings.seed, number) for number in numbers]
        steps, kind = min(asked.steps, STEPS), self.plan.arithmetic
        with torch.random.fork_rng(devices=[]):
            self.family.network.eval()
            drawn = sample_seeds(self.family, conditions, seeds, steps, asked.guidance, kind)
            self.family.network.train()
            losses = list_held_out(self.family, self.held_out, self.plan, MOST)
        pictures = to_levels(drawn.pictures)
        copies = int(find_nearest(pictures, self.dataset.images[training]).copied.sum())
        return Moment(pictures, copies, None if losses is None else losses.double().cpu().numpy())

    def tell(self, before: Moment) -> Verdict:
        """Look again, write the sheet and the figures, and print the sentence."""
        after = self.look()
        verdict = judge(before, after)
        folder = self.settings.work / "report"
        images = as_images(np.concatenate([before.pictures, after.pictures]))
        sentence = verdict.sentence.replace("→", "to")  # the sheet's letters have no arrow
        note = f"above: as it began; below: as it ended. {sentence}"
        write_sheet(
            folder / "before-after.png", [enlarge(image, SIDE) for image in images], GROUP, note
        )
        figures: dict[str, Any] = dict(vars(verdict))
        write_json(folder / "verdict.json", figures)
        print(f"{'train':<9} {verdict.sentence}; {folder / 'before-after.png'}", flush=True)
        return verdict


def judge(before: Moment, after: Moment) -> Verdict:
    """What became of a model: copying, learnt, worse or no change, in this order.

    The change of the loss is the mean of the differences of each picture's losses, and its error
    the standard error of that mean: the pictures are the same, so what they have of their own
    drops out.
    """
    old = new = change = error = None
    count, told = 0, "the held-out loss was not measured"
    word = "not measured"
    if before.losses is not None and after.losses is not None:
        differences = after.losses - before.losses
        count = len(differences)
        old, new = float(before.losses.mean()), float(after.losses.mean())
        change = float(differences.mean())
        error = float(differences.std(ddof=1) / np.sqrt(count)) if count > 1 else None
        if error is None or not np.isfinite([change, error]).all():
            told, change, error = "too few pictures are held out to tell", None, None
        else:
            sure = abs(change) > ERRORS * error
            word = ("learnt" if change < 0 else "worse") if sure else "no change"
            told = (
                f"held-out loss {old:.4f} → {new:.4f}, {change:+.4f} ± {error:.4f} "
                f"on {count} pictures"
            )
    if after.copies >= COPIES and after.copies > before.copies:
        word = "copying"
    if after.copies:
        told += f"; {after.copies} of {len(after.pictures)} are copies of training pictures"
    return Verdict(word, f"{word}: {told}", old, new, change, error, count, after.copies)
