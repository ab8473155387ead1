"""What the painter learns from: crops of an endless field guide, faces and bodies more often."""

from collections import OrderedDict
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from generate.pictures.compute.levels import from_levels
from generate.pictures.families.flow import draw_times
from generate.pictures.refining.painter.network import TIMES
from generate.pictures.refining.painter.pages import PAGE, SMALL, read_page
from generate.pictures.refining.painter.painting import measure_error
from generate.pictures.training.learner import Learner, Rows
from generate.pictures.training.plan import Plan

PATCH = 24
# Pages at the start; then one more page for so many steps; the last pages that are shown.
FIRST, STEPS_A_PAGE, SHOWN = 16, 300, 40
# How often a crop shows a face, or some of the body.
FACES, BODIES = 0.3, 0.4
# Small pictures as the sampler imagines them, and the highest level of the noise on all of them.
IMAGINED, NOISIEST = 0.6, 0.05
WORDLESS = 0.1


class PainterLessons(Learner):
    """Crops of pages in ``home``; ``family`` imagines, in arithmetic ``kind``."""

    def __init__(self, painter: nn.Module, home: Path, family: Any, kind: str) -> None:
        self.network, self.home, self.family, self.kind = painter, home, family, kind
        self.held: OrderedDict[int, dict[str, Tensor]] = OrderedDict()

    def hold_page(self, number: int) -> dict[str, Tensor]:
        """Page ``number``, from memory if it was read lately."""
        if number not in self.held:
            self.held[number] = read_page(self.home, number, self.family, self.kind)
            while len(self.held) > SHOWN + 1:
                self.held.popitem(last=False)
        return self.held[number]

    def show_pages(self, step: int) -> range:
        """The pages from which crops are taken in ``step``."""
        last = FIRST + step // STEPS_A_PAGE
        return range(max(0, last - SHOWN), last)

    def draw_batch(self, plan: Plan, step: int, generator: torch.Generator) -> Rows:
        """Crops "small" (B, 3, P, P), "large" (B, 3, 4 P, 4 P); "doubts" (B,); "conditions"."""
        pages = self.show_pages(step)
        rows: dict[str, list[Tensor]] = {"small": [], "large": [], "doubts": [], "conditions": []}
        for _ in range(plan.batch):
            dice = torch.rand(6, generator=generator).tolist()
            page = self.hold_page(pages[int(dice[0] * len(pages))])
            place = int(dice[1] * PAGE)
            y, x = choose_corner(page["bodies"][place], page["faces"][place], dice[2:5], generator)
            imagined = dice[5] < IMAGINED
            small = page["imagined" if imagined else "small"][place]
            rows["small"].append(small[:, y : y + PATCH, x : x + PATCH])
            y, x, side = y * TIMES, x * TIMES, PATCH * TIMES
            rows["large"].append(page["large"][place, :, y : y + side, x : x + side])
            rows["doubts"].append(page["doubts"][place] * imagined)
            rows["conditions"].append(page["conditions"][place])
        batch = {name: torch.stack(found) for name, found in rows.items()}
        mirrored = torch.rand(plan.batch, generator=generator) < 0.5
        for name in ("small", "large"):
            levels = from_levels(batch[name])
            batch[name] = torch.where(mirrored[:, None, None, None], levels.flip(-1), levels)
        return batch

    def chance(self, phase: str, batch: Rows, generator: torch.Generator, share: float) -> Rows:
        count = len(batch["small"])
        return {
            "times": draw_times(count, generator),
            "levels": NOISIEST * torch.rand(count, generator=generator),
            "blur": torch.randn(batch["small"].shape, generator=generator),
            "noise": torch.randn(batch["large"].shape, generator=generator),
            "worded": torch.rand(count, 1, generator=generator) >= WORDLESS,
        }

    def losses(self, phase: str, batch: Rows, chance: Rows) -> Tensor:
        levels = chance["levels"]
        small = batch["small"] + levels.view(-1, 1, 1, 1) * chance["blur"]
        facts = torch.stack([chance["times"], levels, batch["doubts"]], 1)
        words = batch["conditions"] * chance["worded"]
        return measure_error(self.network, batch["large"], small, facts, words, chance["noise"])


def choose_corner(
    body: Tensor, face: Tensor, dice: list[float], generator: torch.Generator
) -> tuple[int, int]:
    """The upper left corner (row, column) of a crop of the small picture.

    ``body`` is the creature's mask (S, S), ``face`` (x, y, radius). Of the three ``dice`` in
    [0, 1) the first decides whether a face, a place of the body or any place lies in the crop, the
    others where.
    """
    most = SMALL - PATCH
    if dice[0] >= FACES + BODIES:
        return int(dice[1] * (most + 1)), int(dice[2] * (most + 1))
    if dice[0] < FACES:
        x, y = (face[:2] * SMALL).tolist()
    else:
        found = body.nonzero()
        if not len(found):
            return int(dice[1] * (most + 1)), int(dice[2] * (most + 1))
        y, x = found[int(torch.randint(len(found), (1,), generator=generator))].tolist()
    # Anywhere in the crop but for its margin.
    inner = PATCH // 2
    corners = (y - PATCH // 4 - dice[1] * inner, x - PATCH // 4 - dice[2] * inner)
    row, column = (min(max(int(corner), 0), most) for corner in corners)
    return row, column
