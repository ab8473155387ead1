"""The losses of two adversaries: hinge, or R3GAN's; and how well words are named."""

from dataclasses import dataclass
from typing import Any, Protocol

import torch
from torch import Tensor
from torch.nn import functional

# Weight of R1 and R2; the exponent and the weight of the matching-aware penalty.
GAMMA, POWER, MATCHING = 1.0, 3, 2.0
Seen = list[Tensor]


@dataclass(frozen=True)
class Player:
    """A critic, and the frozen eyes that it looks with; None: it has its own."""

    critic: Any
    eyes: Any

    @property
    def sees(self) -> bool:
        """False where the eyes that the critic learnt with are not there."""
        return self.eyes is not None or self.critic.pyramid is not None

    def look(self, pictures: Tensor) -> list[Tensor]:
        """The maps that the critic judges."""
        maps: list[Tensor] = (self.eyes.look if self.eyes else self.critic.pyramid)(pictures)
        return maps


class Comparison(Protocol):
    """Losses (B,) of either player.

    ``shown`` and ``drawn`` are pictures (B, 3, S, S); ``asked`` and ``wrong`` conditions; where
    ``differs`` (B,) is 0, the wrong words are the right ones.
    """

    def critic(
        self,
        player: Player,
        shown: Tensor,
        drawn: Tensor,
        asked: Tensor,
        wrong: Tensor,
        differs: Tensor,
    ) -> tuple[Tensor, Seen]:
        """The critic's losses, and what it sees in ``shown``."""

    def maker(self, player: Player, shown: Tensor, seen: Seen, asked: Tensor) -> Tensor:
        """The maker's losses; ``seen`` is what the critic sees in its drawings."""


class Hinge:
    """The hinge of DF-GAN (Tao et al., arXiv 2008.05865): wrong words and drawings share a half.

    A critic with eyes of its own is held back by the matching-aware gradient penalty of that paper;
    frozen eyes need none (2111.01007).
    """

    def critic(
        self,
        player: Player,
        shown: Tensor,
        drawn: Tensor,
        asked: Tensor,
        wrong: Tensor,
        differs: Tensor,
    ) -> tuple[Tensor, Seen]:
        penalised = player.eyes is None
        if penalised:
            shown, asked = shown.requires_grad_(), asked.detach().requires_grad_()
        seen = player.critic(player.look(shown))
        worth = player.critic.judge(seen, asked)
        mistaken = player.critic.judge(seen, wrong.detach())
        made = player.critic.judge(player.critic(player.look(drawn)), asked.detach())
        share = differs / 2
        losses = functional.relu(1 - worth).mean(1)
        losses = losses + share * functional.relu(1 + mistaken).mean(1)
        losses = losses + (1 - share) * functional.relu(1 + made).mean(1)
        if penalised:
            slopes = torch.autograd.grad(worth.mean(1).sum(), [shown, asked], create_graph=True)
            steep = sum(slope.flatten(1).square().sum(1) for slope in slopes)
            losses = losses + MATCHING * steep**POWER
        return losses, seen

    def maker(self, player: Player, shown: Tensor, seen: Seen, asked: Tensor) -> Tensor:
        worth: Tensor = player.critic.judge(seen, asked)
        return functional.softplus(-worth).mean(1)


class R3:
    """R3GAN's loss (Huang et al., arXiv 2501.05441): each drawing against a picture of the set.

    R1 and R2 are taken where the critic's own weights begin: at the maps of frozen eyes, else at
    the pictures.
    """

    def critic(
        self,
        player: Player,
        shown: Tensor,
        drawn: Tensor,
        asked: Tensor,
        wrong: Tensor,
        differs: Tensor,
    ) -> tuple[Tensor, Seen]:
        worths, seens = [], []
        slopes: list[Tensor] = []
        for pictures in (shown, drawn):
            if player.eyes is None:
                pictures = pictures.detach().requires_grad_()
                inputs, levels = [pictures], player.look(pictures)
            else:
                inputs = levels = [m.detach().requires_grad_() for m in player.look(pictures)]
            seen = player.critic(levels)
            worth = player.critic.judge(seen, asked)
            slopes += torch.autograd.grad(worth.mean(1).sum(), inputs, create_graph=True)
            worths.append(worth)
            seens.append(seen)
        mistaken = player.critic.judge(seens[0], wrong)
        share = differs / 2
        losses = (1 - share) * functional.softplus(worths[1] - worths[0]).mean(1)
        losses = losses + share * functional.softplus(mistaken - worths[0]).mean(1)
        steep = torch.stack([slope.flatten(1).square().sum(1) for slope in slopes]).sum(0)
        return losses + GAMMA / 2 * steep, seens[0]

    def maker(self, player: Player, shown: Tensor, seen: Seen, asked: Tensor) -> Tensor:
        with torch.no_grad():
            usual = player.critic.judge(player.critic(player.look(shown)), asked)
        worth: Tensor = player.critic.judge(seen, asked)
        return functional.softplus(usual - worth).mean(1)


LOSSES: dict[str, Comparison] = {"hinge": Hinge(), "r3": R3()}


def name_losses(logits: Tensor, words: Tensor) -> Tensor:
    """How badly (B,) ``logits`` (B, tokens) name ``words``; 0 for pictures without words."""
    total = functional.binary_cross_entropy_with_logits(
        logits.float(), words.clamp(0, 1), reduction="none"
    ).sum(1)
    return total * words.any(1)
