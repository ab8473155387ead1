"""How the painter paints: from noise to what a small picture lacks of the large one, in few calls.

The flow's pictures are what lies between the bicubic enlargement and the large picture, in units of
`UNIT`. So the noise is about as strong as what the small picture leaves open, and few steps do. The
velocity is v = e - r along (1 - t) r + t e (Lipman et al., arXiv 2210.02747).

The small picture has noise of a known level on it, in training and in sampling (Ho et al.,
2106.15282, section 4.2). Some were also imagined again by the sampler, from their own picture with
noise of a level which is called their doubt (Meng et al., 2108.01073), so that the painter has seen
the sampler's faults beside what should be there.
"""

from collections.abc import Sequence

import torch
from torch import Tensor

from generate.pictures.refining.painter.network import Painter
from generate.pictures.refining.refiner import enlarge_plainly

# The root mean square of what the refiner's answers lack of the large pictures, in [-1, 1].
UNIT = 0.07
# The noise on a sampled picture, and what is said of its doubt. Chosen by trial
# (docs/experiments.md).
LEVEL, DOUBT = 0.01, 0.3
# Noise levels of the calls.
MOMENTS = (1.0, 0.75, 0.5, 0.25)


def measure_error(
    painter: Painter,
    large: Tensor,
    small: Tensor,
    facts: Tensor,
    words: Tensor,
    noise: Tensor,
) -> Tensor:
    """Mean square error (B,) of the velocity towards ``large``, at the time that ``facts`` tell.

    ``small`` has its noise already; see `Painter` for the shapes.
    """
    lacking = (large - enlarge_plainly(small)) / UNIT
    time = facts[:, :1, None, None]
    state = torch.lerp(lacking, noise, time)
    error = painter(state, small, facts, words).float() - (noise - lacking)
    return error.square().mean((1, 2, 3))


def paint(
    painter: Painter,
    small: Tensor,
    words: Tensor,
    noises: Sequence[Tensor],
    level: float = LEVEL,
    doubt: float = DOUBT,
    moments: Sequence[float] = MOMENTS,
) -> Tensor:
    """Pictures (B, 3, 4 H, 4 W) in [-1, 1] for ``small`` (B, 3, H, W), by Euler's steps.

    ``noises`` are standard normal: one (B, 3, H, W) for ``small``, one (B, 3, 4 H, 4 W) to begin
    with. One call of the network at each of ``moments``, which fall from 1.
    """
    small = small + level * noises[0]
    state = noises[1]
    for time, after in zip(moments, [*moments[1:], 0.0], strict=True):
        facts = small.new_tensor([[time, level, doubt]]).expand(len(small), 3)
        state = state - (time - after) * painter(state, small, facts, words).float()
    return (enlarge_plainly(small) + UNIT * state).clamp(-1, 1)
