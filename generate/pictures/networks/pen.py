"""A pen that draws stroke by stroke: an LSTM whose outputs are mixtures (Ha and Eck, 1704.03477).

Needs torch alone: this file travels with the weights, so that they can be used without the
project. A drawing is a row of steps (dx, dy, state): where the pen goes from where it was, and
whether it stays down after that (0), is lifted (1), or the drawing is done (2). dx and dy are in
units of which a picture's side has `UNITS`.
"""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional

# With this unit a step's deviation is about 1.
UNITS = 16.0
STAYS, LIFTS, ENDS = 0, 1, 2
# No mixture is narrower than this: a quarter of what a drawing's whole numbers can tell apart.
# Without a floor the likelihood has no limit, and the loss becomes infinite or no number.
NARROWEST = 0.25 * UNITS / 255
# No drawing ends before it has this many steps: an empty sheet is none.
FEWEST = 8
# Numbers of chance that a step needs.
DRAWS = 4


class Pen(nn.Module):
    """``forward(steps (B, T, 3), words (B, W))``: what follows each of T steps, (B, T, 6 M + 3).

    For M mixtures: their logits, means of x and y, logarithms of deviations, correlations; then
    logits of the three states. The first of ``steps`` is `begin`.
    """

    def __init__(self, words: int, width: int = 384, mixtures: int = 20, dropout: float = 0.1):
        super().__init__()
        self.mixtures = mixtures
        told = max(8, width // 6)
        self.words = nn.Linear(words, told, bias=False)
        self.settle = nn.Linear(told, 2 * width)
        self.lstm = nn.LSTM(7 + told, width, batch_first=True)
        self.drop = nn.Dropout(dropout)
        self.say = nn.Linear(width, 6 * mixtures + 3)
        nn.init.normal_(self.words.weight)

    def forward(self, steps: Tensor, words: Tensor) -> Tensor:
        told = self.words(words)
        state = self.prepare(told)
        spelled = self.spell(steps, steps[..., :2].cumsum(1))
        seen = torch.cat([spelled, told[:, None].expand(-1, steps.shape[1], -1)], 2)
        answer: Tensor = self.say(self.drop(self.lstm(seen, state)[0]))
        return answer

    def prepare(self, told: Tensor) -> tuple[Tensor, Tensor]:
        """The LSTM's state before the first step, (1, B, width) each."""
        hidden, cell = torch.tanh(self.settle(told))[None].chunk(2, 2)
        return hidden.contiguous(), cell.contiguous()

    def spell(self, steps: Tensor, places: Tensor) -> Tensor:
        """Steps with their states as three switches, and where the pen is then (B, T, 7).

        The place (B, T, 2) could be added up from the steps; told, limbs meet the body better.
        """
        switches = functional.one_hot(steps[..., 2].long(), 3).to(steps)
        return torch.cat([steps[..., :2], switches, places * (4 / UNITS)], 2)

    def go_on(
        self, steps: Tensor, places: Tensor, told: Tensor, state: tuple[Tensor, Tensor]
    ) -> tuple[Tensor, ...]:
        """What follows a step (B, 1, 3) to ``places`` (B, 1, 2), (B, 6 M + 3), and the state."""
        seen = torch.cat([self.spell(steps, places), told[:, None]], 2)
        hidden, state = self.lstm(seen, state)
        return self.say(hidden[:, 0]), *state


def begin(rows: int) -> Tensor:
    """The step before the first (rows, 1, 3): the pen is lifted, over the middle of the paper."""
    step = torch.zeros(rows, 1, 3)
    step[..., 2] = LIFTS
    return step


def split(answer: Tensor, mixtures: int) -> tuple[Tensor, ...]:
    """Logits, mean x, mean y, deviation x, y, correlation (…, M) each, and states (…, 3)."""
    parts = answer[..., :-3].unflatten(-1, (6, mixtures)).unbind(-2)
    logits, x, y, wide, high, together = parts
    deviations = (NARROWEST + functional.softplus(part) for part in (wide, high))
    return logits, x, y, *deviations, 0.95 * torch.tanh(together), answer[..., -3:]


def measure_losses(answer: Tensor, following: Tensor, mixtures: int) -> Tensor:
    """Minus log likelihood (B, T) of the steps ``following`` (B, T, 3), in nats.

    The last step of a drawing goes nowhere: only its state counts.
    """
    logits, x, y, wide, high, together, states = split(answer.float(), mixtures)
    u = (following[..., :1] - x) / wide
    v = (following[..., 1:2] - y) / high
    left = 1 - together.square()
    power = (u.square() + v.square() - 2 * together * u * v) / (2 * left)
    scale = (wide * high).log() + 0.5 * left.log() + math.log(2 * math.pi)
    moves = -torch.logsumexp(functional.log_softmax(logits, -1) - power - scale, -1)
    state = following[..., 2].long()
    ends = functional.cross_entropy(states.transpose(1, 2), state, reduction="none")
    return ends + moves * (state != ENDS)


@torch.inference_mode()
def draw(pen: Pen, words: Tensor, chance: Tensor, temperature: float) -> Tensor:
    """Steps (N, T, 3) of drawings of ``words`` (N, W), by ``chance`` (N, T, 4), standard normal.

    A ``temperature`` below 1 keeps to what is likely, so that lines are calm. It is computed in
    float64, so that a drawing does not depend on those that are drawn beside it.
    """
    told = pen.words(words)
    state = pen.prepare(told)
    step = begin(len(words)).to(words)
    at = step[..., :2]
    done = torch.zeros(len(words), dtype=torch.bool)
    steps = []
    uniform = torch.special.ndtr(chance.double())
    for place in range(chance.shape[1]):
        answer, *carried = pen.go_on(step, at, told, state)
        state = (carried[0], carried[1])
        logits, *rest, states = split(answer, pen.mixtures)
        if place < FEWEST:
            states[:, ENDS] = -math.inf
        which = choose(logits / temperature, uniform[:, place, 0])
        x, y, wide, high, together = (part.gather(1, which[:, None])[:, 0] for part in rest)
        a, b = chance[:, place, 2].double(), chance[:, place, 3].double()
        heat = math.sqrt(temperature)
        b = together * a + (1 - together.square()).sqrt() * b
        moved = torch.stack([x + wide * heat * a, y + high * heat * b], 1)
        now = choose(states / temperature, uniform[:, place, 1])
        done = done | (now == ENDS)
        now = torch.where(done, torch.full_like(now, ENDS), now)
        step = torch.cat([moved * ~done[:, None], now[:, None].to(moved)], 1)[:, None]
        at = at + step[..., :2]
        steps.append(step)
    return torch.cat(steps, 1)


def choose(logits: Tensor, uniform: Tensor) -> Tensor:
    """The place (N,) in each row of ``logits`` that a number in [0, 1) of ``uniform`` falls on."""
    shares = logits.softmax(1).cumsum(1)
    return (shares < uniform[:, None]).sum(1).clamp(max=logits.shape[1] - 1)
