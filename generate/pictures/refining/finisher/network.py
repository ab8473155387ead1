"""The finisher's network: the refiner, deeper, with grain to make texture from.

One call makes a picture four times as large. The network begins as the refiner does, whose blocks
are its first ones; so it knows from its first step what lies between the pixels.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

from generate.pictures.refining.refiner import TIMES, Refiner, enlarge_plainly, make_blocks
from generate.pictures.summoning.noise import draw_normal

WIDTH, BLOCKS = 32, 6
# Numbers of noise for each pixel of the small picture: one for each of the large one's.
GRAINS = TIMES**2
# The deviation of the paper's grain in the field guide's drawings, about, in units of [-1, 1].
GRAINY = 0.01
# The side, in small pixels, after which settled grain repeats.
TILE = 32


class Finisher(nn.Module):
    """``forward(pictures (B, 3, H, W) in [-1, 1], level (B,), grain (B, GRAINS, H, W))``.

    Gives (B, 3, 4 H, 4 W). ``level`` is that of the noise on ``pictures``; ``grain`` is standard
    normal. Grain becomes a texture, and the network tells how strong it is in each place, as noise
    does in StyleGAN (Karras et al., arXiv 1812.04948, section 3.2): nothing else could be told from
    the small picture about paper and fur.
    """

    tile: Tensor

    def __init__(self, width: int = WIDTH, blocks: int = BLOCKS) -> None:
        super().__init__()
        self.enter = nn.Conv2d(4, width, 3, padding=1)
        self.body = make_blocks(width, blocks)
        self.leave = nn.Conv2d(width, 3 * GRAINS, 3, padding=1)
        self.texture = nn.Conv2d(GRAINS, 3 * GRAINS, 3, padding=1, bias=False)
        self.strength = nn.Conv2d(width, 3 * GRAINS, 1)
        settled = torch.from_numpy(draw_normal(0, 0, GRAINS * TILE**2))
        self.register_buffer("tile", settled.view(1, GRAINS, TILE, TILE), persistent=False)

    def forward(self, pictures: Tensor, level: Tensor, grain: Tensor) -> Tensor:
        plane = level.view(-1, 1, 1, 1).expand(-1, 1, *pictures.shape[-2:])
        state = self.enter(torch.cat([pictures, plane], 1))
        for block in self.body:
            state = state + block(state)
        folded = self.leave(state) + self.strength(state) * self.texture(grain)
        return enlarge_plainly(pictures) + functional.pixel_shuffle(folded, TIMES)

    def enlarge(self, pictures: Tensor, level: Tensor) -> Tensor:
        """`forward` with settled grain: the same picture is always finished the same way."""
        height, width = pictures.shape[-2:]
        rows = torch.arange(height, device=pictures.device) % TILE
        columns = torch.arange(width, device=pictures.device) % TILE
        grain = self.tile[:, :, rows][..., columns].expand(len(pictures), -1, -1, -1)
        return self(pictures, level, grain)


@torch.no_grad()
def begin_as(refiner: Refiner, finisher: Finisher) -> None:
    """Give ``finisher`` the answers of ``refiner``, and a little grain; both have one width.

    Blocks that the refiner has not got answer 0. Grain is itself, alike in all colours, and as
    strong as `GRAINY` everywhere: of none, no loss could tell whether more would be better.
    """
    finisher.enter.load_state_dict(refiner.enter.state_dict())
    finisher.leave.load_state_dict(refiner.leave.state_dict())
    for ours, theirs in zip(finisher.body, refiner.body, strict=False):
        ours.load_state_dict(theirs.state_dict())
    for ours in list(finisher.body)[len(refiner.body) :]:
        ours[2].weight.zero_()  # type: ignore[index]
        ours[2].bias.zero_()  # type: ignore[index]
    finisher.texture.weight.zero_()
    for place in range(3 * GRAINS):
        finisher.texture.weight[place, place % GRAINS, 1, 1] = 1
    finisher.strength.weight.zero_()
    torch.nn.init.constant_(finisher.strength.bias, GRAINY)  # type: ignore[arg-type]
