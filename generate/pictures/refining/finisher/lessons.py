"""What the finisher learns: to be true to what can be known, and to be taken for a drawing."""

from pathlib import Path
from typing import Any, ClassVar

import torch
from torch import Tensor, nn
from torch.nn import functional

from generate.pictures.families.gans.adversary import frozen
from generate.pictures.refining.finisher.critic import Critic
from generate.pictures.refining.finisher.network import GRAINS, Finisher
from generate.pictures.refining.painter.lessons import PainterLessons
from generate.pictures.refining.painter.network import TIMES
from generate.pictures.refining.painter.painting import UNIT
from generate.pictures.refining.refiner import enlarge_plainly
from generate.pictures.training.learner import Rows
from generate.pictures.training.plan import Plan

# Weights of the losses: of colours at the small picture's size, of single pixels, of detail's
# power, of a pattern that repeats with the small picture's pixels, and of the critic's opinion.
COARSE, PIXELS, POWER, LATTICE, OPINION = 1.0, 0.5, 0.2, 1.0, 0.5
# From this doubt on single pixels of what was imagined do not count.
FARTHEST = 0.5
# A pattern repeats if it is there on the mean of so many small pixels squared.
REPEATS = 6
# Power below this is not told apart, in squares of units of [-1, 1]: half a level of 255 or so.
FAINTEST = 2e-5
NOISIEST = 0.05
# Adam's first moment, and the maker's rate as a multiple of the critic's.
MOMENTUM, MAKING = 0.5, 2.0
# Pages at the start, and steps after which there is one more.
FIRST, STEPS_A_PAGE = 2, 1500


class FinisherLessons(PainterLessons):
    """The painter's crops; a finisher and a critic take turns."""

    phases: ClassVar[tuple[str, ...]] = ("maker", "critic")

    def __init__(
        self, finisher: Finisher, critic: Critic, home: Path, family: Any, kind: str
    ) -> None:
        super().__init__(nn.ModuleDict({"maker": finisher, "critic": critic}), home, family, kind)
        self.lately: tuple[Tensor, Tensor] | None = None

    def show_pages(self, step: int) -> range:
        return range(FIRST + step // STEPS_A_PAGE)

    def groups(self, phase: str, plan: Plan) -> list[dict[str, Any]]:
        weights = list(self.network[phase].parameters())
        share = MAKING if phase == "maker" else 1.0
        return [{"params": weights, "share": share, "betas": (MOMENTUM, plan.beta)}]

    def chance(self, phase: str, batch: Rows, generator: torch.Generator, share: float) -> Rows:
        small = batch["small"]
        shape = (len(small), GRAINS, *small.shape[-2:])
        return {
            "levels": NOISIEST * torch.rand(len(small), generator=generator),
            "blur": torch.randn(small.shape, generator=generator),
            "grain": torch.randn(shape, generator=generator),
        }

    def losses(self, phase: str, batch: Rows, chance: Rows) -> Tensor:
        levels = chance["levels"]
        small = batch["small"] + levels.view(-1, 1, 1, 1) * chance["blur"]
        beside = enlarge_plainly(small)
        if phase == "critic":
            drawn = self.recall(small)
            if drawn is None:
                with torch.no_grad():
                    drawn = self.network["maker"](small, levels, chance["grain"])
            both = torch.cat([batch["large"], drawn]), torch.cat([beside, beside])
            return compare(*self.network["critic"](*both).chunk(2))
        drawn = self.network["maker"](small, levels, chance["grain"])
        self.lately = small, drawn.detach()
        with torch.no_grad():
            wanted = self.network["critic"](batch["large"], beside)
        with frozen(self.network["critic"]):
            opinion = compare(self.network["critic"](drawn, beside), wanted)
        trust = (1 - batch["doubts"] / FARTHEST).clamp(min=0)
        return OPINION * opinion + measure_faults(drawn, batch["large"], trust)

    def recall(self, small: Tensor) -> Tensor | None:
        """What the maker has just drawn of ``small``, None if that was something else."""
        if self.lately is not None and torch.equal(self.lately[0], small):
            return self.lately[1]
        return None


def compare(better: Tensor, worse: Tensor) -> Tensor:
    """How far (B,) the critic is from finding each place of ``better`` (B, P) worth more.

    Its worths are compared in pairs (Jolicoeur-Martineau, arXiv 1807.00734), here of one place.
    """
    return functional.softplus((worse - better).float()).mean(1)


def measure_faults(drawn: Tensor, large: Tensor, trust: Tensor) -> Tensor:
    """What can be said against ``drawn`` (B, 3, S, S) without a critic (B,).

    Pixels count as much as ``trust`` (B,) says: what the sampler imagined is not where it was.
    """
    error = (drawn - large) / UNIT
    coarse = functional.avg_pool2d(error, TIMES).abs().mean((1, 2, 3))
    pixels = trust * error.abs().mean((1, 2, 3))
    folded = functional.pixel_unshuffle(error, TIMES)
    lattice = functional.avg_pool2d(folded, REPEATS).abs().mean((1, 2, 3))
    plain = COARSE * coarse + PIXELS * pixels + LATTICE * lattice
    return plain + POWER * compare_power(drawn, large)


def compare_power(drawn: Tensor, large: Tensor) -> Tensor:
    """How much the power of detail differs (B,): |log of their ratio|, about each place.

    Detail of two octaves: what is lost by halving, and by halving again (Burt and Adelson, IEEE
    Trans. Comm. 31(4), 1983). A smooth picture has no power there, wherever its edges lie.
    """
    found = torch.zeros(len(drawn), device=drawn.device)
    both = torch.cat([drawn, large])
    for _ in range(2):
        halved = functional.avg_pool2d(both, 2)
        lost = both - functional.interpolate(
            halved, scale_factor=2, mode="bilinear", align_corners=False
        )
        power = functional.avg_pool2d(lost.square().mean(1, keepdim=True), 8, 4)
        ours, theirs = (power + FAINTEST).log().chunk(2)
        found = found + (ours - theirs).abs().mean((1, 2, 3))
        both = halved
    return found
